// Series of a variable, or of an expression of some, at a place: from series.zarr.

import { compile } from "../../lib/expr/index.js";
import { openRegion } from "../../lib/geo/index.js";
import { openSeries, pointSeries, regionSeries, regionValues, seriesStatistics } from "../../lib/stats/index.js";
import { extrasOf, timeOf } from "../site.js";
import { gridOf } from "./field-values.js";

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

/** An expression: computed cell by cell before anything is averaged, since the mean of a product is not the product of means. */
const readExpression = async (app, entry, geometry, signal) => {
  const document = await app.site.dataset(entry.dataset);
  const compiled = compile(entry.expression, Object.fromEntries(document.variables.map((one) => [one.key, one])));
  const opened = await Promise.all(compiled.variables.map((key) => open(app, entry, key)));
  const [first, ...others] = opened;
  const evaluate = (read) => compiled.evaluate(Object.fromEntries(compiled.variables.map((name, index) => [name, read[index].values])));
  if (geometry.type === "Point") {
    const read = await Promise.all(opened.map(async ({ source, grid, extras }) =>
      (await pointSeries(source, grid, [geometry.coordinates], { extras, signal }))[0]));
    return read.every(Boolean) ? { ...about(first), values: evaluate(read), level: 0 } : undefined;
  }
  const region = openRegion(geometry);
  const read = ({ source, grid, extras }, level) => regionValues(source, grid, region, { extras, level, signal });
  // All of them from the level that fits the first.
  const cells = await read(first);
  if (!cells) return undefined;
  const rest = await Promise.all(others.map((one) => read(one, cells.level)));
  return { ...about(first), series: { ...cells, ...seriesStatistics({ ...cells, values: evaluate([cells, ...rest]) }) } };
};

/** Series of an entry of the state at a geometry; undefined where it lies outside the grid. */
export const readSeries = (app, entry, geometry, signal) =>
  (entry.expression ? readExpression : readVariable)(app, entry, geometry, signal);
