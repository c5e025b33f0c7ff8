// Users' places beside shapely, and mistakes with the line they are on.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readPlaces } from "../viewer/panels/places-read.js";
import { fixture, randomOf } from "./support.js";

const { texts, geometries } = fixture("places");

test("well-known text is read as shapely reads it, one by one and together", () => {
  texts.forEach((text, i) => {
    for (const form of [text, text.toLowerCase(), `SRID=4326;${text}`, `  ${text.replaceAll("(", " ( ")}\n`]) {
      assert.deepEqual(readPlaces(form).map((place) => place.geometry), [geometries[i]], form);
    }
  });
  const all = readPlaces(texts.join("\n"));
  assert.deepEqual(all.map((place) => place.geometry), geometries);
  assert.deepEqual(all.map((place) => place.line), texts.map((_, i) => i + 1));
});

test("GeoJSON is read as it is, with names, and parts of collections taken apart", () => {
  const features = geometries.map((geometry, i) => ({ type: "Feature", properties: { name: `Place ${i}` }, geometry }));
  const places = readPlaces(JSON.stringify({ type: "FeatureCollection", features }, null, 1));
  assert.deepEqual(places.map((place) => place.geometry), geometries);
  assert.deepEqual(places.map((place) => place.name), features.map((feature) => feature.properties.name));
  assert.ok(places.every((place, i) => i === 0 || place.line > places[i - 1].line));
  assert.equal(readPlaces(JSON.stringify({ type: "GeometryCollection", geometries })).length, geometries.length);
});

test("tables are read with any of their separators, quotes and decimal signs", () => {
  const expected = [["Zeebrugge, harbour", 3.2, 51.38], ['The "Wash"', 0.3, 52.9]];
  const tables = [
    'name,lon,lat\n"Zeebrugge, harbour",3.2,51.38\n"The ""Wash""",0.3,52.9\n',
    "\uFEFFname;Longitude;Latitude\r\nZeebrugge, harbour;3,2;51,38\r\n\"The \"\"Wash\"\"\";0,3;52,9\r\n",
    'lat\tlon\ttitle\n51.38\t3.2\tZeebrugge, harbour\n52.9\t0.3\t"The ""Wash"""',
    'wkt;name\nPOINT (3.2 51.38);Zeebrugge, harbour\nPOINT (0.3 52.9);"The ""Wash"""',
  ];
  for (const table of tables) {
    assert.deepEqual(readPlaces(table).map(({ name, geometry }) => [name, ...geometry.coordinates]), expected, table);
  }
});

test("mistakes are found on their lines", () => {
  const lineOf = (text) => {
    try {
      readPlaces(text);
    } catch (error) {
      assert.ok(error.key?.startsWith("places."), error.stack);
      return error.values.line;
    }
    throw new Error(`${text} was read`);
  };
  assert.equal(lineOf("name,lon,lat\na,1,2\nb,x,2"), 3);
  assert.equal(lineOf("name,lon,lat\na,1,2\nb,1,95"), 3);
  assert.equal(lineOf('name,lon,lat\n"a,1,2\nb,1,2'), 2);
  assert.equal(lineOf("town,country\nParis,France"), 1);
  assert.equal(lineOf("POINT (1 2)\nPOLYGON ((1 2, 3 4)"), 2);
  assert.equal(lineOf('{"type": "Point",\n"coordinates": [1 2]}'), 2);
  assert.equal(lineOf('{"type": "FeatureCollection", "features": [\n{"type": "Feature", "geometry": {"type": "Point", "coordinates": ["1", 2]}}]}'), 2);
  lineOf("");
  lineOf("SRID=3857;POINT (1 2)");
});

test("whatever is uploaded ends in places or in an error of ours", () => {
  const random = randomOf(12);
  const seeds = [...texts, JSON.stringify({ type: "FeatureCollection", features: [{ type: "Feature", geometry: geometries[4], properties: null }] }),
    'name,lon,lat\n"a",1,2\n'];
  const pieces = ["(", ")", "[", "]", "{", "}", ",", '"', "\n", "1", "-", ".", "e", "null", "POINT", "EMPTY", " ", ";", "\u0000", "Z"];
  for (let i = 0; i < 20000; i += 1) {
    let text = seeds[Math.floor(random() * seeds.length)];
    for (let n = 0; n < 1 + random() * 3; n += 1) {
      const at = Math.floor(random() * text.length);
      text = text.slice(0, at) + pieces[Math.floor(random() * pieces.length)] + text.slice(at + Math.floor(random() * 4));
    }
    try {
      readPlaces(text);
    } catch (error) {
      assert.ok(error.key?.startsWith("places."), `${text}: ${error.stack}`);
    }
  }
});
