// The player: takes on one clock, switched at the same instant, at the same loudness.
//
// It brings to life the plain HTML that `card.py` and `gallery.py` make, and is the front end of
// the widget in `player.py`. One file without imports: it is inlined as it stands. At the top
// stand pure functions, then the sound (Deck), then what is seen and touched (Player).

// ---------------------------------------------------------------- numbers

/** How long one take gives way to another: too short to hear, long enough not to click. */
export const FADE_SECONDS = 0.012;
/** No lift may bring a true peak above this. */
export const CEILING_DBTP = -1;
/** A lone quiet take that cannot be lifted pulls the others down by no more than this. */
const DEEPEST_DB = 12;
/** One channel is played by two loudspeakers: what BS.1770 reads for the same signal in two. */
const MONO_DB = 10 * Math.log10(2);
const LOWEST_HZ = 20;
const HIGHEST_HZ = 22050;
const SHORTEST_LOOP_SECONDS = 0.1;

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/** The nearest sample's instant: between samples a buffer would be interpolated. */
export const onGrid = (seconds, rate) => Math.round(seconds * rate) / rate;

export const decibelsToGain = (decibels) => 10 ** (decibels / 20);

/** A curve between two gains along half a cosine; a pair the other way round adds up to one. */
export function fadeCurve(from, to, points = 257) {
  const place = (at) => (1 - Math.cos((Math.PI * at) / (points - 1))) / 2;
  return Float32Array.from({ length: points }, (_, at) => from + (to - from) * place(at));
}

/**
 * What each take needs to sound as loud as the others, in dB.
 *
 * The aim is the middle loudness, or the loudest that all can reach below the ceiling. A take that
 * still falls short says by how much. Silence and a take alone are left as they are.
 */
export function matchGains(takes) {
  const heard = takes.map((take) => take.loudnessLufs + (take.channels === 1 ? MONO_DB : 0));
  const audible = heard.filter(Number.isFinite).sort((one, other) => one - other);
  if (audible.length < 2) return takes.map(() => ({ gainDb: 0, shortDb: 0 }));
  const middle = (audible[(audible.length - 1) >> 1] + audible[audible.length >> 1]) / 2;
  const lifts = takes.map((take) => Math.max(0, CEILING_DBTP - take.peakDb));
  const reached = heard.map((level, at) => level + lifts[at]).filter(Number.isFinite);
  const aim = Math.max(Math.min(middle, ...reached), middle - DEEPEST_DB);
  return heard.map((level, at) => {
    if (!Number.isFinite(level)) return { gainDb: 0, shortDb: 0 };
    const gainDb = Math.min(aim - level, lifts[at]);
    return { gainDb, shortDb: aim - level - gainDb };
  });
}

/** Where a take is at a moment of the clock, by its passes: {when, from}, oldest first. */
export function positionAt(passes, time) {
  const pass = passes.findLast((each) => each.when <= time) ?? passes[0];
  return pass ? pass.from + Math.max(0, time - pass.when) : 0;
}

/** A loop between two moments in either order, inside the sound and long enough to be heard. */
export function loopBetween(one, other, seconds) {
  const shortest = Math.min(SHORTEST_LOOP_SECONDS, seconds);
  const from = clamp(Math.min(one, other), 0, seconds - shortest);
  return { from, to: clamp(Math.max(one, other), from + shortest, seconds) };
}

/** The stretch of time that is seen, after a zoom that keeps a moment in its middle. */
export function zoomed(view, factor, middle, seconds) {
  const width = clamp((view.to - view.from) / factor, Math.min(0.05, seconds), seconds);
  const from = clamp(middle - width / 2, 0, seconds - width);
  return { from, to: from + width };
}

const mel = (hz) => Math.log10(1 + hz / 700);

/** How high a frequency stands in a picture, from 0 to 1, on a "log", "mel" or "linear" axis. */
export function heightOf(hz, axis) {
  const warp = { log: Math.log, mel, linear: (value) => value }[axis];
  return (warp(hz) - warp(LOWEST_HZ)) / (warp(HIGHEST_HZ) - warp(LOWEST_HZ));
}

/** The frequency at a height: the inverse of `heightOf`. */
export function hertzAt(height, axis) {
  if (axis === "log") return LOWEST_HZ * (HIGHEST_HZ / LOWEST_HZ) ** height;
  if (axis === "linear") return LOWEST_HZ + (HIGHEST_HZ - LOWEST_HZ) * height;
  const low = mel(LOWEST_HZ);
  return 700 * (10 ** (low + (mel(HIGHEST_HZ) - low) * height) - 1);
}

/** For each row of a picture on another axis, from the top, the row of the logarithmic one. */
export function rowsOn(axis, rows) {
  return Array.from({ length: rows }, (_, row) => {
    const hz = hertzAt(1 - (row + 0.5) / rows, axis);
    return clamp(Math.floor((1 - heightOf(hz, "log")) * rows), 0, rows - 1);
  });
}

/** Marks of the frequency axis that have room, as [text, height]. */
export function hertzTicks(axis, gap = 0.11) {
  const few = { log: [100, 1000, 10000], mel: [500, 1000, 2000, 5000, 10000, 20000] };
  const ticks = (few[axis] ?? [5000, 10000, 15000, 20000]).map((hz) => [
    hz < 1000 ? `${hz} Hz` : `${hz / 1000} kHz`,
    heightOf(hz, axis),
  ]);
  return ticks.filter(([, height], at) => at === 0 || height - ticks[at - 1][1] >= gap);
}

/** Round moments between two others, as [text, place from 0 to 1]; at most seven. */
export function timeTicks(from, to) {
  const least = (to - from) / 6.5;
  const ten = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((times) => times * ten).find((each) => each >= least);
  const [unit, times] = step < 0.01 ? ["ms", 1000] : ["s", 1];
  const ticks = [];
  for (let at = Math.ceil(from / step - 1e-9); at * step <= to + step * 1e-9; at += 1) {
    ticks.push([`${+(at * step * times).toFixed(6)} ${unit}`, (at * step - from) / (to - from)]);
  }
  return ticks;
}

/** Which place of a palette, as RGBA bytes, a colour is nearest to; from 0 to 1. */
export function shadeOf([red, green, blue], palette) {
  const places = palette.length / 4;
  let [nearest, least] = [0, Infinity];
  for (let at = 0; at < places; at += 1) {
    const off = [red, green, blue].reduce((sum, c, i) => sum + (c - palette[4 * at + i]) ** 2, 0);
    if (off < least) [nearest, least] = [at, off];
  }
  return nearest / (places - 1);
}

/**
 * How many samples an mp3 comes late by, and at which rate: [samples, rate].
 *
 * An encoder's delay is written in the tag of the first frame, and browsers take it off. Without
 * a tag nobody does: 576 samples of the usual encoder and 529 of every decoder stay in front.
 */
export function mp3Lead(bytes) {
  const text = (from, length) => String.fromCharCode(...bytes.subarray(from, from + length));
  let at = 0;
  if (text(0, 3) === "ID3") {
    at = 10 + ((bytes[6] << 21) | (bytes[7] << 14) | (bytes[8] << 7) | bytes[9]);
  }
  const layer3 = bytes[at] === 0xff && (bytes[at + 1] & 0xe6) === 0xe2;
  // 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5
  const version = (bytes[at + 1] >> 3) & 3;
  const rate = [44100, 48000, 32000][(bytes[at + 2] >> 2) & 3];
  if (!layer3 || version === 1 || !rate) return [0, 1];
  const mono = bytes[at + 3] >> 6 === 3;
  const side = version === 3 ? (mono ? 17 : 32) : mono ? 9 : 17;
  const tagged = ["Xing", "Info"].includes(text(at + 4 + side, 4)) || text(at + 36, 4) === "VBRI";
  return [tagged ? 0 : 1105, rate / { 3: 1, 2: 2, 0: 4 }[version]];
}

export function bytesOfDataUri(uri) {
  const text = atob(uri.slice(uri.indexOf(",") + 1));
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}

/** "+1.5 dB", with a true minus sign. */
export const decibelText = (decibels, digits = 1) => {
  const text = Math.abs(decibels).toFixed(digits);
  const sign = Number(text) === 0 ? "" : decibels < 0 ? "\u2212" : "+";
  return `${sign}${text} dB`;
};

/** "0:07.4" */
export const timeText = (seconds, digits = 1) => {
  const tenths = Math.max(0, Math.floor(seconds * 10 ** digits + 1e-6)) / 10 ** digits;
  const rest = (tenths % 60).toFixed(digits).padStart(digits + 3, "0");
  return `${Math.floor(tenths / 60)}:${rest}`;
};

export const hertzText = (hz) =>
  hz < 1000 ? `${Math.round(hz)} Hz` : `${(hz / 1000).toFixed(hz < 10000 ? 2 : 1)} kHz`;

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

/** What a key asks for, as [name, value]; null for a key that is not the player's. */
export function keyAction({ key, shiftKey, ctrlKey, metaKey, altKey }) {
  if (ctrlKey || metaKey || altKey) return null;
  if (/^[1-9]$/.test(key)) return ["pick", Number(key) - 1];
  const [name, value] = KEYS[key.length === 1 ? key.toLowerCase() : key] ?? [];
  if (!name) return null;
  return name === "move" && shiftKey ? [name, value / 10] : [name, value];
}

// ---------------------------------------------------------------- sound

// as far ahead as sources are started: none may be late
const START_SECONDS = 0.05;
// as far ahead as gains are turned
const TURN_SECONDS = 0.02;
// passes of a loop are planned this far ahead
const AHEAD_SECONDS = 0.5;
const PUMP_MS = 100;
// of decoded sound; beyond it the one unheard longest goes
const BUDGET_BYTES = 96e6;
// decoded ahead, and run along in silence
const NEIGHBOURS = 12;

/** When a fade is over for certain. */
const after = (when) => when + FADE_SECONDS + 0.001;

/**
 * Takes on one clock, in any audio context. All that are decoded run together, and a gain for each
 * lets one through; so a switch cannot shift anything in time. A loop is a row of passes.
 */
export class Deck {
  /** @param tracks each {bytes(): Uint8Array, seconds, gain: linear}; @param out where it goes. */
  constructor(context, tracks, out = context.destination) {
    Object.assign(this, { context, tracks, out, active: 0, playing: false, rest: 0 });
    this.looping = false;
    // {from, to} in seconds; null is the whole take
    this.region = null;
    this.passes = [];
    // by index, heard last at the end: {buffer, lead, gate, level, ...}
    this.voices = new Map();
    this.loading = new Map();
    // when the gates began to turn last
    this.turnedAt = -1;
    this.onend = () => {};
  }

  get seconds() {
    return this.tracks[this.active].seconds;
  }

  get range() {
    return (this.looping && this.region) || { from: 0, to: this.seconds };
  }

  get position() {
    return this.playing ? this.positionAt(this.context.currentTime) : this.rest;
  }

  positionAt(time) {
    const { to } = this.range;
    return Math.min(positionAt(this.passes, time), to);
  }

  /** Decode a take, once; what was not heard for longest gives way. */
  load(index) {
    if (!this.loading.has(index)) {
      const loading = this.#decoded(index);
      this.loading.set(index, loading);
      loading.catch(() => this.loading.delete(index));
    }
    return this.loading.get(index);
  }

  async #decoded(index) {
    const bytes = this.tracks[index].bytes();
    const [samples, rate] = mp3Lead(bytes);
    const buffer = await this.context.decodeAudioData(bytes.slice().buffer);
    const gate = new GainNode(this.context, { gain: 0 });
    gate.connect(this.out);
    const voice = { buffer, lead: samples / rate, gate, level: 0, sources: [], runsFrom: 0 };
    this.voices.set(index, voice);
    this.#makeRoom(index);
    for (const pass of this.passes) this.#begin(index, pass);
  }

  get bytes() {
    const sizeOf = ({ buffer }) => 4 * buffer.length * buffer.numberOfChannels;
    return [...this.voices.values()].reduce((sum, voice) => sum + sizeOf(voice), 0);
  }

  #makeRoom(kept) {
    for (const [index, voice] of [...this.voices]) {
      if (this.bytes <= BUDGET_BYTES) return;
      if (index === kept || index === this.active || voice.level > 0) continue;
      for (const { source } of voice.sources) source.stop();
      voice.gate.disconnect();
      this.voices.delete(index);
      this.loading.delete(index);
    }
  }

  /** Decode the neighbours of what is heard, one after the other, while there is room. */
  async prepare() {
    const off = (index) => Math.abs(index - this.active);
    const near = [...this.tracks.keys()].sort((one, other) => off(one) - off(other));
    for (const index of near.slice(0, NEIGHBOURS)) {
      const size = this.tracks[index].seconds * this.context.sampleRate * 8;
      if (!this.playing || this.bytes + size > BUDGET_BYTES) return;
      // whoever picks it is told
      await this.load(index).catch(() => {});
    }
  }

  async play(position = this.rest) {
    await this.load(this.active);
    if (this.playing) return;
    this.playing = true;
    this.jump(position >= this.range.to - 0.001 ? this.range.from : position);
    this.#turn();
    if (!this.timer && this.context instanceof AudioContext) {
      this.timer = setInterval(() => this.pump(), PUMP_MS);
    }
  }

  pause() {
    if (!this.playing) return;
    this.rest = this.position;
    this.#leave(this.#edge(TURN_SECONDS));
    this.playing = false;
    this.passes = [];
    clearInterval(this.timer);
    this.timer = null;
  }

  seek(position) {
    if (this.playing) this.jump(position);
    else this.rest = clamp(position, 0, this.seconds);
  }

  /** Let another take through, at the same instant of the same clock. */
  async select(index) {
    const before = this.seconds;
    this.active = index;
    await this.load(index);
    const voice = this.voices.get(index);
    this.voices.delete(index);
    this.voices.set(index, voice);
    if (!this.playing || this.active !== index) return;
    if (this.position >= this.seconds) this.jump(this.range.from);
    else if (this.looping && !this.region && before !== this.seconds) this.jump();
    this.#turn();
  }

  /** Other gains for the tracks, as for matching loudness or not. */
  setGains(gains) {
    this.tracks.forEach((track, at) => (track.gain = gains[at]));
    if (this.playing) this.#turn();
  }

  setLoop(looping, region = this.region) {
    Object.assign(this, { looping, region });
    if (this.playing) this.jump();
  }

  /** A moment soon, on a sample. */
  #soon(ahead) {
    return onGrid(this.context.currentTime + ahead, this.context.sampleRate);
  }

  /** A moment soon at which no pass is just fading in: two curves of a gain may not overlap. */
  #edge(ahead) {
    const soon = this.#soon(ahead);
    const rising = this.passes.find(({ when }) => when < soon && soon < after(when));
    return rising ? onGrid(after(rising.when), this.context.sampleRate) : soon;
  }

  /** End what sounds and begin anew elsewhere, or right there by another loop; both fade. */
  jump(position) {
    const when = this.#edge(START_SECONDS);
    const { from, to } = this.range;
    let target = position ?? this.positionAt(when);
    if (this.looping && (target < from || target >= to)) target = from;
    this.#leave(when);
    this.passes = this.passes.filter((pass) => pass.when < when);
    for (const pass of this.passes) pass.until = Math.min(pass.until ?? when, when);
    this.passes.push(this.#pass(when, target));
    this.pump();
  }

  #pass(when, from) {
    const pass = { when, from: onGrid(clamp(from, 0, this.seconds), this.context.sampleRate) };
    for (const index of this.voices.keys()) this.#begin(index, pass);
    return pass;
  }

  /** Start a voice in a pass: at its beginning, or behind its closed gate in the midst of it. */
  #begin(index, pass) {
    const voice = this.voices.get(index);
    const joins = pass.when < this.#soon(TURN_SECONDS);
    const when = joins ? this.#soon(START_SECONDS) : pass.when;
    const offset = pass.from + (when - pass.when) + voice.lead;
    if (offset >= voice.buffer.duration || (pass.until ?? Infinity) <= when) return;
    if (joins) voice.runsFrom = when;
    const source = new AudioBufferSourceNode(this.context, { buffer: voice.buffer });
    const rises = pass.from > 0 && !joins;
    const edge = new GainNode(this.context, { gain: rises ? 0 : 1 });
    if (rises) edge.gain.setValueCurveAtTime(fadeCurve(0, 1), when, FADE_SECONDS);
    source.connect(edge).connect(voice.gate);
    source.start(when, offset);
    const entry = { source, edge, when };
    if (pass.until) this.#fadeOut(entry, pass.until);
    voice.sources.push(entry);
    source.onended = () => {
      edge.disconnect();
      voice.sources.splice(voice.sources.indexOf(entry), 1);
    };
  }

  #fadeOut(entry, when) {
    entry.edge.gain.cancelScheduledValues(when);
    entry.edge.gain.setValueCurveAtTime(fadeCurve(1, 0), when, FADE_SECONDS);
    entry.source.stop(when + FADE_SECONDS);
    entry.until = when;
  }

  /** Fade out all that sounds, and call off what would have begun. */
  #leave(when) {
    for (const voice of this.voices.values()) {
      for (const entry of [...voice.sources]) {
        if (entry.when >= when) entry.source.stop();
        else if (!(entry.until <= when)) this.#fadeOut(entry, when);
      }
    }
  }

  /** Turn every gate to where it belongs, all in the same samples. */
  #turn() {
    const heard = this.voices.get(this.active);
    const moving = [...this.voices].filter(([index, { level }]) => level !== this.#levelOf(index));
    if (!moving.length || !heard) return;
    const latest = Math.max(this.#soon(TURN_SECONDS), after(this.turnedAt), heard.runsFrom);
    const when = onGrid(latest, this.context.sampleRate);
    for (const [index, voice] of moving) {
      const curve = fadeCurve(voice.level, this.#levelOf(index));
      voice.gate.gain.setValueCurveAtTime(curve, when, FADE_SECONDS);
      voice.level = this.#levelOf(index);
    }
    this.turnedAt = when;
  }

  #levelOf(index) {
    return index === this.active ? this.tracks[index].gain : 0;
  }

  /** Plan the next passes of a loop, or notice the end. */
  pump(ahead = AHEAD_SECONDS) {
    const now = this.context.currentTime;
    this.passes = this.passes.filter((pass) => !(pass.until < now));
    let last = this.passes.at(-1);
    while (this.playing && last) {
      const { from, to } = this.range;
      const end = onGrid(last.when + to - last.from, this.context.sampleRate);
      if (!this.looping) {
        if (now >= end) this.#end();
        return;
      }
      if (end > now + ahead) return;
      last.until = end;
      for (const voice of this.voices.values()) {
        for (const entry of voice.sources) {
          if (entry.when < end && !(entry.until <= end)) this.#fadeOut(entry, end);
        }
      }
      last = this.#pass(end, from);
      this.passes.push(last);
    }
  }

  #end() {
    this.pause();
    this.rest = 0;
    this.onend();
  }
}

// ---------------------------------------------------------------- what is seen and touched

/** What all copies of this module on a page share: one context, one voice, every live root. */
const shared = (globalThis[Symbol.for("soundgen_nb.player")] ??= {
  context: null,
  sounding: null,
  players: new WeakMap(),
});

const SVG = (path) => `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${path}"/></svg>`;
const PLAY =
  `<i class="sg-if-still">${SVG("M4 2l10 6-10 6z")}</i>` +
  `<i class="sg-if-on">${SVG("M3 2h4v12H3zM9 2h4v12H9z")}</i>`;
const SPEAKER = SVG("M2 6h3l4-4v12l-4-4H2zM11 5c2 1.500 2 4.500 0 6z");
const HELP = [
  ["1 to 9", "listen to that take, from the same instant"],
  ["\u2191 \u2193", "the take before, the take after"],
  ["space", "play, pause"],
  ["\u2190 \u2192", "a second back or on; with shift a tenth"],
  ["L", "loop; [ and ] set its ends, shift and drag marks it, Esc lets go of it"],
  ["+ \u2212 0", "zoom in time, out, all"],
  ["F", "frequency axis: logarithmic, mel, linear"],
  ["M", "match loudness, or as received"],
];
const NATIVE_KEYS = {
  BUTTON: /^( |Enter)$/,
  SUMMARY: /^( |Enter)$/,
  INPUT: /^(Arrow.*|Home|End)$/,
  SELECT: /^(Arrow.*|Home|End|Enter|.)$/,
};
const NEAR_PIXELS = { mouse: 6, pen: 8, touch: 20 };
const SCRUB_MS = 70;
const CALM_MS = 200;

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "html") made.innerHTML = value;
    else if (value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

/** A number of a card; what is not one, as the loudness of silence, is minus infinity. */
const numberOf = (text) => (Number.isFinite(Number(text ?? NaN)) ? Number(text) : -Infinity);

function remembered(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(`soundgen_nb.${name}`)) ?? otherwise;
  } catch {
    // there is no storage in a sandboxed frame
    return otherwise;
  }
}

function remember(name, value) {
  try {
    localStorage.setItem(`soundgen_nb.${name}`, JSON.stringify(value));
  } catch {
    // it is remembered as long as the page is open
  }
}

/** Marks of an axis; "sg-decade" are those that small pictures show. */
function ticksHtml(ticks, edge) {
  const nameAt = (place) => (edge === "left" && place > 0.96 ? "sg-end" : "sg-decade");
  const html = ([text, place]) =>
    `<span class="${nameAt(place)}" style="${edge}:${100 * place}%">${text}</span>`;
  return ticks.map(html).join(" ");
}

function pixelsOf(image) {
  const [width, height] = [image.naturalWidth, image.naturalHeight];
  const canvas = element("canvas", { width, height });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(image, 0, 0);
  return { width, height, data: pen.getImageData(0, 0, width, height).data };
}

/** One take's card: a button in the place of its plain player, and marks over its pictures. */
class Card {
  constructor(article, number, { seconds, alone }) {
    const canvas = article.querySelector(".sg-canvas");
    Object.assign(this, { article, canvas, seconds, near: true, stale: false, drawn: null });
    this.image = article.querySelector("img.sg-spectrogram");
    this.pictures = [...canvas.querySelectorAll("img")];
    this.axes = [".sg-hz", ".sg-seconds"].map((name) => article.querySelector(name));
    this.plain = this.axes.map((axis) => axis.innerHTML);
    this.head = element("span", { class: "sg-head-line" });
    this.loop = element("span", { class: "sg-region", hidden: true });
    this.readout = element("span", { class: "sg-readout", hidden: true });
    canvas.append(this.loop, this.head, this.readout);
    if (alone) return;
    this.pick = element("button", { type: "button", class: "sg-pick", html: PLAY }, `${number}`);
    this.gain = element("span", { class: "sg-gain" });
    const strip = element("div", { class: "sg-strip" }, this.pick, this.gain);
    article.querySelector("audio").before(strip);
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

  /** The level at a moment and a frequency, as text: the pixel is the decibel. */
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

/** One output come to life. `root.soundgenPlayer` is it. */
export class Player {
  /**
   * @param root the `.soundgen` element.
   * @param bytesAt the encoded bytes of a take by its place; from its audio element if left out.
   */
  constructor(root, bytesAt = null) {
    Object.assign(this, { root, axis: "log", listeners: new AbortController() });
    const articles = [...root.querySelectorAll(".sg-card:has(audio)")];
    this.alone = articles.length === 1;
    this.tracks = articles.map((it, at) => this.#trackOf(it, bytesAt && (() => bytesAt(at))));
    this.cards = articles.map(
      (it, at) => new Card(it, at + 1, { ...this.tracks[at], alone: this.alone }),
    );
    this.match = remembered("match", true);
    this.longest = Math.max(...articles.map((it) => numberOf(it.dataset.axisSeconds)));
    this.view = { from: 0, to: this.longest };
    this.onchange = () => {};
    this.gains = matchGains(this.tracks);
    this.deck = null;
    this.active = 0;
    this.rest = 0;
    this.region = null;
    this.looping = false;
    this.#build();
    this.#attend();
    this.#mark();
    this.#look(this.view);
    root.classList.add("sg-live");
    root.soundgenPlayer = this;
    shared.players.set(root, this);
  }

  #trackOf(article, bytes) {
    const { label, seconds, loudnessLufs, truePeakDbtp, channels } = article.dataset;
    return {
      bytes: bytes ?? (() => bytesOfDataUri(article.querySelector("audio").src)),
      label,
      seconds: Number(seconds),
      loudnessLufs: numberOf(loudnessLufs),
      peakDb: numberOf(truePeakDbtp),
      channels: Number(channels),
      gain: 1,
    };
  }

  // ------------------------------------------------ controls

  #build() {
    const many = !this.alone;
    const button = (name, attributes, html) =>
      element("button", { type: "button", class: `sg-${name}`, html, ...attributes });
    const range = (name, label, max, step) => {
      const kind = { type: "range", class: `sg-${name}`, "aria-label": label };
      return element("input", { ...kind, min: 0, max, step });
    };
    Object.assign(this, {
      playButton: button("play", { "aria-label": "Play", title: "Play or pause (space)" }, PLAY),
      title: element("span", { class: "sg-now" }),
      clock: element("span", { class: "sg-clock" }),
      slider: range("position", "Position", this.longest, 0.1),
      volume: range("volume", "Volume", 1, 0.01),
      meter: element("span", { class: "sg-meter", "aria-hidden": true, html: "<i></i><i></i>" }),
      matchButton: button("match", { title: "Play all takes equally loud (M)" }, "Match loudness"),
      loopButton: button("loop", { title: "Play again and again (L)" }, "Loop"),
      nearer: button("nearer", { "aria-label": "Zoom in", title: "Zoom in (+)" }, "+"),
      farther: button("farther", { "aria-label": "Zoom out", title: "Zoom out (-)" }, "\u2212"),
      zoomText: element("span", { class: "sg-zoom" }),
      axisSelect: element("select", { "aria-label": "Frequency axis", title: "Its scale (F)" }),
      helpButton: button("keys", { "aria-expanded": false, title: "Keys (?)" }, "Keys"),
      help: element("dl", { class: "sg-help", hidden: true }),
      status: element("p", { class: "sg-said", role: "status" }),
      hint: element("p", { class: "sg-hint", role: "alert", hidden: true }),
    });
    for (const [value, text] of [["log", "Log"], ["mel", "Mel"], ["linear", "Linear"]]) {
      this.axisSelect.append(element("option", { value }, text));
    }
    for (const [keys, meaning] of many ? HELP : HELP.slice(2, -1)) {
      this.help.append(element("div", {}, element("dt", {}, keys), element("dd", {}, meaning)));
    }
    this.matchButton.hidden = !many;
    this.bar = element(
      "div",
      { class: "sg-bar", role: "group", "aria-label": many ? "Player of all takes" : "Player" },
      this.playButton,
      element("div", { class: "sg-line" }, this.title, this.clock, this.slider),
      element(
        "div",
        { class: "sg-loudness" },
        this.meter,
        element("label", { title: "Volume", html: SPEAKER }, this.volume),
      ),
    );
    const zoom = element("span", { class: "sg-pair", role: "group", "aria-label": "Zoom in time" });
    zoom.append(this.farther, this.zoomText, this.nearer);
    const options = element("div", { class: "sg-options", role: "group", "aria-label": "Options" });
    options.append(this.matchButton, this.loopButton, zoom, this.axisSelect, this.helpButton);
    const parts = [this.bar, options, this.help, this.hint, this.status];
    const place = this.root.querySelector(many ? ".sg-scale" : "audio");
    place.before(...(many ? parts : [element("div", { class: "sg-deck" }, ...parts)]));
    this.#listen();
  }

  #listen() {
    const on = (target, name, act) =>
      target.addEventListener(name, act, { signal: this.listeners.signal });
    on(this.playButton, "click", () => this.toggle());
    on(this.matchButton, "click", () => this.setMatch(!this.match));
    on(this.loopButton, "click", () => this.setLoop(!this.looping));
    on(this.nearer, "click", () => this.zoom(2));
    on(this.farther, "click", () => this.zoom(0.5));
    on(this.helpButton, "click", () => this.toggleHelp());
    on(this.axisSelect, "change", () => this.setAxis(this.axisSelect.value));
    on(this.slider, "input", () => this.seek(Number(this.slider.value)));
    on(this.volume, "input", () => this.setVolume(Number(this.volume.value)));
    this.volume.value = remembered("volume", 1);
  }

  /** Watch the cards: which are pressed, and which are in sight; the others are drawn later. */
  #attend() {
    const bySight = new Map(this.cards.map((card) => [card.canvas, card]));
    this.sight = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const card = bySight.get(target);
        card.near = isIntersecting;
        if (card.near && card.stale) card.look(this.view, this.axis, this.whole);
      }
      this.#draw(this.position);
    });
    this.cards.forEach((card, at) => {
      const press = () => (this.active === at ? this.toggle() : this.pick(at));
      card.pick?.addEventListener("click", press);
      this.#follow(card, at);
      this.sight.observe(card.canvas);
    });
  }

  // ------------------------------------------------ what can be asked of it

  get playing() {
    return this.deck?.playing ?? false;
  }

  get position() {
    return this.deck?.position ?? this.rest;
  }

  /** The deck, made when sound is first wanted: a page of sixty takes costs nothing until then. */
  #opened() {
    if (this.deck) return this.deck;
    const context = (shared.context ??= new AudioContext());
    const bus = new GainNode(context, { channelCount: 2, channelCountMode: "explicit" });
    bus.gain.value = Number(this.volume.value) ** 2;
    const split = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
    this.ears = [0, 1].map((side) => {
      const ear = new AnalyserNode(context, { fftSize: 2048 });
      split.connect(ear, side);
      return ear;
    });
    bus.connect(split);
    bus.connect(context.destination);
    this.deck = new Deck(context, this.tracks, bus);
    Object.assign(this.deck, { active: this.active, rest: this.rest, bus });
    this.deck.setGains(this.#factors());
    this.deck.setLoop(this.looping, this.region);
    this.deck.onend = () => this.#settle("The end");
    return this.deck;
  }

  async toggle() {
    await (this.playing ? this.pause() : this.play());
  }

  async play() {
    if (shared.sounding !== this) shared.sounding?.pause();
    shared.sounding = shared.last = this;
    for (const audio of document.querySelectorAll("audio")) audio.pause();
    const deck = this.#opened();
    this.#awaken(deck.context);
    await this.#trying(deck.play());
    if (!deck.playing) return;
    this.#settle(`Playing ${this.#nameOf(this.active)}`);
    this.#tick();
    deck.prepare();
  }

  pause() {
    this.deck?.pause();
    this.#settle("Paused");
  }

  /** Listen to a take, from the instant at which the one before is left. */
  async pick(at) {
    if (!this.tracks[at]) return;
    this.active = at;
    this.#mark();
    if (!this.playing) {
      if (this.deck) this.deck.active = at;
      if (this.position >= this.tracks[at].seconds) this.seek(0);
      await this.play();
    } else {
      await this.#trying(this.deck.select(at));
      this.#settle(this.#nameOf(at));
      this.deck.prepare();
    }
  }

  seek(position) {
    const { seconds } = this.tracks[this.active];
    this.rest = clamp(position, 0, Math.max(0, seconds - 0.01));
    this.deck?.seek(this.rest);
    this.#draw(this.rest);
    this.onchange();
  }

  setMatch(match) {
    this.match = match;
    remember("match", match);
    this.deck?.setGains(this.#factors());
    this.#mark();
    this.#settle(match ? "Loudness matched" : "As received, loudness not matched");
  }

  setLoop(looping, region = this.region) {
    Object.assign(this, { looping, region });
    this.deck?.setLoop(looping, region);
    this.#mark();
    const [from, to] = [region?.from, region?.to].map((each) => each?.toFixed(2));
    const where = region ? `from ${from} to ${to} seconds` : "the whole take";
    this.#settle(looping ? `Loop: ${where}` : "Loop off");
  }

  setVolume(volume) {
    this.volume.value = volume;
    remember("volume", volume);
    // a square: half way is a quarter of the amplitude, about half as loud
    this.deck?.bus.gain.setTargetAtTime(volume ** 2, this.deck.context.currentTime, 0.015);
  }

  /** Zoom by a factor around the playhead; 0 shows all. */
  zoom(factor) {
    const all = { from: 0, to: this.longest };
    this.#look(factor ? zoomed(this.view, factor, this.position, this.longest) : all);
  }

  setAxis(axis) {
    this.axis = this.axisSelect.value = axis;
    this.#look(this.view);
    this.#say(`Frequency axis: ${this.axisSelect.selectedOptions[0].textContent}`);
  }

  toggleHelp() {
    this.help.hidden = !this.help.hidden;
    this.helpButton.setAttribute("aria-expanded", !this.help.hidden);
  }

  /** Stop, and let go of everything; the HTML stays as it is. */
  close() {
    this.pause();
    this.listeners.abort();
    this.sight.disconnect();
    this.deck?.bus.disconnect();
    shared.players.delete(this.root);
  }

  // ------------------------------------------------ keys

  /** Take a key that is ours, unless the control that has the focus has a use for it. */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const [name, value] = keyAction(event) ?? [];
    const native = NATIVE_KEYS[event.target.tagName]?.test(event.key);
    if (event.key === "Escape" && (this.region || !this.help.hidden)) this.#letGo();
    else if (!name && !native) return;
    else if (!native) {
      event.preventDefault();
      this.#act(name, value);
    }
    // the notebook has meanings of its own for most letters
    event.stopPropagation();
  }

  #act(name, value) {
    const count = this.tracks.length;
    const here = this.position;
    const [from, to] = [this.region?.from ?? 0, this.region?.to ?? this.longest];
    const acts = {
      toggle: () => this.toggle(),
      pick: () => this.pick(value),
      step: () => this.pick((this.active + value + count) % count),
      move: () => this.seek(here + value),
      start: () => this.seek(0),
      loop: () => this.setLoop(!this.looping),
      loopFrom: () => this.setLoop(true, loopBetween(here, to, this.longest)),
      loopTo: () => this.setLoop(true, loopBetween(from, here, this.longest)),
      match: () => this.setMatch(!this.match),
      zoom: () => this.zoom(value),
      axis: () => this.setAxis({ log: "mel", mel: "linear", linear: "log" }[this.axis]),
      help: () => this.toggleHelp(),
    };
    acts[name]();
  }

  #letGo() {
    if (!this.help.hidden) this.toggleHelp();
    else this.setLoop(false, null);
  }

  // ------------------------------------------------ the pointer

  /** Hover tells; a press seeks; a drag scrubs, or with shift, or at a loop's edge, marks. */
  #follow(card, at) {
    const { canvas } = card;
    const timeAt = (event) => {
      const box = canvas.getBoundingClientRect();
      const { from, to } = this.view;
      return from + clamp((event.clientX - box.left) / box.width, 0, 1) * (to - from);
    };
    let drag = null;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button) return;
      canvas.setPointerCapture(event.pointerId);
      drag = this.#grip(timeAt(event), event, canvas.clientWidth);
      if (drag === null && at !== this.active) this.#lean(at);
      this.#drag(drag, timeAt(event), true);
      this.playButton.focus({ preventScroll: true });
      event.preventDefault();
    });
    canvas.addEventListener("pointermove", (event) => {
      const held = canvas.hasPointerCapture(event.pointerId);
      if (held) this.#drag(drag, timeAt(event), false);
      this.#tell(card, timeAt(event), event);
      const edge = !held && this.#grip(timeAt(event), { pointerType: "mouse" }, canvas.clientWidth);
      canvas.classList.toggle("sg-at-edge", typeof edge === "number");
    });
    canvas.addEventListener("pointerup", (event) => this.#drag(drag, timeAt(event), true));
    canvas.addEventListener("pointerleave", () => card.tell(""));
    canvas.addEventListener(
      "wheel",
      (event) => {
        if (this.view.to - this.view.from >= this.longest || !event.deltaX) return;
        event.preventDefault();
        const by = (event.deltaX / canvas.clientWidth) * (this.view.to - this.view.from);
        this.#look(zoomed(this.view, 1, (this.view.from + this.view.to) / 2 + by, this.longest));
      },
      { passive: false },
    );
  }

  /** The end of a loop that stays where it is while the other is dragged; null to seek. */
  #grip(time, { shiftKey, pointerType }, width) {
    if (shiftKey) return time;
    if (!this.looping) return null;
    const near = ((NEAR_PIXELS[pointerType] ?? 6) * (this.view.to - this.view.from)) / width;
    const { from, to } = this.region ?? { from: 0, to: this.tracks[this.active].seconds };
    if (Math.abs(time - to) < near) return from;
    return Math.abs(time - from) < near ? to : null;
  }

  #drag(fixed, time, settled) {
    const now = performance.now();
    if (!settled && now - (this.draggedAt ?? 0) < SCRUB_MS) return;
    this.draggedAt = now;
    if (fixed === null) this.seek(time);
    else if (Math.abs(time - fixed) > SHORTEST_LOOP_SECONDS / 2) {
      this.setLoop(true, loopBetween(fixed, time, this.longest));
    }
  }

  /** Turn to a take because its picture was pressed; a still player stays still. */
  #lean(at) {
    if (this.playing) this.pick(at);
    else {
      this.active = at;
      if (this.deck) this.deck.active = at;
      this.#mark();
      this.#settle(this.#nameOf(at));
    }
  }

  /** Time, frequency and level under the pointer: the pixel is the decibel. */
  #tell(card, time, event) {
    const height = card.heightAt(event);
    const texts = [`${time.toFixed(2)} s`];
    if (height >= 0 && height < 1) {
      this.palette ??= pixelsOf(this.root.querySelector(".sg-legend img"));
      const hz = hertzAt(height, this.axis);
      texts.push(hertzText(hz), card.levelAt(time, hz, this.palette));
    }
    const { left, width } = card.canvas.getBoundingClientRect();
    card.tell(texts.filter(Boolean).join(" \u00b7 "), event.clientX - left > width / 2);
  }

  // ------------------------------------------------ what is shown

  #factors() {
    return this.gains.map(({ gainDb }) => (this.match ? decibelsToGain(gainDb) : 1));
  }

  #nameOf(at) {
    return this.alone ? this.tracks[at].label : `${at + 1}: ${this.tracks[at].label}`;
  }

  async #trying(work) {
    this.root.classList.add("sg-busy");
    // before, not after: meanwhile the browser may have been found to hold sound back
    this.#hint("");
    try {
      await work;
    } catch (error) {
      this.#hint(`This take cannot be played here: ${error.message}`);
    } finally {
      this.root.classList.remove("sg-busy");
    }
  }

  /** Wake the context; where the browser wants a gesture first, say so and wait for one. */
  async #awaken(context) {
    if (context.state === "running") return;
    const resumed = context.resume();
    const timer = setTimeout(() => {
      this.#hint("The browser holds sound back: click anywhere, or press a key.");
      const wake = () => context.resume();
      for (const gesture of ["pointerdown", "keydown"]) {
        window.addEventListener(gesture, wake, { once: true, capture: true });
      }
    }, 500);
    await resumed;
    clearTimeout(timer);
    this.#hint("");
  }

  #hint(text) {
    this.hint.textContent = text;
    this.hint.hidden = !text;
  }

  #say(text) {
    this.status.textContent = text;
  }

  /** Something has changed: show it, say it, tell whoever listens. */
  #settle(text) {
    this.rest = this.position;
    this.root.classList.toggle("sg-playing", this.playing);
    this.playButton.setAttribute("aria-label", this.playing ? "Pause" : "Play");
    this.#say(text);
    this.#draw(this.position);
    this.onchange();
  }

  /** All that depends on which take is heard and how. */
  #mark() {
    this.title.textContent = this.#nameOf(this.active);
    this.matchButton.setAttribute("aria-pressed", this.match);
    this.loopButton.setAttribute("aria-pressed", this.looping);
    this.cards.forEach((card, at) => {
      card.mark(at === this.active, this.#nameOf(at), this.gains[at], this.match);
    });
    if (this.root.querySelector(".sg-pick:focus")) this.cards[this.active].pick.focus();
    this.#drawLoop();
  }

  get whole() {
    return this.view.to - this.view.from > this.longest - 1e-9;
  }

  #look(view) {
    this.view = view;
    for (const card of this.cards) {
      if (card.near) card.look(view, this.axis, this.whole);
      else card.stale = true;
    }
    const times = this.longest / (view.to - view.from);
    this.zoomText.textContent = `${times < 9.95 ? +times.toFixed(1) : Math.round(times)}\u00d7`;
    this.#drawLoop();
    this.#draw(this.position);
  }

  #placeOf(time) {
    return (time - this.view.from) / (this.view.to - this.view.from);
  }

  #drawLoop() {
    const region = this.region ?? { from: 0, to: this.tracks[this.active].seconds };
    const [from, to] = [region.from, region.to].map((each) => clamp(this.#placeOf(each), 0, 1));
    for (const card of this.cards) card.drawLoop(from, to, this.looping);
  }

  #draw(position) {
    const { seconds } = this.tracks[this.active];
    const place = this.#placeOf(position);
    for (const card of this.cards) if (card.near) card.drawHead(place);
    this.clock.textContent = `${timeText(position)} / ${timeText(seconds)}`;
    this.slider.max = seconds;
    this.slider.value = position;
    const [at, of] = [position, seconds].map((each) => each.toFixed(1));
    this.slider.setAttribute("aria-valuetext", `${at} of ${of} seconds`);
  }

  /** Draw while it plays; less often for those who want less motion. */
  #tick() {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    let drawnAt = -Infinity;
    const frame = (now) => {
      if (!this.root.isConnected) this.pause();
      if (this.ticking !== frame || !this.playing) return this.#meter(true);
      if (!calm || now - drawnAt > CALM_MS) {
        drawnAt = now;
        const { position, view } = this;
        if (position > view.to || position < view.from) this.#page(position);
        this.#draw(position);
        this.#meter();
      }
      requestAnimationFrame(frame);
    };
    this.ticking = frame;
    requestAnimationFrame(frame);
  }

  #page(position) {
    const width = this.view.to - this.view.from;
    this.#look(zoomed(this.view, 1, position + width / 2, this.longest));
  }

  #meter(silent = false) {
    this.heard ??= new Float32Array(2048);
    this.ears?.forEach((ear, side) => {
      if (!silent) ear.getFloatTimeDomainData(this.heard);
      const higher = (most, each) => Math.max(most, Math.abs(each));
      const peak = silent ? 0 : this.heard.reduce(higher, 0);
      // from -60 dB
      const share = clamp(1 + (20 * Math.log10(peak + 1e-9)) / 60, 0, 1);
      this.meter.children[side].style.clipPath = `inset(0 ${100 * (1 - share)}% 0 0)`;
    });
  }
}

// ---------------------------------------------------------------- where it begins

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

/** What is done once for a page, however many outputs brought this module along. */
function attend() {
  shared.attended = true;
  const writing = "input:not([type=range]), textarea, [contenteditable]";
  const onKey = (event) => {
    const player = playerFor(event.target);
    if (player && !event.target.closest(writing)) player.key(event);
  };
  // before the document: JupyterLab takes its keys there, on their way down
  window.addEventListener("keydown", onKey, { capture: true });
  document.addEventListener("play", () => shared.sounding?.pause(), { capture: true });
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

if (typeof document !== "undefined") {
  if (!shared.attended) attend();
  enliven();
}

/** The front end of the widget: the same HTML, its sounds as bytes. */
function render({ model, el }) {
  el.innerHTML = model.get("html");
  const bytesAt = (at) => {
    const { buffer, byteOffset, byteLength } = model.get("audio")[at];
    return new Uint8Array(buffer, byteOffset, byteLength);
  };
  const player = new Player(el.querySelector(".soundgen"), bytesAt);
  player.onchange = () => {
    // what a player tells is no order to itself, nor to a second view of the same widget
    shared.telling = true;
    for (const name of ["active", "playing", "position", "match"]) model.set(name, player[name]);
    shared.telling = false;
    model.save_changes();
  };
  const acts = {
    active: (value) => value !== player.active && player.pick(value),
    playing: (value) => value !== player.playing && player.toggle(),
    position: (value) => Math.abs(value - player.rest) > 1e-6 && player.seek(value),
    match: (value) => value !== player.match && player.setMatch(value),
  };
  const obey = (name) => () => shared.telling || acts[name](model.get(name));
  const heard = Object.keys(acts).map((name) => [`change:${name}`, obey(name)]);
  for (const [name, act] of heard) model.on(name, act);
  return () => {
    for (const [name, act] of heard) model.off(name, act);
    player.close();
  };
}

export default { render };
