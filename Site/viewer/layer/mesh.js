// Triangles over a part of a grid: corners in Mercator coordinates (relative to the part's own
// box, so that single precision suffices at every zoom), each with its position in the grid.
// The shader makes cells out of positions; triangles are small enough for that to be right to a
// few thousandths of a cell (geographic) or about a tenth (other grids, as their nodes promise).

import { mercatorX, mercatorY } from "./mercator.js";

const rad = Math.PI / 180;
/** On the globe sides of triangles are straight: none may be longer than this many degrees. */
const STRAIGHT = 1.5;
/** How far, in cells, the middle of such a side may lie beside its parallel. */
const BESIDE = 0.025;
/** The most rows or columns of corners. */
const MOST = 2048;

/** Positions from `low` to `high` that include `stops` where these are not too many. */
const positions = (low, high, parts, stops) => {
  let between = stops.filter((one) => one > low && one < high);
  if (between.length > MOST) {
    const skip = Math.ceil(between.length / MOST);
    between = between.filter((_, i) => i % skip === 0);
  }
  const corners = [low, ...between, high];
  const pieces = Math.max(1, Math.ceil(parts / (corners.length - 1)));
  const list = [];
  for (let i = 0; i + 1 < corners.length; i += 1) {
    for (let k = 0; k < pieces; k += 1) {
      list.push(corners[i] + (corners[i + 1] - corners[i]) * k / pieces);
    }
  }
  list.push(high);
  return list;
};

const edgesBetween = (edges, low, high) => {
  const list = [];
  if (Array.isArray(edges)) for (let i = Math.ceil(low); i <= high; i += 1) list.push(i);
  return list;
};

/**
 * Rows of corners for the flat map. Between two that are d radians of latitude apart, a straight
 * line through Mercator's y errs by up to d² tan(latitude) / 8: as close as keeps that below
 * 1/2000 of a cell.
 */
const flatRows = (grid, edges, low, high, side) => {
  const latitude = (at) => grid.lonLat(Math.min(at, high), 0)[1];
  const reach = (at) => {
    const start = Math.min(at, high - 0.01);
    const spacing = 100 * Math.abs(latitude(start + 0.01) - latitude(start));
    const tangent = Math.tan(Math.min(Math.max(Math.abs(latitude(at)), 1), 85) * rad);
    return Math.sqrt(8 / 2000 * side * spacing * rad / tangent) / rad / spacing;
  };
  const stops = edgesBetween(edges, low, high);
  const list = [low];
  for (let at = low, next = 0; at < high;) {
    const step = Math.min(reach(at), reach(at + reach(at)));
    at = Math.min(at + Math.max(step, (high - low) / MOST), high);
    while (next < stops.length && stops[next] <= list.at(-1)) next += 1;
    if (next < stops.length && stops[next] < at && stops.length < MOST) at = stops[next];
    list.push(at);
  }
  return list;
};

/**
 * The longest side on the globe, in degrees, for a part of a geographic grid. A straight line
 * over d radians of longitude leaves its parallel by up to d² / 16, most at 45 degrees.
 */
const straightest = (grid, [top, left, bottom, right], side) => {
  const [a, b] = [grid.lonLat(top, left), grid.lonLat(bottom, right)];
  const cell = side * rad * Math.min(Math.abs(b[1] - a[1]) / (bottom - top), Math.abs(b[0] - a[0]) / (right - left));
  return Math.min(STRAIGHT, Math.sqrt(16 * BESIDE * cell) / rad);
};

const sides = (grid, entry, part, side, curved) => {
  const [top, left, bottom, right] = part;
  if (grid.kind === "geographic") {
    const longest = curved ? straightest(grid, part, side) : STRAIGHT;
    const parts = (a, b, axis) => Math.abs(grid.lonLat(...b)[axis] - grid.lonLat(...a)[axis]) / longest;
    return [
      curved
        ? positions(top, bottom, parts([top, left], [bottom, left], 1), edgesBetween(entry.rowEdges, top, bottom))
        : flatRows(grid, entry.rowEdges, top, bottom, side),
      positions(left, right, curved ? parts([top, left], [top, right], 0) : 1,
        edgesBetween(entry.columnEdges, left, right)),
    ];
  }
  return [
    positions(top, bottom, 64, entry.mesh.rows), positions(left, right, 64, entry.mesh.columns),
  ];
};

/**
 * The mesh of rows top…bottom, columns left…right (positions of level 0) of a grid (lib/geo) with
 * its published entry, for cells of `side` by `side` of level 0; `curved`: for the
 * globe, where rows are even by themselves, rather than for the flat map.
 *
 * `corners`: 4 numbers each: x, y in the box, column - left, row - top. `whole`: triangles for the
 * globe; `flat`: those for Mercator, without any that hold a pole. `box`: x, y, width, height.
 * `sphere`, where curved: 3 numbers for each corner, its place on the unit sphere from `origin` on.
 */
export const buildMesh = (grid, entry, part, side, curved) => {
  const [top, left] = part;
  const [rows, columns] = sides(grid, entry, part, side, curved);
  const wide = columns.length;
  const count = rows.length * wide;
  const [xs, ys] = [new Float64Array(count), new Float64Array(count)];
  const cells = [];
  const sphere = [];
  rows.forEach((row, i) => {
    columns.forEach((column, j) => {
      const [lon, lat] = grid.lonLat(row, column) ?? [NaN, NaN];
      xs[i * wide + j] = mercatorX(lon);
      ys[i * wide + j] = mercatorY(lat);
      cells.push(column - left, row - top);
      if (curved) sphere.push(...onSphere(lon, lat));
    });
  });
  const places = { x: Array.from(xs), y: Array.from(ys), cells };
  const { whole, flat } = triangles(grid, places, rows.length, wide);
  return { ...packed(places, whole, flat), ...(curved ? around(sphere, places.x.length) : {}) };
};

/** A place on the unit sphere, with the axes of MapLibre's globe. */
const onSphere = (lon, lat) => {
  const [x, y] = [lon * rad, lat * rad];
  return [Math.sin(x) * Math.cos(y), Math.sin(y), Math.cos(x) * Math.cos(y)];
};

/** Places on the sphere in single precision, from the first of them on, so that they are good at every zoom. */
const around = (places, count) => {
  const first = Math.max(0, places.findIndex(Number.isFinite));
  const origin = places.slice(first, first + 3);
  // Corners that the flat map alone has keep the origin's place: no triangle of the globe has them.
  const sphere = new Float32Array(3 * count);
  places.forEach((one, i) => { sphere[i] = one - origin[i % 3]; });
  return { sphere, origin };
};

const triangles = (grid, places, high, wide) => {
  const { x, y, cells } = places;
  const whole = [];
  const flat = [];
  const copy = (node, nx) => {
    x.push(nx);
    y.push(y[node]);
    cells.push(cells[2 * node], cells[2 * node + 1]);
    return x.length - 1;
  };
  for (let i = 0; i + 1 < high; i += 1) {
    for (let j = 0; j + 1 < wide; j += 1) {
      const a = i * wide + j;
      const quad = [a, a + 1, a + wide, a + wide + 1];
      if (quad.some((node) => !Number.isFinite(x[node]) || !Number.isFinite(y[node]))) continue;
      whole.push(quad[0], quad[2], quad[1], quad[1], quad[2], quad[3]);
      if (grid.kind === "geographic") continue;
      // Go around the quad; one that closes only after a whole turn holds a pole.
      const ring = [0, 1, 3, 2];
      const near = [x[a]];
      let turned = 0;
      for (let k = 1; k <= 4; k += 1) {
        const [from, to] = [x[quad[ring[k - 1]]], x[quad[ring[k % 4]]]];
        const step = to - from - Math.round(to - from);
        turned += step;
        if (k < 4) near.push(near[k - 1] + step);
      }
      if (Math.abs(turned) > 0.5) continue;
      const low = Math.floor(Math.min(...near));
      const shown = ring.map((corner, k) => {
        const wanted = near[k] - low;
        return Math.abs(wanted - x[quad[corner]]) < 1e-9 ? quad[corner] : copy(quad[corner], wanted);
      });
      flat.push(shown[0], shown[3], shown[1], shown[1], shown[3], shown[2]);
    }
  }
  return { whole, flat: grid.kind === "geographic" ? whole : flat };
};

const packed = ({ x, y, cells }, whole, flat) => {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = 0; i < x.length; i += 1) {
    if (!Number.isFinite(x[i]) || !Number.isFinite(y[i])) continue;
    box[0] = Math.min(box[0], x[i]);
    box[1] = Math.min(box[1], y[i]);
    box[2] = Math.max(box[2], x[i]);
    box[3] = Math.max(box[3], y[i]);
  }
  const [width, height] = [box[2] - box[0] || 1, box[3] - box[1] || 1];
  const corners = new Float32Array(4 * x.length);
  for (let i = 0; i < x.length; i += 1) {
    corners.set([(x[i] - box[0]) / width, (y[i] - box[1]) / height, cells[2 * i], cells[2 * i + 1]],
      4 * i);
  }
  return {
    corners, whole: new Uint32Array(whole), flat: whole === flat ? null : new Uint32Array(flat),
    box: [box[0], box[1], width, height],
  };
};
