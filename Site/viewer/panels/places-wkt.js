// Well-known text (OGC 06-103r4, section 7) to GeoJSON geometries, with the place of a mistake.

import { PlaceError } from "./places-error.js";

const SIMPLE = { POINT: "Point", LINESTRING: "LineString", POLYGON: "Polygon" };
const MULTIPLE = { MULTIPOINT: "POINT", MULTILINESTRING: "LINESTRING", MULTIPOLYGON: "POLYGON" };

/** Walks through the text; `firstLine` is the line of the file on which the text begins. */
class Reader {
  constructor(text, firstLine) {
    this.text = text;
    this.at = 0;
    this.firstLine = firstLine;
  }

  fail(key, values = {}) {
    // What is missing at the end is missing behind the last word, not on an empty line below it.
    const before = this.text.slice(0, Math.min(this.at, this.text.trimEnd().length)).split("\n");
    throw new PlaceError(key, {
      line: this.firstLine + before.length - 1, column: before.at(-1).length + 1, ...values });
  }

  space() {
    while (/\s/.test(this.text[this.at] ?? "")) this.at += 1;
  }

  done() {
    this.space();
    return this.at >= this.text.length;
  }

  /** The next characters if they match, else nothing is read. */
  match(pattern) {
    this.space();
    const sticky = new RegExp(pattern, "iy");
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  expect(sign) {
    if (this.match(`\\${sign}`) === undefined) this.fail("places.wkt.expected", { sign });
  }

  number() {
    const found = this.match("[-+]?(\\d+\\.?\\d*|\\.\\d+)(e[-+]?\\d+)?");
    if (found === undefined) this.fail("places.wkt.number");
    return Number(found);
  }

  /** Longitude and latitude; heights and measures that follow are left out. */
  position() {
    const position = [this.number(), this.number()];
    while (this.match("(?=[-+.\\d])") !== undefined) this.number();
    return position;
  }

  list(one) {
    if (this.match("EMPTY\\b") !== undefined) return [];
    this.expect("(");
    const items = [one()];
    while (this.match(",") !== undefined) items.push(one());
    this.expect(")");
    return items;
  }

  coordinates(word) {
    if (word === "POINT") return this.list(() => this.position())[0] ?? null;
    if (word === "LINESTRING") return this.list(() => this.position());
    return this.list(() => this.list(() => this.position()));
  }

  /** Geometries of one text: those with several parts are taken apart. */
  geometries() {
    const start = this.at;
    const word = this.match("[A-Z]+")?.toUpperCase();
    this.match("(ZM|Z|M)\\b");
    if (word in SIMPLE) {
      const coordinates = this.coordinates(word);
      return coordinates?.length ? [{ type: SIMPLE[word], coordinates }] : [];
    }
    if (word in MULTIPLE) {
      const part = MULTIPLE[word];
      // The points of a MULTIPOINT may stand without brackets of their own.
      const bare = () => (this.match("(?=\\()") === undefined ? this.position() : this.coordinates(part));
      const parts = this.list(() => (part === "POINT" ? bare() : this.coordinates(part)));
      if (part === "POLYGON" && parts.length > 1) {
        return [{ type: "MultiPolygon", coordinates: parts }];
      }
      return parts.filter((one) => one?.length)
        .map((coordinates) => ({ type: SIMPLE[part], coordinates }));
    }
    if (word === "GEOMETRYCOLLECTION") return this.list(() => this.geometries()).flat();
    this.at = start;
    this.space();
    return this.fail("places.wkt.kind", { word: this.text.slice(this.at, this.at + 20) });
  }
}

/** All geometries of a text, each with the line it starts on: [{line, geometry}]. */
export const readWkt = (text, firstLine = 1) => {
  const reader = new Reader(text, firstLine);
  const found = [];
  while (!reader.done()) {
    const system = reader.match("SRID=\\d+;");
    if (system !== undefined && !/=4326;$/.test(system)) {
      reader.fail("places.crs", { crs: system.slice(0, -1) });
    }
    const line = firstLine + text.slice(0, reader.at).split("\n").length - 1;
    found.push(...reader.geometries().map((geometry) => ({ line, geometry })));
    reader.match("[;,]");
  }
  return found;
};
