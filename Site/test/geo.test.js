// Places and cells beside PROJ and shapely, and laws that hold on every grid.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as geo from "../lib/geo/index.js";
import { assertNear, fixture, randomOf } from "./support.js";

const golden = fixture("geo");
const { openGrid, openRegion } = geo;

/** Longitudes may differ by whole turns. */
const sameLongitude = (a, b, tolerance) => assertNear(Math.abs(geo.wrapped(a - b)), 0, tolerance);

test("distances, directions and places on the way are PROJ's", () => {
  for (const [lon1, lat1, lon2, lat2, azimuth, metres, lon, lat] of golden.pairs) {
    const [from, to] = [[lon1, lat1], [lon2, lat2]];
    assertNear(geo.distance(from, to), metres, 1e-9);
    assertNear(geo.bearing(from, to), azimuth, 1e-7);
    const reached = geo.destination(from, azimuth, metres / 3);
    const between = geo.between(from, to, 1 / 3);
    for (const place of [reached, between]) {
      sameLongitude(place[0], lon, 1e-7);
      assertNear(place[1], lat, 1e-7);
    }
  }
});

test("areas between parallels are PROJ's", () => {
  assertNear(geo.rectangleArea(0, 0, 1, 1), golden.areas[0], 1e-6);
  assertNear(geo.rectangleArea(10, 50, 14, 53), golden.areas[1], 1e-5);
});

const mesh = () => {
  const { grid, rows, columns, longitude, latitude } = golden.mesh;
  return openGrid({ ...grid, closed: false, kind: "mesh", mesh: { rows, columns, path: "" } }, { longitude, latitude });
};

test("a polar mesh finds the cells that PROJ finds, to a tenth of a cell", () => {
  const grid = mesh();
  golden.mesh.places.forEach(([lon, lat], i) => {
    const found = grid.position(lon + 360, lat);
    assert.ok(found, `${lon} ${lat} is in the grid`);
    const [row, column] = golden.mesh.positions[i];
    assert.ok(Math.hypot(found.row - row, found.column - column) < 0.1);
  });
  assert.equal(grid.position(0, 0), undefined);
  assert.equal(grid.position(0, -90), undefined);
  assert.ok(grid.position(12, 90), "the pole is a place like others");
});

const regular = (rows, columns, south, north, west, width, options = {}) => openGrid({
  rows, columns, kind: "geographic", closed: width >= 360,
  rowEdges: { start: north, step: (south - north) / rows, count: rows + 1 },
  columnEdges: { start: west, step: width / columns, count: columns + 1 }, ...options,
});

const random = randomOf(11);
const irregular = (count, from, to) => {
  const cuts = Array.from({ length: count - 1 }, () => from + (to - from) * random()).sort((a, b) => a - b);
  const edges = [from, ...cuts, to];
  return to < from ? edges.sort((a, b) => b - a) : edges;
};

const grids = {
  "a whole world, north first": regular(90, 180, -90, 90, -180, 360),
  "a whole world from Greenwich on, south first": regular(45, 72, 90, -90, 0, 360),
  "a region across the antimeridian": regular(30, 40, -40, -10, 160, 50),
  "a region, west to -200": regular(10, 10, 0, 10, -200, 20),
  "uneven edges": openGrid({
    rows: 20, columns: 30, kind: "geographic", closed: false, rowEdges: irregular(20, 60, -60), columnEdges: irregular(30, -10, 100),
  }),
  "a mesh over the pole": mesh(),
};

for (const [name, grid] of Object.entries(grids)) {
  test(`${name}: positions and places are each other's inverse`, () => {
    for (let i = 0; i < 400; i += 1) {
      const [row, column] = [random() * grid.rows, random() * grid.columns];
      const [lon, lat] = grid.lonLat(row, column);
      const found = grid.position(lon + 360 * Math.floor(random() * 5 - 2), lat);
      assert.ok(found);
      assertNear(found.row, row, 1e-7);
      assertNear(found.column, column, 1e-7);
    }
  });

  test(`${name}: a cell holds its middle, at every level`, () => {
    for (let level = 0; level < 4; level += 1) {
      const [rows, columns] = grid.shape(level);
      for (let i = 0; i < 50; i += 1) {
        const cell = { row: Math.floor(random() * rows), column: Math.floor(random() * columns) };
        assert.deepEqual(grid.locate(...grid.centre(cell.row, cell.column, level), level), cell);
        assert.ok(grid.outline(cell.row, cell.column, level).length === 5);
      }
    }
  });

  test(`${name}: the cells of a level have the area of the cells they stand for`, () => {
    const sum = (level) => {
      const [rows, columns] = grid.shape(level);
      let total = 0;
      for (let r = 0; r < rows; r += 1) for (let c = 0; c < columns; c += 1) total += grid.area(r, c, level);
      return total;
    };
    assertNear(sum(2), sum(0), grid.kind === "mesh" ? 2e-3 : 1e-9);
  });

  test(`${name}: a mask has the cells whose middles are inside, each once`, () => {
    for (const shape of shapes(grid)) {
      const region = openRegion(shape);
      for (const level of [0, 1]) {
        const mask = geo.maskOf(grid, region, level);
        const found = new Set();
        for (const { rows, columns, mask: cells } of mask.windows) {
          const width = columns[1] - columns[0];
          cells.forEach((isIn, i) => {
            const key = `${rows[0] + Math.floor(i / width)},${columns[0] + (i % width)}`;
            if (isIn) assert.ok(!found.has(key) && found.add(key));
          });
        }
        const wanted = new Set();
        const [rows, columns] = grid.shape(level);
        for (let r = 0; r < rows; r += 1) {
          for (let c = 0; c < columns; c += 1) if (region.contains(...grid.centre(r, c, level))) wanted.add(`${r},${c}`);
        }
        if (mask.isSmallerThanCell) assert.equal(wanted.size, 0);
        else assert.deepEqual([...found].sort(), [...wanted].sort());
        assert.equal(mask.count, found.size);
        const chunks = new Set([...found].map((key) => key.split(",").map(Number)).map(([r, c]) => `${Math.floor(r / 7)},${Math.floor(c / 5)}`));
        assert.deepEqual(geo.chunksOf(mask, [7, 5]).map(String).sort(), [...chunks].sort());
      }
    }
  });
}

/** Areas around a place of the grid, and some that are anywhere. */
function shapes(grid) {
  const [lon, lat] = grid.lonLat(grid.rows * 0.4, grid.columns * 0.02);
  const [low, high] = [Math.max(lat - 9, -90), Math.min(lat + 6, 90)];
  return [
    { type: "Box", bounds: [geo.wrapped(lon - 8), low, geo.wrapped(lon + 11), high] },
    { type: "Box", bounds: [-180, -90, 180, 90] },
    { type: "Circle", centre: [lon, lat], radius: 900e3 },
    { type: "Circle", centre: [lon, 89], radius: 2e6 },
    { type: "Polygon", coordinates: [[[lon - 12, low], [lon + 9, low], [lon, high], [lon - 12, low]]] },
    { type: "Polygon", coordinates: [[[0, 70], [90, 60], [180, 75], [-90, 65], [0, 70]]] },
    { type: "Polygon", coordinates: [[[170, -30], [-170, -30], [-170, -20], [170, -20], [170, -30]]] },
  ];
}

test("a point is in a polygon with a hole where shapely says so", () => {
  const { coordinates, points, inside } = golden.polygon;
  for (const shift of [0, 170, -360]) {
    const moved = coordinates.map((ring) => ring.map(([lon, lat]) => [geo.wrapped(lon + shift), lat]));
    const region = openRegion({ type: "Polygon", coordinates: moved });
    points.forEach(([lon, lat], i) => assert.equal(region.contains(lon + shift, lat), inside[i] === 1));
  }
});

test("a ring around the earth encloses the pole nearer to it", () => {
  const ring = (lat) => ({ type: "Polygon", coordinates: [[[-170, lat], [-50, lat], [70, lat], [-170, lat]]] });
  assert.ok(openRegion(ring(-60)).contains(17, -80) && !openRegion(ring(-60)).contains(17, -50));
  assert.ok(openRegion(ring(60)).contains(17, 89.9) && !openRegion(ring(60)).contains(17, 50));
});

test("a closed grid has no gap where its edges fall short of a circle", () => {
  const grid = regular(2, 7, 90, -90, -180, 360 - 1e-4, { closed: true });
  assert.equal(grid.locate(180 - 1e-5, 0).column, 6);
  assert.equal(regular(2, 7, 90, -90, -180, 350).locate(175, 0), undefined);
});

test("an area smaller than a cell gets the cell around it, one outside the grid gets none", () => {
  const grid = grids["a region across the antimeridian"];
  const tiny = geo.maskOf(grid, openRegion({ type: "Circle", centre: [-179.99, -20.01], radius: 10 }), 0);
  assert.deepEqual([tiny.count, tiny.isSmallerThanCell], [1, true]);
  assert.equal(geo.maskOf(grid, openRegion({ type: "Circle", centre: [0, 0], radius: 1e5 }), 0).count, 0);
});

test("the level is the finest with few chunks", () => {
  const grid = grids["a whole world, north first"];
  const levels = [0, 1, 2, 3].map((level) => ({ level, chunkShape: [8, 8] }));
  const levelOf = (radius, most) =>
    geo.fittingMask(grid, openRegion({ type: "Circle", centre: [0, 0], radius }), levels, most);
  assert.equal(levelOf(2e5, 16).mask.level, 0);
  let last = 0;
  for (const radius of [5e5, 2e6, 4e6, 8e6, 15e6]) {
    const { mask, chunks } = levelOf(radius, 16);
    assert.ok(chunks.length <= 16 || mask.level === 3);
    assert.ok(mask.level >= last);
    last = mask.level;
  }
  assert.equal(last, 3);
});

test("the areas of a circle's cells sum to that of the circle", () => {
  for (const name of ["a whole world, north first", "a mesh over the pole"]) {
    const grid = grids[name];
    const mask = geo.maskOf(grid, openRegion({ type: "Circle", centre: [-45, 84], radius: 1e6 }), 0);
    const sum = mask.windows.flatMap((window) => [...geo.cellAreas(grid, window, 0)]).reduce((a, b) => a + b, 0);
    assertNear(sum, 2 * Math.PI * geo.EARTH_RADIUS ** 2 * (1 - Math.cos(1e6 / geo.EARTH_RADIUS)), 0.05);
  }
});

test("a line's samples lie at equal distances, in the cells they say", () => {
  const grid = grids["a region across the antimeridian"];
  const path = [[170, -35], [-175, -15], [-170, -30]];
  const samples = geo.transect(grid, path, { count: 101, level: 1 });
  assert.equal(samples.length, 101);
  const total = geo.distance(path[0], path[1]) + geo.distance(path[1], path[2]);
  assertNear(samples.at(-1).distance, total);
  samples.forEach((sample, i) => {
    assertNear(sample.distance, (total * i) / 100);
    const cell = grid.locate(sample.longitude, sample.latitude, 1);
    assert.deepEqual([sample.row, sample.column], [cell?.row, cell?.column]);
    if (i > 0) {
      const step = geo.distance([samples[i - 1].longitude, samples[i - 1].latitude], [sample.longitude, sample.latitude]);
      assert.ok(step <= total / 100 + 1e-3);
    }
  });
});

test("a circle's ring lies at its radius and hangs together", () => {
  for (const centre of [[179, 10], [0, 89], [-60, -45]]) {
    const ring = geo.circleRing(centre, 5e5);
    for (const place of ring) assertNear(geo.distance(centre, place), 5e5, 1e-6);
    assert.deepEqual(ring[0], ring.at(-1));
  }
});

test("what is no grid or no area is refused", () => {
  assert.throws(() => openGrid({}), { code: "damaged" });
  assert.throws(() => openGrid({ rows: 1, columns: 1, kind: "mesh" }), { code: "unready" });
  assert.throws(() => openGrid({ rows: 2, columns: 1, kind: "geographic", rowEdges: [0, 1, 1], columnEdges: [0, 1] }), { code: "damaged" });
  assert.throws(() => openGrid({ rows: 1, columns: 1, kind: "mesh", mesh: { rows: [0, 1], columns: [0, 1] } }, { longitude: [0], latitude: [0] }), { code: "damaged" });
  for (const shape of [{ type: "Point" }, null, { type: "Polygon", coordinates: [[[0, 0], [1, 1]]] }, { type: "Circle", centre: [0, 95], radius: 1 },
    { type: "Circle", centre: [0, 0], radius: -1 }, { type: "Box", bounds: [0, 0, 1] }]) {
    assert.throws(() => openRegion(shape), { code: "invalid" });
  }
});
