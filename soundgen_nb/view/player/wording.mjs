// Wording: levels, times and frequencies as people read them.

/** "+1.5 dB"; below nought with the hyphen that measures and tables have, and code reads. */
export const decibelText = (decibels, digits = 1) => {
  const text = Math.abs(decibels).toFixed(digits);
  const sign = Number(text) === 0 ? "" : decibels < 0 ? "-" : "+";
  return `${sign}${text} dB`;
};

/** "0:07.4" */
export const timeText = (seconds, digits = 1) => {
  const tenths = Math.max(0, Math.floor(seconds * 10 ** digits + 1e-6)) / 10 ** digits;
  const rest = (tenths % 60).toFixed(digits).padStart(digits + 3, "0");
  return `${Math.floor(tenths / 60)}:${rest}`;
};

/** "from 1.00 to 2.50 seconds" */
export const regionText = (region) =>
  region ? `from ${region.from.toFixed(2)} to ${region.to.toFixed(2)} seconds` : "the whole take";

export const hertzText = (hz) =>
  hz < 1000 ? `${Math.round(hz)} Hz` : `${(hz / 1000).toFixed(hz < 10000 ? 2 : 1)} kHz`;
