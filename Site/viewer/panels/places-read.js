// A user's file of places: GeoJSON (RFC 7946), a table, or well-known text.

import { readCsv } from "./places-csv.js";
import { PlaceError } from "./places-error.js";
import { jsonMistake } from "./places-json.js";
import { readWkt } from "./places-wkt.js";

const WKT = /^\s*(SRID=\d+;\s*)?(MULTI)?(POINT|LINESTRING|POLYGON|GEOMETRYCOLLECTION)\b/i;
const DEPTH = { Point: 0, LineString: 1, Polygon: 2, MultiPolygon: 3 };
const PARTS = { MultiPoint: "Point", MultiLineString: "LineString" };

/** Line and column of a position in a text. */
const lineAt = (text, position) => text.slice(0, position).split("\n").length;

/** The lines on which the items of the array "features" start, found without a whole parser. */
export const featureLines = (text) => {
  const start = text.search(/"features"\s*:\s*\[/);
  if (start < 0) return [];
  const lines = [];
  let line = lineAt(text, start);
  let depth = 0;
  let inText = false;
  for (let at = text.indexOf("[", start); at < text.length; at += 1) {
    const sign = text[at];
    if (sign === "\n") line += 1;
    if (inText) {
      if (sign === "\\") at += 1;
      else if (sign === '"') inText = false;
    } else if (sign === '"') inText = true;
    else if (sign === "{" || sign === "[") {
      if (depth === 1) lines.push(line);
      depth += 1;
    } else if (sign === "}" || sign === "]") {
      depth -= 1;
      if (depth === 0) break;
    }
  }
  return lines;
};

const parse = (text) => {
  const mistake = jsonMistake(text);
  if (mistake === undefined) return JSON.parse(text);
  throw new PlaceError("places.json", { line: lineAt(text, mistake) });
};

/** Throws unless every position of a geometry is a longitude and a latitude, nested as its kind asks. */
const check = (geometry, where) => {
  const walk = (item, depth) => {
    if (!Array.isArray(item)) throw new PlaceError("places.coordinates", where);
    if (depth > 0) return item.forEach((one) => walk(one, depth - 1));
    const [longitude, latitude] = item;
    if (typeof longitude !== "number" || typeof latitude !== "number") {
      throw new PlaceError("places.coordinates", where);
    }
    if (!(Math.abs(latitude) <= 90) || !(Math.abs(longitude) <= 540)) {
      throw new PlaceError("places.range", { ...where, longitude, latitude });
    }
    return undefined;
  };
  walk(geometry.coordinates, DEPTH[geometry.type]);
};

const simple = (geometry, where) => {
  if (geometry === null) return [];
  const { type } = geometry ?? {};
  if (type === "GeometryCollection") return (geometry.geometries ?? []).flatMap((one) => simple(one, where));
  if (type in PARTS) {
    return (geometry.coordinates ?? []).map((coordinates) => ({ type: PARTS[type], coordinates }));
  }
  if (!(type in DEPTH)) throw new PlaceError("places.kind", { ...where, kind: String(type) });
  return [{ type, coordinates: geometry.coordinates }];
};

/** Places of a parsed GeoJSON object; `lines` are those of its features, where known. */
export const fromGeoJson = (object, lines = []) => {
  const crs = object?.crs?.properties?.name;
  if (crs && !/CRS84|4326/.test(crs)) throw new PlaceError("places.crs", { crs, line: 1 });
  const features = object?.type === "FeatureCollection" ? object.features ?? []
    : object?.type === "Feature" ? [object] : [{ type: "Feature", geometry: object }];
  return features.flatMap((feature, index) => {
    const line = lines[index] ?? 1;
    const properties = feature?.properties ?? {};
    const text = (...names) => names.map((name) => properties[name]).find((one) => one || one === 0);
    return simple(feature?.geometry, { line }).map((geometry) => ({
      line, geometry, properties,
      name: text("name", "title", "label", "NAME", "Name", "id")?.toString() ?? feature.id?.toString(),
      colour: text("colour", "color", "stroke", "marker-color"),
    }));
  });
};

/**
 * The places of a file: [{line, name, colour, geometry, properties}]; the text decides which format
 * it is. Throws a PlaceError with the line that cannot be read.
 */
export const readPlaces = (source) => {
  const text = source.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  if (!text.trim()) throw new PlaceError("places.empty");
  const places = /^\s*[{[]/.test(text) ? fromGeoJson(parse(text), featureLines(text))
    : WKT.test(text) ? readWkt(text) : readCsv(text);
  if (!places.length) throw new PlaceError("places.none");
  for (const { geometry, line } of places) check(geometry, { line });
  return places.map((place) => ({
    ...place,
    colour: /^#[0-9a-f]{6}$/i.test(place.colour ?? "") ? place.colour.toLowerCase() : undefined,
  }));
};
