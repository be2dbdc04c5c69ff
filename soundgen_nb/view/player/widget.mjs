// Widget: the front end of the widget in `widget.py`. The same HTML, its sounds as bytes.

import "./page.mjs";
import { Player } from "./player.mjs";
import { shared } from "./shared.mjs";

const TOLD = ["active", "playing", "position", "match"];

/** What a model that was changed by code asks of the player, by the name of what was changed. */
const orders = (player) => ({
  active: (value) => value !== player.active && player.pick(value),
  playing: (value) => value !== player.playing && player.toggle(),
  position: (value) => Math.abs(value - player.rest) > 1e-6 && player.seek(value),
  match: (value) => value !== player.match && player.setMatch(value),
});

function bytesIn(model, at) {
  const { buffer, byteOffset, byteLength } = model.get("audio")[at];
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function render({ model, el }) {
  el.innerHTML = model.get("html");
  const player = new Player(el.querySelector(".soundgen"), (at) => bytesIn(model, at));
  player.onchange = () => {
    // what a player tells is no order to itself, nor to a second view of the same widget
    shared.telling = true;
    for (const name of TOLD) model.set(name, player[name]);
    shared.telling = false;
    model.save_changes();
  };
  const obeyed = Object.entries(orders(player)).map(([name, act]) => [
    `change:${name}`,
    () => shared.telling || act(model.get(name)),
  ]);
  for (const [name, act] of obeyed) model.on(name, act);
  return () => {
    for (const [name, act] of obeyed) model.off(name, act);
    player.close();
  };
}

export default { render };
