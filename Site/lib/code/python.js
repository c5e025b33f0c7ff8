// Python: xarray and zarr-python 3.

import { helpersIn, namingOf, parse, PYTHON_HELPERS, toPython } from "../expr/index.js";
import { comment, flagsOf, lines, namesOf, pickedText, placeText, seriesLevel } from "./view.js";

const text = (value) => JSON.stringify(value);

/** A selection by position; a name that is no identifier is handed over in a dictionary. */
export function isel(pairs) {
  if (!pairs.length) return "";
  const isPlain = pairs.every(([name]) => /^[A-Za-z_]\w*$/.test(name));
  return isPlain
    ? `.isel(${pairs.map(([name, value]) => `${name}=${value}`).join(", ")})`
    : `.isel({${pairs.map(([name, value]) => `${text(name)}: ${value}`).join(", ")}})`;
}

export const slice = ([start, stop]) => `slice(${start}, ${stop})`;

function fieldLine(view, variable, name) {
  const [rowName, columnName] = variable.dimensions.slice(-2);
  const pairs = variable.picked.map(({ index }, i) => [variable.dimensions[i], index]);
  if (view.window) pairs.push([rowName, slice(view.window.rows)], [columnName, slice(view.window.columns)]);
  const picked = pickedText(variable);
  return `${name} = cube[${text(variable.key)}]${isel(pairs)}${picked ? `  # ${comment(picked)}` : ""}`;
}

function plotLine({ style = {} }) {
  const parts = [];
  if (style.range) parts.push(`vmin=${style.range[0]}`, `vmax=${style.range[1]}`);
  const isOcean = style.group === "ocean";
  if (style.colours && style.group && style.group !== "custom") {
    parts.push(`cmap=${text(isOcean ? `cmo.${style.colours}` : style.colours)}`);
  }
  return [isOcean && "import cmocean  # for its colours", `field.plot(${parts.join(", ")})`];
}

function seriesLines(view, variable) {
  const [rowName, columnName] = variable.dimensions.slice(-2);
  const level = seriesLevel(view);
  const others = variable.picked.map(({ index }, i) => [variable.dimensions[i], index]).slice(variable.hasTime ? 1 : 0);
  const cell = isel([...others, [rowName, view.cell.row], [columnName, view.cell.column]]);
  const open = (group) => `xr.open_zarr(${text(view.series)}, group=${text(group)})[${text(variable.key)}]`;
  const whole = view.hasRecent
    ? `xr.concat([${open(String(level))}, ${open(`recent/${level}`)}], ${text(variable.dimensions[0])})`
    : open(String(level));
  return [
    "",
    `# The series of the cell at ${placeText(view.cell)}.`,
    `series = ${whole}${cell}`,
    "print(series.to_series())",
  ];
}

/**
 * Python that opens what is shown.
 *
 * @param {import("./view.js").CodeView} view
 * @returns {string}
 */
export function pythonCode(view) {
  const names = namesOf(view.variables);
  let value = names[view.variables[0].key];
  let helpers = [];
  if (view.expression) {
    const tree = parse(view.expression);
    value = toPython(tree, namingOf(tree, flagsOf(view.variables), (key) => names[key]));
    helpers = helpersIn(value, PYTHON_HELPERS);
  }
  const needsNumpy = /\bnp\./.test([value, ...helpers].join("\n"));
  return lines(
    `# ${comment(view.title)}`,
    '# Needs: pip install xarray "zarr>=3" fsspec aiohttp dask matplotlib',
    needsNumpy && "import numpy as np",
    "import xarray as xr",
    helpers.length > 0 && ["", "# Missing values stay missing, as in the viewer."],
    helpers.flatMap((helper) => [helper, ""]),
    "",
    `cube = xr.open_zarr(${text(view.cube)}, group=${text(String(view.level))})`,
    view.variables.map((variable) => fieldLine(view, variable, names[variable.key])),
    `field = ${value}`,
    plotLine(view),
    view.cell && view.series && view.variables[0].hasTime && seriesLines(view, view.variables[0]),
  );
}
