// Values at the points of a tile, from the windows of a level that the points need.

/**
 * @typedef {object} LevelShape of one level of a field
 * @property {number} level
 * @property {number} rows
 * @property {number} columns
 * @property {number} windowRows cells of a window
 * @property {number} windowColumns
 * @property {boolean} closed whether column 0 follows the last one
 */

/** Calls back with the cells that each point needs: four of them and how far it lies between them, or nearest alone. */
const eachPoint = (places, shape, bilinear, call) => {
  const { level, rows: tall, columns: wide, closed } = shape;
  const size = 2 ** level;
  const [rows, columns] = [new Float64Array(places.width), new Float64Array(places.width)];
  const onRow = (r) => Math.min(Math.max(r, 0), tall - 1);
  const onColumn = (c) => (closed ? (c + wide) % wide : Math.min(Math.max(c, 0), wide - 1));
  for (let j = 0, at = 0; j < places.height; j += 1) {
    places.fill(j, rows, columns);
    for (let i = 0; i < places.width; i += 1, at += 1) {
      const [row, column] = [rows[i] / size, columns[i] / size];
      // NaN in either: outside.
      if (!(row + column >= 0)) continue;
      if (bilinear) {
        const [r, c] = [Math.floor(row - 0.5), Math.floor(column - 0.5)];
        call(at, onRow(r), onRow(r + 1), onColumn(c), onColumn(c + 1), row - 0.5 - r, column - 0.5 - c);
      } else {
        const [r, c] = [onRow(Math.floor(row)), onColumn(Math.floor(column))];
        call(at, r, r, c, c, 0, 0);
      }
    }
  }
};

/** The windows [[i, j]…] of a level that the points of a tile need. */
export const windowsOf = (places, shape, bilinear) => {
  const { windowRows, windowColumns, columns } = shape;
  const across = Math.ceil(columns / windowColumns);
  const found = new Set();
  let last = -1;
  const add = (r, c) => {
    const name = Math.floor(r / windowRows) * across + Math.floor(c / windowColumns);
    if (name !== last) found.add(last = name);
  };
  eachPoint(places, shape, bilinear, (_, top, bottom, left, right) => {
    add(top, left);
    if (!bilinear) return;
    add(top, right);
    add(bottom, left);
    add(bottom, right);
  });
  return [...found].map((name) => [Math.floor(name / across), name % across]);
};

/**
 * The values at the points of a tile, row by row; NaN outside and where the nearest cell is missing. Between cells the
 * values of those that are not missing are weighted.
 *
 * @param {Places} places
 * @param {LevelShape} shape
 * @param {(i: number, j: number) => ((row: number, column: number) => number)|undefined} window gives of a window what
 *     reads its cells by their row and column in it; undefined where nothing could be read
 * @param {boolean} bilinear
 */
export const sampled = (places, shape, window, bilinear) => {
  const { windowRows, windowColumns } = shape;
  const out = new Float32Array(places.width * places.height).fill(NaN);
  const across = Math.ceil(shape.columns / windowColumns);
  const readers = new Map();
  let [lastName, read] = [-1, undefined];
  const cell = (r, c) => {
    const [i, j] = [Math.floor(r / windowRows), Math.floor(c / windowColumns)];
    const name = i * across + j;
    if (name !== lastName) {
      if (!readers.has(name)) readers.set(name, window(i, j));
      lastName = name;
      read = readers.get(name);
    }
    return read ? read(r - i * windowRows, c - j * windowColumns) : NaN;
  };
  eachPoint(places, shape, bilinear, (at, top, bottom, left, right, v, u) => {
    const nearest = cell(v < 0.5 ? top : bottom, u < 0.5 ? left : right);
    if (!bilinear || Number.isNaN(nearest)) {
      out[at] = nearest;
      return;
    }
    let [sum, weights] = [0, 0];
    const add = (r, c, weight) => {
      const value = cell(r, c);
      if (Number.isNaN(value)) return;
      sum += weight * value;
      weights += weight;
    };
    add(top, left, (1 - v) * (1 - u));
    add(top, right, (1 - v) * u);
    add(bottom, left, v * (1 - u));
    add(bottom, right, v * u);
    out[at] = sum / weights;
  });
  return out;
};
