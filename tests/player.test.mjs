// The player's pure functions: what is exact, what holds for every input, what must not happen.
// Run with: node --test tests/player.test.mjs

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { heightOf, hertzAt, hertzTicks, rowsOn, timeTicks } from "../soundgen_nb/view/player/axes.mjs";
import { bytesOfDataUri, mp3Lead } from "../soundgen_nb/view/player/encoded.mjs";
import { CEILING_DBTP, decibelsToGain, fadeCurve, matchGains } from "../soundgen_nb/view/player/gains.mjs";
import { keyAction } from "../soundgen_nb/view/player/keys.mjs";
import { shadeOf } from "../soundgen_nb/view/player/pixels.mjs";
import { loopBetween, onGrid, positionAt, zoomed } from "../soundgen_nb/view/player/timeline.mjs";
import { decibelText, hertzText, timeText } from "../soundgen_nb/view/player/wording.mjs";

const near = (actual, expected, within = 1e-9) =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual} is not ${expected} ± ${within}`);
const take = (loudnessLufs, peakDb = -12, channels = 2) => ({ loudnessLufs, peakDb, channels });
const AXES = ["log", "mel", "linear"];

describe("fades", () => {
  test("a fade begins and ends exactly where it is told, and is level there", () => {
    const curve = fadeCurve(0.25, 0.75);
    assert.equal(curve[0], 0.25);
    assert.equal(curve.at(-1), 0.75);
    assert.ok(curve[1] - curve[0] < 1e-4);
    assert.ok(curve.every((value, at) => at === 0 || value >= curve[at - 1]));
  });

  test("a take and the one that takes its place add up to one all along", () => {
    const out = fadeCurve(1, 0);
    fadeCurve(0, 1).forEach((value, at) => near(value + out[at], 1, 1e-7));
  });
});

describe("loudness match", () => {
  test("takes with headroom end at the same loudness, the middle one", () => {
    const takes = [take(-30), take(-20), take(-24)];
    const levels = matchGains(takes).map(({ gainDb }, at) => takes[at].loudnessLufs + gainDb);
    levels.forEach((level) => near(level, -24));
  });

  test("no lift brings a true peak above the ceiling; the others come down to meet it", () => {
    const takes = [take(-30, -3), take(-20, -1), take(-20, -1)];
    const gains = matchGains(takes);
    takes.forEach(({ peakDb }, at) => assert.ok(peakDb + gains[at].gainDb <= CEILING_DBTP + 1e-9));
    gains.forEach(({ gainDb }, at) => near(takes[at].loudnessLufs + gainDb, -28));
    assert.ok(gains.every(({ shortDb }) => Math.abs(shortDb) < 1e-9));
  });

  test("one that cannot be lifted does not silence the rest, and says what it lacks", () => {
    const gains = matchGains([take(-60, -1), take(-20, -1), take(-20, -1)]);
    near(gains[1].gainDb, -12);
    near(gains[0].gainDb, 0);
    near(gains[0].shortDb, 28);
  });

  test("a take that clips already is not lifted, but may be lowered", () => {
    const [hot, other] = matchGains([take(-10, 0.5), take(-20, -9)]);
    assert.ok(hot.gainDb < 0 && other.gainDb > 0);
  });

  test("one channel, played by both loudspeakers, counts 3.01 dB more", () => {
    const [mono, stereo] = matchGains([take(-20, -12, 1), take(-20, -12, 2)]);
    near(stereo.gainDb - mono.gainDb, 3.0103, 1e-4);
  });

  test("silence, and a take alone, are left as they are", () => {
    assert.deepEqual(matchGains([take(-20)]), [{ gainDb: 0, shortDb: 0 }]);
    const [silent, one, other] = matchGains([take(-Infinity), take(-20), take(-22)]);
    assert.deepEqual(silent, { gainDb: 0, shortDb: 0 });
    near(one.gainDb, -1);
    near(other.gainDb, 1);
  });

  test("six decibels are twice the amplitude", () => near(decibelsToGain(20 * Math.log10(2)), 2));
});

describe("the clock", () => {
  const passes = [
    { when: 10, from: 2 },
    { when: 11.5, from: 1 },
  ];

  test("a position counts from the pass that has begun last", () => {
    near(positionAt(passes, 10.5), 2.5);
    near(positionAt(passes, 12), 1.5);
  });

  test("before the first pass it waits where that begins", () => near(positionAt(passes, 3), 2));

  test("a moment on the grid is a whole number of samples", () => {
    for (const rate of [22050, 44100, 48000, 96000]) {
      const frames = onGrid(1.23456789, rate) * rate;
      near(frames, Math.round(frames), 1e-6);
    }
  });

  test("a loop lies inside the sound, in order, and can be heard", () => {
    assert.deepEqual(loopBetween(3, 1, 6), { from: 1, to: 3 });
    assert.deepEqual(loopBetween(-1, 9, 6), { from: 0, to: 6 });
    near(loopBetween(6, 6, 6).to - loopBetween(6, 6, 6).from, 0.1);
    assert.deepEqual(loopBetween(0, 1, 0.05), { from: 0, to: 0.05 });
  });

  test("zooming keeps the middle where there is room, and never leaves the sound", () => {
    assert.deepEqual(zoomed({ from: 0, to: 8 }, 2, 4, 8), { from: 2, to: 6 });
    assert.deepEqual(zoomed({ from: 0, to: 8 }, 2, 0, 8), { from: 0, to: 4 });
    assert.deepEqual(zoomed({ from: 6, to: 8 }, 0.01, 7, 8), { from: 0, to: 8 });
    const nearest = zoomed({ from: 0, to: 8 }, 1e9, 8, 8);
    near(nearest.to - nearest.from, 0.05);
  });
});

describe("axes", () => {
  for (const axis of AXES) {
    test(`${axis}: from 20 Hz at the bottom to 22,050 Hz at the top, and back again`, () => {
      near(heightOf(20, axis), 0);
      near(heightOf(22050, axis), 1);
      for (const hz of [20, 55, 440, 1000, 9999, 22050]) {
        near(hertzAt(heightOf(hz, axis), axis), hz, hz * 1e-9);
      }
    });

    test(`${axis}: marks have room, and stand where their frequency does`, () => {
      const ticks = hertzTicks(axis);
      assert.ok(ticks.length >= 3);
      ticks.forEach(([, height], at) => {
        assert.ok(height > 0 && height < 1);
        assert.ok(at === 0 || height - ticks[at - 1][1] >= 0.11);
      });
    });
  }

  test("rows of the axis the picture has are left where they are", () => {
    assert.deepEqual(rowsOn("log", 128), [...Array(128).keys()]);
  });

  test("a tone is drawn at its own height on every axis", () => {
    const rows = 256;
    const toneRow = Math.floor((1 - heightOf(5000, "log")) * rows);
    for (const axis of AXES) {
      const drawn = rowsOn(axis, rows).flatMap((row, at) => (row === toneRow ? [at] : []));
      assert.ok(drawn.length > 0);
      const middle = 1 - (drawn[0] + drawn.at(-1) + 1) / 2 / rows;
      near(middle, heightOf(5000, axis), 0.02);
    }
  });

  test("time marks are round, few, and between the ends", () => {
    assert.deepEqual(timeTicks(0, 6).map(([text]) => text), ["0 s", "1 s", "2 s", "3 s", "4 s", "5 s", "6 s"]);
    assert.deepEqual(timeTicks(1.9, 2.1).map(([text]) => text), ["1.9 s", "1.95 s", "2 s", "2.05 s", "2.1 s"]);
    for (const [from, to] of [[0, 0.0123], [3.3, 3.35], [0, 60], [17, 571]]) {
      const ticks = timeTicks(from, to);
      assert.ok(ticks.length >= 2 && ticks.length <= 7, `${ticks}`);
      assert.ok(ticks.every(([, place]) => place >= 0 && place <= 1));
    }
  });

  test("a colour is found at its own place of the palette", () => {
    const palette = Uint8Array.from({ length: 1024 }, (_, at) => (at % 4 === 3 ? 255 : at >> 2));
    for (const shade of [0, 1, 100, 255]) near(shadeOf([shade, shade, shade], palette), shade / 255);
  });
});

describe("mp3", () => {
  const frame = (side, tag) => {
    const bytes = new Uint8Array(256);
    bytes.set([0xff, 0xfb, 0x90, side === 17 ? 0xc0 : 0x00]);
    bytes.set(Buffer.from(tag), 4 + side);
    return bytes;
  };
  const behindId3 = (bytes) => Uint8Array.from([...Buffer.from("ID3"), 4, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, ...bytes]);

  for (const [side, tag] of [[32, "Xing"], [32, "Info"], [17, "Info"], [32, "VBRI"]]) {
    test(`with a ${tag} tag behind ${side} bytes the browser takes the delay off`, () => {
      assert.deepEqual(mp3Lead(frame(side, tag)), [0, 44100]);
      assert.deepEqual(mp3Lead(behindId3(frame(side, tag))), [0, 44100]);
    });
  }

  test("without a tag 1105 samples stay in front, at the file's own rate", () => {
    assert.deepEqual(mp3Lead(frame(32, "")), [1105, 44100]);
    assert.deepEqual(mp3Lead(behindId3(frame(32, ""))), [1105, 44100]);
    const half = frame(32, "");
    half.set([0xff, 0xf3, 0x94]);
    assert.deepEqual(mp3Lead(half), [1105, 24000]);
  });

  test("what is no mp3 comes in time", () => {
    for (const head of ["RIFF\0\0\0\0WAVE", "OggS", "fLaC", ""]) {
      assert.equal(mp3Lead(new Uint8Array(Buffer.from(head)))[0], 0);
    }
  });

  test("bytes come out of a data URI as they went in", () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
    const uri = `data:audio/mpeg;base64,${Buffer.from(bytes).toString("base64")}`;
    assert.deepEqual(bytesOfDataUri(uri), bytes);
  });
});

describe("words and keys", () => {
  test("numbers are written as people read them", () => {
    assert.equal(decibelText(-3.04), "-3.0 dB");
    assert.equal(decibelText(2), "+2.0 dB");
    assert.equal(decibelText(-0.04), "0.0 dB");
    assert.equal(timeText(67.46), "1:07.4");
    assert.equal(timeText(59.999), "0:59.9");
    assert.deepEqual([hertzText(440), hertzText(1234), hertzText(12345)], ["440 Hz", "1.23 kHz", "12.3 kHz"]);
  });

  test("keys ask for what the help says, in either case", () => {
    assert.deepEqual(keyAction({ key: "3" }), ["pick", 2]);
    assert.deepEqual(keyAction({ key: " " }), ["toggle", undefined]);
    assert.deepEqual(keyAction({ key: "L" }), keyAction({ key: "l" }));
    assert.deepEqual(keyAction({ key: "ArrowLeft", shiftKey: true }), ["move", -0.1]);
  });

  test("keys of the browser and of the notebook are left to them", () => {
    for (const other of [{ key: "s", ctrlKey: true }, { key: "l", metaKey: true }, { key: "a" }, { key: "Tab" }, { key: "Enter" }]) {
      assert.equal(keyAction(other), null);
    }
  });
});
