// Wall: the cards side by side, all on the stretch of time and the frequency axis that are seen.

import { pixelsOf } from "./pixels.mjs";
import { clamp } from "./timeline.mjs";

export class Wall {
  /** @param seconds the time axis of all of them. @param palette the image of their colours. */
  constructor(cards, seconds, palette) {
    Object.assign(this, { cards, seconds, axis: "log", view: { from: 0, to: seconds } });
    this.image = palette;
  }

  get width() {
    return this.view.to - this.view.from;
  }

  get whole() {
    return this.width > this.seconds - 1e-9;
  }

  get palette() {
    this.pixels ??= pixelsOf(this.image);
    return this.pixels;
  }

  /** Watch which cards are in sight, and tell; the others are drawn later. */
  watch(tell) {
    const bySight = new Map(this.cards.map((card) => [card.canvas, card]));
    this.sight = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) bySight.get(target).near = isIntersecting;
      this.refresh();
      tell();
    });
    for (const { canvas } of this.cards) this.sight.observe(canvas);
  }

  look(view, axis) {
    Object.assign(this, { view, axis });
    for (const card of this.cards) card.stale = true;
    this.refresh();
  }

  /** Bring up to date the cards in sight, or all of them, as paper needs it. */
  refresh(all) {
    for (const card of this.cards) {
      if (card.stale && (all || card.near)) card.look(this.view, this.axis, this.whole);
    }
  }

  /** Where a moment stands, from 0 to 1 in sight. */
  placeOf(time) {
    return (time - this.view.from) / this.width;
  }

  drawHead(position) {
    const place = this.placeOf(position);
    for (const card of this.cards) if (card.near) card.drawHead(place);
  }

  drawLoop(region, shown) {
    const [from, to] = [region.from, region.to].map((each) => clamp(this.placeOf(each), 0, 1));
    for (const card of this.cards) card.drawLoop(from, to, shown);
  }

  close() {
    this.sight.disconnect();
  }
}
