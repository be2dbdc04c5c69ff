// Pointer: what it does over a card's pictures. Hover tells; a press seeks; a drag scrubs, or with
// shift, or at a loop's edge, marks.

import { hertzAt } from "./axes.mjs";
import { SHORTEST_LOOP_SECONDS, clamp, loopBetween, zoomed } from "./timeline.mjs";
import { hertzText } from "./wording.mjs";

const NEAR_PIXELS = { mouse: 6, pen: 8, touch: 20 };
const SCRUB_MS = 70;

export class Pointer {
  /** @param at the place of the card among the player's. */
  constructor(player, card, at) {
    Object.assign(this, { player, card, at, canvas: card.canvas, held: null, draggedAt: 0 });
    const on = (name, act, options) => this.canvas.addEventListener(name, act, options);
    on("pointerdown", (event) => this.#press(event));
    on("pointermove", (event) => this.#move(event));
    on("pointerup", (event) => this.#drag(this.#timeAt(event), true));
    on("pointerleave", () => card.tell(""));
    on("wheel", (event) => this.#roll(event), { passive: false });
  }

  #timeAt({ clientX }) {
    const { left, width } = this.canvas.getBoundingClientRect();
    const { from, to } = this.player.view;
    return from + clamp((clientX - left) / width, 0, 1) * (to - from);
  }

  #press(event) {
    if (event.button) return;
    const time = this.#timeAt(event);
    this.canvas.setPointerCapture(event.pointerId);
    this.held = this.#grip(time, event);
    if (this.held === null && this.at !== this.player.active) this.player.lean(this.at);
    this.#drag(time, true);
    this.player.controls.play.focus({ preventScroll: true });
    event.preventDefault();
  }

  #move(event) {
    const time = this.#timeAt(event);
    const down = this.canvas.hasPointerCapture(event.pointerId);
    if (down) this.#drag(time, false);
    this.#tell(time, event);
    const edge = !down && this.#grip(time, { pointerType: "mouse" });
    this.canvas.classList.toggle("sg-at-edge", typeof edge === "number");
  }

  /** The end of a loop that stays where it is while the other is dragged; null to seek. */
  #grip(time, { shiftKey, pointerType }) {
    if (shiftKey) return time;
    const { looping, view, stretch } = this.player;
    if (!looping) return null;
    const pixels = NEAR_PIXELS[pointerType] ?? 6;
    const near = (pixels * (view.to - view.from)) / this.canvas.clientWidth;
    if (Math.abs(time - stretch.to) < near) return stretch.from;
    return Math.abs(time - stretch.from) < near ? stretch.to : null;
  }

  #drag(time, settled) {
    const now = performance.now();
    if (!settled && now - this.draggedAt < SCRUB_MS) return;
    this.draggedAt = now;
    if (this.held === null) this.player.seek(time);
    else if (Math.abs(time - this.held) > SHORTEST_LOOP_SECONDS / 2) {
      this.player.setLoop(true, loopBetween(this.held, time, this.player.longest));
    }
  }

  /** Time, frequency and level under the pointer. */
  #tell(time, event) {
    const { axis, wall } = this.player;
    const height = this.card.heightAt(event);
    const texts = [`${time.toFixed(2)} s`];
    if (height >= 0 && height < 1) {
      const hz = hertzAt(height, axis);
      texts.push(hertzText(hz), this.card.levelAt(time, hz, wall.palette));
    }
    const { left, width } = this.canvas.getBoundingClientRect();
    this.card.tell(texts.filter(Boolean).join(" \u00b7 "), event.clientX - left > width / 2);
  }

  /** Rolled sideways, it moves what is seen. */
  #roll(event) {
    const { view, longest } = this.player;
    const width = view.to - view.from;
    if (width >= longest || !event.deltaX) return;
    event.preventDefault();
    const by = (event.deltaX / this.canvas.clientWidth) * width;
    this.player.look(zoomed(view, 1, (view.from + view.to) / 2 + by, longest));
  }
}
