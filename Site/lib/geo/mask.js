// The cells of an area, at a level that is read with few chunks.

/**
 * @typedef {object} MaskWindow
 * @property {[number, number]} rows first, and the one after the last
 * @property {[number, number]} columns
 * @property {Uint8Array} mask 1 for the cells of the area, row by row
 * @property {number} count of them
 */

/**
 * @typedef {object} RegionMask
 * @property {number} level
 * @property {MaskWindow[]} windows with cells in them; two where a closed grid is crossed at its seam
 * @property {number} count cells in all
 * @property {boolean} isSmallerThanCell whether no cell's middle lies in the area, and the one around it stands in
 */

const candidates = (grid, region, level) =>
  grid.kind === "mesh" ? grid.windowsIn(region.cap, level) : grid.windows(region.bounds, level);

function meshMask(grid, region, { rows, columns }, level) {
  const width = columns[1] - columns[0];
  const mask = new Uint8Array((rows[1] - rows[0]) * width);
  for (let i = 0; i < mask.length; i += 1) {
    const middle = grid.centre(rows[0] + Math.floor(i / width), columns[0] + (i % width), level);
    if (middle && region.contains(middle[0], middle[1])) mask[i] = 1;
  }
  return mask;
}

/** Of a grid whose rows have one latitude and whose columns one longitude each. */
function rowMask(grid, region, { rows, columns }, level) {
  const longitudes = Float64Array.from(
    { length: columns[1] - columns[0] }, (_, i) => grid.centre(rows[0], columns[0] + i, level)[0]);
  const mask = new Uint8Array((rows[1] - rows[0]) * longitudes.length);
  for (let row = rows[0], at = 0; row < rows[1]; row += 1) {
    const [, lat] = grid.centre(row, columns[0], level);
    for (let i = 0; i < longitudes.length; i += 1, at += 1) {
      if (region.contains(longitudes[i], lat)) mask[at] = 1;
    }
  }
  return mask;
}

/**
 * The cells of a level whose middles lie in an area.
 *
 * @param {ReturnType<import("./grid.js").openGrid>} grid
 * @param {import("./region.js").Region} region
 * @param {number} [level]
 * @returns {RegionMask} of no windows if the area lies outside the grid
 */
export function maskOf(grid, region, level = 0) {
  const windows = [];
  for (const window of candidates(grid, region, level)) {
    const mask = grid.kind === "mesh" ? meshMask(grid, region, window, level) : rowMask(grid, region, window, level);
    const count = mask.reduce((sum, isIn) => sum + isIn, 0);
    if (count) windows.push({ ...window, mask, count });
  }
  const count = windows.reduce((sum, window) => sum + window.count, 0);
  if (count) return { level, windows, count, isSmallerThanCell: false };
  const cell = grid.locate(region.inside[0], region.inside[1], level);
  if (!cell) return { level, windows: [], count: 0, isSmallerThanCell: false };
  const one = {
    rows: [cell.row, cell.row + 1], columns: [cell.column, cell.column + 1], mask: Uint8Array.of(1), count: 1,
  };
  return { level, windows: [one], count: 1, isSmallerThanCell: true };
}

/**
 * The chunks that hold cells of a mask.
 *
 * @param {RegionMask} mask
 * @param {[number, number]} chunkShape rows and columns of a chunk
 * @returns {[number, number][]} row and column of each chunk, in order
 */
export function chunksOf(mask, [height, width]) {
  const found = new Set();
  const across = 2 ** 24;
  for (const { rows, columns, mask: cells } of mask.windows) {
    const span = columns[1] - columns[0];
    for (let i = 0; i < cells.length; i += 1) {
      if (!cells[i]) continue;
      const row = rows[0] + Math.floor(i / span);
      found.add(Math.floor(row / height) * across + Math.floor((columns[0] + (i % span)) / width));
    }
  }
  return [...found].sort((a, b) => a - b).map((key) => [Math.floor(key / across), key % across]);
}

/**
 * The finest level at which an area takes no more than so many chunks, with its cells and chunks there.
 *
 * @param {ReturnType<import("./grid.js").openGrid>} grid
 * @param {import("./region.js").Region} region
 * @param {{level: number, chunkShape: [number, number]}[]} levels from fine to coarse
 * @param {number} [most] chunks
 * @returns {{mask: RegionMask, chunks: [number, number][]}} of the coarsest level if none has so few
 */
export function fittingMask(grid, region, levels, most = 16) {
  for (const [i, { level, chunkShape }] of levels.entries()) {
    const isLast = i === levels.length - 1;
    // A slanted or ragged area may touch a quarter of the chunks around it; more cells than that are not tried.
    if (!isLast && around(candidates(grid, region, level), chunkShape) > 4 * most + 8) continue;
    const mask = maskOf(grid, region, level);
    const chunks = chunksOf(mask, chunkShape);
    if (isLast || chunks.length <= most) return { mask, chunks };
  }
  return { mask: { level: 0, windows: [], count: 0, isSmallerThanCell: false }, chunks: [] };
}

const around = (windows, [height, width]) => windows.reduce((sum, { rows, columns }) => sum
  + (Math.ceil(rows[1] / height) - Math.floor(rows[0] / height))
  * (Math.ceil(columns[1] / width) - Math.floor(columns[0] / width)), 0);

/**
 * The areas of the cells of a window in square metres, 0 outside its mask.
 *
 * @param {ReturnType<import("./grid.js").openGrid>} grid
 * @param {MaskWindow} window
 * @param {number} level
 * @returns {Float64Array}
 */
export function cellAreas(grid, { rows, columns, mask }, level) {
  const width = columns[1] - columns[0];
  const areas = new Float64Array(mask.length);
  for (let i = 0; i < mask.length; i += 1) {
    if (mask[i]) areas[i] = grid.area(rows[0] + Math.floor(i / width), columns[0] + (i % width), level);
  }
  return areas;
}
