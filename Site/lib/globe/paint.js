// Values as pixels, in the bins and colours of the image tiles.

import { Colouriser } from "../colour/index.js";

const colourisers = new WeakMap();

/**
 * Writes the colours of values.
 *
 * @param {Float32Array} values NaN where missing
 * @param {{style: object, palette: Uint8Array}} look a style and its 256 colours; categories in rising order of values
 * @param {Uint8ClampedArray} pixels RGBA
 * @returns {boolean} whether anything is to be seen
 */
export const paint = (values, look, pixels) => {
  if (!colourisers.has(look)) colourisers.set(look, new Colouriser(look.style));
  const indices = colourisers.get(look).indices(values);
  const { palette } = look;
  let seen = 0;
  for (let i = 0, to = 0; i < indices.length; i += 1, to += 4) {
    const from = 4 * indices[i];
    pixels[to] = palette[from];
    pixels[to + 1] = palette[from + 1];
    pixels[to + 2] = palette[from + 2];
    pixels[to + 3] = palette[from + 3];
    seen |= palette[from + 3];
  }
  return seen !== 0;
};
