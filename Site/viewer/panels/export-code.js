// Code in Python, Julia and R that opens what is shown.

import { compile } from "../../lib/expr/index.js";
import { extrasOf, timeOf } from "../site.js";
import { nearestTime } from "../layer/times.js";
import { activeLayer } from "../state.js";
import { layerTitle } from "../titles.js";
import { gridOf } from "./field-values.js";
import { findPlace } from "./places-actions.js";
import { lookOf } from "../layer/colours.js";

/** Rows and columns of the level that are in view; nothing where that is all of it. */
const windowOf = (drawn) => {
  const { field } = drawn.slice;
  const parts = drawn.list.map(([i, j]) => field.extent(drawn.level, i, j));
  if (!parts.length) return undefined;
  const span = (from, count) => [Math.min(...parts.map((one) => one[from])), Math.max(...parts.map((one) => one[from] + one[count]))];
  const window = { rows: span("row", "rows"), columns: span("column", "columns") };
  const [rows, columns] = field.grid.shape(drawn.level);
  const isAll = window.rows[1] - window.rows[0] === rows && window.columns[1] - window.columns[0] === columns;
  return isAll ? undefined : window;
};

/** A variable as the code opens it. */
const variableOf = async (cube, document, key, level, { time, dims }) => {
  const variable = document.variable(key);
  const array = await cube.group.array(`${level}/${key}`);
  const lead = (array.dimensions ?? []).slice(0, -2);
  const ofTime = timeOf(variable);
  const picked = lead.map((name) => {
    const values = ofTime?.name === name ? ofTime.values : extrasOf(variable).find((one) => one.name === name)?.values ?? [""];
    const index = ofTime?.name === name ? nearestTime(values, time) : Math.max(0, values.indexOf(dims?.[name]));
    return { index, label: values[index] };
  });
  return { key, dimensions: array.dimensions, hasTime: Boolean(ofTime) && lead[0] === ofTime.name, picked, decoding: array.decoding, flags: variable.flags };
};

/** The cell of the last point in the chart that has this variable. */
const cellOf = async (app, document, variable) => {
  const entry = app.store.get().series.findLast((one) => one.dataset === document.id && one.variable === variable.key && !one.expression);
  const place = entry && await findPlace(app, entry.place);
  if (place?.geometry.type !== "Point" || !document.series) return undefined;
  const [longitude, latitude] = place.geometry.coordinates;
  const cell = (await gridOf(app, document, variable.grid)).locate(longitude, latitude, 0);
  return cell && { ...cell, longitude, latitude };
};

/** The expression that a layer shows, if it is one; a difference of variables is one too. */
const expressionOf = (layer) => {
  if (layer.kind === "expression") return layer.expression;
  const isOther = layer.kind === "difference" && layer.other?.variable && layer.other.variable !== layer.variable
    && !layer.other.time && !layer.other.dataset;
  return isOther ? `${layer.variable} - ${layer.other.variable}` : undefined;
};

/** What the code is made from (lib/code/view.js); nothing for layers without a dataset. */
export const codeView = async (app) => {
  const state = app.store.get();
  const layer = activeLayer(state);
  if (!layer?.dataset || layer.kind === "rgb") return undefined;
  const cube = await app.pools.cube(layer.dataset);
  const { document } = cube;
  const variable = document.variable(layer.variable);
  const expression = expressionOf(layer);
  const keys = expression
    ? compile(expression, Object.fromEntries(document.variables.map((one) => [one.key, one]))).variables : [layer.variable];
  const drawn = app.map.layerAt(layer.id);
  const level = drawn?.level ?? 0;
  const at = { time: layer.time ?? state.time, dims: layer.dims };
  const style = lookOf(layer, variable);
  const name = typeof style.colours === "string" ? style.colours : undefined;
  const { groups } = await app.site.colours();
  const cell = expression ? undefined : await cellOf(app, document, variable);
  const series = cell && await app.pools.series(document.id);
  return {
    title: layerTitle(app, layer), cube: app.site.at(document.cube), format: cube.group.format, level,
    variables: await Promise.all(keys.map((key) => variableOf(cube, document, key, level, at))), expression,
    window: drawn && windowOf(drawn),
    // The series of a cell are those of the source's own resolution.
    ...(cell && level === 0 ? { cell, series: app.site.at(document.series), hasRecent: Boolean(series.members?.some((one) => one.startsWith("recent/"))) } : {}),
    style: { range: style.range, colours: name, group: groups.find((group) => group.maps.some((one) => one.name === name?.replace(/_r$/, "")))?.id },
  };
};
