// Grids whose cells lie anywhere: a lattice of places, between which positions run bilinearly (in unit vectors).
// Search is by a tree of boxes around the patches of the lattice in space, so poles and seams are places like others.

import { DamagedError } from "../errors.js";
import { dot, toVector } from "./sphere.js";

const EDGE = 1e-9;

export class MeshSearch {
  #rows;
  #columns;
  /** Unit vectors of the nodes, x y z x y z …; NaN where there is no place. */
  #nodes;
  /** Boxes of patches (level 0), of 2 x 2 patches (level 1), … each {rows, columns, boxes}. */
  #levels = [];

  /**
   * @param {{rows: number[], columns: number[]}} positions of the lattice's rows and columns
   * @param {{longitude: ArrayLike<number>, latitude: ArrayLike<number>}} nodes
   */
  constructor(positions, nodes) {
    this.#rows = checked(positions?.rows);
    this.#columns = checked(positions?.columns);
    const count = this.#rows.length * this.#columns.length;
    if (nodes.longitude.length !== count || nodes.latitude.length !== count) {
      throw new DamagedError(`The mesh of a grid has ${nodes.longitude.length} places instead of ${count}.`);
    }
    this.#nodes = new Float64Array(3 * count);
    for (let i = 0; i < count; i += 1) this.#nodes.set(toVector(nodes.longitude[i], nodes.latitude[i]), 3 * i);
    this.#levels.push(this.#patchBoxes());
    while (this.#levels.at(-1).rows * this.#levels.at(-1).columns > 1) this.#levels.push(merged(this.#levels.at(-1)));
  }

  /** The unit vector of a position; undefined where it has no place on the earth. */
  vector(row, column) {
    const [r, v] = within(this.#rows, row);
    const [c, u] = within(this.#columns, column);
    const [a, b, d, e] = this.#corners(r, c);
    const sum = [0, 1, 2].map((i) =>
      (1 - v) * ((1 - u) * a[i] + u * b[i]) + v * ((1 - u) * d[i] + u * e[i]));
    const length = Math.hypot(...sum);
    return length > 0 ? sum.map((x) => x / length) : undefined;
  }

  /** The position of a place (unit vector), or undefined if no patch holds it. */
  find(place) {
    return this.#findIn(this.#levels.length - 1, 0, 0, place);
  }

  /**
   * Positions of the patches that come within an angle (radians) of a place.
   *
   * @returns {{rows: [number, number], columns: [number, number]}|undefined} undefined if there are none
   */
  rangeWithin(place, angle) {
    // A point within the angle is at most a chord away.
    const reach = 2 * Math.sin(Math.min(angle, Math.PI) / 2) + 1e-9;
    const range = { top: Infinity, left: Infinity, bottom: -1, right: -1 };
    this.#spread(this.#levels.length - 1, 0, 0, place, reach * reach, range);
    if (range.bottom < 0) return undefined;
    return {
      rows: [this.#rows[range.top], this.#rows[range.bottom + 1]],
      columns: [this.#columns[range.left], this.#columns[range.right + 1]],
    };
  }

  #spread(level, row, column, place, reach, range) {
    const { rows, columns, boxes } = this.#levels[level];
    if (row >= rows || column >= columns) return;
    if (!(squareDistance(boxes, 6 * (row * columns + column), place) <= reach)) return;
    if (level === 0) {
      range.top = Math.min(range.top, row);
      range.bottom = Math.max(range.bottom, row);
      range.left = Math.min(range.left, column);
      range.right = Math.max(range.right, column);
      return;
    }
    // What lies within what is known to be covered adds nothing.
    const size = 2 ** level;
    if (row * size >= range.top && (row + 1) * size - 1 <= range.bottom
      && column * size >= range.left && (column + 1) * size - 1 <= range.right) return;
    for (const [i, j] of QUARTERS) this.#spread(level - 1, 2 * row + i, 2 * column + j, place, reach, range);
  }

  #findIn(level, row, column, place) {
    const { rows, columns, boxes } = this.#levels[level];
    if (row >= rows || column >= columns) return undefined;
    if (squareDistance(boxes, 6 * (row * columns + column), place) !== 0) return undefined;
    if (level === 0) return this.#invert(row, column, place);
    for (const [i, j] of QUARTERS) {
      const found = this.#findIn(level - 1, 2 * row + i, 2 * column + j, place);
      if (found) return found;
    }
    return undefined;
  }

  /** Corners of a patch: (r, c), (r, c + 1), (r + 1, c), (r + 1, c + 1). */
  #corners(r, c) {
    const across = this.#columns.length;
    return [[r, c], [r, c + 1], [r + 1, c], [r + 1, c + 1]].map(([i, j]) => {
      const at = 3 * (i * across + j);
      return this.#nodes.subarray(at, at + 3);
    });
  }

  /**
   * Where in a patch a place lies. Seen from the centre of the earth along the place, the corners have two
   * coordinates each, and the bilinear form of both is 0 at the place.
   */
  #invert(r, c, place) {
    const corners = this.#corners(r, c);
    const [e1, e2] = axesAcross(place);
    const [p, q, s, t] = corners.map((corner) => [dot(corner, e1), dot(corner, e2)]);
    const b = [q[0] - p[0], q[1] - p[1]];
    const d = [s[0] - p[0], s[1] - p[1]];
    const e = [t[0] - q[0] - d[0], t[1] - q[1] - d[1]];
    // (p + v d) and (b + v e) must be parallel.
    for (const v of roots(area(d, e), area(p, e) + area(d, b), area(p, b))) {
      if (!(v >= -EDGE && v <= 1 + EDGE)) continue;
      const along = [b[0] + v * e[0], b[1] + v * e[1]];
      const from = [p[0] + v * d[0], p[1] + v * d[1]];
      const length = along[0] ** 2 + along[1] ** 2;
      const u = length > 0 ? -(from[0] * along[0] + from[1] * along[1]) / length : 0.5;
      if (!(u >= -EDGE && u <= 1 + EDGE)) continue;
      const [x, y] = [Math.min(Math.max(u, 0), 1), Math.min(Math.max(v, 0), 1)];
      const facing = corners.map((corner) => dot(corner, place));
      if ((1 - y) * ((1 - x) * facing[0] + x * facing[1]) + y * ((1 - x) * facing[2] + x * facing[3]) <= 0) continue;
      return {
        row: this.#rows[r] + y * (this.#rows[r + 1] - this.#rows[r]),
        column: this.#columns[c] + x * (this.#columns[c + 1] - this.#columns[c]),
      };
    }
    return undefined;
  }

  #patchBoxes() {
    const rows = this.#rows.length - 1;
    const columns = this.#columns.length - 1;
    const boxes = new Float32Array(6 * rows * columns);
    for (let r = 0; r < rows; r += 1) {
      for (let c = 0; c < columns; c += 1) {
        const corners = this.#corners(r, c);
        const at = 6 * (r * columns + c);
        let diagonal = 0;
        for (let axis = 0; axis < 3; axis += 1) {
          const values = corners.map((corner) => corner[axis]);
          const [low, high] = [Math.min(...values), Math.max(...values)];
          boxes[at + axis] = low;
          boxes[at + 3 + axis] = high;
          diagonal += (high - low) ** 2;
        }
        // The patch bulges out of the box of its corners by no more than a sphere does over its diagonal.
        const bulge = diagonal / 4 + 1e-6;
        for (let axis = 0; axis < 3; axis += 1) {
          boxes[at + axis] -= bulge;
          boxes[at + 3 + axis] += bulge;
        }
      }
    }
    return { rows, columns, boxes };
  }
}

const QUARTERS = [[0, 0], [0, 1], [1, 0], [1, 1]];

/** Boxes of 2 x 2 boxes; those with NaN are left out. */
function merged({ rows, columns, boxes }) {
  const size = { rows: Math.ceil(rows / 2), columns: Math.ceil(columns / 2) };
  const result = new Float32Array(6 * size.rows * size.columns).fill(NaN);
  for (let r = 0; r < rows; r += 1) {
    for (let c = 0; c < columns; c += 1) {
      const from = 6 * (r * columns + c);
      if (Number.isNaN(boxes[from])) continue;
      const to = 6 * ((r >> 1) * size.columns + (c >> 1));
      for (let axis = 0; axis < 3; axis += 1) {
        if (!(result[to + axis] <= boxes[from + axis])) result[to + axis] = boxes[from + axis];
        if (!(result[to + 3 + axis] >= boxes[from + 3 + axis])) result[to + 3 + axis] = boxes[from + 3 + axis];
      }
    }
  }
  return { ...size, boxes: result };
}

/** From a point to a box, squared; NaN for a box of NaN. */
function squareDistance(boxes, at, point) {
  let sum = 0;
  for (let axis = 0; axis < 3; axis += 1) {
    const [low, high] = [boxes[at + axis], boxes[at + 3 + axis]];
    if (Number.isNaN(low)) return NaN;
    const outside = point[axis] < low ? low - point[axis] : point[axis] > high ? point[axis] - high : 0;
    sum += outside * outside;
  }
  return sum;
}

/** Two directions at right angles to a unit vector and to each other. */
function axesAcross([x, y, z]) {
  const seed = Math.abs(z) < 0.9 ? [0, 0, 1] : [1, 0, 0];
  const first = [y * seed[2] - z * seed[1], z * seed[0] - x * seed[2], x * seed[1] - y * seed[0]];
  const length = Math.hypot(...first);
  const a = first.map((n) => n / length);
  return [a, [y * a[2] - z * a[1], z * a[0] - x * a[2], x * a[1] - y * a[0]]];
}

const area = (a, b) => a[0] * b[1] - a[1] * b[0];

/** Solutions of a x² + b x + c = 0. */
function roots(a, b, c) {
  if (Math.abs(a) <= 1e-12 * Math.abs(b)) return [-c / b];
  const under = b * b - 4 * a * c;
  if (!(under >= 0)) return [];
  // Not (-b ± √) / 2a: one of them would be a difference of nearly equal numbers.
  const sum = -(b + (b < 0 ? -1 : 1) * Math.sqrt(under)) / 2;
  return sum === 0 ? [0] : [c / sum, sum / a];
}

function checked(positions) {
  const isFine = Array.isArray(positions) && positions.length > 1 && positions[0] === 0
    && positions.every((value, i) => Number.isInteger(value) && (i === 0 || value > positions[i - 1]));
  if (!isFine) throw new DamagedError("The mesh of a grid has no rising list of rows and columns.");
  return positions;
}

/** The cell of a list that holds a value, and where in it (0 … 1). */
function within(positions, value) {
  let [low, high] = [0, positions.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (positions[middle] <= value) low = middle;
    else high = middle;
  }
  return [low, (value - positions[low]) / (positions[low + 1] - positions[low])];
}
