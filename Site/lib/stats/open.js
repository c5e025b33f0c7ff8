// Finding the series of a variable in `series.zarr`.

import { NotFoundError } from "../errors.js";

/**
 * @typedef {object} SeriesLevel
 * @property {number} level
 * @property {import("../zarr/array.js").ZarrArray} array times, extra dimensions, rows, columns
 * @property {import("../zarr/array.js").ZarrArray} [recent] the times that follow, of a cube that grows
 */

/**
 * The series of a variable.
 *
 * @typedef {object} SeriesSource
 * @property {SeriesLevel[]} levels from fine to coarse
 * @property {number} times
 */

/**
 * Finds the series of a variable.
 *
 * @param {import("../zarr/group.js").ZarrGroup} group `series.zarr`
 * @param {string} key of the variable
 * @returns {Promise<SeriesSource>}
 * @throws {NotFoundError} if there are none
 */
export async function openSeries(group, key) {
  const hasMembers = group.members !== undefined;
  const members = new Set(group.members ?? []);
  const isThere = (path) => (hasMembers ? members.has(path) : group.has(path));
  const levels = [];
  for (let level = 0; await isThere(`${level}/${key}`); level += 1) {
    const [array, recent] = await Promise.all([
      group.array(`${level}/${key}`),
      (await isThere(`recent/${level}/${key}`)) ? group.array(`recent/${level}/${key}`) : undefined,
    ]);
    levels.push({ level, array, ...(recent?.shape[0] ? { recent } : {}) });
  }
  if (!levels.length) {
    throw new NotFoundError(`There are no series of "${key}" in ${group.store.url(group.path)}.`);
  }
  const [{ array, recent }] = levels;
  return { levels, times: array.shape[0] + (recent?.shape[0] ?? 0) };
}
