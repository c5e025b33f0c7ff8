// Legends on the map: one for each layer that is shown, from the very tables it is drawn with.

import { niceTicks, positionOf, tickLabels } from "../lib/colour/index.js";
import { shownSheets } from "../lib/globe/sheets.js";
import { lookOf, tablesOf } from "./layer/colours.js";
import { make } from "./dom.js";
import { extrasOf, unitsOf } from "./site.js";
import { activeLayer, isValues } from "./state.js";
import { layerTitle } from "./titles.js";

const hex = (palette, i) => {
  const [r, g, b, a] = palette.subarray(4 * i, 4 * i + 4);
  return `rgb(${r} ${g} ${b} / ${a / 255})`;
};

/** A bar of the 253 colours of a style. */
export const colourBar = (tables, label) => {
  const canvas = make("canvas", { className: "bar", width: 253, height: 1, role: "img", "aria-label": label });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const image = context.createImageData(253, 1);
  image.data.set(tables.palette.subarray(4 * 3, 4 * 256));
  context.putImageData(image, 0, 0);
  return canvas;
};

const categories = (style, t) => {
  const items = style.categories.map(({ label, colour, value }) =>
    make("li", {}, make("i", { style: { background: colour } }), make("span", {}, label || String(value))));
  return make("ul", {
    className: "categories", "aria-label": t("legend.categories"), tabIndex: items.length > 8 ? 0 : undefined,
  }, items);
};

/** Labels at the very ends do not stick out. */
const tickStyle = (share) => ({
  className: share < 0.06 ? "start" : share > 0.94 ? "stop" : "",
  style: share > 0.94 ? { right: `${100 - 100 * share}%` } : { left: `${100 * share}%` },
});

const scaleOf = (style, tables, title, app) => {
  const ticks = niceTicks(style.range, {
    scale: style.scale, linearWithin: style.linearWithin, count: 4,
  });
  const labels = tickLabels(ticks, app.texts.language);
  const end = (which, index) => (style[which]
    ? make("i", {
      className: `end ${which}`, title: app.t(`legend.${which}`),
      style: { background: hex(tables.palette, index) },
    }) : null);
  return [
    make("div", { className: "scale" }, end("below", 1), colourBar(tables, title), end("above", 2)),
    make("div", { className: "ticks", "aria-hidden": "true" }, ticks.map((tick, i) =>
      make("span", tickStyle(positionOf(tick, style)), labels[i]))),
  ];
};

const rgbScale = (field, app) =>
  make("ul", { className: "bands" }, ["red", "green", "blue"].map((colour, i) =>
    make("li", {}, make("i", { className: colour }), make("span", {},
      `${app.t(`colour.${colour}`)}: ${field.variables[i].title} `,
      make("small", {}, field.ranges[i].map((one) => app.number(one)).join(" → "))))));

/** What a layer shows of a dimension, in words: a place, or the sheets from the uppermost to the lowest. */
const placesOf = (layer, { name, title, values, units, default: usual }) => {
  const { stack } = layer;
  if (stack?.dimension === name && stack.scale === undefined) return [];
  const sheets = stack?.dimension === name ? shownSheets(values, stack) : [layer.dims?.[name] ?? usual];
  const text = sheets.length > 1 ? `${sheets[0]} – ${sheets.at(-1)}` : sheets[0];
  return [`${title} ${text}${units ? ` ${units}` : ""}`];
};

/** The legend of one layer, or null while nothing is known of it. */
export const legendOf = (app, layer) => {
  const { drawing } = app.map;
  const field = drawing.field(layer);
  if (!field || !drawing.colours()) return null;
  const { variable } = field;
  const title = layerTitle(app, layer);
  const units = layer.kind === "expression" ? unitsOf(layer.units) : field.bands === 3 ? "" : unitsOf(variable.units);
  const dims = extrasOf(variable).flatMap((one) => placesOf(layer, one)).join(", ");
  const head = make("p", { className: "legend-title" }, make("strong", {}, title),
    units ? make("span", { className: "units" }, ` ${units}`) : null,
    dims ? make("small", {}, ` · ${dims}`) : null);
  if (field.bands === 3) return make("figure", { className: "legend" }, head, rgbScale(field, app));
  const style = lookOf(layer, variable);
  let tables;
  try {
    tables = tablesOf(style, drawing.colours());
  } catch {
    return null;
  }
  const label = style.scale === "categorical" ? title
    : app.t("legend.bar", {
      title, low: app.number(style.range[0]), high: app.number(style.range[1]), units: units ?? "",
    });
  const missing = style.missing && !/00$/.test(style.missing.slice(7))
    ? make("p", { className: "missing" },
      make("i", { style: { background: style.missing } }), app.t("legend.missing")) : null;
  return make("figure", { className: "legend", dataset: { layer: layer.id } }, head,
    style.scale === "categorical" ? categories(style, app.t) : scaleOf(style, tables, label, app), missing);
};

/** Keeps the legends on the map in step with the layers; while comparing, left and right. */
export const addLegends = (app, host) => {
  const draw = () => {
    const state = app.store.get();
    const { compare } = state;
    const shown = state.layers.filter((one) => one.visible && isValues(one));
    const active = activeLayer(state);
    const list = compare
      ? shown : [active, ...shown].filter((one, i, all) => one && shown.includes(one) && all.indexOf(one) === i).slice(0, 3);
    const side = (one) => (!compare ? "" : one.id === compare.layer ? "right" : "left");
    host.classList.toggle("comparing", Boolean(compare));
    const group = (which) => make("div", { className: `legend-side ${which}` },
      list.filter((one) => side(one) === which).slice(0, 2).map((one) => legendOf(app, one)));
    host.replaceChildren(...(compare ? [group("left"), group("right")] : [group("")]));
  };
  app.store.subscribe((state) => [state.layers, state.compare?.mode, state.compare?.layer, state.active], draw);
  document.addEventListener("fieldopen", draw);
  document.addEventListener("languagechange", draw);
  draw();
};
