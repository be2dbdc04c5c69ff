// Player: one output come to life, and all that can be asked of it.

import { Card, trackOf } from "./card.mjs";
import { Controls } from "./controls.mjs";
import { Deck } from "./deck.mjs";
import { withFrames } from "./frames.mjs";
import { decibelsToGain, matchGains } from "./gains.mjs";
import { remember, remembered } from "./memory.mjs";
import { Outlet } from "./outlet.mjs";
import { Pointer } from "./pointer.mjs";
import { saveLink } from "./saving.mjs";
import { shared } from "./shared.mjs";
import { clamp, zoomed } from "./timeline.mjs";
import { Wall } from "./wall.mjs";
import { regionText } from "./wording.mjs";

/** One output come to life. `root.soundgenPlayer` is it. */
export class Player {
  /**
   * @param root the `.soundgen` element.
   * @param bytesAt the encoded bytes of a take by its place; from its audio element if left out.
   */
  constructor(root, bytesAt = null) {
    const articles = [...root.querySelectorAll(".sg-card:has(audio)")];
    Object.assign(this, { root, deck: null, active: 0, rest: 0, region: null, looping: false });
    this.alone = articles.length === 1;
    this.tracks = articles.map((it, at) => trackOf(it, bytesAt && (() => bytesAt(at))));
    this.longest = Math.max(...this.tracks.map(({ axisSeconds }) => axisSeconds));
    this.gains = matchGains(this.tracks);
    this.match = remembered("match", true);
    this.onchange = () => {};
    this.#furnish(articles);
    this.#mark();
    this.look(this.view);
    root.classList.add("sg-live");
    root.soundgenPlayer = this;
    shared.players.set(root, this);
  }

  #furnish(articles) {
    this.cards = articles.map((it, at) => new Card(it, this.tracks[at]));
    this.controls = new Controls(this.alone, this.longest);
    const saves = this.tracks.map(saveLink);
    this.controls.furnish(this.root, ...(this.alone ? saves : []));
    this.controls.volume.value = remembered("volume", 1);
    this.listeners = new AbortController();
    this.controls.listen(this, this.listeners.signal);
    this.wall = new Wall(this.cards, this.longest, this.root.querySelector(".sg-legend img"));
    this.wall.watch(() => this.#draw(this.position));
    this.cards.forEach((card, at) => {
      const press = () => (this.active === at ? this.toggle() : this.pick(at));
      if (!this.alone) card.furnish(at + 1, press, saves[at]);
      new Pointer(this, card, at);
    });
  }

  get playing() {
    return this.deck?.playing ?? false;
  }

  get position() {
    return this.deck?.position ?? this.rest;
  }

  get view() {
    return this.wall.view;
  }

  get axis() {
    return this.wall.axis;
  }

  /** What a loop goes through. */
  get stretch() {
    return this.region ?? { from: 0, to: this.tracks[this.active].seconds };
  }

  /** The deck, made when sound is first wanted: a page of sixty takes costs nothing until then. */
  #opened() {
    if (this.deck) return this.deck;
    const context = (shared.context ??= new AudioContext());
    this.outlet = new Outlet(context, Number(this.controls.volume.value));
    this.deck = new Deck(context, this.tracks, this.outlet.bus);
    Object.assign(this.deck, { active: this.active, rest: this.rest });
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
    shared.sounding = this;
    for (const audio of document.querySelectorAll("audio")) audio.pause();
    const deck = this.#opened();
    this.outlet.awaken((text) => this.controls.hint(text));
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

  /** Turn to a take because its picture was pressed; a still player stays still. */
  lean(at) {
    if (this.playing) this.pick(at);
    else {
      this.active = at;
      if (this.deck) this.deck.active = at;
      this.#mark();
      this.#settle(this.#nameOf(at));
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
    this.#settle(looping ? `Loop: ${regionText(region)}` : "Loop off");
  }

  setVolume(volume) {
    this.controls.volume.value = volume;
    remember("volume", volume);
    this.outlet?.setVolume(volume);
  }

  /** Zoom by a factor around the playhead; 0 shows all. */
  zoom(factor) {
    const all = { from: 0, to: this.longest };
    this.look(factor ? zoomed(this.view, factor, this.position, this.longest) : all);
  }

  setAxis(axis) {
    this.look(this.view, axis);
    this.controls.say(`Frequency axis: ${this.controls.showAxis(axis)}`);
  }

  look(view, axis = this.axis) {
    this.wall.look(view, axis);
    this.controls.showZoom(this.longest / this.wall.width);
    this.root
      .querySelector(".sg-seen")
      ?.replaceChildren(this.wall.whole ? "" : `Shown: ${regionText(view)}.`);
    this.wall.drawLoop(this.stretch, this.looping);
    this.#draw(this.position);
  }

  /** Put away the help, or else the loop; false if there is neither. */
  letGo() {
    if (!this.controls.help.hidden) this.controls.toggleHelp();
    else if (this.region) this.setLoop(false, null);
    else return false;
    return true;
  }

  /** Stop, and let go of everything; the HTML stays as it is. */
  close() {
    this.pause();
    this.listeners.abort();
    this.wall.close();
    this.outlet?.close();
    shared.players.delete(this.root);
  }

  #factors() {
    return this.gains.map(({ gainDb }) => (this.match ? decibelsToGain(gainDb) : 1));
  }

  #nameOf(at) {
    return this.alone ? this.tracks[at].label : `${at + 1}: ${this.tracks[at].label}`;
  }

  async #trying(work) {
    this.root.classList.add("sg-busy");
    // before, not after: meanwhile the browser may have been found to hold sound back
    this.controls.hint("");
    try {
      await work;
    } catch (error) {
      this.controls.hint(`This take cannot be played here: ${error.message}`);
    } finally {
      this.root.classList.remove("sg-busy");
    }
  }

  /** Something has changed: show it, say it, tell whoever listens. */
  #settle(text) {
    this.rest = this.position;
    this.root.classList.toggle("sg-playing", this.playing);
    this.controls.play.setAttribute("aria-label", this.playing ? "Pause" : "Play");
    this.controls.say(text);
    this.#draw(this.position);
    this.onchange();
  }

  /** All that depends on which take is heard and how. */
  #mark() {
    this.controls.mark(this.#nameOf(this.active), this.match, this.looping);
    this.cards.forEach((card, at) => {
      card.mark(at === this.active, this.#nameOf(at), this.gains[at], this.match);
    });
    if (this.root.querySelector(".sg-pick:focus")) this.cards[this.active].pick.focus();
    this.wall.drawLoop(this.stretch, this.looping);
  }

  #draw(position) {
    this.wall.drawHead(position);
    this.controls.showPosition(position, this.tracks[this.active].seconds);
  }

  /** Draw while it plays; a player that has left the page falls silent. */
  #tick() {
    const turn = (this.turn = {});
    const more = () => {
      if (!this.root.isConnected) this.pause();
      const plays = this.playing && this.turn === turn;
      if (!plays) this.controls.showPeaks([0, 0]);
      return plays;
    };
    withFrames(() => this.#follow(this.position), more);
  }

  /** Draw the head, and turn the page when it comes to its end. */
  #follow(position) {
    const { from, to } = this.view;
    if (position > to || position < from) {
      this.look(zoomed(this.view, 1, position + (to - from) / 2, this.longest));
    }
    this.#draw(position);
    this.controls.showPeaks(this.outlet.peaks());
  }
}
