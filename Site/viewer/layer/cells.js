// Values of fields at the points of tiles, read window by window and kept (windows.js); for the globe
// and for maps with relief.

import { levelOf, Places, sampled, windowsOf } from "../../lib/globe/index.js";
import { MISSING } from "./shader.js";
import { createWindows } from "./windows.js";

/** What reads the cells of a kept window; they have a border of one cell. */
const readerOf = (entry) => {
  if (!entry?.bands) return undefined;
  const [data] = entry.bands;
  const wide = entry.columns + 2;
  return (row, column) => {
    const value = data[(row + 1) * wide + column + 1];
    return value < 0.97 * MISSING ? value : NaN;
  };
};

const shapeOf = (field, level) => {
  const [rows, columns] = field.grid.shape(level);
  const size = field.size(level);
  return { level, rows, columns, windowRows: size.rows, windowColumns: size.columns, closed: field.grid.closed };
};

/** Tiles whose places are kept: as many as are in view at once. */
const KEPT = 80;

/** Finds the places of a tile in a grid, or takes them from the last that were found. */
const createPlaces = () => {
  const kept = new Map();
  const ids = new WeakMap();
  let count = 0;
  return (grid, { longitudes, latitudes }) => {
    if (!ids.has(grid)) ids.set(grid, count += 1);
    const key = [ids.get(grid), longitudes[0], longitudes.at(-1), latitudes[1], latitudes.at(-2), longitudes.length].join();
    const places = kept.get(key) ?? new Places(grid, { longitudes, latitudes });
    kept.delete(key);
    kept.set(key, places);
    if (kept.size > KEPT) kept.delete(kept.keys().next().value);
    return places;
  };
};

/** `failed(error, slice)` is told what cannot be read, `changed()` that something has come. */
export const createCells = ({ failed, changed }) => {
  const waiting = new Set();
  const placesIn = createPlaces();
  const windows = createWindows({
    failed,
    changed() {
      for (const { check } of [...waiting]) check();
      changed();
    },
  });

  /** Waits until windows are held, or known to be broken. */
  const load = (slice, level, list) => new Promise((resolve) => {
    const one = { dataset: slice.field.dataset, resolve };
    one.check = () => {
      const missing = list.filter(([i, j]) => !windows.has(slice, level, i, j) && !windows.isBroken(slice, level, i, j));
      if (missing.length) {
        for (const [i, j] of missing) windows.request(slice, level, i, j);
        return;
      }
      waiting.delete(one);
      resolve();
    };
    waiting.add(one);
    one.check();
  });

  return {
    windows, load,
    /** Forgets all of a dataset; who waits for some of it goes without. */
    forget(dataset) {
      for (const one of [...waiting]) {
        if (one.dataset !== dataset) continue;
        waiting.delete(one);
        one.resolve();
      }
      windows.forget(dataset);
    },
    /**
     * The values of a slice at the points that axes span, row by row; null if they lie outside of the grid.
     *
     * @param {object} slice of a field (field.js)
     * @param {{longitudes: Float64Array, latitudes: Float64Array}} axes
     * @param {boolean} bilinear
     * @param {(level: number, list: [number, number][]) => void} [used] told what is read
     */
    async at(slice, axes, bilinear, used) {
      const { field } = slice;
      const places = placesIn(field.grid, axes);
      const level = levelOf(places, field.levels);
      if (level === undefined) return null;
      const shape = shapeOf(field, level);
      const list = windowsOf(places, shape, bilinear);
      used?.(level, list);
      await load(slice, level, list);
      return sampled(places, shape, (i, j) => readerOf(windows.get(slice, level, i, j)), bilinear);
    },
  };
};
