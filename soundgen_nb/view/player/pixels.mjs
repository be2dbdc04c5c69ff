// Pixels: pictures read back, for in a spectrogram the pixel is the decibel.

import { element } from "./elements.mjs";

export function pixelsOf(image) {
  const [width, height] = [image.naturalWidth, image.naturalHeight];
  const canvas = element("canvas", { width, height });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(image, 0, 0);
  return { width, height, data: pen.getImageData(0, 0, width, height).data };
}

/** Which place of a palette, as RGBA bytes, a colour is nearest to; from 0 to 1. */
export function shadeOf([red, green, blue], palette) {
  const places = palette.length / 4;
  let [nearest, least] = [0, Infinity];
  for (let at = 0; at < places; at += 1) {
    const off = [red, green, blue].reduce((sum, c, i) => sum + (c - palette[4 * at + i]) ** 2, 0);
    if (off < least) [nearest, least] = [at, off];
  }
  return nearest / (places - 1);
}
