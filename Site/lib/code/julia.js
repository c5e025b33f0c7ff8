// Julia: Zarr.jl. Its arrays count from 1 and have their axes the other way round.

import { helpersIn, JULIA_HELPERS, namingOf, parse, toJulia } from "../expr/index.js";
import { comment, flagsOf, lines, namesOf, pickedText, placeText, seriesLevel } from "./view.js";

const text = (value) => JSON.stringify(value).replaceAll("$", "\\$");

const opened = (address, level, key, format) => (format === 2
  ? `zopen(${text(address)}; consolidated=true)[${text(String(level))}][${text(key)}]`
  : `zopen(Zarr.HTTPStore(${text(`${address.replace(/\/$/, "")}/${level}/${key}`)}))`);

function decoded(name, { scale, offset, missing } = { scale: 1, offset: 0, missing: [] }) {
  const test = missing.map((value) => `x == ${value}`).join(" || ");
  const value = scale === 1 && offset === 0 ? "Float64(x)" : `x * ${scale} + ${offset}`;
  return `${name} = map(x -> ${test ? `${test} ? NaN : ` : ""}${value}, ${name})`;
}

function fieldLines(view, variable, name) {
  const range = (part) => (part ? `${part[0] + 1}:${part[1]}` : ":");
  const places = [
    range(view.window?.columns), range(view.window?.rows), ...variable.picked.map(({ index }) => index + 1).reverse(),
  ];
  const picked = pickedText(variable);
  return [
    `${name} = ${opened(view.cube, view.level, variable.key, view.format)}[${places.join(", ")}]${picked ? `  # ${comment(picked)}` : ""}`,
    decoded(name, variable.decoding),
  ];
}

function seriesLines(view, variable) {
  const others = variable.picked.slice(variable.hasTime ? 1 : 0).map(({ index }) => index + 1).reverse();
  const places = [view.cell.column + 1, view.cell.row + 1, ...others, ":"].join(", ");
  const part = (level) => `${opened(view.series, level, variable.key, view.format)}[${places}]`;
  return [
    "",
    `# The series of the cell at ${placeText(view.cell)}.`,
    view.hasRecent
      ? `series = vcat(${part(seriesLevel(view))}, ${part(`recent/${seriesLevel(view)}`)})`
      : `series = ${part(seriesLevel(view))}`,
    decoded("series", variable.decoding),
  ];
}

/**
 * Julia that opens what is shown.
 *
 * @param {import("./view.js").CodeView} view
 * @returns {string}
 */
export function juliaCode(view) {
  const names = namesOf(view.variables);
  const [first] = view.variables;
  const own = [];
  if (view.expression) {
    const tree = parse(view.expression);
    const naming = namingOf(tree, flagsOf(view.variables), (key) => names[key]);
    const value = toJulia(tree, naming);
    const used = naming.names.map((key) => names[key]);
    own.push(...helpersIn(value, JULIA_HELPERS), `field = map((${used.join(", ")}) -> ${value}, ${used.join(", ")})`);
  }
  return lines(
    `# ${comment(view.title)}`,
    view.format === 2
      ? "# Needs: import Pkg; Pkg.add(\"Zarr\")"
      : "# Needs Zarr.jl 0.10 or newer, which reads version 3 of Zarr with shards. If it cannot open this address, copy the"
        + "\n# folder to your disk first, or ask the publisher for Zarr version 2 (recipe: zarr-format: 2).",
    "using Zarr",
    "",
    "# Axes: columns, rows, then the other dimensions from the last to the first.",
    view.variables.map((variable) => fieldLines(view, variable, names[variable.key])),
    own.length ? own : `field = ${names[first.key]}`,
    view.cell && view.series && first.hasTime && seriesLines(view, first),
  );
}
