// Where the cells of a cube lie. A position is a row and a column in units of cells of level 0, counted from the
// edges: cell (i, j) reaches from (i, j) to (i + 1, j + 1). A cell of level k stands for 2^k by 2^k of them, fewer at
// the far edges.

import { DamagedError, UnreadyError } from "../errors.js";
import { MeshSearch } from "./mesh.js";
import { EARTH_RADIUS, rectangleArea, toLonLat, toVector, triangleArea } from "./sphere.js";

/**
 * @typedef {object} GridDescription as published in `grids` of a dataset's document
 * @property {number} rows
 * @property {number} columns
 * @property {boolean} closed
 * @property {"geographic"|"mesh"} kind
 * @property {number[]|{start: number, step: number, count: number}} [rowEdges]
 * @property {number[]|{start: number, step: number, count: number}} [columnEdges]
 * @property {{rows: number[], columns: number[], path: string}} [mesh]
 */

/** What grids of both kinds can do; `position` and `lonLat` are theirs. */
class Grid {
  constructor({ rows, columns, closed, kind }) {
    /** Cells of level 0. */
    this.rows = rows;
    this.columns = columns;
    /** Whether column 0 follows the last one. */
    this.closed = closed === true;
    /** @type {"geographic"|"mesh"} */
    this.kind = kind;
  }

  /** Rows and columns of a level. */
  shape(level = 0) {
    const size = 2 ** level;
    return [Math.ceil(this.rows / size), Math.ceil(this.columns / size)];
  }

  /** The first and last row edge and column edge of a cell, in positions of level 0: [top, left, bottom, right]. */
  span(row, column, level = 0) {
    const size = 2 ** level;
    return [
      row * size, column * size, Math.min((row + 1) * size, this.rows), Math.min((column + 1) * size, this.columns),
    ];
  }

  /**
   * The cell at a place.
   *
   * @param {number} lon any turn
   * @param {number} lat
   * @param {number} [level]
   * @returns {{row: number, column: number}|undefined} undefined outside the grid
   */
  locate(lon, lat, level = 0) {
    const position = this.position(lon, lat);
    if (!position) return undefined;
    const size = 2 ** level;
    return {
      row: Math.floor(Math.min(Math.floor(position.row), this.rows - 1) / size),
      column: Math.floor(Math.min(Math.floor(position.column), this.columns - 1) / size),
    };
  }

  /** The middle of a cell, [lon, lat]; undefined where it has no place on the earth. */
  centre(row, column, level = 0) {
    const [top, left, bottom, right] = this.span(row, column, level);
    return this.lonLat((top + bottom) / 2, (left + right) / 2);
  }

  /** The corners of a cell, a closed ring from (row, column) on, hanging together across the antimeridian. */
  outline(row, column, level = 0) {
    const [top, left, bottom, right] = this.span(row, column, level);
    const corners = [[top, left], [top, right], [bottom, right], [bottom, left], [top, left]]
      .map(([r, c]) => this.lonLat(r, c)).filter(Boolean);
    return corners.map(([lon, lat]) => [lon - 360 * Math.round((lon - corners[0][0]) / 360), lat]);
  }
}

/** A position on an axis of edges, or undefined outside. */
class Edges {
  #first;
  #step;
  #values;

  constructor(description, count, what) {
    if (Array.isArray(description)) {
      const rises = description[1] > description[0];
      const isFine = description.length === count + 1
        && description.every((value, i) => Number.isFinite(value) && (i === 0 || (value > description[i - 1]) === rises))
        && (count === 0 || description[1] !== description[0]);
      if (!isFine) throw new DamagedError(`The ${what} edges of a grid are not ${count + 1} numbers in order.`);
      this.#values = Float64Array.from(description);
      this.#step = rises ? 1 : -1;
      this.#first = description[0];
    } else {
      const { start, step, count: edges } = description ?? {};
      if (!Number.isFinite(start) || !Number.isFinite(step) || step === 0 || edges !== count + 1) {
        throw new DamagedError(`The ${what} edges of a grid are not given as ${count + 1} numbers.`);
      }
      this.#first = start;
      this.#step = step;
    }
    this.count = count;
    this.low = Math.min(this.#first, this.at(count));
    this.high = Math.max(this.#first, this.at(count));
  }

  /** The coordinate at a position. */
  at(position) {
    if (!this.#values) return this.#first + position * this.#step;
    const cell = Math.min(Math.max(Math.floor(position), 0), this.count - 1);
    const [from, to] = [this.#values[cell], this.#values[cell + 1]];
    return from + (to - from) * (position - cell);
  }

  /** The position of a coordinate within low … high. */
  of(coordinate) {
    if (!this.#values) {
      return Math.min(Math.max((coordinate - this.#first) / this.#step, 0), this.count);
    }
    let [low, high] = [0, this.count];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#values[middle] <= coordinate) === this.#step > 0 || this.#values[middle] === coordinate) low = middle;
      else high = middle;
    }
    const [from, to] = [this.#values[low], this.#values[low + 1]];
    return low + Math.min(Math.max((coordinate - from) / (to - from), 0), 1);
  }
}

// Edges are sums of steps; so far they may miss the end of a circle or a pole.
const SLACK = 1e-6;

class GeographicGrid extends Grid {
  #latitudes;
  #longitudes;

  constructor(description) {
    super(description);
    this.#latitudes = new Edges(description.rowEdges, this.rows, "row");
    this.#longitudes = new Edges(description.columnEdges, this.columns, "column");
  }

  /** West, south, east, north; east is west plus the width. */
  get bounds() {
    const { low, high } = this.#longitudes;
    return [low, Math.max(this.#latitudes.low, -90), high, Math.min(this.#latitudes.high, 90)];
  }

  position(lon, lat) {
    const { low, high } = this.#latitudes;
    if (!(lat >= low - SLACK && lat <= high + SLACK)) return undefined;
    const turned = this.#turned(lon);
    if (turned === undefined) return undefined;
    return { row: this.#latitudes.of(Math.min(Math.max(lat, low), high)), column: this.#longitudes.of(turned) };
  }

  lonLat(row, column) {
    return [this.#longitudes.at(column), Math.min(90, Math.max(-90, this.#latitudes.at(row)))];
  }

  area(row, column, level = 0) {
    const [top, left, bottom, right] = this.span(row, column, level);
    const [west, south] = this.lonLat(top, left);
    const [east, north] = this.lonLat(bottom, right);
    return rectangleArea(west, south, east, north);
  }

  /** Windows of cells whose middles may lie in west … east (any turn) and south … north. */
  windows([west, south, east, north], level) {
    const size = 2 ** level;
    const [rows, columns] = this.shape(level);
    const { low, high } = this.#latitudes;
    if (north < low || south > high) return [];
    const rowRange = this.#cells(this.#latitudes, Math.max(south, low), Math.min(north, high), size, rows);
    const spans = [];
    const firstTurn = Math.ceil((this.#longitudes.low - east) / 360);
    for (let turn = firstTurn; west + 360 * turn <= this.#longitudes.high; turn += 1) {
      const from = Math.max(west + 360 * turn, this.#longitudes.low);
      const to = Math.min(east + 360 * turn, this.#longitudes.high);
      spans.push(this.#cells(this.#longitudes, from, to, size, columns));
    }
    return united(spans).map((span) => ({ rows: rowRange, columns: span }));
  }

  #cells(edges, from, to, size, count) {
    const [a, b] = [edges.of(from), edges.of(to)].sort((p, q) => p - q);
    return [Math.floor(Math.min(a / size, count - 1)), Math.min(Math.floor(b / size) + 1, count)];
  }

  /** The longitude in the turn that the grid covers. */
  #turned(lon) {
    const { low, high } = this.#longitudes;
    const turned = lon - 360 * Math.floor((lon - low) / 360);
    if (turned <= high) return turned;
    if (this.closed || turned <= high + SLACK) return high;
    return turned >= low + 360 - SLACK ? low : undefined;
  }
}

/** Intervals without overlap, in order. */
function united(spans) {
  const result = [];
  for (const [from, to] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else result.push([from, to]);
  }
  return result;
}

class MeshGrid extends Grid {
  #search;

  constructor(description, nodes) {
    super(description);
    this.#search = new MeshSearch(description.mesh, nodes);
  }

  position(lon, lat) {
    return this.#search.find(toVector(lon, lat));
  }

  lonLat(row, column) {
    const vector = this.#search.vector(row, column);
    return vector && toLonLat(vector);
  }

  area(row, column, level = 0) {
    const [top, left, bottom, right] = this.span(row, column, level);
    const corners = [[top, left], [top, right], [bottom, right], [bottom, left]]
      .map(([r, c]) => this.#search.vector(r, c));
    if (corners.some((corner) => corner === undefined)) return 0;
    const [a, b, c, d] = corners;
    return EARTH_RADIUS ** 2 * (triangleArea(a, b, c) + triangleArea(a, c, d));
  }

  /** The window of cells that may lie in a cap. */
  windowsIn(cap, level) {
    const found = this.#search.rangeWithin(cap.centre, cap.radius);
    if (!found) return [];
    const size = 2 ** level;
    const [rows, columns] = this.shape(level);
    const span = ([from, to], count) => [Math.floor(from / size), Math.min(Math.ceil(to / size), count)];
    return [{ rows: span(found.rows, rows), columns: span(found.columns, columns) }];
  }
}

/**
 * A grid from its published description.
 *
 * Grids have `position(lon, lat)` → {row, column} or undefined outside, `lonLat(row, column)` → [lon, lat] of a
 * position, `area(row, column, level)` → square metres, and what is common to both kinds: `locate`, `centre`,
 * `outline`, `shape`, `span`.
 *
 * @param {GridDescription} description
 * @param {{longitude: ArrayLike<number>, latitude: ArrayLike<number>}} [nodes] of a mesh, row by row
 * @returns {GeographicGrid|MeshGrid}
 * @throws {UnreadyError} if the nodes of a mesh are not handed in
 * @throws {DamagedError} if the description is not one
 */
export function openGrid(description, nodes) {
  const { rows, columns, kind } = description ?? {};
  if (!Number.isInteger(rows) || !Number.isInteger(columns) || rows < 1 || columns < 1) {
    throw new DamagedError("The description of a grid has no rows or columns.");
  }
  if (kind === "geographic") return new GeographicGrid(description);
  if (kind !== "mesh") throw new DamagedError(`The description of a grid is of the unknown kind ${JSON.stringify(kind)}.`);
  if (!nodes) throw new UnreadyError("The places of this grid's cells are not loaded yet.");
  return new MeshGrid(description, nodes);
}
