// What the cube computes apart from the page: where it stands, what a ray meets, what a face reads, axes, addresses, code.

import assert from "node:assert/strict";
import { test } from "node:test";
import { axesOf, positionOf } from "../cube/axes.js";
import { valueOn } from "../cube/faces.js";
import { leadOf, lengthsOf, positionsAt, standingOf, uprightOf } from "../cube/open.js";
import { boxOf, overlap } from "../cube/overlay.js";
import { nextIndex } from "../cube/player.js";
import { decode, defaults, encode, keptRanges, rangesOf, startEye } from "../cube/state.js";
import { regionCode } from "../lib/code/index.js";
import {
  binned, binOf, chunkCount, edgesOf, eyeAxes, facePlan, facing, fitDistance, Frame, hit, levelFor, readFace, SIDES, sideOf,
} from "../lib/cube/index.js";
import { openGrid } from "../lib/geo/index.js";
import { nearestTime } from "../viewer/layer/times.js";
import { assertNear, randomOf } from "./support.js";

const times = Array.from({ length: 240 }, (_, i) => `${1860 + i}-06-01T00:00:00Z`);
const grid = openGrid({
  rows: 37, columns: 49, closed: false, kind: "geographic",
  rowEdges: { start: 60.625, step: -1.25, count: 38 }, columnEdges: { start: -135.9375, step: 1.875, count: 50 },
});
const time = { name: "time", isTime: true, title: "Time", values: times };
const depth = { name: "depth", isTime: false, title: "Depth", units: "m", values: ["0", "10", "50", "200"] };
const app = {
  t: (key) => key, number: (value, options) => new Intl.NumberFormat("en", options).format(value),
  texts: { language: "en", locale: "en-GB" },
};
const cubeOf = (lead) => {
  const axes = axesOf(app, { lead, document: { calendar: "360_day" }, grid, names: ["latitude", "longitude"], coordinates: [] });
  return { lead, grid, axes, counts: axes.map((one) => one.count), upright: uprightOf(lead) };
};
const cube = cubeOf(time);
const whole = [[0, 240], [0, 37], [0, 49]];
const frameOf = (one = cube, range = whole) => new Frame(range, standingOf(one, 1));

test("the newest map stands in front, north up and east to the right; depth goes down", () => {
  const frame = frameOf();
  const [front, top, right] = [frame.place([240, 18, 24]), frame.place([120, 0, 24]), frame.place([120, 18, 49])];
  assert.ok(front[2] > 0.9 && Math.abs(front[0]) < 0.1);
  assert.ok(top[1] > 0.5 && right[0] > 0.5);
  const deep = cubeOf(depth);
  const low = frameOf(deep, [[0, 4], [0, 37], [0, 49]]);
  assert.ok(low.place([4, 0, 0])[1] < low.place([0, 0, 0])[1], "the deepest is below");
  assert.ok(low.place([0, 0, 0])[2] < low.place([0, 37, 0])[2], "north is away from the viewer");
});

test("positions and places are each other's inverse", () => {
  const random = randomOf(7);
  for (const one of [cube, cubeOf(depth)]) {
    const range = one.counts.map((count) => [Math.floor(random() * count / 2), count]);
    const frame = new Frame(range, standingOf(one, 2.5));
    for (let i = 0; i < 50; i += 1) {
      const positions = range.map(([start, stop]) => start + random() * (stop - start));
      frame.positions(frame.place(positions)).forEach((found, axis) => assertNear(found, positions[axis], 1e-9));
    }
  }
});

test("an eye sees one, two or three sides, and a ray meets the first of them", () => {
  const frame = frameOf();
  const seenFrom = (turn, tilt) => {
    const { towards } = eyeAxes(turn, tilt);
    return facing(frame, whole, towards.map((one) => 9 * one)).map(({ key }) => key).sort();
  };
  assert.deepEqual(seenFrom(0, 0), ["lead1"]);
  assert.deepEqual(seenFrom(startEye.turn, startEye.tilt), ["columns1", "lead1", "rows0"]);
  assert.deepEqual(seenFrom(-150, -20), ["columns0", "lead0", "rows1"]);
  const random = randomOf(11);
  for (let i = 0; i < 200; i += 1) {
    const { towards } = eyeAxes(random() * 360, random() * 160 - 80);
    const origin = towards.map((one) => 9 * one);
    const box = frame.range.map(([start, stop]) => {
      const a = start + Math.floor(random() * (stop - start - 1));
      return [a, a + 1 + Math.floor(random() * (stop - a - 1))];
    });
    const inside = frame.place(box.map(([a, b]) => a + random() * (b - a)));
    const direction = inside.map((one, axis) => one - origin[axis]);
    const found = hit(frame, box, origin, direction);
    assert.ok(found, "a ray at something within the box meets it");
    assert.ok(facing(frame, box, origin).includes(found.side));
    // By the definition of a ray: what is met lies on it, before what it aims at.
    const place = frame.place(found.positions);
    const shares = place.map((one, axis) => (one - origin[axis]) / direction[axis]);
    shares.forEach((share) => assertNear(share, shares[0], 1e-6));
    assert.ok(shares[0] <= 1 + 1e-9);
  }
  assert.equal(hit(frame, whole, [0, 0, 9], [0, 1, 0]), undefined);
  assert.equal(hit(frame, whole, [0, 0, 9], [0, 0, 1]), undefined, "what lies behind the eye is not met");
});

test("a cube has six sides and twelve edges, and fits where it is seen from afar", () => {
  assert.equal(new Set(SIDES.map(({ key }) => key)).size, 6);
  for (const { axis, across, down } of SIDES) assert.deepEqual([axis, across, down].sort(), [0, 1, 2]);
  const edges = [0, 1, 2].flatMap(edgesOf);
  assert.equal(new Set(edges.map(({ sides }) => sides.map(({ key }) => key).sort().join())).size, 12);
  const [half, reach] = [[1, 0.5, 2], { vertical: 0.2, horizontal: 0.3 }];
  // Straight from the front the corners of the front face decide: at z = 2, 1 wide, 0.5 high.
  assertNear(fitDistance(half, { turn: 0, tilt: 0 }, reach), 2 + Math.max(1 / 0.3, 0.5 / 0.2));
});

const levels = [0, 1, 2, 3].map((level) => ({ level, chunks: [1, 256, 256] }));
const large = [[0, 100], [0, 2000], [0, 4000]];

test("a face has no more texels than it takes to fill the screen, and not too many chunks", () => {
  const map = sideOf(0, 1);
  const at = (pixels, most = 160) => levelFor(levels, map, 99, large, { pixels, most }).level;
  assert.equal(at([0, 2000, 4000]), 0);
  // 500 by 1000 texels: each is less than one and a half pixels wide.
  assert.equal(at([0, 700, 1400]), 2);
  assert.equal(at([0, 760, 1520]), 1);
  assert.equal(at([0, 10, 10]), 3);
  assert.equal(chunkCount(levels[0], map, 99, large), 8 * 16);
  assert.equal(at([0, 2000, 4000], 40), 1);
  // Along time each step has its own chunk: of one row, as many as there are steps.
  assert.equal(chunkCount(levels[3], sideOf(1, 0), 0, large), 100 * 2);
  assert.deepEqual(facePlan(levels, map, 99, large, { pixels: [0, 2000, 4000] }), [{ level: 2, bin: 1 }, { level: 0, bin: 1 }]);
});

test("long times are put together: means of what is there, the middle one of classes", () => {
  assert.equal(binOf(240, 700), 1);
  assert.equal(binOf(10_000, 1000), 6);
  assert.equal(binOf(10_000, 1e6), 3, "no texture is longer than a card holds");
  const data = Float32Array.from([1, NaN, 3, NaN, 5, 6]);
  assert.deepEqual([...binned(data, 2, 2, false)], [2, NaN, 5, 6]);
  assert.deepEqual([...binned(data, 2, 3, true)], [3, NaN]);
  assert.equal(binned(data, 2, 1, false), data);
});

/** An array whose values tell where they are. */
const arrayOf = (shape, value) => ({
  shape,
  async getValues(selection) {
    const ranges = selection.map((one) => (Array.isArray(one) ? one : [one, one + 1]));
    const data = [];
    const walk = (axis, at) => {
      if (axis === shape.length) return data.push(value(at));
      for (let i = ranges[axis][0]; i < ranges[axis][1]; i += 1) walk(axis + 1, [...at, i]);
    };
    walk(0, []);
    return { data: Float32Array.from(data) };
  },
});

test("a face is read from one row of cells, over both parts of growing series", async () => {
  const source = {
    leading: 0, picked: [undefined, 2],
    levels: [{ level: 1, parts: [
      { array: arrayOf([3, 5, 4, 6], ([t, d, r, c]) => 1000 * t + 100 * d + 10 * r + c), first: 0 },
      { array: arrayOf([2, 5, 4, 6], ([t, d, r, c]) => 1000 * (t + 3) + 100 * d + 10 * r + c), first: 3 },
    ] }],
  };
  const side = sideOf(1, 1);
  const face = await readFace(source, side, 7, [[1, 5], [0, 8], [2, 9]], { level: 1, bin: 1 });
  assert.deepEqual([face.width, face.height, face.first, face.cell], [4, 4, [2, 1], [2, 1]]);
  // Row 7 of the finest level is row 3 of the next; columns 2 to 9 are 1 to 5.
  assert.deepEqual([...face.data.slice(0, 4)], [1231, 1232, 1233, 1234]);
  assert.deepEqual([...face.data.slice(12)], [4231, 4232, 4233, 4234]);
  assert.equal(valueOn({ side, ...face }, [3.5, 8, 6.2]), 3233);
  const map = await readFace(source, sideOf(0, 0), 4, [[0, 5], [2, 8], [0, 12]], { level: 1, bin: 1 });
  assert.deepEqual([map.width, map.height, map.data[0]], [6, 3, 4210]);
  const section = await readFace(source, sideOf(2, 0), 3, [[0, 5], [2, 8], [0, 12]], { level: 1, bin: 2 });
  assert.deepEqual([section.width, section.height, section.cell], [3, 3, [2, 2]]);
  assert.equal(section.data[0], (211 + 1211) / 2);
});

test("axes tell what stands where, with ticks at round places", () => {
  const [lead, rows, columns] = cube.axes;
  assert.equal(lead.spoken(0), "June 1860");
  assert.deepEqual(lead.ticks([0, 240], 5).map(({ text }) => text), ["1900", "1950", "2000", "2050"]);
  assertNear(lead.ticks([0, 240], 5)[0].position, 40 - 5 / 12 + 0.5, 1e-3);
  assert.equal(rows.spoken(0), "60° N");
  assert.equal(columns.spoken(48), "45° W");
  for (const { position, text } of columns.ticks([0, 49], 4)) assertNear(grid.lonLat(0, position)[0], -Number.parseFloat(text), 1e-6);
  assert.equal(rows.rises, false);
  const [levelAxis] = cubeOf(depth).axes;
  assert.deepEqual(levelAxis.ticks([0, 4], 9).map(({ text }) => text), ["0", "10", "50", "200"]);
  assert.equal(levelAxis.heading(), "Depth (m)");
  assertNear(positionOf((p) => 100 - 2 * p, 50, [0, 50]), 25, 1e-9);
});

test("other grids are told by their own coordinates", () => {
  const polar = { kind: "mesh", rows: 3, columns: 3 };
  const [, rows, columns] = axesOf(app, {
    lead: time, document: {}, grid: polar, names: ["y", "x"],
    coordinates: [{ values: [1e6, 0, -1e6], units: "m" }, undefined],
  });
  assert.equal(rows.spoken(0), "1000 km");
  assert.equal(rows.rises, false);
  assert.deepEqual(rows.ticks([0, 3], 3).map(({ text, position }) => [text, Math.round(position * 100) / 100]),
    [["−1000", 2.5], ["0", 1.5], ["1000", 0.5]]);
  assert.equal(columns.spoken(2), "2");
});

test("the third axis is the one that is asked for, time, or the longest", () => {
  const variable = { dimensions: [time, depth, { name: "member", values: ["1"] }] };
  assert.equal(leadOf(variable, "depth"), depth);
  assert.equal(leadOf(variable, "member"), time);
  assert.equal(leadOf({ dimensions: [depth] }), depth);
  assert.equal(leadOf({ dimensions: [{ name: "time", isTime: true, values: ["2000"] }] }), undefined);
  assert.deepEqual([uprightOf(time), uprightOf(depth), uprightOf({ name: "plev", units: "hPa" }), uprightOf({ name: "band" }),
    uprightOf({ name: "height", units: "m" }), uprightOf({ name: "z" }, { positive: "up" })], [0, -1, -1, 0, 1, 1]);
  const positions = positionsAt(nearestTime, { time: times[7], layer: { dims: { depth: "50" } } });
  assert.deepEqual(["time", "depth", "none"].map((name) => positions(variable, name)), [7, 2, 0]);
  const [lead, rows, columns] = lengthsOf(grid, [240, 37, 49], 1, false);
  assert.ok(columns > rows && lead > 1);
});

test("ranges of the state hold at least a cell and follow what stands at their ends", () => {
  assert.deepEqual(rangesOf(defaults.box, cube), whole);
  assert.deepEqual(rangesOf({ lead: [null, "1900-06-01T00:00:00Z"], rows: [5, 5], columns: [-3, 900] }, cube), [[0, 41], [5, 6], [0, 49]]);
  assert.deepEqual(rangesOf({ lead: ["2200-01-01", null], rows: null, columns: null }, cube)[0], [239, 240]);
  assert.deepEqual(rangesOf({ rows: ["a", "b"] }, cube), whole);
  assert.deepEqual(rangesOf({ rows: [0, 37] }, cube, [[0, 240], [10, 20], [0, 49]])[1], [10, 20]);
  const kept = keptRanges([[3, 40], [0, 37], [2, 9]], cube);
  assert.deepEqual(kept, { lead: [times[3], times[39]], rows: null, columns: [2, 9] });
  assert.deepEqual(rangesOf(kept, cube), [[3, 40], [0, 37], [2, 9]]);
});

test("the address brings the state back, and words begin one", async () => {
  const state = {
    ...defaults, lead: "time", layers: [{ ...(await decode("dataset=a&variable=b")).layers[0] }], active: "l1", stretch: 2,
    box: keptRanges([[3, 40], [0, 37], [2, 9]], cube), eye: { ...startEye, turn: -40.5, zoom: 1.25 },
  };
  const { fragment } = await encode(state);
  assert.ok(fragment.length < 400);
  assert.deepEqual({ ...defaults, ...await decode(`#${fragment}`) }, JSON.parse(JSON.stringify(state)));
  const words = await decode("#dataset=sst&variable=t&time=2000-01-01&turn=-30&tilt=x");
  assert.deepEqual(words.box.lead, [null, "2000-01-01"]);
  assert.deepEqual([words.eye.turn, words.eye.tilt], [-30, startEye.tilt]);
  assert.equal(await decode("#nothing=1"), null);
  await assert.rejects(decode("#9.abc"));
});

test("playing goes on from the end at the beginning", () => {
  assert.deepEqual([0, 8, 9].map((index) => nextIndex(index, [0, 10], 1)), [1, 9, 0]);
  assert.equal(nextIndex(95, [5, 100], 10), 5);
});

test("the code of a part selects by positions, names of any kind too", () => {
  const code = regionCode({
    title: "Air\ntemperature", cube: "https://x.org/cube.zarr", key: "air_temperature",
    dimensions: [{ name: "time", range: [3, 40], label: "1863 – 1899" }, { name: "level", index: 2, label: "50 m" },
      { name: "latitude", range: [0, 37], label: "a" }, { name: "longitude", range: [2, 9], label: "b" }],
  });
  assert.match(code, /^# Air temperature\n/);
  assert.match(code, /air_temperature = cube\["air_temperature"\]\.isel\(time=slice\(3, 40\), level=2, latitude=slice\(0, 37\), longitude=slice\(2, 9\)\)/);
  assert.match(regionCode({ title: "", cube: "x", key: "a-b", dimensions: [{ name: "my dim", range: [0, 1], label: "" }] }),
    /a_b = cube\["a-b"\]\.isel\(\{"my dim": slice\(0, 1\)\}\)/);
});

test("labels beside edges take room on the side that they lean to, and are told when they meet", () => {
  const [left, right, below] = [{ x: -1, y: 0 }, { x: 1, y: 0 }, { x: 0, y: 1 }];
  const at = { x: 100, y: 50 };
  assert.deepEqual(boxOf(at, left, 40), { left: 60, right: 100, top: 43, bottom: 57 });
  assert.deepEqual(boxOf(at, right, 40), { left: 100, right: 140, top: 43, bottom: 57 });
  assert.deepEqual(boxOf(at, below, 40), { left: 80, right: 120, top: 50, bottom: 64 });
  assert.equal(overlap(boxOf(at, left, 40), boxOf(at, right, 40)), false);
  assert.equal(overlap(boxOf(at, left, 40), boxOf(at, below, 40)), true);
  assert.equal(overlap(boxOf(at, left, 40), boxOf({ x: 100, y: 70 }, left, 40)), false);
});
