// Series as files for other programs.

import { nameOf } from "./series-legend.js";
import { rowsOf } from "./series-table.js";

/** One cell of a table (RFC 4180); nothing where a value is missing. */
const cell = (value) => {
  if (value === undefined || value === null || Number.isNaN(value)) return "";
  const text = typeof value === "number" ? String(value) : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** A table as text, lines ended as the standard says. */
export const csvText = (head, rows) => [head, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");

const headOf = (line) => {
  const how = line.method ? `, ${line.method}, level ${line.level}` : "";
  return `${nameOf(line)}${how}${line.units ? ` (${line.units})` : ""}`;
};

/** A column of times and one for each line. */
export const seriesToCsv = (lines) => csvText(["time", ...lines.map(headOf)], rowsOf(lines));

/** A feature for each line, with its times and values as properties. */
export const seriesToGeoJson = (lines) => ({
  type: "FeatureCollection",
  features: lines.map((line) => ({
    type: "Feature", geometry: line.place.geometry,
    properties: {
      name: line.placeTitle, dataset: line.entry.dataset, variable: line.entry.variable, title: line.title,
      ...(line.entry.expression ? { expression: line.entry.expression } : {}),
      units: line.units, calendar: line.calendar, level: line.level, cells: line.cells,
      ...(line.method ? { statistic: line.method } : {}),
      time: Array.from(line.labels),
      values: Array.from(line.y, (value) => (Number.isFinite(value) ? value : null)),
    },
  })),
});
