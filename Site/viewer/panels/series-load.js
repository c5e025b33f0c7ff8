// One line of the chart from what the state says of it.

import { unitsOf } from "../site.js";
import { findPlace } from "./places-actions.js";
import { readSeries } from "./series-read.js";

/** Statistics over an area, as the state names them, and as the library does. */
const STATISTICS = { mean: "mean", median: "median", min: "minimum", max: "maximum", std: "deviation", count: "count" };
export const METHODS = Object.keys(STATISTICS);

/** A text by which entries of the state are told apart. */
export const keyOf = ({ place, dataset, variable, dims, method, expression }) =>
  JSON.stringify([place, dataset, variable, dims ?? {}, method, expression ?? null]);

const shown = (message) => Object.assign(new Error(message), { shown: true });

const dimsText = (variable, dims = {}) => Object.entries(dims).flatMap(([name, value]) => {
  const dimension = variable.dimensions.find((one) => one.name === name);
  if (!dimension) return [];
  const units = unitsOf(dimension.units);
  return [`${dimension.title ?? name} ${value}${units ? ` ${units}` : ""}`];
}).join(", ");

/** The side of a square as large as the mean cell, for people. */
const resolutionText = (app, { area, cells }) =>
  `≈ ${app.number(Math.sqrt(area / cells) / 1000, { maximumSignificantDigits: 2 })} km`;

/**
 * Loads a series: {labels, calendar, y, units, level, cells, method, resolution, dims}.
 *
 * @throws with a message for people
 */
export const loadLine = async (app, entry, signal) => {
  const { t } = app;
  const place = await findPlace(app, entry.place);
  if (!place) throw shown(t("series.gone"));
  if (place.geometry.type === "LineString") throw shown(t("series.line"));
  const read = await readSeries(app, entry, place.geometry, signal);
  if (!read) {
    const document = await app.site.dataset(entry.dataset);
    throw shown(t("series.outside", { title: document.title }));
  }
  const { document, variable, labels, series } = read;
  const units = unitsOf(entry.expression ? entry.units : variable.units);
  const common = { labels, calendar: document.calendar, dims: dimsText(variable, entry.dims) };
  if (!series) return { ...common, y: read.values, level: read.level, cells: 1, units };
  return {
    ...common, y: series[STATISTICS[entry.method] ?? "mean"], units: entry.method === "count" ? "" : units,
    level: series.level, cells: series.cells, method: entry.method, resolution: resolutionText(app, series),
    isSmallerThanCell: series.isSmallerThanCell,
  };
};
