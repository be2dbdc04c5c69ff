// Outlet: where the takes of an output come out together: a volume, and an ear on either side.

const HELD_BACK = "The browser holds sound back: click anywhere, or press a key.";
const PATIENCE_MS = 500;

// half way is a quarter of the amplitude, about half as loud
const amplitudeOf = (volume) => volume ** 2;

export class Outlet {
  constructor(context, volume) {
    this.context = context;
    this.bus = new GainNode(context, { channelCount: 2, channelCountMode: "explicit" });
    this.bus.gain.value = amplitudeOf(volume);
    const split = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
    this.ears = [0, 1].map((side) => {
      const ear = new AnalyserNode(context, { fftSize: 2048 });
      split.connect(ear, side);
      return ear;
    });
    this.heard = new Float32Array(2048);
    this.bus.connect(split);
    this.bus.connect(context.destination);
  }

  setVolume(volume) {
    this.bus.gain.setTargetAtTime(amplitudeOf(volume), this.context.currentTime, 0.015);
  }

  /** The highest sample of either side that was heard just now. */
  peaks() {
    return this.ears.map((ear) => {
      ear.getFloatTimeDomainData(this.heard);
      return this.heard.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
    });
  }

  /** Wake the context; where the browser wants a gesture first, say so and wait for one. */
  async awaken(hint) {
    if (this.context.state === "running") return;
    const resumed = this.context.resume();
    const timer = setTimeout(() => {
      hint(HELD_BACK);
      const wake = () => this.context.resume();
      for (const gesture of ["pointerdown", "keydown"]) {
        window.addEventListener(gesture, wake, { once: true, capture: true });
      }
    }, PATIENCE_MS);
    await resumed;
    clearTimeout(timer);
    hint("");
  }

  close() {
    this.bus.disconnect();
  }
}
