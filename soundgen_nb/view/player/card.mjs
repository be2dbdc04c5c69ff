// Card: one take's card come to life, with marks over its pictures.

import { heightOf, hertzTicks, rowsOn, timeTicks } from "./axes.mjs";
import { bytesOfDataUri } from "./encoded.mjs";
import { PLAY, button, element, ticksHtml } from "./elements.mjs";
import { pixelsOf, shadeOf } from "./pixels.mjs";
import { clamp } from "./timeline.mjs";
import { decibelText } from "./wording.mjs";

/** A number of a card; what is not one, as the loudness of silence, is minus infinity. */
const numberOf = (text) => (Number.isFinite(Number(text ?? NaN)) ? Number(text) : -Infinity);

/** What a card says of its take; its bytes are those of its audio element if left out. */
export function trackOf(article, bytes) {
  const { label, file, seconds, axisSeconds, channels, loudnessLufs, truePeakDbtp } =
    article.dataset;
  return {
    bytes: bytes ?? (() => bytesOfDataUri(article.querySelector("audio").src)),
    label,
    file,
    seconds: Number(seconds),
    axisSeconds: numberOf(axisSeconds),
    loudnessLufs: numberOf(loudnessLufs),
    peakDb: numberOf(truePeakDbtp),
    channels: Number(channels),
    gain: 1,
  };
}

export class Card {
  constructor(article, { seconds }) {
    const canvas = article.querySelector(".sg-canvas");
    Object.assign(this, { article, canvas, seconds, near: true, drawn: null });
    this.image = article.querySelector("img.sg-spectrogram");
    this.pictures = [...canvas.querySelectorAll("img")];
    this.axes = [".sg-hz", ".sg-seconds"].map((name) => article.querySelector(name));
    this.plain = this.axes.map((axis) => axis.innerHTML);
    this.head = element("span", { class: "sg-head-line" });
    this.loop = element("span", { class: "sg-region", hidden: true });
    this.readout = element("span", { class: "sg-readout", hidden: true });
    canvas.append(this.loop, this.head, this.readout);
  }

  /** Give it a button, and a way to keep the sound, in the place of its plain player. */
  furnish(number, act, save) {
    this.pick = button("pick", {}, PLAY);
    this.pick.append(`${number}`);
    this.pick.addEventListener("click", act);
    this.gain = element("span", { class: "sg-gain" });
    const strip = element("div", { class: "sg-strip" }, this.pick, this.gain, save);
    this.article.querySelector("audio").before(strip);
  }

  /** Show whether it is the one that is heard, and by how much its loudness is changed. */
  mark(active, name, { gainDb, shortDb }, matched) {
    if (!this.pick) return;
    this.article.classList.toggle("sg-active", active);
    this.pick.setAttribute("aria-pressed", active);
    this.pick.setAttribute("aria-label", name);
    const short = shortDb > 0.05 ? `, ${shortDb.toFixed(1)} dB short` : "";
    this.gain.textContent = matched ? `${decibelText(gainDb)}${short}` : "as received";
    const why = short ? "; a larger one would clip" : "";
    this.gain.title = matched ? `Gain to match the other takes' loudness${why}` : "";
  }

  /** Pictures and axes for the time and the frequency axis that are seen. */
  look({ from, to }, axis, whole) {
    this.stale = false;
    this.drawn?.remove();
    this.drawn = axis === "log" ? null : this.#onAxis(axis);
    this.image.hidden = Boolean(this.drawn);
    if (this.drawn) this.image.after(this.drawn);
    for (const picture of [...this.pictures, this.drawn].filter(Boolean)) {
      picture.style.width = `${(100 * this.seconds) / (to - from)}%`;
      picture.style.marginLeft = `${(-100 * from) / (to - from)}%`;
    }
    const [hertz, seconds] = this.axes;
    hertz.innerHTML = axis === "log" ? this.plain[0] : ticksHtml(hertzTicks(axis), "bottom");
    seconds.innerHTML = whole ? this.plain[1] : ticksHtml(timeTicks(from, to), "left");
  }

  #onAxis(axis) {
    const { naturalWidth: width, naturalHeight: height, alt } = this.image;
    const names = { class: "sg-spectrogram", role: "img", "aria-label": alt };
    const canvas = element("canvas", { width, height, ...names });
    const pen = canvas.getContext("2d");
    const draw = (row, at) => pen.drawImage(this.image, 0, row, width, 1, 0, at, width, 1);
    rowsOn(axis, height).forEach(draw);
    return canvas;
  }

  drawHead(place) {
    this.head.style.transform = `translateX(${(100 * clamp(place, -1, 1)).toFixed(3)}%)`;
    this.head.style.visibility = place < 0 || place > 1 ? "hidden" : "";
  }

  drawLoop(from, to, shown) {
    this.loop.hidden = !shown;
    this.loop.style.left = `${100 * from}%`;
    this.loop.style.width = `${100 * (to - from)}%`;
  }

  /** How high in the spectrogram a pointer is, from 0 to 1; beyond it, outside that. */
  heightAt({ clientY }) {
    const { top, height } = (this.drawn ?? this.image).getBoundingClientRect();
    return 1 - (clientY - top) / height;
  }

  tell(text, left) {
    this.readout.textContent = text;
    this.readout.hidden = !text;
    this.readout.classList.toggle("sg-left", left);
  }

  /** The level at a moment and a frequency, as text. */
  levelAt(time, hz, palette) {
    if (time > this.seconds) return "";
    this.pixels ??= pixelsOf(this.image);
    const { width, height, data } = this.pixels;
    const column = clamp(Math.floor((time / this.seconds) * width), 0, width - 1);
    const row = clamp(Math.floor((1 - heightOf(hz, "log")) * height), 0, height - 1);
    const shade = shadeOf(data.subarray(4 * (row * width + column)), palette.data);
    const [low, high] = [this.article.dataset.lowDb, this.article.dataset.highDb].map(Number);
    const level = decibelText(low + shade * (high - low), 0);
    return shade ? level : `below ${level}`;
  }
}
