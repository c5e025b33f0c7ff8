// What the globe computes apart from the page: places, samples and meshes of tiles, light, addresses.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openGrid } from "../lib/geo/index.js";
import { octDecode, octEncode } from "../lib/globe/facets.js";
import {
  facets, fromAbove, latticeOf, levelOf, mercatorAxes, paint, pixelAxes, Places, sampled, sheetHeights, shownSheets, steepen,
  vertexAxes, windowsOf, withRoom,
} from "../lib/globe/index.js";
import { lightDefaults, sunDate, towards } from "../globe/light.js";
import { decode, defaults, encode, stateOf } from "../globe/state.js";
import { heightsText, isAboveGeoid } from "../globe/surface.js";
import { assertNear } from "./support.js";

const world = openGrid({
  rows: 180, columns: 360, closed: true, kind: "geographic",
  rowEdges: { start: 90, step: -1, count: 181 }, columnEdges: { start: 0, step: 1, count: 361 },
});

test("pixels of Web Mercator lie where EPSG:3857 has them", () => {
  const { longitudes, latitudes } = mercatorAxes(0, 0, 0, 2);
  // From PROJ: EPSG:3857 to EPSG:4326 of a quarter of the earth's circumference.
  longitudes.forEach((one, i) => assertNear(one, [-90, 90][i]));
  latitudes.forEach((one, i) => assertNear(one, [66.51326044311186, -66.51326044311186][i]));
  // The middle of a tile of zoom 1 is the middle of its quarter.
  assertNear(mercatorAxes(1, 1, 0, 1).latitudes[0], 66.51326044311186);
});

/** A polar grid of 400 × 400 cells of 25 km: the sphere's stereographic plane, true at the pole. */
const RADIUS = 6_371_000;
const CELL = 25_000;
const HALF = 200;
const onPlane = (lon, lat) => {
  const r = 2 * RADIUS * Math.tan((90 + lat) * Math.PI / 360);
  return { column: HALF + r * Math.sin(lon * Math.PI / 180) / CELL, row: HALF - r * Math.cos(lon * Math.PI / 180) / CELL };
};
const polar = () => {
  const steps = Array.from({ length: 51 }, (_, i) => 8 * i);
  const [longitude, latitude] = [[], []];
  for (const row of steps) {
    for (const column of steps) {
      const [x, y] = [(column - HALF) * CELL, (HALF - row) * CELL];
      longitude.push(Math.atan2(x, y) * 180 / Math.PI);
      latitude.push(2 * Math.atan(Math.hypot(x, y) / 2 / RADIUS) * 180 / Math.PI - 90);
    }
  }
  return openGrid({ rows: 400, columns: 400, closed: false, kind: "mesh", mesh: { rows: steps, columns: steps } },
    { longitude, latitude });
};

const rowOf = (places, j) => {
  const [rows, columns] = [new Float64Array(places.width), new Float64Array(places.width)];
  places.fill(j, rows, columns);
  return { rows, columns };
};

test("points of a tile lie where the grid says, on both kinds of grid", () => {
  const box = { west: -180, south: -90, east: 0, north: 90 };
  const axes = pixelAxes(box, 64, 64);
  assertNear(axes.longitudes[0], -180 + 180 / 128);
  assertNear(axes.latitudes[63], -90 + 180 / 128);
  const places = new Places(world, axes);
  for (const j of [0, 31, 63]) {
    const { rows, columns } = rowOf(places, j);
    for (const i of [0, 17, 63]) {
      const wanted = world.position(axes.longitudes[i], axes.latitudes[j]);
      assert.deepEqual([rows[i], columns[i]], [wanted.row, wanted.column]);
    }
  }
  const grid = polar();
  const near = pixelAxes({ west: 0, south: -90, east: 22.5, north: -67.5 }, 256, 256);
  const found = new Places(grid, near);
  for (const j of [1, 100, 200, 255]) {
    const { rows, columns } = rowOf(found, j);
    for (const i of [0, 3, 100, 255]) {
      const wanted = onPlane(near.longitudes[i], near.latitudes[j]);
      assert.ok(Math.hypot(rows[i] - wanted.row, columns[i] - wanted.column) < 0.05, `${i} ${j}: ${rows[i]} ${columns[i]}`);
    }
  }
});

test("nothing lies beside a grid", () => {
  const grid = polar();
  const north = new Places(grid, pixelAxes({ west: 0, south: 0, east: 90, north: 90 }, 32, 32));
  assert.equal(levelOf(north, 5), undefined);
  assert.ok(rowOf(north, 5).rows.every(Number.isNaN));
});

test("the level is that whose cells are as large as pixels", () => {
  const level = (degrees, pixels) => levelOf(new Places(world,
    pixelAxes({ west: 0, south: 0, east: degrees, north: degrees }, pixels, pixels)), 6);
  assert.equal(level(45, 256), 0);
  assert.equal(level(90, 90), 0);
  assert.equal(level(90, 45), 1);
  assert.equal(level(90, 23), 2);
  assert.equal(level(90, 2), 5);
});

const shape = { level: 0, rows: 180, columns: 360, windowRows: 64, windowColumns: 100, closed: true };
const windowOf = (value) => (i, j) => (row, column) => value(row + 64 * i, column + 100 * j);

test("values between cells are weighted; a circle has no seam", () => {
  const axes = pixelAxes({ west: -22.5, south: 0, east: 22.5, north: 45 }, 64, 64);
  const places = new Places(world, axes);
  const list = windowsOf(places, shape, true).map(String).sort();
  assert.deepEqual(list, ["0,0", "0,3", "1,0", "1,3"]);
  const out = sampled(places, shape, windowOf((row) => 89.5 - row), true);
  for (const j of [0, 20, 63]) assertNear(out[j * 64 + 5], axes.latitudes[j], 1e-6);
  const around = sampled(places, shape, windowOf((_, column) => Math.cos((column + 0.5) * Math.PI / 180)), true);
  for (const i of [0, 31, 32, 63]) assertNear(around[i], Math.cos(axes.longitudes[i] * Math.PI / 180), 1e-4);
});

test("a missing cell stays missing and takes no part in its neighbours", () => {
  const axes = pixelAxes({ west: 10, south: 10, east: 14, north: 14 }, 16, 16);
  const places = new Places(world, axes);
  const value = (row, column) => (row === 78 && column === 12 ? NaN : 7);
  for (const bilinear of [true, false]) {
    const out = sampled(places, shape, windowOf(value), bilinear);
    for (let k = 0; k < 256; k += 1) {
      const [i, j] = [k % 16, k >> 4];
      const isHole = Math.floor(axes.longitudes[i]) === 12 && Math.floor(90 - axes.latitudes[j]) === 78;
      assert.equal(out[k], isHole ? NaN : 7);
    }
  }
  assert.ok(sampled(places, shape, () => undefined, false).every(Number.isNaN));
});

test("colours are those of the bins, and nothing is told from something", () => {
  const palette = Uint8Array.from({ length: 1024 }, (_, i) => (i < 4 ? 0 : i % 4 === 3 ? 255 : i >> 2));
  const look = { style: { scale: "linear", range: [0, 253] }, palette };
  const pixels = new Uint8ClampedArray(12);
  assert.equal(paint(Float32Array.of(NaN, 0.5, 252.5), look, pixels), true);
  assert.deepEqual([...pixels], [0, 0, 0, 0, 3, 3, 3, 255, 255, 255, 255, 255]);
  assert.equal(paint(Float32Array.of(NaN), look, new Uint8ClampedArray(4)), false);
});

test("normals come back from two bytes", () => {
  for (const [x, y, z] of [[0, 0, 1], [0, 0, -1], [1, 0, 0], [0.6, -0.48, 0.64], [-0.6, 0.48, -0.64]]) {
    const back = octDecode(...octEncode(x, y, z));
    assert.ok(back[0] * x + back[1] * y + back[2] * z > 0.9999, `${x} ${y} ${z}: ${back}`);
  }
});

test("slopes of exaggerated heights are steeper by as much", () => {
  // At longitude 90 on the equator up is y; a slope of 0.1 that rises to the north.
  const length = Math.hypot(1, 0.1);
  const normals = Uint8Array.from(octEncode(0, 1 / length, -0.1 / length));
  steepen(normals, Uint16Array.of(32767, 0, 0), { west: 0, south: 0, east: 90, north: 45 }, 10);
  const [x, y, z] = octDecode(...normals);
  assertNear(x, 0, 0.02);
  assert.ok(Math.abs(-z / y - 1) < 0.1, `${x} ${y} ${z}`);
});

test("a tile's mesh: quantised corners, slopes as normals, edges that neighbours share", () => {
  const count = 9;
  const tile = (west) => {
    const axes = vertexAxes({ west, south: 0, east: west + 1, north: 1 }, count);
    // A plane that rises to the east by 0.5 of a metre for each metre along the equator.
    const perDegree = Math.PI / 180 * 6_371_008.8;
    const heights = Float32Array.from({ length: (count + 2) ** 2 }, (_, k) => axes.longitudes[k % (count + 2)] * perDegree / 2);
    return { axes, ...facets(heights, axes, count) };
  };
  const [a, b] = [tile(0), tile(1)];
  assert.equal(a.vertices[0], 0);
  assert.equal(a.vertices[count - 1], 32767);
  assert.equal(a.vertices[count * count], 32767);
  assert.equal(a.vertices.at(-1), 32767);
  assertNear(a.maximum, b.minimum, 1e-5);
  const lattice = latticeOf(count);
  for (let k = 0; k < count; k += 1) {
    const [east, west] = [lattice.east[k], lattice.west[k]];
    assert.deepEqual([...a.normals.subarray(2 * east, 2 * east + 2)], [...b.normals.subarray(2 * west, 2 * west + 2)]);
  }
  // On the equator at longitude 0: up is x, east is y; the normal leans to the west.
  const corner = lattice.south[0];
  const [x, y, z] = octDecode(a.normals[2 * corner], a.normals[2 * corner + 1]);
  assertNear(x, 1 / Math.hypot(1, 0.5), 0.02);
  assertNear(y, -0.5 / Math.hypot(1, 0.5), 0.02);
  assertNear(z, 0, 0.02);
  // Counter-clockwise from above, with u to the east and v to the north.
  for (let k = 0; k < lattice.indices.length; k += 3) {
    const [p, q, r] = [0, 1, 2].map((n) => lattice.indices[k + n]).map((n) => [a.vertices[n], a.vertices[count * count + n]]);
    assert.ok((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]) > 0);
  }
});

test("slopes keep their inclination beside holes, which are level", () => {
  const count = 9;
  const axes = vertexAxes({ west: -1, south: -1, east: 1, north: 1 }, count);
  const wide = count + 2;
  // Rises by half to the east.
  const metres = (axes.longitudes[1] - axes.longitudes[0]) * Math.PI / 180 * 6_371_008.8;
  const heights = Float32Array.from({ length: wide ** 2 }, (_, i) => i % wide * metres / 2);
  const missing = new Uint8Array(wide ** 2);
  for (let j = 4; j <= 6; j += 1) {
    for (let i = 4; i <= 6; i += 1) {
      heights[j * wide + i] = -9000;
      missing[j * wide + i] = 1;
    }
  }
  const { normals } = facets(heights, axes, count, missing);
  const rise = (i, j) => {
    const at = 2 * ((j - 1) * count + i - 1);
    const [lon, lat] = [axes.longitudes[i], axes.latitudes[j]].map((one) => one * Math.PI / 180);
    const up = [Math.cos(lat) * Math.cos(lon), Math.cos(lat) * Math.sin(lon), Math.sin(lat)];
    return octDecode(normals[at], normals[at + 1]).reduce((sum, one, k) => sum + one * up[k], 0);
  };
  for (const [i, j] of [[3, 5], [7, 5], [5, 3], [5, 7], [2, 2]]) assertNear(rise(i, j), 1 / Math.hypot(1, 0.5), 0.01);
  for (const [i, j] of [[4, 4], [5, 5]]) assertNear(rise(i, j), 1, 0.001);
});

test("the surface tells how high it is drawn and from where heights are counted", () => {
  const app = { scene: null, store: { get: () => ({ exaggeration: 20 }) }, number: String, t: (key, { factor }) => `${key} ${factor}` };
  assert.equal(heightsText(app), "");
  assert.equal(heightsText({ ...app, scene: { surface: {} } }), "surface.times 20");
  const site = { loaded: new Map([["bed", { terrain: { variable: "z", heightsAbove: "geoid" } }], ["sea", {}]]) };
  assert.ok(isAboveGeoid(site, { dataset: "bed", kind: "terrain" }) && isAboveGeoid(site, { dataset: "bed", kind: "field", variable: "z" }));
  assert.ok(!isAboveGeoid(site, { dataset: "bed", kind: "field", variable: "other" }) && !isAboveGeoid(site, { dataset: "sea", kind: "field" }));
});

test("at a pole the surface is level, beyond it there is nothing", () => {
  const axes = vertexAxes({ west: 0, south: -90, east: 90, north: 0 }, 5);
  assert.equal(Math.min(...axes.latitudes), -90);
  const heights = Float32Array.from({ length: 49 }, (_, k) => k);
  const { normals } = facets(heights, axes, 5);
  for (let i = 20; i < 25; i += 1) assert.ok(octDecode(normals[2 * i], normals[2 * i + 1])[2] < -0.9999);
});

test("light comes from where it is said to", () => {
  const near = (a, b) => a.forEach((one, i) => assertNear(one, b[i], 1e-12));
  near(towards({ lon: 0, lat: 0, azimuth: 0, elevation: 90 }), [1, 0, 0]);
  near(towards({ lon: 0, lat: 0, azimuth: 90, elevation: 0 }), [0, 1, 0]);
  near(towards({ lon: 90, lat: 0, azimuth: 0, elevation: 0 }), [0, 0, 1]);
  near(towards({ lon: 0, lat: -90, azimuth: 0, elevation: 0 }), [1, 0, 0]);
  assert.equal(sunDate("1860-02-30T12:00:00Z").toISOString(), "1860-02-29T12:00:00.000Z");
  assert.equal(sunDate("2017-06-05T12:30:00Z").toISOString(), "2017-06-05T12:30:00.000Z");
});

test("a scene begins as it says, and its state comes back from the address", async () => {
  const scene = {
    id: "s", layers: [{ dataset: "a", variable: "v" }, { dataset: "b", variable: "w", opacity: 0.5 }],
    light: { kind: "fixed", azimuth: 10 }, surface: { exaggeration: 20 },
  };
  const state = { ...defaults, ...stateOf(scene), camera: { lon: 1, lat: 2, height: 3, heading: 4, pitch: -5, roll: 0 } };
  assert.equal(state.exaggeration, 20);
  assert.deepEqual(state.light, { ...lightDefaults, kind: "fixed", azimuth: 10 });
  assert.deepEqual(state.layers.map(({ id, opacity }) => [id, opacity]), [["l1", 1], ["l2", 0.5]]);
  const { fragment } = await encode(state);
  assert.deepEqual({ ...defaults, ...await decode(`#${fragment}`) }, state);
  assert.deepEqual(await decode("#scene=s&time=2017-06-05"), { scene: "s", time: "2017-06-05" });
  assert.equal(await decode(""), null);
});

test("sheets of depths lie one below the other, by their values or evenly; texts count", () => {
  const depths = ["0", "10", "500"];
  assert.deepEqual(sheetHeights(depths, { scale: -300, base: 1000 }), [1000, -2000, -149_000]);
  assert.deepEqual(sheetHeights(depths, { scale: -300, base: 1000, spacing: "even" }), [1000, 700, 400]);
  assert.deepEqual(sheetHeights(["low", "high"], { scale: 50 }), [0, 50]);
});

test("sheets are taken off from above, whichever way they are stored", () => {
  const [down, up] = [{ scale: -1, base: 5 }, { scale: 2 }];
  assert.deepEqual(fromAbove(["0", "10", "500"], down), ["0", "10", "500"]);
  assert.deepEqual(fromAbove(["0", "10", "500"], up), ["500", "10", "0"]);
  assert.deepEqual(shownSheets(["0", "10", "500"], { ...down, from: "10" }), ["10", "500"]);
  assert.deepEqual(shownSheets(["0", "10", "500"], { ...up, from: "10" }), ["10", "0"]);
  // One that there is no more hides nothing.
  assert.deepEqual(shownSheets(["0", "10"], { ...down, from: "77" }), ["0", "10"]);
});

test("names stand where no other is, the first ones first", () => {
  const at = (x, y) => ({ x, y });
  assert.deepEqual(withRoom([at(0, 0), at(5, 10), at(5, 20), at(100, 20), undefined, at(60, 25)]), [true, false, true, true, false, false]);
  assert.deepEqual(withRoom([]), []);
});
