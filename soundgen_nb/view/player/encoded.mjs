// Encoded: sounds as bytes, as they were received.

export function bytesOfDataUri(uri) {
  const text = atob(uri.slice(uri.indexOf(",") + 1));
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
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
