// The axes of a cube for people: what they are called, what stands at a position, where ticks stand.

import { niceTicks, numberText, tickLabels } from "../lib/colour/index.js";
import { timeTicks, TimeAxis } from "../lib/time/index.js";
import { timeLabel } from "../viewer/layer/times.js";
import { unitsOf } from "../viewer/site.js";

/** So few steps that each gets its label. */
const FEW = 8;

/** The position of a value on an axis whose values rise or fall steadily from a position to another. */
export const positionOf = (at, value, [from, to]) => {
  const rises = at(to) > at(from);
  let [low, high] = [from, to];
  for (let i = 0; i < 50; i += 1) {
    const middle = (low + high) / 2;
    if (at(middle) < value === rises) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};

/** Labels of every so many steps, in the middle of their cells. */
const steppedTicks = ([start, stop], count, label) => {
  const every = Math.max(1, Math.ceil((stop - start) / count));
  const ticks = [];
  for (let index = start; index < stop; index += every) ticks.push({ position: index + 0.5, text: label(index) });
  return ticks;
};

const timeAxis = (app, dimension, calendar) => {
  const axis = new TimeAxis(dimension.values, calendar);
  const { values } = dimension;
  const label = (index) => timeLabel(app.texts.locale, values, values[index]);
  return {
    name: dimension.name, kind: "time", count: values.length, title: () => app.t("axis.time"), label,
    spoken: label, heading: () => "", values,
    find: (text) => axis.nearest(text),
    ticks([start, stop], count) {
      if (stop - start <= Math.min(FEW, count)) return steppedTicks([start, stop], count, label);
      const { seconds } = axis;
      // Steps have the same width, however much time lies between them.
      const at = (position) => {
        const p = Math.min(Math.max(position - 0.5, start), stop - 1);
        const before = Math.min(Math.floor(p), stop - 2);
        return seconds[before] + (seconds[before + 1] - seconds[before]) * (p - before);
      };
      return timeTicks(seconds[start], seconds[stop - 1], { count, calendar: axis.calendar, locale: app.texts.locale })
        .map((tick) => ({ position: positionOf(at, tick.seconds, [start + 0.5, stop - 0.5]), text: tick.label }));
    },
  };
};

const levelAxis = (app, dimension) => {
  const units = unitsOf(dimension.units);
  const { values } = dimension;
  const title = () => dimension.title || dimension.name;
  const spoken = (index) => `${values[index]}${units ? ` ${units}` : ""}`;
  return {
    name: dimension.name, kind: "level", count: values.length, title, values, spoken,
    label: (index) => values[index], heading: () => (units ? `${title()} (${units})` : title()),
    find: (text) => Math.max(0, values.indexOf(text)),
    ticks: (range, count) => steppedTicks(range, count, (index) => values[index]),
  };
};

/** A number of degrees with the letter of its hemisphere. */
const degrees = (app, value, letters, digits) => {
  const near = Math.abs(value) < 1e-9 || Math.abs(Math.abs(value) - 180) < 1e-9;
  const text = `${app.number(Math.abs(value), { maximumFractionDigits: digits, minimumFractionDigits: 0 })}°`;
  return near ? text : `${text} ${letters[value < 0 ? 1 : 0]}`;
};

const turned = (lon) => ((lon + 180) % 360 + 360) % 360 - 180;

/** Rows or columns of a grid of longitudes and latitudes. */
const geographicAxis = (app, grid, name, isRow) => {
  const count = isRow ? grid.rows : grid.columns;
  const at = (position) => (isRow ? grid.lonLat(position, 0)[1] : grid.lonLat(0, position)[0]);
  const letters = () => (isRow ? ["N", "S"] : [app.texts.language === "de" ? "O" : "E", "W"]);
  const text = (value, digits) => degrees(app, isRow ? value : turned(value), letters(), digits);
  const cell = Math.abs(at(1) - at(0));
  const digits = cell >= 0.1 ? (cell >= 1 ? 1 : 2) : Math.min(6, Math.ceil(-Math.log10(cell)));
  const label = (index) => text(at(index + 0.5), digits);
  return {
    name, kind: isRow ? "latitude" : "longitude", count, title: () => app.t(isRow ? "axis.latitude" : "axis.longitude"),
    label, spoken: label, heading: () => "", rises: at(count) > at(0),
    ticks([start, stop], wanted) {
      const [low, high] = [at(start), at(stop)].sort((a, b) => a - b);
      // Degrees are divided by 15, 30 and 90 more readily than by 20 and 50.
      const round = [1, 2, 5, 10, 15, 30, 45, 60, 90].find((step) => (high - low) / step <= wanted) ?? 90;
      const ticks = high - low < 3 ? niceTicks([low, high], { count: wanted })
        : Array.from({ length: Math.floor(high / round) - Math.ceil(low / round) + 1 }, (_, i) => (Math.ceil(low / round) + i) * round);
      return ticks.map((value) => ({ position: positionOf(at, value, [start, stop]), text: text(value, 6) }));
    },
  };
};

/** Rows or columns of any other grid, by their own coordinates where there are such. */
const gridAxis = (app, name, count, coordinates, units, isRow) => {
  const isLength = /^(m|metre|metres|meter|meters)$/.test(units ?? "");
  const scale = isLength && coordinates && Math.abs(coordinates.at(-1) - coordinates[0]) > 10_000 ? 1000 : 1;
  const unit = scale === 1000 ? "km" : unitsOf(units);
  const at = (position) => {
    if (!coordinates || count < 2) return position - 0.5;
    const p = position - 0.5;
    const before = Math.min(Math.max(Math.floor(p), 0), count - 2);
    return (coordinates[before] + (coordinates[before + 1] - coordinates[before]) * (p - before)) / scale;
  };
  const number = (value) => numberText(value, app.texts.language, 6);
  const spoken = (index) => `${number(at(index + 0.5))}${coordinates && unit ? ` ${unit}` : ""}`;
  return {
    name, kind: "grid", count, title: () => name, spoken, label: (index) => number(at(index + 0.5)),
    heading: () => (coordinates && unit ? `${name} (${unit})` : name),
    // Rows of a mesh without coordinates are drawn as they are stored, the first on top.
    rises: coordinates ? at(count) > at(0) : !isRow,
    ticks([start, stop], wanted) {
      const ends = [at(start), at(stop)];
      const [low, high] = [...ends].sort((a, b) => a - b);
      const values = niceTicks([low, high], { count: wanted });
      const labels = tickLabels(values, app.texts.language);
      return values.map((value, i) => ({ position: positionOf(at, value, [start, stop]), text: labels[i] }));
    },
  };
};

/**
 * The three axes of a cube: {name, kind, count, title(), heading(), label(index), spoken(index), ticks(range, count),
 * find(text), values, rises}.
 *
 * @param {object} app
 * @param {object} cube as `openCube` (open.js) has it so far: {lead, document, grid, rowName, columnName, coordinates}
 */
export const axesOf = (app, { lead, document, grid, names, coordinates }) => [
  lead.isTime ? timeAxis(app, lead, document.calendar) : levelAxis(app, lead),
  ...[true, false].map((isRow) => {
    const name = names[isRow ? 0 : 1];
    if (grid.kind === "geographic") return geographicAxis(app, grid, name, isRow);
    const { values, units } = coordinates[isRow ? 0 : 1] ?? {};
    return gridAxis(app, name, isRow ? grid.rows : grid.columns, values, units, isRow);
  }),
];
