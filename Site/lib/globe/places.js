// Where the points of a geographic tile lie in a grid. Longitudes and latitudes run evenly over a tile, the
// northernmost row first; a position is a row and a column of the grid in cells of level 0 (lib/geo/grid.js).

/** Points between nodes for which a mesh is searched; the others lie between them. */
const STEP = 8;

const spread = (from, to, count) => Float64Array.from({ length: count }, (_, i) => from + (to - from) * i / (count - 1));

/** The middles of the pixels of a picture of a box in degrees: {longitudes, latitudes}. */
export const pixelAxes = ({ west, south, east, north }, width, height) => {
  const [across, down] = [(east - west) / width / 2, (north - south) / height / 2];
  return {
    longitudes: spread(west + across, east - across, width), latitudes: spread(north - down, south + down, height),
  };
};

/** The same of a tile of Web Mercator, whose rows lie closer together in degrees towards the poles. */
export const mercatorAxes = (z, x, y, size) => {
  const middles = (start) => Float64Array.from({ length: size }, (_, i) => (start + (i + 0.5) / size) / 2 ** z);
  return {
    longitudes: middles(x).map((one) => 360 * one - 180),
    latitudes: middles(y).map((one) => Math.atan(Math.sinh(Math.PI * (1 - 2 * one))) * 180 / Math.PI),
  };
};

/**
 * The vertices of a surface over a box, `count` to each side with those on the edges, and one more all around, from
 * which slopes at the edges are told. Beyond a pole there is nothing: the row there is the pole again.
 */
export const vertexAxes = ({ west, south, east, north }, count) => {
  const [across, down] = [(east - west) / (count - 1), (north - south) / (count - 1)];
  return {
    longitudes: spread(west - across, east + across, count + 2),
    latitudes: spread(north + down, south - down, count + 2).map((one) => Math.min(90, Math.max(-90, one))),
  };
};

const along = (count) => {
  const list = Array.from({ length: Math.ceil((count - 1) / STEP) }, (_, k) => k * STEP);
  return [...list, count - 1];
};

/** The positions of all points of a tile: found once, given a row of points at a time. */
export class Places {
  /** Of grids whose rows follow from latitudes alone: the row of each row of points, the columns of all. */
  #axes;
  /** Of others: of each point. */
  #points;

  /**
   * @param {import("../geo/grid.js").Grid} grid
   * @param {{longitudes: Float64Array, latitudes: Float64Array}} axes
   */
  constructor(grid, axes) {
    /** How many points lie in a row, and how many rows there are. */
    this.width = axes.longitudes.length;
    this.height = axes.latitudes.length;
    if (grid.kind === "geographic") this.#axes = this.#separate(grid, axes);
    else this.#points = this.#search(grid, axes);
  }

  /** Writes the positions of row `j`; NaN outside the grid. */
  fill(j, rows, columns) {
    if (this.#axes) {
      rows.fill(this.#axes.rows[j]);
      columns.set(this.#axes.columns);
      return;
    }
    const [from, to] = [j * this.width, (j + 1) * this.width];
    rows.set(this.#points.rows.subarray(from, to));
    columns.set(this.#points.columns.subarray(from, to));
  }

  #separate(grid, { longitudes, latitudes }) {
    const [longitude, latitude] = grid.lonLat(grid.rows / 2, grid.columns / 2);
    return {
      rows: latitudes.map((one) => grid.position(longitude, one)?.row ?? NaN),
      columns: longitudes.map((one) => grid.position(one, latitude)?.column ?? NaN),
    };
  }

  #search(grid, axes) {
    const [down, across] = [along(this.height), along(this.width)];
    const points = {
      rows: new Float64Array(this.width * this.height).fill(NaN), columns: new Float64Array(this.width * this.height).fill(NaN),
    };
    const nodes = down.map((j) => across.map((i) => grid.position(axes.longitudes[i], axes.latitudes[j])));
    const torn = grid.closed ? grid.columns / 2 : Infinity;
    for (let k = 0; k + 1 < down.length; k += 1) {
      for (let l = 0; l + 1 < across.length; l += 1) {
        const corners = [nodes[k][l], nodes[k][l + 1], nodes[k + 1][l], nodes[k + 1][l + 1]];
        const known = corners.filter(Boolean);
        if (!known.length) continue;
        const spread = Math.max(...known.map(({ column }) => column)) - Math.min(...known.map(({ column }) => column));
        const block = { top: down[k], bottom: down[k + 1], left: across[l], right: across[l + 1] };
        // At the edge of the grid and where columns go round, point by point.
        if (known.length < 4 || spread > torn) this.#each(grid, axes, block, points);
        else this.#between(corners, block, points);
      }
    }
    return points;
  }

  #each(grid, { longitudes, latitudes }, { top, bottom, left, right }, { rows, columns }) {
    for (let j = top; j <= bottom; j += 1) {
      for (let i = left; i <= right; i += 1) {
        const place = grid.position(longitudes[i], latitudes[j]);
        if (!place) continue;
        rows[j * this.width + i] = place.row;
        columns[j * this.width + i] = place.column;
      }
    }
  }

  #between([a, b, c, d], { top, bottom, left, right }, { rows, columns }) {
    for (let j = top; j <= bottom; j += 1) {
      const v = (j - top) / (bottom - top);
      for (let i = left; i <= right; i += 1) {
        const u = (i - left) / (right - left);
        const at = j * this.width + i;
        rows[at] = (1 - v) * ((1 - u) * a.row + u * b.row) + v * ((1 - u) * c.row + u * d.row);
        columns[at] = (1 - v) * ((1 - u) * a.column + u * b.column) + v * ((1 - u) * c.column + u * d.column);
      }
    }
  }
}

/**
 * The level whose cells are about as large as the points of a tile lie apart from north to south, as for the picture
 * tiles; undefined if the tile lies outside of the grid.
 */
export const levelOf = (places, levels) => {
  const [rows, columns] = [0, 1].map(() => new Float64Array(places.width));
  const [nextRows, nextColumns] = [0, 1].map(() => new Float64Array(places.width));
  const ratios = [];
  let isInside = false;
  for (let j = 0; j + 1 < places.height; j += STEP) {
    places.fill(j, rows, columns);
    places.fill(j + 1, nextRows, nextColumns);
    for (let i = 0; i < places.width; i += STEP) {
      isInside ||= rows[i] === rows[i] && columns[i] === columns[i];
      const step = Math.hypot(nextRows[i] - rows[i], nextColumns[i] - columns[i]);
      if (step > 0) ratios.push(step);
    }
  }
  if (!isInside) return undefined;
  ratios.sort((a, b) => a - b);
  const ratio = ratios[ratios.length >> 1] ?? 1;
  return ratio > 1 ? Math.min(Math.round(Math.log2(ratio)), levels - 1) : 0;
};
