// Tables of places: columns of longitude and latitude, or one of well-known text (RFC 4180).

import { PlaceError } from "./places-error.js";
import { readWkt } from "./places-wkt.js";

const COLUMNS = {
  longitude: /^(lon|long|lng|longitude|x|laenge|länge|längengrad|lon_?deg|decimal_?longitude)$/i,
  latitude: /^(lat|latitude|y|breite|breitengrad|lat_?deg|decimal_?latitude)$/i,
  geometry: /^(wkt|geometry|geom|the_geom|shape)$/i,
  name: /^(name|title|label|station|site|place|ort|titel|id)$/i,
  colour: /^(colou?r|farbe)$/i,
};

/** Rows of a table, each with its line: [{line, cells: [text]}]. Quoted cells may hold line ends. */
export const readRows = (text, separator) => {
  const rows = [];
  let cells = [];
  let cell = "";
  let quoted = false;
  let line = 1;
  let first = 1;
  const endRow = () => {
    cells.push(cell);
    if (cells.some((one) => one.trim())) rows.push({ line: first, cells: cells.map((one) => one.trim()) });
    cells = [];
    cell = "";
  };
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === "\n") line += 1;
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') { cell += '"'; at += 1; }
      else quoted = false;
    } else if (sign === '"' && !cell.trim()) { cell = ""; quoted = true; }
    else if (sign === separator) { cells.push(cell); cell = ""; }
    else if (sign === "\n") { endRow(); first = line; }
    else if (sign !== "\r") cell += sign;
  }
  if (quoted) throw new PlaceError("places.csv.quote", { line: first });
  endRow();
  return rows;
};

/** The separator that the first line holds most often. */
export const guessSeparator = (text) => {
  const head = text.split("\n", 1)[0];
  return [",", ";", "\t", "|"].reduce((best, one) =>
    head.split(one).length > head.split(best).length ? one : best);
};

const coordinate = (text, separator, what, line) => {
  // Where cells are not parted by commas, a comma is a decimal sign.
  const number = Number(separator === "," ? text : text.replace(",", "."));
  if (text === "" || !Number.isFinite(number)) throw new PlaceError("places.csv.number", { what, text, line });
  return number;
};

/** Places of a table: [{line, name, colour, geometry, properties}]. */
export const readCsv = (text) => {
  const separator = guessSeparator(text);
  const [head, ...rows] = readRows(text, separator);
  const columns = head?.cells ?? [];
  const column = Object.fromEntries(Object.entries(COLUMNS).map(([what, pattern]) =>
    [what, columns.findIndex((name) => pattern.test(name.replace(/\s*[([].*$/, "")))]));
  if (column.geometry < 0 && (column.longitude < 0 || column.latitude < 0)) {
    throw new PlaceError("places.csv.columns", { columns: columns.join(", "), line: head?.line ?? 1 });
  }
  return rows.flatMap(({ line, cells }) => {
    if (cells.length > columns.length) {
      throw new PlaceError("places.csv.cells", { line, count: cells.length, expected: columns.length });
    }
    const value = (index) => (index < 0 ? undefined : cells[index] || undefined);
    const name = value(column.name);
    const colour = value(column.colour);
    const properties = Object.fromEntries(columns.map((title, index) => [title, cells[index] ?? ""]));
    if (column.geometry >= 0) {
      return readWkt(cells[column.geometry] ?? "", line)
        .map((one) => ({ line, geometry: one.geometry, name, colour, properties }));
    }
    const coordinates = [
      coordinate(cells[column.longitude] ?? "", separator, columns[column.longitude], line),
      coordinate(cells[column.latitude] ?? "", separator, columns[column.latitude], line),
    ];
    return [{ line, name, colour, properties, geometry: { type: "Point", coordinates } }];
  });
};
