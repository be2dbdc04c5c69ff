// Controls: the bar, the options, the help, and the lines in which the player speaks.

import { PLAY, SPEAKER, button, element, group, slider } from "./elements.mjs";
import { HELP } from "./keys.mjs";
import { clamp } from "./timeline.mjs";
import { timeText } from "./wording.mjs";

const AXES = [["log", "Log"], ["mel", "Mel"], ["linear", "Linear"]];

export class Controls {
  /** @param alone whether they are those of a single take. @param seconds the longest take's. */
  constructor(alone, seconds) {
    this.alone = alone;
    this.play = button("play", { "aria-label": "Play", title: "Play or pause (space)" }, PLAY);
    this.title = element("span", { class: "sg-now" });
    this.clock = element("span", { class: "sg-clock" });
    this.position = slider("position", "Position", seconds, 0.1);
    this.volume = slider("volume", "Volume", 1, 0.01);
    const bars = { class: "sg-meter", "aria-hidden": true, html: "<i></i><i></i>" };
    this.meter = element("span", bars);
    this.match = button("match", { title: "Play all takes equally loud (M)" }, "Match loudness");
    this.match.hidden = alone;
    this.loop = button("loop", { title: "Play again and again (L)" }, "Loop");
    this.nearer = button("nearer", { "aria-label": "Zoom in", title: "Zoom in (+)" }, "+");
    this.farther = button("farther", { "aria-label": "Zoom out", title: "Zoom out (-)" }, "\u2212");
    this.times = element("span", { class: "sg-zoom" });
    const axes = AXES.map(([value, text]) => element("option", { value }, text));
    const named = { "aria-label": "Frequency axis", title: "Its scale (F)" };
    this.axis = element("select", named, ...axes);
    this.keys = button("keys", { "aria-expanded": false, title: "Keys (?)" }, "Keys");
    this.help = element("dl", { class: "sg-help", hidden: true });
    this.status = element("p", { class: "sg-said", role: "status" });
    this.warning = element("p", { class: "sg-hint", role: "alert", hidden: true });
  }

  /** Put them where they belong in an output, with what else one can do. */
  furnish(root, ...others) {
    for (const [keys, meaning] of this.alone ? HELP.slice(2, -1) : HELP) {
      this.help.append(element("div", {}, element("dt", {}, keys), element("dd", {}, meaning)));
    }
    const parts = [this.#bar(others), this.#options(), this.help, this.warning, this.status];
    if (this.alone) root.querySelector("audio").before(element("div", { class: "sg-deck" }, ...parts));
    else root.querySelector(".sg-scale").before(...parts);
  }

  #bar(others) {
    const line = element("div", { class: "sg-line" }, this.title, this.clock, this.position);
    const volume = element("label", { title: "Volume", html: SPEAKER }, this.volume);
    const loudness = element("div", { class: "sg-loudness" }, this.meter, volume);
    const name = this.alone ? "Player" : "Player of all takes";
    return group("bar", name, this.play, line, loudness, ...others);
  }

  #options() {
    const zoom = group("pair", "Zoom in time", this.farther, this.times, this.nearer);
    return group("options", "Options", this.match, this.loop, zoom, this.axis, this.keys);
  }

  /** Have a player do what they ask for, until the signal. */
  listen(player, signal) {
    const on = (control, name, act) => control.addEventListener(name, act, { signal });
    on(this.play, "click", () => player.toggle());
    on(this.match, "click", () => player.setMatch(!player.match));
    on(this.loop, "click", () => player.setLoop(!player.looping));
    on(this.nearer, "click", () => player.zoom(2));
    on(this.farther, "click", () => player.zoom(0.5));
    on(this.keys, "click", () => this.toggleHelp());
    on(this.axis, "change", () => player.setAxis(this.axis.value));
    on(this.position, "input", () => player.seek(Number(this.position.value)));
    on(this.volume, "input", () => player.setVolume(Number(this.volume.value)));
  }

  mark(name, match, looping) {
    this.title.textContent = name;
    this.match.setAttribute("aria-pressed", match);
    this.loop.setAttribute("aria-pressed", looping);
  }

  showPosition(position, seconds) {
    this.clock.textContent = `${timeText(position)} / ${timeText(seconds)}`;
    this.position.max = seconds;
    this.position.value = position;
    const [at, of] = [position, seconds].map((each) => each.toFixed(1));
    this.position.setAttribute("aria-valuetext", `${at} of ${of} seconds`);
  }

  /** Show which frequency axis there is; its name. */
  showAxis(axis) {
    this.axis.value = axis;
    return this.axis.selectedOptions[0].textContent;
  }

  showZoom(times) {
    this.times.textContent = `${times < 9.95 ? +times.toFixed(1) : Math.round(times)}\u00d7`;
  }

  /** Both meters, for the highest samples of both sides. */
  showPeaks(peaks) {
    peaks.forEach((peak, side) => {
      // from -60 dB
      const share = clamp(1 + (20 * Math.log10(peak + 1e-9)) / 60, 0, 1);
      this.meter.children[side].style.clipPath = `inset(0 ${100 * (1 - share)}% 0 0)`;
    });
  }

  toggleHelp() {
    this.help.hidden = !this.help.hidden;
    this.keys.setAttribute("aria-expanded", !this.help.hidden);
  }

  hint(text) {
    this.warning.textContent = text;
    this.warning.hidden = !text;
  }

  say(text) {
    this.status.textContent = text;
  }
}
