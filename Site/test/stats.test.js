// Statistics beside NumPy, and series of a small cube beside sums by hand.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openGrid, openRegion } from "../lib/geo/index.js";
import * as stats from "../lib/stats/index.js";
import { openGroup, RangeStore } from "../lib/zarr/index.js";
import { fetchFrom } from "./serve.js";
import { assertNear, fixture, numberOf, objectsOf, randomOf } from "./support.js";

fixture("stats").forEach((one, number) => {
  test(`statistics are NumPy's (${one.values.length} values)`, () => {
    const values = one.values.map(numberOf);
    const plain = stats.summarise(values);
    const weighted = stats.summarise(values, { weights: one.weights });
    assert.equal(plain.count + plain.missing, values.length, `case ${number}`);
    for (const name of ["mean", "median", "deviation", "minimum", "maximum"]) assertNear(plain[name], one[name], 1e-10);
    assertNear(weighted.mean, one.weightedMean, 1e-10);
    assertNear(weighted.deviation, one.weightedDeviation, 1e-10);
    assertNear(weighted.median, one.weightedMedian);
    stats.percentiles(values, [2, 25, 90]).forEach((value, i) => assertNear(value, one.percentiles[i], 1e-10));
    stats.percentiles(values, [2, 25, 90], { weights: one.weights })
      .forEach((value, i) => assertNear(value, one.weightedPercentiles[i]));
    const { edges, counts } = stats.histogram(values, { bins: 8 });
    edges.forEach((edge, i) => assertNear(edge, one.edges[i], 1e-10));
    assert.deepEqual(counts, one.counts);
  });
});

test("no values give no statistics, and a mask or a weight of 0 leaves values out", () => {
  const none = stats.summarise([NaN, NaN]);
  assert.deepEqual([none.count, none.missing], [0, 2]);
  assert.ok(Number.isNaN(none.mean) && Number.isNaN(none.median) && Number.isNaN(stats.percentiles([], [50])[0]));
  assert.equal(stats.summarise([1, 100, 3], { mask: [1, 0, 1] }).mean, 2);
  assert.equal(stats.summarise([1, 100, 3], { weights: [1, 0, 1] }).maximum, 3);
  const { counts, below, above } = stats.histogram([0, 1, 2, 3, 4], { bins: 2, range: [1, 3] });
  assert.deepEqual([counts, below, above], [[1, 2], 1, 1]);
});

test("half of the weight is reached by the value that makes it whole", () => {
  assert.equal(stats.summarise([4, 3, 2, 1], { weights: [0.1, 0.1, 0.1, 0.1] }).median, 2);
  assert.equal(stats.summarise([1, 1, 1, 2, 2, 2], { weights: new Array(6).fill(1 / 3) }).median, 1);
});

test("the order of values changes nothing", () => {
  const random = randomOf(2);
  const values = Array.from({ length: 200 }, () => Math.floor(random() * 20));
  const weights = values.map(() => random() + 0.1);
  const order = [...values.keys()].sort(() => random() - 0.5);
  const shuffled = stats.summarise(order.map((i) => values[i]), { weights: order.map((i) => weights[i]) });
  const sorted = stats.summarise(values, { weights });
  for (const name of Object.keys(sorted)) assertNear(shuffled[name], sorted[name], 1e-12);
});

/** The fixture's series as a growing cube: the same array again as what is recent. */
async function growing() {
  const { objects: record, expected } = fixture("zarr");
  const objects = objectsOf(record);
  const copies = new Map();
  const metadata = JSON.parse(objects.get("v3/zarr.json"));
  const members = metadata.consolidated_metadata.metadata;
  for (const path of ["0", "recent/0"]) {
    members[`${path}/t`] = members.series;
    for (const [key, bytes] of objects) {
      if (key.startsWith("v3/series/c/")) copies.set(key.replace("v3/series", `v3/${path}/t`), bytes);
    }
  }
  copies.set("v3/zarr.json", Buffer.from(JSON.stringify(metadata)));
  const { fetch, log } = fetchFrom(copies, "http://test/");
  const store = new RangeStore("http://test/v3", { fetch });
  const group = await openGroup(store);
  return { source: await stats.openSeries(group, "t"), values: expected.v3.series.values, log };
}

const grid = openGrid({
  rows: 12, columns: 12, kind: "geographic", closed: false, rowEdges: { start: 6, step: -1, count: 13 },
  columnEdges: { start: 174, step: 1, count: 13 },
});

test("the series of a point is read in two requests a part, with what is recent after it", async () => {
  const { source, values, log } = await growing();
  assert.equal(source.times, 34);
  const before = log.length;
  const [found, outside] = await stats.pointSeries(source, grid, [[-177.5, 0.5], [0, 0]]);
  assert.equal(outside, undefined);
  assert.deepEqual(found.cell, { row: 5, column: 8 });
  assert.equal(log.length - before, 4);
  for (let t = 0; t < 34; t += 1) assert.equal(found.values[t], values[(t % 17) * 144 + 5 * 12 + 8]);
});

test("the series of an area is the weighted statistics of its cells", async () => {
  const { source, values } = await growing();
  const region = openRegion({ type: "Box", bounds: [178.2, -3.7, -178.9, 4.4] });
  const series = await stats.regionSeries(source, grid, region);
  const cells = [];
  for (let r = 0; r < 12; r += 1) for (let c = 0; c < 12; c += 1) if (region.contains(...grid.centre(r, c))) cells.push([r, c]);
  assert.equal(series.cells, cells.length);
  assert.equal(series.level, 0);
  const weights = cells.map(([r, c]) => grid.area(r, c));
  assertNear(series.area, weights.reduce((a, b) => a + b, 0));
  for (let t = 0; t < 34; t += 1) {
    const now = stats.summarise(cells.map(([r, c]) => values[(t % 17) * 144 + r * 12 + c]), { weights });
    for (const name of ["mean", "median", "minimum", "maximum", "deviation", "count"]) assertNear(series[name][t], now[name]);
  }
  const read = await stats.regionValues(source, grid, region, { level: 0 });
  assert.deepEqual([read.cells, read.times, read.values.length], [cells.length, 34, 34 * cells.length]);
  assert.deepEqual(stats.seriesStatistics(read).mean, series.mean);
  await assert.rejects(stats.regionValues(source, grid, region, { level: 3 }), { code: "not-found" });
  assert.equal(await stats.regionSeries(source, grid, openRegion({ type: "Circle", centre: [0, 0], radius: 1e5 })), undefined);
});

test("what has no series says so", async () => {
  const { objects: record } = fixture("zarr");
  const { fetch } = fetchFrom(objectsOf(record), "http://test/");
  const group = await openGroup(new RangeStore("http://test/v3", { fetch }));
  await assert.rejects(stats.openSeries(group, "none"), { code: "not-found" });
  const { source } = await growing();
  await assert.rejects(stats.cellSeries(source, { row: 0, column: 0 }, { level: 4 }), { code: "not-found" });
  await assert.rejects(stats.cellSeries(source, { row: 0, column: 0 }, { extras: [1] }), { code: "invalid" });
});
