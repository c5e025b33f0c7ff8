// Lines over the map: places at equal distances along great circles, and the cells they fall in.

import { InvalidError } from "../errors.js";
import { between, distance } from "./sphere.js";

/**
 * @typedef {object} TransectPoint
 * @property {number} longitude
 * @property {number} latitude
 * @property {number} distance metres from the start
 * @property {number|undefined} row of the cell of the level; undefined outside the grid
 * @property {number|undefined} column
 */

/**
 * Samples a line.
 *
 * @param {ReturnType<import("./grid.js").openGrid>} grid
 * @param {[number, number][]} path two or more places [lon, lat]
 * @param {{count?: number, level?: number}} [options] how many samples (at least 2), 256
 * @returns {TransectPoint[]}
 */
export function transect(grid, path, { count = 256, level = 0 } = {}) {
  if (!Array.isArray(path) || path.length < 2) throw new InvalidError("A line has at least two places.");
  const lengths = path.slice(1).map((place, i) => distance(path[i], place));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  let segment = 0;
  let before = 0;
  return Array.from({ length: Math.max(2, count) }, (_, i) => {
    const metres = (total * i) / (Math.max(2, count) - 1);
    while (segment < lengths.length - 1 && metres > before + lengths[segment]) {
      before += lengths[segment];
      segment += 1;
    }
    const share = lengths[segment] > 0 ? Math.min(1, (metres - before) / lengths[segment]) : 0;
    const [longitude, latitude] = between(path[segment], path[segment + 1], share);
    const cell = grid.locate(longitude, latitude, level);
    return { longitude, latitude, distance: metres, row: cell?.row, column: cell?.column };
  });
}
