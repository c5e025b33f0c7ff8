// Values that are held already: under a point, or all that are in view.

import { MISSING } from "./shader.js";

const isMissing = (value) => !(value < 0.97 * MISSING);

/** The finest held window that has a cell of level 0 in it. */
const heldAt = (windows, slice, row, column) => {
  const { field } = slice;
  for (let level = 0; level < field.levels; level += 1) {
    const side = 2 ** level;
    const size = field.size(level);
    const [r, c] = [Math.floor(row / side), Math.floor(column / side)];
    const entry = windows.get(slice, level, Math.floor(r / size.rows), Math.floor(c / size.columns));
    if (entry) return { entry, r: r % size.rows, c: c % size.columns, level };
  }
  return null;
};

/**
 * The values of a drawn layer at a place: {values: one for each band, NaN where missing, level},
 * null outside the grid or where nothing is held. No request is made.
 */
export const valuesAt = (windows, drawn, { lng, lat }) => {
  const { slice } = drawn;
  const place = slice.field.grid.position(lng, lat);
  if (!place) return null;
  const { rows, columns } = slice.field.grid;
  const row = Math.min(Math.max(Math.floor(place.row), 0), rows - 1);
  const column = Math.min(Math.max(Math.floor(place.column), 0), columns - 1);
  const found = heldAt(windows, slice, row, column);
  if (!found) return null;
  const { entry, r, c, level } = found;
  const values = entry.bands
    ? entry.bands.map((data) => data[(r + 1) * (entry.columns + 2) + c + 1])
      .map((value) => (isMissing(value) ? NaN : value))
    : new Array(slice.field.bands).fill(NaN);
  return { values, level, row, column };
};

/** All values of the windows in view, without the missing ones (of one band). */
export const valuesInView = (windows, drawn, band = 0) => {
  const parts = [];
  let count = 0;
  for (const [i, j] of drawn.list) {
    const entry = windows.get(drawn.slice, drawn.level, i, j);
    if (!entry?.bands) continue;
    const data = entry.bands[band];
    const part = new Float32Array(entry.rows * entry.columns);
    let filled = 0;
    for (let r = 1; r <= entry.rows; r += 1) {
      for (let at = r * (entry.columns + 2) + 1, end = at + entry.columns; at < end; at += 1) {
        if (!isMissing(data[at])) part[filled++] = data[at];
      }
    }
    parts.push(part.subarray(0, filled));
    count += filled;
  }
  const all = new Float32Array(count);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};
