// Gains: how much each take needs to sound as loud as the others, and the way from one gain to another.

/** How long one take gives way to another: too short to hear, long enough not to click. */
export const FADE_SECONDS = 0.012;
/** No lift may bring a true peak above this. */
export const CEILING_DBTP = -1;
/** A lone quiet take that cannot be lifted pulls the others down by no more than this. */
const DEEPEST_DB = 12;
/** One channel is played by two loudspeakers: what BS.1770 reads for the same signal in two. */
const MONO_DB = 10 * Math.log10(2);

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
  const lifts = takes.map((take) => Math.max(0, CEILING_DBTP - take.peakDb));
  const reached = heard.map((level, at) => level + lifts[at]).filter(Number.isFinite);
  const middle = middleOf(audible);
  const aim = Math.max(Math.min(middle, ...reached), middle - DEEPEST_DB);
  return heard.map((level, at) => {
    if (!Number.isFinite(level)) return { gainDb: 0, shortDb: 0 };
    const gainDb = Math.min(aim - level, lifts[at]);
    return { gainDb, shortDb: aim - level - gainDb };
  });
}

/** The median of numbers in order. */
function middleOf(sorted) {
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
