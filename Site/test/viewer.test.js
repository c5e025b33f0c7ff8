// What the map viewer computes apart from the page: addresses, units, order of layers, meshes,
// borders of windows.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openGrid } from "../lib/geo/index.js";
import { decode, encode, keepAddress, LONGEST, mapAddress } from "../viewer/address.js";
import { createTexts } from "../viewer/i18n.js";
import { buildMesh } from "../viewer/layer/mesh.js";
import { MISSING } from "../viewer/layer/shader.js";
import { filled } from "../viewer/layer/template.js";
import { nearestTime, timeText } from "../viewer/layer/times.js";
import { createWindows } from "../viewer/layer/windows.js";
import { moved } from "../viewer/panels/layers.js";
import { templateOf } from "../viewer/panels/layers-other.js";
import { createStore, defaults, layerDefaults, withLayer } from "../viewer/state.js";
import { unitText } from "../viewer/units.js";

const layer = { ...layerDefaults, id: "l1", dataset: "sst", variable: "tos", dims: { depth: "10" }, range: [1, 2.5] };

test("a state comes back from its address, what is default is left out of it", async () => {
  const state = { ...defaults, layers: [layer], active: "l1", time: "2017-01-16T10:09:21Z", theme: "dark" };
  const { fragment, shortened } = await encode(state);
  assert.equal(shortened, false);
  assert.match(fragment, /^1\.[\w-]+$/);
  const back = await decode(`#${fragment}`);
  assert.deepEqual({ ...defaults, ...back }, state);
  assert.equal("basemap" in back, false);
  assert.equal(await decode(""), null);
  await assert.rejects(decode("#2.AAAA"));
  await assert.rejects(decode("#1.AAAA"));
});

test("places that do not fit into an address are left out, and that is told", async () => {
  const places = Array.from({ length: 4000 }, (_, i) => ({
    type: "Feature", properties: { id: `p${i * 7919 % 4001}` },
    geometry: { type: "Point", coordinates: [Math.sin(i) * 180, Math.cos(i * i) * 90] },
  }));
  const { fragment, shortened } = await encode({ ...defaults, layers: [layer], places });
  assert.equal(shortened, true);
  assert.ok(fragment.length < LONGEST);
  const back = await decode(fragment);
  assert.equal(back.places, undefined);
  assert.equal(back.layers[0].dataset, "sst");
});

test("pages link with plain words", async () => {
  const { layers, time, view } = await decode("#dataset=a&variable=b&time=2017-01-01&lon=5&lat=50&zoom=4");
  assert.deepEqual([layers[0].dataset, layers[0].variable, time, view.lon, view.zoom], ["a", "b", "2017-01-01", 5, 4]);
  assert.equal((await decode("#dataset=a")).view, undefined);
  const polar = (await decode("#dataset=a&globe&lat=-80")).view;
  assert.deepEqual([polar.lat, polar.projection], [-80, "globe"]);
  assert.equal((await decode("#dataset=a&lat=50")).view.lat, 50);
});

/** A browser whose address is at `hash`: what was written into it, and a way back to another one. */
const browserAt = (hash) => {
  const written = [];
  const keep = (state, title, address) => written.push(address);
  let moved;
  Object.assign(globalThis, {
    window: { addEventListener(name, callback) { moved = callback; } }, location: { hash, pathname: "/", search: "" },
    history: { replaceState: keep, pushState: keep },
  });
  const back = (fragment) => {
    location.hash = `#${fragment}`;
    return moved();
  };
  return { written, back };
};

test("an older state never overwrites a newer one in the address", async () => {
  const { written } = browserAt("");
  const store = createStore({ layers: [layer] });
  const { write } = keepAddress(store, { shortened() {}, damaged() {}, restore() {} }, mapAddress);
  const first = write();
  store.set({ time: "2020-01-01" });
  await Promise.all([first, write()]);
  assert.equal(written.length, 1);
  assert.equal((await decode(written[0].slice(1))).time, "2020-01-01");
});

test("who goes back while the address is being written gets there", async () => {
  const { fragment: before } = await encode({ ...defaults, layers: [layer], panel: "layers" });
  const { written, back } = browserAt("");
  const store = createStore({ layers: [layer], panel: "colours" });
  const restore = (state) => store.set(state);
  const { write } = keepAddress(store, { shortened() {}, damaged() {}, restore }, mapAddress);
  await Promise.all([write(), back(before)]);
  assert.equal(store.get().panel, "layers");
  assert.deepEqual(written, []);
});

test("a store tells of changes of what was selected, once each", () => {
  const store = createStore({ layers: [layer] });
  const seen = [];
  const end = store.subscribe((state) => state.layers[0].opacity, (now) => seen.push(now));
  store.set((state) => withLayer(state, "l1", { opacity: 0.5 }));
  store.set({ theme: "dark" });
  store.set((state) => withLayer(state, "l1", { opacity: 0.5 }));
  end();
  store.set((state) => withLayer(state, "l1", { opacity: 1 }));
  assert.deepEqual(seen, [0.5]);
});

test("units read as on the pages", () => {
  for (const [given, wanted] of [
    ["kg m**-2", "kg m⁻²"], ["degC", "°C"], ["1", ""], ["kelvin", "K"], ["mg m^-3", "mg m⁻³"], ["m s-1", "m s⁻¹"],
    ["m2", "m²"], ["CO2", "CO2"], ["mg/m3", "mg/m³"], ["m**2 s**-2", "m² s⁻²"], ["ug m-3", "µg m⁻³"], ["percent", "%"],
    [undefined, ""], ["ppm", "ppm"],
  ]) assert.equal(unitText(given), wanted, given);
});

test("times of any calendar: the nearest, and short texts", () => {
  const times = ["1860-02-29", "1860-02-30", "1860-03-01T12:00:00Z"];
  assert.equal(nearestTime(times, "1860-02-30"), 1);
  assert.equal(nearestTime(times, "1999-01-01"), 2);
  assert.equal(nearestTime(times, "0001-01-01"), 0);
  assert.equal(nearestTime(times, null), 2);
  assert.equal(timeText("2017-01-16T10:09:00Z"), "2017-01-16 10:09");
});

test("layers move within their list; addresses of tiles are told from others", () => {
  assert.deepEqual(moved(["a", "b", "c"], 0, 2), ["b", "c", "a"]);
  assert.deepEqual(moved(["a", "b", "c"], 2, -5), ["c", "a", "b"]);
  assert.equal(templateOf("https://a.b/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}.png").url,
    "https://a.b/WebMercatorQuad/{z}/{y}/{x}.png");
  assert.equal(templateOf("https://a.b/{z}/{x}/{-y}.png").scheme, "tms");
  for (const bad of ["https://a.b/", "javascript:alert(1)//{z}{x}{y}", "{z}/{x}/{y}.png"]) assert.equal(templateOf(bad), null);
});

/** Places in all triangles of a mesh, with the position that the shader would find there. */
function* probes({ corners, box }, triangles) {
  for (let i = 0; i < triangles.length; i += 3) {
    for (const weights of [[1 / 3, 1 / 3, 1 / 3], [0.5, 0.5, 0], [0, 0.5, 0.5]]) {
      const sum = [0, 0, 0, 0];
      weights.forEach((weight, k) => {
        for (let part = 0; part < 4; part += 1) sum[part] += weight * corners[4 * triangles[i + k] + part];
      });
      const [x, y] = [box[0] + sum[0] * box[2], box[1] + sum[1] * box[3]];
      yield {
        lon: (x - 0.5) * 360, lat: 180 / Math.PI * Math.atan(Math.sinh(Math.PI * (1 - 2 * y))), column: sum[2], row: sum[3],
      };
    }
  }
}

test("meshes of geographic grids place cells to a thousandth", () => {
  const entries = [
    { rows: 720, columns: 1440, closed: true, kind: "geographic", rowEdges: { start: -90, step: 0.25, count: 721 }, columnEdges: { start: 0, step: 0.25, count: 1441 } },
    { rows: 3, columns: 4, closed: false, kind: "geographic", rowEdges: [60, 50, 45, 20], columnEdges: { start: 170, step: 10, count: 5 } },
  ];
  for (const entry of entries) {
    const grid = openGrid(entry);
    const part = [0, 0, entry.rows, entry.columns];
    const mesh = buildMesh(grid, entry, part, 1, false);
    let worst = 0;
    for (const probe of probes(mesh, mesh.whole)) {
      if (Math.abs(probe.lat) > 85) continue;
      const found = grid.position(probe.lon, probe.lat);
      if (found) worst = Math.max(worst, Math.abs(found.row - probe.row));
    }
    assert.ok(worst < 1e-3, `${worst} of a cell`);
    // On the globe corners alone must be right, and near enough to each other.
    const { corners, box, sphere, origin } = buildMesh(grid, entry, part, 1, true);
    for (let i = 0; i < corners.length; i += 4) {
      const lat = 180 / Math.PI * Math.atan(Math.sinh(Math.PI * (1 - 2 * (box[1] + corners[i + 1] * box[3]))));
      assert.ok(Math.abs(lat - Math.max(-89.9999, grid.lonLat(corners[i + 3], 0)[1])) < 2e-4);
      const [east, north] = grid.lonLat(part[0] + corners[i + 3], part[1] + corners[i + 2]).map((one) => one * Math.PI / 180);
      const place = [Math.sin(east) * Math.cos(north), Math.sin(north), Math.cos(east) * Math.cos(north)];
      const found = origin.map((one, k) => one + sphere[i / 4 * 3 + k]);
      assert.ok(Math.hypot(...place.map((one, k) => one - found[k])) < 2e-7);
    }
    assert.ok(corners.length / 4 < 40_000);
  }
});

test("meshes around a pole: right to a tenth of a cell, no triangle across the map", () => {
  // Polar stereographic on a sphere: the distance from the pole is 2 tan(colatitude / 2).
  const nodes = Array.from({ length: 21 }, (_, i) => i * 8);
  const [longitude, latitude] = [[], []];
  for (const row of nodes) {
    for (const column of nodes) {
      const [x, y] = [(column - 80.3) / 200, (80.3 - row) / 200];
      longitude.push(Math.atan2(x, y) * 180 / Math.PI);
      latitude.push(-90 + 2 * Math.atan(Math.hypot(x, y) / 2) * 180 / Math.PI);
    }
  }
  const entry = { rows: 160, columns: 160, closed: false, kind: "mesh", mesh: { rows: nodes, columns: nodes } };
  const grid = openGrid(entry, { longitude, latitude });
  const mesh = buildMesh(grid, entry, [0, 0, 160, 160], 1, true);
  assert.ok(mesh.flat.length < mesh.whole.length);
  let count = 0;
  for (const { lon, lat, row, column } of probes(mesh, mesh.flat)) {
    if (lat < -85) continue;
    const [x, y] = [Math.tan((lat + 90) * Math.PI / 360) * 2, lon * Math.PI / 180];
    count += 1;
    assert.ok(Math.abs(80.3 + 200 * x * Math.sin(y) - column) < 0.1 && Math.abs(80.3 - 200 * x * Math.cos(y) - row) < 0.1,
      `${lon} ${lat}`);
  }
  assert.ok(count > 1000);
  for (let i = 0; i < mesh.flat.length; i += 3) {
    const xs = [0, 1, 2].map((k) => mesh.corners[4 * mesh.flat[i + k]] * mesh.box[2]);
    assert.ok(Math.max(...xs) - Math.min(...xs) < 0.5);
  }
});

const until = (windows) => new Promise((resolve) => {
  const look = () => (windows.waiting ? setTimeout(look, 1) : resolve());
  look();
});

test("windows get the cells around them from their neighbours, around the world too", async () => {
  const [rows, columns, side] = [5, 7, 4];
  const value = (row, column) => 100 * row + column;
  const field = {
    dataset: "d", bands: 1, levels: 1, grid: { closed: true }, counts: () => ({ down: 2, across: 2 }),
    extent: (_, i, j) => ({ row: i * side, column: j * side, rows: Math.min(side, rows - i * side), columns: Math.min(side, columns - j * side) }),
  };
  const slice = {
    field, key: "d/v@0", read: async (level, i, j) => {
      const part = field.extent(level, i, j);
      return [Float32Array.from({ length: part.rows * part.columns }, (_, k) =>
        value(part.row + Math.floor(k / part.columns), part.column + k % part.columns))];
    },
  };
  const windows = createWindows({ changed() {}, failed: assert.fail });
  for (const [i, j] of [[1, 1], [0, 0], [1, 0], [0, 1]]) windows.request(slice, 0, i, j);
  await until(windows);
  for (const [i, j] of [[0, 0], [0, 1], [1, 0], [1, 1]]) {
    const entry = windows.get(slice, 0, i, j);
    const part = field.extent(0, i, j);
    for (let r = -1; r <= part.rows; r += 1) {
      for (let c = -1; c <= part.columns; c += 1) {
        const row = part.row + r;
        const wanted = row < 0 || row >= rows ? Math.fround(MISSING) : value(row, (part.column + c + columns) % columns);
        assert.equal(entry.bands[0][(r + 1) * (part.columns + 2) + c + 1], wanted, `${i},${j}: ${r},${c}`);
      }
    }
  }
});

test("a window that nobody asks for any more is given up; one that failed is tried again only when told", async () => {
  let reads = 0;
  const field = {
    dataset: "d", grid: { closed: false }, counts: () => ({ down: 1, across: 1 }),
    extent: () => ({ row: 0, column: 0, rows: 1, columns: 1 }),
  };
  let aborted = false;
  const slow = { field, key: "d/slow@", read: (level, i, j, { signal }) => new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => { aborted = true; reject(signal.reason); });
  }) };
  const bad = { field, key: "d/bad@", read: async () => { reads += 1; throw new Error("damaged"); } };
  const failures = [];
  const windows = createWindows({ changed() {}, failed: (error) => failures.push(error.message) });
  windows.request(slow, 0, 0, 0);
  windows.beginRound();
  windows.request(bad, 0, 0, 0);
  windows.endRound();
  await until(windows);
  windows.request(bad, 0, 0, 0);
  await until(windows);
  assert.deepEqual([aborted, reads, failures], [true, 1, ["damaged"]]);
  windows.retry();
  windows.request(bad, 0, 0, 0);
  await until(windows);
  assert.equal(reads, 2);
});

test("texts of a page of its own go before those that all pages share, in whatever order they come", async (t) => {
  const files = {
    "http://x/shared/en.json": [30, { home: "All of it", zoom: "Nearer" }], "http://x/own/en.json": [0, { home: "As at first" }],
    "http://x/shared/de.json": [0, { zoom: "Näher" }], "http://x/own/de.json": [30, {}],
  };
  t.mock.method(globalThis, "fetch", async (address) => {
    const [wait, content] = files[address.href];
    await new Promise((done) => { setTimeout(done, wait); });
    return { json: async () => content };
  });
  globalThis.document = { documentElement: {} };
  t.after(() => { delete globalThis.document; });
  const texts = createTexts("en", [new URL("http://x/shared/"), new URL("http://x/own/")]);
  await texts.use("de");
  assert.deepEqual([texts.t("home"), texts.t("zoom"), texts.t("none")], ["As at first", "Näher", "none"]);
});

test("templates are filled with the nearest time and the chosen or usual place, written as parts of an address", () => {
  const dimensions = [
    { isTime: true, name: "time", placeholder: "time", values: ["2020-01-01", "2020-03-01"] },
    { isTime: false, name: "depth", placeholder: "depth", values: ["0", "10"], default: "10" },
    { isTime: false, name: "band", placeholder: "band", values: ["near $& red/1", "b"] },
  ];
  const template = "{time}/{depth}/{band}/{z}/{x}/{y}.png";
  assert.equal(filled(template, dimensions, { time: "2020-02-25" }), "2020-03-01/10/near%20%24%26%20red%2F1/{z}/{x}/{y}.png");
  assert.equal(filled(template, dimensions, { dims: { depth: "0", band: "b" } }), "2020-03-01/0/b/{z}/{x}/{y}.png");
});
