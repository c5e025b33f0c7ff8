// Which colour a value has: 253 bins, missing, below and above, exactly as in the image tiles
// (Sources/Images/Style.swift and Colouriser.swift).

import { InvalidError } from "../errors.js";
import { MAP_SIZE, parseColour } from "./maps.js";
import { valueAt } from "./scale.js";

/** How many bins a range is cut into. */
export const BINS = 253;
/** Palette entries that are no bins; bin k is entry FIRST_BIN + k. For categories, they follow entry 0 in order. */
export const MISSING = 0;
export const BELOW = 1;
export const ABOVE = 2;
export const FIRST_BIN = 3;

/**
 * @typedef {object} Style
 * @property {"linear"|"log"|"symmetric"|"categorical"} scale
 * @property {[number, number]} [range] low end and high end; none for categories
 * @property {number} [linearWithin] for a symmetric scale
 * @property {string|{name: string, colours: string, alpha?: boolean}} [colours]
 * @property {string} [below] colour of lower values; left out: that of the low end
 * @property {string} [above]
 * @property {string} [missing] left out: transparent
 * @property {{value: number, label: string, colour: string}[]} [categories]
 */

const word = new DataView(new ArrayBuffer(8));

/** The next single-precision number up (+1) or down (-1) from a finite one. */
function neighbour(value, step) {
  if (value === 0) return step * 2 ** -149;
  word.setFloat32(0, value);
  word.setInt32(0, word.getInt32(0) + (value > 0 ? step : -step));
  return word.getFloat32(0);
}

function roundedUp(value) {
  const nearest = Math.fround(value);
  return nearest < value ? neighbour(nearest, 1) : nearest;
}

function roundedDown(value) {
  const nearest = Math.fround(value);
  return nearest > value ? neighbour(nearest, -1) : nearest;
}

/**
 * Refuses a style that cannot be drawn.
 *
 * @param {Style} style
 * @throws {InvalidError} which says what to do
 */
export function checkStyle(style) {
  if (style.scale === "categorical") {
    const count = style.categories?.length ?? 0;
    if (count < 1 || count > BINS) throw new InvalidError(`A style can have 1 to ${BINS} categories, not ${count}.`);
    return;
  }
  const [low, high] = style.range ?? [];
  if (!Number.isFinite(low) || !Number.isFinite(high) || !(low < high)) {
    throw new InvalidError(`The range ${low} to ${high} holds no values: give two numbers, the lower one first.`);
  }
  if (style.scale === "log" && !(low > 0)) {
    throw new InvalidError(`A logarithmic scale cannot begin at ${low}: begin above 0, or use a symmetric scale.`);
  }
  if (style.scale === "symmetric" && !(style.linearWithin > 0 && Number.isFinite(style.linearWithin))) {
    throw new InvalidError(`A symmetric scale cannot be linear within ${style.linearWithin}: give a positive number.`);
  }
}

/** The 254 edges of the bins, rising, in double precision. */
export function edges(style) {
  checkStyle(style);
  const [low, high] = style.range;
  let last = low;
  return Float64Array.from({ length: BINS + 1 }, (_, bin) => {
    if (bin === BINS) return high;
    if (bin > 0) last = Math.min(Math.max(valueAt(bin / BINS, style), last), high);
    return last;
  });
}

/**
 * What parts the bins: a value below entry 0 is below, one at or above entry 253 is above, one from entry k up to,
 * not including, entry k + 1 is in bin k. For categories: their values in single precision, in the order of the style.
 *
 * @param {Style} style
 * @returns {Float32Array} 254 rising values, or one for each category
 */
export function thresholds(style) {
  checkStyle(style);
  if (style.scale === "categorical") return Float32Array.from(style.categories, ({ value }) => value);
  const values = Float32Array.from(edges(style), roundedUp);
  // The last edge belongs to the bin below it.
  values[BINS] = neighbour(roundedDown(style.range[1]), 1);
  return values;
}

/** The entry of the colour map that a bin has. */
export const entryOfBin = (bin) => Math.floor(((2 * bin + 1) * MAP_SIZE) / (2 * BINS));

/**
 * The 256 RGBA colours of a style, by index.
 *
 * @param {Style} style
 * @param {import("./maps.js").ColourMaps} maps
 * @returns {Uint8Array} 1024 bytes, zero where unused
 */
export function palette(style, maps) {
  checkStyle(style);
  const result = new Uint8Array(1024);
  const set = (index, colour) => result.set(colour, 4 * index);
  if (style.missing) set(MISSING, parseColour(style.missing));
  if (style.scale === "categorical") {
    style.categories.forEach(({ colour }, i) => set(i + 1, parseColour(colour)));
    return result;
  }
  const table = maps.table(style.colours);
  const entry = (bin) => table.subarray(4 * entryOfBin(bin), 4 * entryOfBin(bin) + 4);
  for (let bin = 0; bin < BINS; bin += 1) set(FIRST_BIN + bin, entry(bin));
  set(BELOW, style.below ? parseColour(style.below) : entry(0));
  set(ABOVE, style.above ? parseColour(style.above) : entry(BINS - 1));
  return result;
}

/** Finds palette indices of values in one style; a value counts in single precision, as in the tiles. */
export class Colouriser {
  #below;
  #above;
  #categories;

  /** @param {Style} style */
  constructor(style) {
    this.thresholds = thresholds(style);
    if (style.scale === "categorical") {
      this.#categories = new Map([...this.thresholds].map((value, i) => [value, i + 1]));
    }
    this.#below = style.below ? BELOW : FIRST_BIN;
    this.#above = style.above ? ABOVE : 255;
  }

  /** The index of one value; NaN is missing. */
  index(value) {
    const single = Math.fround(value);
    if (Number.isNaN(single)) return MISSING;
    if (this.#categories) return this.#categories.get(single) ?? MISSING;
    const parts = this.thresholds;
    if (single < parts[0]) return this.#below;
    if (single >= parts[BINS]) return this.#above;
    let [low, high] = [0, BINS];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (parts[middle] <= single) low = middle;
      else high = middle;
    }
    return FIRST_BIN + low;
  }

  /** The indices of many values. */
  indices(values, out = new Uint8Array(values.length)) {
    for (let i = 0; i < values.length; i += 1) out[i] = this.index(values[i]);
    return out;
  }
}

/** The palette index of one value; for many make a `Colouriser` once. */
export const indexOf = (value, style) => new Colouriser(style).index(value);
