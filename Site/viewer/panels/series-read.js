// Series of a variable, or of an expression of some, at a place: from series.zarr.

import { compile } from "../../lib/expr/index.js";
import { cellAreas, fittingMask, openRegion } from "../../lib/geo/index.js";
import { cellSeries, openSeries, pointSeries, regionSeries, summarise } from "../../lib/stats/index.js";
import { extrasOf, timeOf } from "../site.js";
import { gridOf } from "./field-values.js";

const MOST_CHUNKS = 16;

/** What is needed to read a variable: its series, its grid, its positions in other dimensions. */
const open = async (app, { dataset, dims = {} }, key) => {
  const document = await app.site.dataset(dataset);
  const variable = document.variable(key);
  if (!variable || !timeOf(variable) || !document.series) {
    throw Object.assign(new Error(app.t("series.none", { title: variable?.title ?? key })), { shown: true });
  }
  const [group, grid] = await Promise.all([app.pools.series(dataset), gridOf(app, document, variable.grid)]);
  const source = await openSeries(group, key);
  const names = (source.levels[0].array.dimensions ?? []).slice(1, -2);
  const extras = names.map((name) => {
    const one = extrasOf(variable).find((dimension) => dimension.name === name);
    return one ? Math.max(0, one.values.indexOf(dims[name] ?? one.default)) : 0;
  });
  return { document, variable, source, grid, extras };
};

const about = ({ document, variable }) => ({ document, variable, labels: timeOf(variable).values });

/** One variable: {document, variable, labels, values} of a point or {…, series} of an area; undefined outside. */
const readVariable = async (app, entry, geometry, signal) => {
  const opened = await open(app, entry, entry.variable);
  const { source, grid, extras } = opened;
  if (geometry.type === "Point") {
    const [found] = await pointSeries(source, grid, [geometry.coordinates], { extras, signal });
    return found && { ...about(opened), values: found.values, level: found.level };
  }
  const series = await regionSeries(source, grid, openRegion(geometry), { extras, signal });
  return series && { ...about(opened), series };
};

/** Statistics over time of values by cell: `values[cell][time]`. */
const statisticsOf = (values, areas, times) => {
  const names = ["mean", "median", "minimum", "maximum", "deviation", "count"];
  const series = Object.fromEntries(names.map((name) => [name, new Float64Array(times)]));
  const now = new Float64Array(values.length);
  for (let time = 0; time < times; time += 1) {
    for (let cell = 0; cell < values.length; cell += 1) now[cell] = values[cell][time];
    const summary = summarise(now, { weights: areas });
    for (const name of names) series[name][time] = summary[name];
  }
  return series;
};

/** An expression: computed cell by cell before anything is averaged, since the mean of a product is not the product of means. */
const readExpression = async (app, entry, geometry, signal) => {
  const document = await app.site.dataset(entry.dataset);
  const compiled = compile(entry.expression, Object.fromEntries(document.variables.map((one) => [one.key, one])));
  const opened = await Promise.all(compiled.variables.map((key) => open(app, entry, key)));
  const [first] = opened;
  const evaluate = (read) => compiled.evaluate(Object.fromEntries(compiled.variables.map((name, index) => [name, read[index]])));
  const read = async (cell, level) => evaluate((await Promise.all(opened.map(({ source, extras }) =>
    cellSeries(source, cell, { extras, level, signal })))).map((one) => one.values));
  if (geometry.type === "Point") {
    const cell = first.grid.locate(...geometry.coordinates, 0);
    return cell && { ...about(first), values: await read(cell, 0), level: 0 };
  }
  const levels = first.source.levels.map(({ level, array }) => ({ level, chunkShape: array.chunkShape.slice(-2) }));
  const { mask } = fittingMask(first.grid, openRegion(geometry), levels, MOST_CHUNKS);
  if (!mask.count) return undefined;
  const [cells, areas] = [[], []];
  for (const window of mask.windows) {
    const across = window.columns[1] - window.columns[0];
    const sizes = cellAreas(first.grid, window, mask.level);
    window.mask.forEach((isIn, index) => {
      if (!isIn) return;
      cells.push({ row: window.rows[0] + Math.floor(index / across), column: window.columns[0] + (index % across) });
      areas.push(sizes[index]);
    });
  }
  const values = await Promise.all(cells.map((cell) => read(cell, mask.level)));
  const area = areas.reduce((sum, one) => sum + one, 0);
  return { ...about(first), series: { ...statisticsOf(values, areas, first.source.times), level: mask.level,
    cells: cells.length, area, isSmallerThanCell: mask.isSmallerThanCell } };
};

/** Series of an entry of the state at a geometry; undefined where it lies outside the grid. */
export const readSeries = (app, entry, geometry, signal) =>
  (entry.expression ? readExpression : readVariable)(app, entry, geometry, signal);
