// Reading a face: one row of texels after the other.

import { rangesAt } from "./plan.js";

/**
 * Where the values of a cube are: arrays by level, whose dimensions end in rows and columns.
 *
 * @typedef {object} FaceSource
 * @property {{level: number, parts: {array: import("../zarr/array.js").ZarrArray, first: number}[]}[]} levels parts follow one
 *   another along the first axis; first: the position of a part's beginning there
 * @property {number} leading which dimension of the arrays is the first axis of the cube
 * @property {number[]} picked the index along each leading dimension (that of the first axis is not used)
 */

/**
 * The values of a face, row by row.
 *
 * @typedef {object} FaceValues
 * @property {Float32Array} data NaN where missing
 * @property {number} width texels along the side's `across` axis
 * @property {number} height along its `down` axis
 * @property {[number, number]} first position of the first texel's edge along across and down
 * @property {[number, number]} cell how many cells of level 0 a texel is along across and down
 * @property {number} level
 */

/** The values of ranges along the three axes, in C order, from the parts of a level. */
const readRanges = async ({ levels, leading, picked }, level, ranges, options) => {
  const { parts } = levels.find((one) => one.level === level);
  const [[start, stop]] = ranges;
  const read = await Promise.all(parts.map(({ array, first }) => {
    const count = array.shape[leading];
    const own = [Math.max(start - first, 0), Math.min(stop - first, count)];
    if (own[0] >= own[1]) return null;
    const selection = [...picked.map((index, axis) => (axis === leading ? own : index)), ...ranges.slice(1)];
    return array.getValues(selection, options);
  }));
  const found = read.filter(Boolean);
  if (found.length === 1) return found[0].data;
  const all = new Float32Array(found.reduce((sum, { data }) => sum + data.length, 0));
  let at = 0;
  for (const { data } of found) {
    all.set(data, at);
    at += data.length;
  }
  return all;
};

/**
 * Puts rows together: means of what is not missing; of classes, which have no mean, the row in the middle.
 *
 * @param {Float32Array} data rows of a width
 * @param {number} width
 * @param {number} bin how many rows become one
 * @param {boolean} areClasses
 * @returns {Float32Array}
 */
export const binned = (data, width, bin, areClasses) => {
  if (bin <= 1) return data;
  const rows = data.length / width;
  const height = Math.ceil(rows / bin);
  const result = new Float32Array(height * width);
  for (let row = 0; row < height; row += 1) {
    const [start, stop] = [row * bin, Math.min((row + 1) * bin, rows)];
    for (let column = 0; column < width; column += 1) {
      if (areClasses) {
        result[row * width + column] = data[((start + stop - 1) >> 1) * width + column];
        continue;
      }
      let [sum, count] = [0, 0];
      for (let each = start; each < stop; each += 1) {
        const value = data[each * width + column];
        if (value !== value) continue;
        sum += value;
        count += 1;
      }
      result[row * width + column] = count ? sum / count : NaN;
    }
  }
  return result;
};

/**
 * Reads a face.
 *
 * @param {FaceSource} source
 * @param {object} side of `SIDES`
 * @param {number} index the cell of level 0 that it shows, along its axis
 * @param {[number, number][]} range what it shows along the others
 * @param {{level: number, bin: number}} plan of `facePlan`
 * @param {{areClasses?: boolean, signal?: AbortSignal, priority?: "high"|"low"}} [options]
 * @returns {Promise<FaceValues>}
 */
export const readFace = async (source, side, index, range, { level, bin }, { areClasses = false, ...options } = {}) => {
  const ranges = rangesAt(side, index, range, level);
  const data = await readRanges(source, level, ranges, options);
  const { across, down } = side;
  const length = (axis) => ranges[axis][1] - ranges[axis][0];
  const size = 2 ** level;
  const scale = (axis) => (axis === 0 ? 1 : size);
  return {
    data: binned(data, length(across), bin, areClasses), level,
    width: length(across), height: Math.ceil(length(down) / bin),
    first: [ranges[across][0] * scale(across), ranges[down][0] * scale(down)],
    cell: [scale(across), scale(down) * bin],
  };
};
