// R: pizzarr. Its indices count from 1 and include the last.

import { namingOf, parse, toR } from "../expr/index.js";
import { comment, flagsOf, lines, namesOf, pickedText, placeText, seriesLevel } from "./view.js";

const text = (value) => JSON.stringify(value);
const one = ({ index }) => `slice(${index + 1}, ${index + 1})`;
const part = (range) => (range ? `slice(${range[0] + 1}, ${range[1]})` : '":"');

const read = (group, path, places) => `drop(${group}$get_item(${text(path)})$get_item(list(${places.join(", ")}))$as.array())`;

function decoded(name, { scale, offset, missing } = { scale: 1, offset: 0, missing: [] }) {
  return [
    ...missing.map((value) => `${name}[${name} == ${value}] <- NA`),
    ...(scale === 1 && offset === 0 ? [] : [`${name} <- ${name} * ${scale} + ${offset}`]),
  ];
}

function fieldLines(view, variable, name) {
  const places = [...variable.picked.map(one), part(view.window?.rows), part(view.window?.columns)];
  const picked = pickedText(variable);
  return [
    `${name} <- ${read("cube", `${view.level}/${variable.key}`, places)}${picked ? `  # ${comment(picked)}` : ""}`,
    decoded(name, variable.decoding),
  ];
}

function seriesLines(view, variable) {
  const others = variable.picked.slice(variable.hasTime ? 1 : 0).map(one);
  const { row, column } = view.cell;
  const places = ['":"', ...others, one({ index: row }), one({ index: column })];
  const at = (level) => read("series_group", `${level}/${variable.key}`, places);
  return [
    "",
    `# The series of the cell at ${placeText(view.cell)}.`,
    `series_group <- zarr_open_group(HttpStore$new(${text(view.series)}))`,
    view.hasRecent
      ? `series <- c(${at(seriesLevel(view))}, ${at(`recent/${seriesLevel(view)}`)})`
      : `series <- ${at(seriesLevel(view))}`,
    decoded("series", variable.decoding),
  ];
}

/**
 * R that opens what is shown.
 *
 * @param {import("./view.js").CodeView} view
 * @returns {string}
 */
export function rCode(view) {
  const names = namesOf(view.variables);
  const [first] = view.variables;
  let value = names[first.key];
  if (view.expression) {
    const tree = parse(view.expression);
    value = toR(tree, namingOf(tree, flagsOf(view.variables), (key) => names[key]));
  }
  return lines(
    `# ${comment(view.title)}`,
    view.format === 2
      ? "# Needs: install.packages(\"pizzarr\")"
      : "# Needs pizzarr 0.2 or newer. Where data lie in shards (version 3 of Zarr), its build with zarrs is needed:"
        + "\n# install.packages(\"pizzarr\", repos = \"https://zarr-developers.r-universe.dev\")",
    "library(pizzarr)",
    "",
    `cube <- zarr_open_group(HttpStore$new(${text(view.cube)}))`,
    view.variables.map((variable) => fieldLines(view, variable, names[variable.key])),
    `field <- ${value}`,
    view.cell && view.series && first.hasTime && seriesLines(view, first),
  );
}
