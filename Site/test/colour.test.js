// Colours beside those of the builder, value by value around every edge; ticks and ranges.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as colour from "../lib/colour/index.js";
import { assertNear, fixture, randomOf } from "./support.js";

const golden = fixture("colours");
const maps = new colour.ColourMaps(golden);

for (const { style, palette, bits, indices } of golden.cases) {
  test(`colours are the builder's: ${style.scale} ${style.range ?? ""} ${style.colours ?? ""}`, () => {
    const values = new Float32Array(Uint32Array.from(bits).buffer);
    const colouriser = new colour.Colouriser(style);
    const found = colouriser.indices(values);
    found.forEach((index, i) => assert.equal(index, indices[i], `${values[i]}`));
    const ours = colour.palette(style, maps);
    const theirs = Buffer.from(palette, "hex");
    assert.deepEqual(Buffer.from(ours.subarray(0, theirs.length)), theirs);
  });

  test(`the thresholds part the values: ${style.scale} ${style.range ?? ""} ${style.colours ?? ""}`, () => {
    if (style.scale === "categorical") return;
    const parts = colour.thresholds(style);
    assert.equal(parts.length, colour.BINS + 1);
    parts.forEach((value, k) => {
      assert.ok(k === 0 || value >= parts[k - 1]);
      if (k < colour.BINS && value < parts[k + 1]) assert.equal(colour.indexOf(value, style), colour.FIRST_BIN + k);
    });
  });
}

test("positions and values of a scale are each other's inverse", () => {
  for (const { style } of golden.cases.filter((one) => one.style.range)) {
    for (const share of [0, 0.1, 0.5, 0.9, 1]) {
      assertNear(colour.positionOf(colour.valueAt(share, style), style), share, style.range[0] === 1e6 ? 1e-6 : 1e-9);
    }
  }
});

test("maps are found reversed, and under cmocean's spelling", () => {
  const table = maps.table("viridis");
  assert.equal(colour.colourText([...table.slice(0, 4)]), "#440154");
  assert.deepEqual([...maps.table("viridis_r").slice(0, 4)], [...table.slice(-4)]);
  assert.deepEqual(maps.table("cmo.algae"), maps.table("algae"));
  assert.ok(maps.has("turbo_r") && !maps.has("jet"));
  assert.throws(() => maps.table("jet"), { code: "not-found" });
  const custom = { name: "custom", colours: "01020380".repeat(256), alpha: true };
  assert.deepEqual([...maps.table(custom).slice(4, 8)], [1, 2, 3, 128]);
  assert.throws(() => maps.table({ colours: "00" }), { code: "invalid" });
  assert.deepEqual(colour.parseColour("#0a0B0c80"), [10, 11, 12, 128]);
  assert.throws(() => colour.parseColour("red"), { code: "invalid" });
});

test("styles that cannot be drawn are refused", () => {
  for (const style of [{ scale: "linear", range: [1, 1] }, { scale: "log", range: [0, 1] }, { scale: "linear" },
    { scale: "symmetric", range: [-1, 1] }, { scale: "categorical", categories: [] }, { scale: "linear", range: [NaN, 1] }]) {
    assert.throws(() => colour.thresholds(style), { code: "invalid" });
  }
});

test("ticks rise within their range, as many as wanted or twice that", () => {
  const random = randomOf(4);
  for (let i = 0; i < 2000; i += 1) {
    const size = 10 ** (random() * 16 - 8);
    const low = (random() - 0.5) * size;
    const high = low + size * random() + 1e-12;
    const count = 2 + Math.floor(random() * 9);
    for (const [range, scale] of [[[low, high], "linear"], [[low, high], "symmetric"], [[size, size * 10 ** (random() * 9)], "log"]]) {
      if (!(range[1] > range[0])) continue;
      const ticks = colour.niceTicks(range, { scale, linearWithin: size / 100, count });
      assert.ok(ticks.length <= 2 * count + 1, `${ticks.length} ticks for ${count}`);
      const slack = 1e-9 * (range[1] - range[0]);
      ticks.forEach((tick, n) => assert.ok((n === 0 || tick > ticks[n - 1]) && tick >= range[0] - slack && tick <= range[1] + slack));
      const labels = colour.tickLabels(ticks);
      assert.equal(new Set(labels).size, labels.length, `${ticks} all look different: ${labels}`);
    }
  }
});

test("ticks and numbers are written for people", () => {
  const labels = (range, options = {}, locale = "en") => colour.tickLabels(colour.niceTicks(range, options), locale).join(" ");
  assert.equal(labels([0, 1]), "0.0 0.2 0.4 0.6 0.8 1.0");
  assert.equal(labels([0, 1], {}, "de"), "0,0 0,2 0,4 0,6 0,8 1,0");
  assert.equal(labels([-4000, 4000]), "−4000 −2000 0 2000 4000");
  assert.equal(labels([0.5, 25], { scale: "log" }), "0.5 1 2 5 10 20");
  assert.equal(labels([1e-6, 1e5], { scale: "log", count: 4 }), "10⁻⁶ 10⁻³ 1 10³");
  assert.equal(labels([-100, 100], { scale: "symmetric" }), "−100 −10 −1 0 1 10 100");
  assert.equal(labels([0, 5], { scale: "categorical" }), "");
  assert.equal(colour.numberText(NaN), "–");
  assert.equal(colour.numberText(-Infinity), "−∞");
  assert.equal(colour.numberText(273.15), "273.15");
  assert.equal(colour.numberText(1.5e-7), "1.5 × 10⁻⁷");
  assert.equal(colour.numberText(-1e9), "−10⁹");
  assert.equal(colour.numberText(1234.5, "de"), "1234,5");
  assert.equal(colour.numberText(3.14159, "en", 3), "3.14");
});

test("percentile ranges come from values or histograms alike", () => {
  const random = randomOf(8);
  const values = Array.from({ length: 20000 }, () => random() * 10);
  const counts = new Array(100).fill(0);
  values.forEach((value) => { counts[Math.floor(value * 10)] += 1; });
  const edges = counts.map((_, i) => i / 10).concat(10);
  const [exact, binned] = [values, { edges, counts }].map((source) => colour.percentileStretch(source, { low: 5, high: 95 }));
  exact.forEach((end, i) => assertNear(end, binned[i], 0.01));
  assert.equal(colour.percentileStretch([NaN]), undefined);
  assert.equal(colour.percentileStretch([-1, -2], { scale: "log" }), undefined);
  assert.deepEqual(colour.percentileStretch([-1, 3], { low: 0, high: 100, symmetric: true }), [-3, 3]);
  const [low, high] = colour.percentileStretch([7, 7, 7]);
  assert.ok(low < 7 && high > 7);
  assert.deepEqual(colour.roundedRange([271.234, 304.87]), [271, 305]);
  assert.deepEqual(colour.roundedRange([0.123, 0.1299]), [0.123, 0.1299]);
});
