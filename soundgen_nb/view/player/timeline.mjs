// Timeline: moments and stretches of time within a sound, in seconds.

/** No loop is shorter: below it one hears a pitch instead of a loop. */
export const SHORTEST_LOOP_SECONDS = 0.1;
const NEAREST_VIEW_SECONDS = 0.05;

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/** The nearest sample's instant: between samples a buffer would be interpolated. */
export const onGrid = (seconds, rate) => Math.round(seconds * rate) / rate;

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
  const nearest = Math.min(NEAREST_VIEW_SECONDS, seconds);
  const width = clamp((view.to - view.from) / factor, nearest, seconds);
  const from = clamp(middle - width / 2, 0, seconds - width);
  return { from, to: from + width };
}
