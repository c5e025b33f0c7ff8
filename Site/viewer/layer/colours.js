// How a layer is coloured: its published style with what the reader has changed, and the tables
// that the shader and the legend draw from.

import { ColourMaps, palette, thresholds } from "../../lib/colour/index.js";

const maps = new WeakMap();

/** The colour maps of the site, once they are there. */
export const colourMaps = async (site) => {
  if (!maps.has(site)) {
    const { groups } = await site.colours();
    maps.set(site, new ColourMaps({ groups }));
  }
  return maps.get(site);
};

/** The published style that a layer starts from. */
export const styleOf = (layer, variable) =>
  variable?.styles?.find((one) => one.id === layer.style) ?? variable?.styles?.[0]
    ?? { scale: "linear", range: [0, 1], colours: "viridis", interpolation: "bilinear" };

const reversed = (colours) => {
  if (typeof colours !== "string") return colours;
  return colours.endsWith("_r") ? colours.slice(0, -2) : `${colours}_r`;
};

/** What a difference or an expression looks like before anybody chooses. */
const derived = (layer, variable) => {
  const { minimum, maximum } = variable?.measured ?? {};
  if (layer.kind === "difference") {
    const reach = Number.isFinite(maximum - minimum) ? (maximum - minimum) / 5 : 1;
    return {
      scale: "linear", range: [-reach || -1, reach || 1], colours: "balance",
      interpolation: styleOf(layer, variable).interpolation,
    };
  }
  return { scale: "linear", range: [0, 1], colours: "viridis", interpolation: "nearest" };
};

/** The whole style of a layer: published, changed by the entry. */
export const lookOf = (layer, variable) => {
  const base = layer.kind === "difference" || layer.kind === "expression"
    ? derived(layer, variable) : styleOf(layer, variable);
  const style = { ...base };
  for (const name of ["colours", "range", "scale", "linearWithin", "below", "above", "missing",
    "interpolation"]) {
    if (layer[name] !== undefined && layer[name] !== null) style[name] = layer[name];
  }
  if (style.scale === "symmetric") {
    style.linearWithin ??= Math.max(...style.range.map(Math.abs)) / 100 || 1;
  }
  if (style.scale === "categorical" && !style.categories?.length) style.scale = "linear";
  if (layer.reversed) {
    if (typeof style.colours === "string") style.colours = reversed(style.colours);
    else style.reversed = true;
  }
  return style;
};

const SCALES = { linear: 0, log: 1, symmetric: 2, categorical: 3 };

const guessOf = ({ scale, range, linearWithin }) => {
  if (scale === "categorical") return [0, 0, 1, 0];
  const moved = (value) => {
    if (scale === "log") return Math.log(value);
    if (scale !== "symmetric") return value;
    const size = Math.abs(value) / linearWithin;
    return Math.sign(value) * (size <= 1 ? size * 10 / 9 : 10 / 9 + Math.log10(size));
  };
  const [low, high] = range.map(moved);
  return [low, 253 / (high - low), linearWithin ?? 1, 0];
};

/** Turned around: a custom map has no name to add `_r` to. */
const turned = (table) => {
  const bins = table.slice();
  for (let i = 3; i < 256; i += 1) bins.set(table.subarray(4 * i, 4 * i + 4), 4 * (258 - i));
  return bins;
};

const cache = new Map();

/**
 * Tables of a style: {key, thresholds, palette, scale, guess, categories, bilinear}. Categories
 * are sorted by value, since the shader halves its way to them.
 *
 * @throws where the style cannot be drawn (its range is empty…)
 */
export const tablesOf = (style, colours) => {
  const { title, id, legend, tiles, interpolation, ...said } = style;
  const key = JSON.stringify(said);
  let made = cache.get(key);
  if (!made) {
    let sorted = style;
    if (style.scale === "categorical") {
      sorted = { ...style, categories: [...style.categories].sort((a, b) => a.value - b.value) };
    }
    const table = palette(sorted, colours);
    made = {
      key, thresholds: thresholds(sorted), palette: style.reversed ? turned(table) : table,
      scale: SCALES[style.scale] ?? 0, guess: guessOf(sorted),
      categories: sorted.categories?.length ?? 0,
    };
    cache.set(key, made);
    if (cache.size > 100) cache.delete(cache.keys().next().value);
  }
  return { ...made, bilinear: interpolation === "bilinear" && style.scale !== "categorical" };
};
