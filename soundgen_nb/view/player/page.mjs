// Page: where outputs come to life, and where keys find the player they are meant for.

import { press } from "./keys.mjs";
import { Player } from "./player.mjs";
import { shared } from "./shared.mjs";

const WRITING = "input:not([type=range]), textarea, [contenteditable]";

/** Bring every output of a document to life that is not yet. */
export function enliven(within = document) {
  for (const root of within.querySelectorAll(".soundgen:not(.sg-live)")) {
    if (root.querySelector(".sg-card audio[src]")) new Player(root);
  }
}

/** The player that a key pressed somewhere is meant for. */
function playerFor(target) {
  const root = target.closest?.(".sg-live");
  if (root) return shared.players.get(root);
  const [only, ...others] = document.querySelectorAll("main > .sg-live");
  return target === document.body && only && !others.length ? shared.players.get(only) : null;
}

function attendKeys() {
  const onKey = (event) => {
    const player = playerFor(event.target);
    if (player && !event.target.closest(WRITING)) press(player, event);
  };
  // before the document: JupyterLab takes its keys there, on their way down
  window.addEventListener("keydown", onKey, { capture: true });
}

/** Bring outputs to life as they are made. */
function attendGrowth() {
  let waiting = false;
  const look = () => {
    waiting = false;
    enliven();
  };
  const grows = ({ addedNodes }) => [...addedNodes].some((node) => node.nodeType === 1);
  new MutationObserver((records) => {
    if (waiting || !records.some(grows)) return;
    requestAnimationFrame(look);
    waiting = true;
  }).observe(document, { childList: true, subtree: true });
}

/** What is done once for a page, however many outputs brought this module along. */
function attend() {
  shared.attended = true;
  attendKeys();
  document.addEventListener("play", () => shared.sounding?.pause(), { capture: true });
  window.addEventListener("beforeprint", () => {
    // on paper every card is in sight
    for (const root of document.querySelectorAll(".sg-live")) root.soundgenPlayer?.wall.refresh(true);
  });
  attendGrowth();
}

if (typeof document !== "undefined") {
  if (!shared.attended) attend();
  enliven();
}
