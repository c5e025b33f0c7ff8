// What the panels of series, places and export compute apart from the page.

import assert from "node:assert/strict";
import { test } from "node:test";
import { shapeOf, sketch } from "../viewer/panels/draw-shapes.js";
import { axesOf, drawable, freeColour, nearest, PALETTE, zoomed } from "../viewer/panels/chart-scales.js";
import { timeAxis, timePosition } from "../viewer/panels/chart-time.js";
import { csvText, seriesToCsv, seriesToGeoJson } from "../viewer/panels/export-series.js";
import { WebmWriter } from "../viewer/panels/film-webm.js";
import { layout, withResolution, wrapped } from "../viewer/panels/export-picture.js";
import { boundsOf, placeFrom, placesFrom, toGeoJson } from "../viewer/panels/places-model.js";
import { rowsOf } from "../viewer/panels/series-table.js";
import { statisticsRows } from "../viewer/panels/statistics-table.js";

test("lines of one unit share an axis; colours differ for as long as there are some", () => {
  const axes = axesOf([{ units: "K", colour: "#1" }, { units: "m", colour: "#2" }, { units: "K", colour: "#3" }]);
  assert.deepEqual(axes.map(({ units, right, colour }) => [units, right, colour]), [["K", false, undefined], ["m", true, "#2"]]);
  const used = [];
  for (let i = 0; i < PALETTE.length; i += 1) used.push(freeColour(used));
  assert.equal(new Set(used).size, PALETTE.length);
  assert.equal(freeColour([], "#123456"), "#123456");
  assert.notEqual(freeColour(["#123456"], "#123456"), "#123456");
});

test("gaps stand for what is missing or cannot be on a logarithmic axis", () => {
  assert.deepEqual(drawable([1, NaN, -2, 0], false), [1, null, -2, 0]);
  assert.deepEqual(drawable([1, NaN, -2, 0], true), [1, null, null, null]);
});

test("the nearest position and the zoomed window stay within the list", () => {
  const list = [0, 10, 20, 40];
  assert.deepEqual([-5, 4, 5, 6, 29, 31, 99].map((x) => nearest(list, x)), [0, 0, 0, 1, 2, 3, 3]);
  assert.deepEqual(zoomed([0, 100], [0, 100], 0.5), [25, 75]);
  assert.deepEqual(zoomed([0, 20], [0, 100], 10), [0, 100]);
  assert.deepEqual(zoomed([90, 100], [0, 100], 2), [80, 100]);
});

test("times of other calendars stand where as much of the year has gone by", () => {
  const year = (label, calendar) => timePosition(label, calendar, "standard");
  assert.equal(year("2015-01-01", "360_day"), year("2015-01-01", "standard"));
  // Day 180 of 360 is the middle of the year.
  assert.equal(year("2015-07-01", "360_day") - year("2015-01-01", "360_day"), 182.5 * 86400);
  const february = ["2015-02-28", "2015-02-29", "2015-02-30", "2015-03-01"].map((label) => year(label, "360_day"));
  assert.ok(february.every((x, i) => i === 0 || x > february[i - 1]));
  assert.equal(timePosition("2015-02-30", "360_day") - timePosition("2015-02-01", "360_day"), 29 * 86400);
  const axis = timeAxis("360_day", "en-GB");
  const ticks = axis.ticks(timePosition("2014-12-01", "360_day"), timePosition("2016-02-01", "360_day"), 400);
  assert.ok(ticks.length >= 2 && ticks.every((tick) => axis.text(tick) !== ""));
});

test("shapes hang together across the antimeridian", () => {
  const box = shapeOf("box", [[170, -10], [-170, 10]]);
  assert.deepEqual(boundsOf(box), [170, -10, 190, 10]);
  assert.equal(shapeOf("polygon", [[0, 0], [1, 1]]), undefined);
  assert.deepEqual(shapeOf("polygon", [[0, 0], [1, 1], [2, 0]]).coordinates, [[[0, 0], [1, 1], [2, 0], [0, 0]]]);
  const circle = shapeOf("circle", [[0, 0], [0, 1]]);
  for (const [lon, lat] of circle.coordinates[0]) assert.ok(Math.abs(Math.hypot(lon, lat) - 1) < 1e-3);
  assert.equal(sketch("polygon", [[0, 0]], [1, 1]).geometries[0].type, "LineString");
});

test("places get names, colours and ids of their own, and are written as GeoJSON", () => {
  const title = (kind, number) => `${kind} ${number}`;
  const point = { geometry: { type: "Point", coordinates: [1.234567891, 2] } };
  const places = placesFrom([], [point, { ...point, name: " Here " }, point], title);
  assert.deepEqual(places.map((one) => one.properties.title), ["point 1", "Here", "point 3"]);
  assert.deepEqual(places.map((one) => one.properties.id), ["p1", "p2", "p3"]);
  assert.equal(new Set(places.map((one) => one.properties.colour)).size, 3);
  assert.deepEqual(places[0].geometry.coordinates, [1.23457, 2]);
  assert.equal(placeFrom(places.slice(1), point, title).properties.id, "p1");
  assert.equal(toGeoJson(places).features[1].properties.name, "Here");
});

const lines = [
  { id: "a", placeTitle: "A", title: 'T "2m"', units: "K", labels: ["2000-01-01", "2000-01-02"], x: [1, 2], y: [1.5, NaN],
    place: { geometry: { type: "Point", coordinates: [0, 0] } }, entry: { dataset: "d", variable: "t" }, level: 0, cells: 1 },
  { id: "b", placeTitle: "B", title: "P", units: "", labels: ["2000-01-02", "2000-01-03"], x: [2, 3], y: [7, 8], method: "mean",
    place: { geometry: { type: "Point", coordinates: [0, 0] } }, entry: { dataset: "d", variable: "p" }, level: 2, cells: 4 },
];

test("series become one table over all their times", () => {
  assert.deepEqual(rowsOf(lines), [["2000-01-01", 1.5, undefined], ["2000-01-02", NaN, 7], ["2000-01-03", undefined, 8]]);
  assert.equal(seriesToCsv(lines), 'time,"A · T ""2m"" (K)","B · P, mean, level 2"\r\n2000-01-01,1.5,\r\n2000-01-02,,7\r\n2000-01-03,,8\r\n');
  assert.equal(csvText(["a,b"], [["c\nd"]]), '"a,b"\r\n"c\nd"\r\n');
  const [first, second] = seriesToGeoJson(lines).features;
  assert.deepEqual(first.properties.values, [1.5, null]);
  assert.equal(second.properties.statistic, "mean");
});

test("statistics count cells by their areas", () => {
  const rows = Object.fromEntries(statisticsRows({ values: [1, 3, NaN], areas: [3e6, 1e6, 1e6] }).map(([key, , value]) => [key, value]));
  assert.deepEqual([rows.count, rows.area, rows.mean, rows.median, rows.minimum], [2, 4, 1.5, 1, 1]);
  assert.ok(Math.abs(rows.missing - 1 / 3) < 1e-12);
});

test("a picture gives room to every legend and line of text", () => {
  const place = layout({ width: 800, height: 400, subtitle: "x", legends: [1, 2, 3], notes: 2 });
  assert.equal(place.legends.length, 3);
  assert.ok(place.legends[2].y > place.legends[0].y);
  assert.ok(place.notesTop > place.legends[2].y && place.height > place.notesTop + 34);
  assert.deepEqual(wrapped("one two three", 8, (text) => text.length), ["one two", "three"]);
});

test("the resolution of a PNG stands in a chunk before its data", () => {
  // Checksums of the others are not looked at.
  const chunk = (name, length) => Buffer.concat([Buffer.from([0, 0, 0, length]), Buffer.from(name), Buffer.alloc(length + 4)]);
  const png = Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), chunk("IHDR", 13), chunk("IEND", 0)]);
  const written = Buffer.from(withResolution(new Uint8Array(png), 300));
  assert.equal(written.toString("latin1", 37, 41), "pHYs");
  assert.equal(written.readUInt32BE(41), 11811);
  // By Python's zlib.crc32.
  assert.equal(written.readUInt32BE(50), 0x78a53f76);
  assert.equal(written.toString("latin1", 58, 62), "IEND");
});

/** Elements of EBML with lengths of eight bytes, as [identifier, content]. */
const elements = (bytes) => {
  const found = [];
  for (let at = 0; at < bytes.length;) {
    const length = Math.clz32(bytes[at]) - 23;
    const id = Buffer.from(bytes.subarray(at, at + length)).toString("hex");
    const size = Number(Buffer.from(bytes.subarray(at + length, at + length + 8)).readBigUInt64BE() & 0xffffffffffffffn);
    const start = at + length + 8;
    found.push([id, bytes.subarray(start, start + size)]);
    at = start + size;
  }
  return found;
};

test("frames of a film stand in clusters that begin with a key frame, each at its time", () => {
  const writer = new WebmWriter({ width: 320, height: 200, codec: "V_VP8" });
  for (const [time, isKey] of [[0, true], [200, false], [400.4, false], [600, true]]) writer.add(Uint8Array.of(7, 8), time, isKey);
  const [head, segment] = elements(writer.finish(800));
  assert.deepEqual([head[0], segment[0]], ["1a45dfa3", "18538067"]);
  const parts = elements(segment[1]);
  assert.deepEqual(parts.map(([id]) => id), ["1549a966", "1654ae6b", "1f43b675", "1f43b675"]);
  const duration = elements(parts[0][1]).find(([id]) => id === "4489")[1];
  assert.equal(Buffer.from(duration).readDoubleBE(), 800);
  const clusters = parts.slice(2).map(([, content]) => elements(content).map(([, bytes]) => [...bytes]));
  assert.deepEqual(clusters, [
    [[0], [0x81, 0, 0, 0x80, 7, 8], [0x81, 0, 200, 0, 7, 8], [0x81, 1, 144, 0, 7, 8]], [[2, 88], [0x81, 0, 0, 0x80, 7, 8]]]);
});
