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
  for (const { rows, columns } of candidates(grid, region, level)) {
    const width = columns[1] - columns[0];
    const mask = new Uint8Array((rows[1] - rows[0]) * width);
    let count = 0;
    for (let row = rows[0]; row < rows[1]; row += 1) {
      for (let column = columns[0]; column < columns[1]; column += 1) {
        const middle = grid.centre(row, column, level);
        if (!middle || !region.contains(middle[0], middle[1])) continue;
        mask[(row - rows[0]) * width + column - columns[0]] = 1;
        count += 1;
      }
    }
    if (count) windows.push({ rows, columns, mask, count });
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
  return Float64Array.from(mask, (isIn, i) =>
    isIn ? grid.area(rows[0] + Math.floor(i / width), columns[0] + (i % width), level) : 0);
}
