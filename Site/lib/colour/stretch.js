// Ranges that suit the values: percentiles of a histogram or of values at hand.

import { BINS } from "./style.js";

/**
 * The value below which a share of a histogram lies; straight within a bin.
 *
 * @param {{edges: number[], counts: number[]}} histogram
 * @param {number} percent 0 to 100
 * @returns {number} NaN for an empty one
 */
export function histogramPercentile({ edges, counts }, percent) {
  const total = counts.reduce((all, count) => all + count, 0);
  if (!(total > 0)) return NaN;
  const wanted = (percent / 100) * total;
  let passed = 0;
  for (let i = 0; i < counts.length; i += 1) {
    if (counts[i] > 0 && passed + counts[i] >= wanted) {
      return edges[i] + ((edges[i + 1] - edges[i]) * Math.max(wanted - passed, 0)) / counts[i];
    }
    passed += counts[i];
  }
  return edges[counts.length];
}

/** How far a range is rounded outwards, so that its ends read well: to 2 digits of its width. */
export function roundedRange([low, high]) {
  if (!(high > low)) return [low, high];
  const step = 10 ** (Math.floor(Math.log10(high - low)) - 1);
  const tidy = (value) => Number(value.toPrecision(12));
  return [tidy(Math.floor(low / step + 1e-9) * step), tidy(Math.ceil(high / step - 1e-9) * step)];
}

/**
 * A range from percentiles.
 *
 * @param {{edges: number[], counts: number[]}|ArrayLike<number>} source a histogram, or values (NaN is left out)
 * @param {{low?: number, high?: number, scale?: string, symmetric?: boolean}} [options] percentiles, 2 and 98;
 *   symmetric: the same distance to both sides of 0. A logarithmic scale leaves out values that are not positive.
 * @returns {[number, number]|undefined} undefined where there are no values to go by
 */
export function percentileStretch(source, { low = 2, high = 98, scale = "linear", symmetric = false } = {}) {
  let ends;
  if ("edges" in source) {
    const { edges, counts } = source;
    // Of bins that reach to 0 or below, a logarithmic scale can show nothing.
    const shown = scale === "log" ? counts.map((count, i) => (edges[i] > 0 ? count : 0)) : counts;
    ends = [low, high].map((percent) => histogramPercentile({ edges, counts: shown }, percent));
  } else {
    const values = Float64Array.from(source).filter((value) => Number.isFinite(value) && (scale !== "log" || value > 0));
    values.sort();
    ends = [low, high].map((percent) => {
      const place = (percent / 100) * (values.length - 1);
      const [under, over] = [values[Math.floor(place)], values[Math.ceil(place)]];
      return under + (over - under) * (place - Math.floor(place));
    });
  }
  if (!ends.every(Number.isFinite)) return undefined;
  let [from, to] = ends;
  if (symmetric) [from, to] = [-Math.max(Math.abs(from), Math.abs(to)), Math.max(Math.abs(from), Math.abs(to))];
  if (from === to) {
    const half = Math.abs(from) / BINS || 0.5;
    [from, to] = [from - half, to + half];
  }
  return [from, to];
}
