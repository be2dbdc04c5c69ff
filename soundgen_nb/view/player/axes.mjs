// Axes: where frequencies and moments stand in a picture, and the marks beside it.

import { clamp } from "./timeline.mjs";

const LOWEST_HZ = 20;
const HIGHEST_HZ = 22050;

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
