// Deck: takes on one clock, in any audio context.

import { mp3Lead } from "./encoded.mjs";
import { FADE_SECONDS } from "./gains.mjs";
import { clamp, onGrid, positionAt } from "./timeline.mjs";
import { START_SECONDS, TURN_SECONDS, Voice, soon } from "./voice.mjs";

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
 * Takes on one clock. All that are decoded run together, and a gain for each lets one through; so
 * a switch cannot shift anything in time. A loop is a row of passes.
 */
export class Deck {
  /** @param tracks each {bytes(): Uint8Array, seconds, gain: linear}; @param out where it goes. */
  constructor(context, tracks, out = context.destination) {
    Object.assign(this, { context, tracks, out, active: 0, playing: false, rest: 0 });
    this.looping = false;
    // {from, to} in seconds; null is the whole take
    this.region = null;
    this.passes = [];
    // by index, heard last at the end
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

  get bytes() {
    return [...this.voices.values()].reduce((sum, voice) => sum + voice.bytes, 0);
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
    const voice = new Voice(this.context, buffer, samples / rate, this.out);
    this.voices.set(index, voice);
    this.#makeRoom(index);
    for (const pass of this.passes) voice.begin(pass);
  }

  #makeRoom(kept) {
    for (const [index, voice] of [...this.voices]) {
      if (this.bytes <= BUDGET_BYTES) return;
      if (index === kept || index === this.active || voice.level > 0) continue;
      voice.close();
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

  /** A moment soon at which no pass is just fading in: two curves of a gain may not overlap. */
  #edge(ahead) {
    const moment = soon(this.context, ahead);
    const rising = this.passes.find(({ when }) => when < moment && moment < after(when));
    return rising ? onGrid(after(rising.when), this.context.sampleRate) : moment;
  }

  #pass(when, from) {
    const pass = { when, from: onGrid(clamp(from, 0, this.seconds), this.context.sampleRate) };
    for (const voice of this.voices.values()) voice.begin(pass);
    return pass;
  }

  #leave(when) {
    for (const voice of this.voices.values()) voice.leave(when);
  }

  /** Turn every gate to where it belongs, all in the same samples. */
  #turn() {
    const heard = this.voices.get(this.active);
    const levelOf = (index) => (index === this.active ? this.tracks[index].gain : 0);
    const moving = [...this.voices].filter(([index, { level }]) => level !== levelOf(index));
    if (!moving.length || !heard) return;
    const earliest = soon(this.context, TURN_SECONDS);
    const latest = Math.max(earliest, after(this.turnedAt), heard.runsFrom);
    this.turnedAt = onGrid(latest, this.context.sampleRate);
    for (const [index, voice] of moving) voice.turn(levelOf(index), this.turnedAt);
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
      this.#leave(end);
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
