// Keys: what each asks of the player, and which are left to others.

import { loopBetween } from "./timeline.mjs";

/** What the help says, as [keys, meaning]; those for several takes come first and last. */
export const HELP = [
  ["1 to 9", "listen to that take, from the same instant"],
  ["\u2191 \u2193", "the take before, the take after"],
  ["space", "play, pause"],
  ["\u2190 \u2192", "a second back or on; with shift a tenth"],
  ["L", "loop; [ and ] set its ends, shift and drag marks it, Esc lets go of it"],
  ["+ - 0", "zoom in time, out, all"],
  ["F", "frequency axis: logarithmic, mel, linear"],
  ["M", "match loudness, or as received"],
];

const KEYS = {
  " ": ["toggle"],
  ArrowLeft: ["move", -1],
  ArrowRight: ["move", 1],
  ArrowUp: ["step", -1],
  ArrowDown: ["step", 1],
  Home: ["start"],
  l: ["loop"],
  m: ["match"],
  "[": ["loopFrom"],
  "]": ["loopTo"],
  "+": ["zoom", 2],
  "=": ["zoom", 2],
  "-": ["zoom", 0.5],
  0: ["zoom", 0],
  f: ["axis"],
  "?": ["help"],
};

/** Keys that a control with the focus has a use for itself. */
const NATIVE_KEYS = {
  A: /^Enter$/,
  BUTTON: /^( |Enter)$/,
  SUMMARY: /^( |Enter)$/,
  INPUT: /^(Arrow.*|Home|End)$/,
  SELECT: /^(Arrow.*|Home|End|Enter|.)$/,
};

const NEXT_AXIS = { log: "mel", mel: "linear", linear: "log" };

const ACTS = {
  toggle: (player) => player.toggle(),
  pick: (player, at) => player.pick(at),
  step: (player, by) => {
    const { length } = player.tracks;
    player.pick((player.active + by + length) % length);
  },
  move: (player, by) => player.seek(player.position + by),
  start: (player) => player.seek(0),
  loop: (player) => player.setLoop(!player.looping),
  loopFrom: (player) => loop(player, player.position, player.region?.to ?? player.longest),
  loopTo: (player) => loop(player, player.region?.from ?? 0, player.position),
  match: (player) => player.setMatch(!player.match),
  zoom: (player, factor) => player.zoom(factor),
  axis: (player) => player.setAxis(NEXT_AXIS[player.axis]),
  help: (player) => player.controls.toggleHelp(),
};

const loop = (player, one, other) =>
  player.setLoop(true, loopBetween(one, other, player.longest));

/** What a key asks for, as [name, value]; null for a key that is not the player's. */
export function keyAction({ key, shiftKey, ctrlKey, metaKey, altKey }) {
  if (ctrlKey || metaKey || altKey) return null;
  if (/^[1-9]$/.test(key)) return ["pick", Number(key) - 1];
  const [name, value] = KEYS[key.length === 1 ? key.toLowerCase() : key] ?? [];
  if (!name) return null;
  return name === "move" && shiftKey ? [name, value / 10] : [name, value];
}

/** Take a key that is ours, unless the control that has the focus has a use for it. */
export function press(player, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const [name, value] = keyAction(event) ?? [];
  const native = NATIVE_KEYS[event.target.tagName]?.test(event.key);
  if (event.key === "Escape") {
    if (!player.letGo()) return;
  } else if (!native) {
    if (!name) return;
    event.preventDefault();
    ACTS[name](player, value);
  }
  // the notebook has meanings of its own for most letters
  event.stopPropagation();
}
