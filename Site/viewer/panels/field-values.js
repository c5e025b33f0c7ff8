// Values of what a layer shows at chosen cells, read window by window from the cube.

import { cellAreas, fittingMask, openGrid, openRegion, transect } from "../../lib/geo/index.js";
import { openField } from "../layer/field.js";
import { activeLayer } from "../state.js";

const MOST_WINDOWS = 12;
const SAMPLES = 400;

const grids = new WeakMap();

/** The grid of a variable of a dataset; the nodes of a mesh are in the cube, others need no request. */
export const gridOf = async (app, document, name) => {
  const entry = document.grids[name];
  if (entry.kind === "mesh") return (await app.pools.cube(document.id)).grid(name);
  if (!grids.has(entry)) grids.set(entry, openGrid(entry));
  return grids.get(entry);
};

/** What the map shows now, ready to be read: {layer, field, slice, grid}; nothing where no layer has values. */
export const shownSlice = async (app) => {
  const state = app.store.get();
  const layer = activeLayer(state);
  if (!layer?.dataset || layer.kind === "rgb") return undefined;
  const field = await openField(app, layer);
  const slice = field.slice({ time: layer.time ?? state.time, dims: layer.dims });
  return { layer, field, slice, grid: await gridOf(app, field.document, field.variable.grid) };
};

/** Windows of a level that are read once, by row and column of the window. */
const windowReader = ({ field, slice }, level, signal) => {
  const { rows, columns } = field.size(level);
  const read = new Map();
  return async (i, j) => {
    const key = `${i}/${j}`;
    if (!read.has(key)) read.set(key, slice.read(level, i, j, { signal }));
    const [values] = await read.get(key);
    return { values, ...field.extent(level, i, j), size: { rows, columns } };
  };
};

const levelsOf = ({ field }) => Array.from({ length: field.levels }, (_, level) => {
  const { rows, columns } = field.size(level);
  return { level, chunkShape: [rows, columns] };
});

/** Values of one window at the cells of a mask window, with the areas of the cells. */
const collect = (window, part, areas, into) => {
  const across = part.columns[1] - part.columns[0];
  const rows = [Math.max(part.rows[0], window.row), Math.min(part.rows[1], window.row + window.rows)];
  const columns = [Math.max(part.columns[0], window.column), Math.min(part.columns[1], window.column + window.columns)];
  for (let row = rows[0]; row < rows[1]; row += 1) {
    for (let column = columns[0]; column < columns[1]; column += 1) {
      const inMask = (row - part.rows[0]) * across + column - part.columns[0];
      if (!part.mask[inMask]) continue;
      into.values.push(window.values[(row - window.row) * window.columns + column - window.column]);
      into.areas.push(areas[inMask]);
    }
  }
};

/**
 * The values of an area at the shown time, at the finest level that takes few windows.
 *
 * @returns {Promise<{values: number[], areas: number[], level: number, isSmallerThanCell: boolean}>} areas in square metres
 */
export const valuesInArea = async (shown, geometry, signal) => {
  const { grid } = shown;
  const { mask, chunks } = fittingMask(grid, openRegion(geometry), levelsOf(shown), MOST_WINDOWS);
  const { level } = mask;
  const window = windowReader(shown, level, signal);
  const windows = await Promise.all(chunks.map(([i, j]) => window(i, j)));
  const into = { values: [], areas: [] };
  for (const part of mask.windows) {
    const areas = cellAreas(grid, part, level);
    for (const one of windows) collect(one, part, areas, into);
  }
  return { ...into, level, isSmallerThanCell: mask.isSmallerThanCell };
};

/** The value at a point at the shown time: as an area of its one cell. Outside the grid there are no values. */
export const valueAtPoint = async (shown, [longitude, latitude], signal) => {
  const cell = shown.grid.locate(longitude, latitude, 0);
  if (!cell) return { values: [], areas: [], level: 0, isSmallerThanCell: true };
  const { rows, columns } = shown.field.size(0);
  const found = await windowReader(shown, 0, signal)(Math.floor(cell.row / rows), Math.floor(cell.column / columns));
  const value = found.values[(cell.row - found.row) * found.columns + cell.column - found.column];
  return { values: [value], areas: [shown.grid.area(cell.row, cell.column, 0)], level: 0, isSmallerThanCell: true };
};

/** Values along a line of great circles at the shown time: {level, samples: [{longitude, latitude, distance, value}]}. */
export const valuesAlong = async (shown, path, signal) => {
  const { grid } = shown;
  for (const { level, chunkShape: [rows, columns] } of levelsOf(shown)) {
    const samples = transect(grid, path, { count: SAMPLES, level });
    const inside = samples.filter((one) => one.row !== undefined);
    const windows = new Set(inside.map((one) => `${Math.floor(one.row / rows)}/${Math.floor(one.column / columns)}`));
    if (windows.size > MOST_WINDOWS && level < shown.field.levels - 1) continue;
    const window = windowReader(shown, level, signal);
    const values = await Promise.all(samples.map(async (one) => {
      if (one.row === undefined) return NaN;
      const found = await window(Math.floor(one.row / rows), Math.floor(one.column / columns));
      return found.values[(one.row - found.row) * found.columns + one.column - found.column];
    }));
    return { level, samples: samples.map((one, index) => ({ ...one, value: values[index] })) };
  }
  return { level: 0, samples: [] };
};
