// Python that opens a part of a cube, and nothing else of it.

import { isel, slice } from "./python.js";
import { comment, lines, namesOf } from "./view.js";

/**
 * @typedef {object} Region
 * @property {string} title for the first line
 * @property {string} cube full address of `cube.zarr`
 * @property {string} key of the variable
 * @property {{name: string, range?: [number, number], index?: number, label: string}[]} dimensions of the array, in order:
 *   [start, stop) of what belongs to it or the one index, and what that is in words
 */

/**
 * The code: by positions, so that it opens exactly these cells; what they are stands beside them.
 *
 * @param {Region} region
 * @returns {string}
 */
export function regionCode({ title, cube, key, dimensions }) {
  const { [key]: name } = namesOf([{ key }]);
  return lines(
    `# ${comment(title)}`,
    '# Needs: pip install xarray "zarr>=3" fsspec aiohttp dask',
    "import xarray as xr",
    "",
    `cube = xr.open_zarr(${JSON.stringify(cube)}, group="0")`,
    dimensions.map(({ name: dimension, label }) => `# ${comment(dimension)}: ${comment(label)}`),
    `${name} = cube[${JSON.stringify(key)}]${isel(dimensions.map(({ name: dimension, range, index }) =>
      [dimension, range ? slice(range) : index]))}`,
    `print(${name})`,
  );
}
