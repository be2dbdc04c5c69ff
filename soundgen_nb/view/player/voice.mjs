// Voice: one decoded take in an audio context, running behind a gate that lets it through or not.

import { FADE_SECONDS, fadeCurve } from "./gains.mjs";
import { onGrid } from "./timeline.mjs";

/** As far ahead as sources are started: none may be late. */
export const START_SECONDS = 0.05;
/** As far ahead as gains are turned. */
export const TURN_SECONDS = 0.02;

/** A moment soon, on a sample. */
export const soon = (context, ahead) => onGrid(context.currentTime + ahead, context.sampleRate);

export class Voice {
  /** @param lead how many seconds of it come too early. @param out where it goes. */
  constructor(context, buffer, lead, out) {
    Object.assign(this, { context, buffer, lead, level: 0, sources: [], runsFrom: 0 });
    this.gate = new GainNode(context, { gain: 0 });
    this.gate.connect(out);
  }

  get bytes() {
    return 4 * this.buffer.length * this.buffer.numberOfChannels;
  }

  /** Start in a pass: at its beginning, or behind the closed gate in the midst of it. */
  begin(pass) {
    const joins = pass.when < soon(this.context, TURN_SECONDS);
    const when = joins ? soon(this.context, START_SECONDS) : pass.when;
    const offset = pass.from + (when - pass.when) + this.lead;
    if (offset >= this.buffer.duration || (pass.until ?? Infinity) <= when) return;
    if (joins) this.runsFrom = when;
    const entry = this.#source(when, offset, pass.from > 0 && !joins);
    if (pass.until) this.#fadeOut(entry, pass.until);
  }

  #source(when, offset, rises) {
    const source = new AudioBufferSourceNode(this.context, { buffer: this.buffer });
    const edge = new GainNode(this.context, { gain: rises ? 0 : 1 });
    if (rises) edge.gain.setValueCurveAtTime(fadeCurve(0, 1), when, FADE_SECONDS);
    source.connect(edge).connect(this.gate);
    source.start(when, offset);
    const entry = { source, edge, when };
    this.sources.push(entry);
    source.onended = () => {
      edge.disconnect();
      this.sources.splice(this.sources.indexOf(entry), 1);
    };
    return entry;
  }

  #fadeOut(entry, when) {
    entry.edge.gain.cancelScheduledValues(when);
    entry.edge.gain.setValueCurveAtTime(fadeCurve(1, 0), when, FADE_SECONDS);
    entry.source.stop(when + FADE_SECONDS);
    entry.until = when;
  }

  /** Fade out what sounds, and call off what would have begun by then. */
  leave(when) {
    for (const entry of [...this.sources]) {
      if (entry.when >= when) entry.source.stop();
      else if (!(entry.until <= when)) this.#fadeOut(entry, when);
    }
  }

  /** Turn the gate to another gain. */
  turn(level, when) {
    this.gate.gain.setValueCurveAtTime(fadeCurve(this.level, level), when, FADE_SECONDS);
    this.level = level;
  }

  close() {
    for (const { source } of this.sources) source.stop();
    this.gate.disconnect();
  }
}
