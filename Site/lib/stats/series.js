// Values over time from `series.zarr`: of a cell by one range request after the shard's index, of an area by a bounded
// number of chunks of the level that fits it.

import { InvalidError, NotFoundError } from "../errors.js";
import { cellAreas, fittingMask } from "../geo/mask.js";
import { summarise } from "./summary.js";

/** Windows of cells read for an area at most, and chunks, where long times are cut into blocks. */
const MOST_WINDOWS = 16;
const MOST_CHUNKS = 128;

/** The values of both parts of a level at some rows and columns, time by time. */
async function readAllTimes({ array, recent }, extras, rows, columns, options) {
  const parts = await Promise.all([array, recent].filter(Boolean).map((part) => {
    if (part.shape.length !== extras.length + 3) {
      throw new InvalidError(`${part.path} has ${part.shape.length - 3} dimensions besides time and place, not ${extras.length}.`);
    }
    return part.getValues([null, ...extras, rows, columns], options);
  }));
  if (parts.length === 1) return parts[0].data;
  const values = new Float32Array(parts.reduce((sum, { data }) => sum + data.length, 0));
  let at = 0;
  for (const { data } of parts) {
    values.set(data, at);
    at += data.length;
  }
  return values;
}

/**
 * The values of one cell over all times.
 *
 * @param {import("./open.js").SeriesSource} source
 * @param {{row: number, column: number}} cell of the level
 * @param {{extras?: number[], level?: number, signal?: AbortSignal, priority?: "high"|"low"}} [options] extras: indices
 *   along the dimensions between time and place
 * @returns {Promise<{values: Float32Array, level: number}>} NaN where missing
 */
export async function cellSeries(source, { row, column }, { extras = [], level = 0, ...options } = {}) {
  const found = source.levels.find((one) => one.level === level);
  if (!found) throw new NotFoundError(`There are no series of level ${level}.`);
  return { values: await readAllTimes(found, extras, row, column, options), level };
}

/**
 * The values of the cell at each of some places; cells of one chunk are read together.
 *
 * @param {import("./open.js").SeriesSource} source
 * @param {ReturnType<import("../geo/grid.js").openGrid>} grid
 * @param {[number, number][]} places
 * @returns {Promise<({values: Float32Array, level: number, cell: {row: number, column: number}}|undefined)[]>} undefined
 *   for a place outside the grid
 */
export function pointSeries(source, grid, places, options = {}) {
  return Promise.all(places.map(async ([lon, lat]) => {
    const cell = grid.locate(lon, lat, options.level ?? 0);
    return cell && { ...await cellSeries(source, cell, options), cell };
  }));
}

/**
 * @typedef {object} RegionValues the values of an area's cells over all times
 * @property {number} level that the cells are of
 * @property {number} cells whose middles lie in the area
 * @property {number} area of these cells in square metres
 * @property {boolean} isSmallerThanCell whether the area holds no cell's middle, and the one cell around it stands in
 * @property {number} times
 * @property {Float32Array} values of all cells at the first time, then at the next…; NaN where missing
 * @property {Float64Array} weights the areas of the cells, in the same order
 */

/**
 * The values of the cells of an area over all times, from the finest level at which it takes few chunks. Cells come in an
 * order that depends on nothing but grid, area and level, so values of several variables can be put together.
 *
 * @param {import("./open.js").SeriesSource} source
 * @param {ReturnType<import("../geo/grid.js").openGrid>} grid
 * @param {import("../geo/region.js").Region} region
 * @param {{extras?: number[], windows?: number, level?: number, signal?: AbortSignal, priority?: "high"|"low"}} [options]
 *   windows: how many (a chunk's rows and columns, over all times) to read at most, 16 or fewer where times are many; more
 *   if the coarsest level needs more; level: this one, whatever it takes
 * @returns {Promise<RegionValues|undefined>} undefined if the area lies outside the grid
 */
export async function regionValues(
  source, grid, region, { extras = [], windows: most = mostWindows(source), level: wanted, ...options } = {},
) {
  const levels = source.levels.map(({ level, array }) => ({ level, chunkShape: array.chunkShape.slice(-2) }))
    .filter(({ level }) => wanted === undefined || level === wanted);
  if (!levels.length) throw new NotFoundError(`There are no series of level ${wanted}.`);
  const { mask, chunks } = fittingMask(grid, region, levels, most);
  if (!mask.count) return undefined;
  const found = source.levels.find((one) => one.level === mask.level);
  const weights = new Float64Array(mask.count);
  const values = new Float32Array(source.times * mask.count);
  const numbers = numbered(mask, grid, weights);
  await Promise.all(chunks.map(([i, j]) =>
    readChunk(found, extras, [i, j], numbers, values, mask.count, options)));
  return {
    level: mask.level, cells: mask.count, isSmallerThanCell: mask.isSmallerThanCell, times: source.times, values, weights,
    area: weights.reduce((sum, area) => sum + area, 0),
  };
}

/**
 * Statistics for each time, weighted by the areas of the cells.
 *
 * @typedef {object} SeriesStatistics
 * @property {Float64Array} mean
 * @property {Float64Array} median
 * @property {Float64Array} minimum
 * @property {Float64Array} maximum
 * @property {Float64Array} deviation
 * @property {Float64Array} count cells that are not missing
 */

/**
 * Sums up the values of an area's cells, time by time.
 *
 * @param {{values: ArrayLike<number>, weights: ArrayLike<number>, times: number, cells: number}} region values as those of
 *   `regionValues`, or computed from them
 * @param {{median?: boolean}} [options] the median can be left out, since it costs the most
 * @returns {SeriesStatistics}
 */
export function seriesStatistics({ values, weights, times, cells }, { median = true } = {}) {
  const names = ["mean", "median", "minimum", "maximum", "deviation", "count"];
  const series = Object.fromEntries(names.map((name) => [name, new Float64Array(times)]));
  for (let time = 0; time < times; time += 1) {
    const now = summarise(values.subarray(time * cells, (time + 1) * cells), { weights, median });
    for (const name of names) series[name][time] = now[name];
  }
  return /** @type {any} */ (series);
}

/**
 * Statistics of an area over all times: `regionValues` summed up.
 *
 * @returns {Promise<(SeriesStatistics & {level: number, cells: number, area: number, isSmallerThanCell: boolean})|undefined>}
 *   undefined if the area lies outside the grid
 */
export async function regionSeries(source, grid, region, { median = true, ...options } = {}) {
  const read = await regionValues(source, grid, region, options);
  if (!read) return undefined;
  const { level, cells, area, isSmallerThanCell } = read;
  return { ...seriesStatistics(read, { median }), level, cells, area, isSmallerThanCell };
}

function mostWindows({ levels: [{ array, recent }] }) {
  const blocks = array.chunkCounts[0] + (recent?.chunkCounts[0] ?? 0);
  return Math.max(1, Math.min(MOST_WINDOWS, Math.floor(MOST_CHUNKS / blocks)));
}

/** Windows of a mask with a running number for each of their cells (-1 outside); fills in the areas by number. */
function numbered(mask, grid, weights) {
  let next = 0;
  return mask.windows.map((window) => {
    const areas = cellAreas(grid, window, mask.level);
    const numbers = Int32Array.from(window.mask, (isIn, i) => {
      if (!isIn) return -1;
      // A cell without an area (a mesh without a corner) still counts, a little.
      weights[next] = areas[i] > 0 ? areas[i] : Number.MIN_VALUE;
      next += 1;
      return next - 1;
    });
    return { rows: window.rows, columns: window.columns, numbers };
  });
}

/** Reads one chunk over all times and puts the values of the mask's cells where their numbers say. */
async function readChunk(found, extras, [i, j], windows, values, cells, options) {
  const [height, width] = found.array.chunkShape.slice(-2);
  const [rows, columns] = found.array.shape.slice(-2);
  const rowRange = [i * height, Math.min((i + 1) * height, rows)];
  const columnRange = [j * width, Math.min((j + 1) * width, columns)];
  const data = await readAllTimes(found, extras, rowRange, columnRange, options);
  const across = columnRange[1] - columnRange[0];
  const size = (rowRange[1] - rowRange[0]) * across;
  const times = data.length / size;
  for (const window of windows) {
    const span = window.columns[1] - window.columns[0];
    const firstRow = Math.max(rowRange[0], window.rows[0]);
    const lastRow = Math.min(rowRange[1], window.rows[1]);
    const firstColumn = Math.max(columnRange[0], window.columns[0]);
    const lastColumn = Math.min(columnRange[1], window.columns[1]);
    for (let row = firstRow; row < lastRow; row += 1) {
      for (let column = firstColumn; column < lastColumn; column += 1) {
        const number = window.numbers[(row - window.rows[0]) * span + column - window.columns[0]];
        if (number < 0) continue;
        const from = (row - rowRange[0]) * across + column - columnRange[0];
        for (let time = 0; time < times; time += 1) values[time * cells + number] = data[time * size + from];
      }
    }
  }
}
