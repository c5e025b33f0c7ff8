// The other dimensions of the active layer (depth, band, …) beside time: a slider for many
// numbers, a list for few or for texts. Of sheets one above the other the uppermost is chosen.

import { fromAbove } from "../lib/globe/sheets.js";
import { choice, iconButton, make } from "./dom.js";
import { icons } from "./icons.js";
import { extrasOf, unitsOf } from "./site.js";
import { activeLayer, withLayer } from "./state.js";

const FEW = 6;
/** Whether all places of a dimension are shown at once: as sheets, or as the axis of a cube. */
const isStacked = ({ stack }, { name }) => stack?.dimension === name;
const isNumeric = (values) => values.every((one) => one !== "" && Number.isFinite(Number(one)));

/** How one place of a dimension is chosen: {title, values, of(layer), change(layer, value)}. */
const placeChoice = ({ name, title, values, default: usual }) => ({
  title, values, of: (layer) => layer?.dims?.[name] ?? usual ?? values[0],
  change: ({ dims }, value) => ({ dims: { ...dims, [name]: value } }),
});

/** How the uppermost of the sheets is chosen that a stack shows. */
const sheetChoice = ({ title, values }, { stack }, t) => {
  const list = fromAbove(values, stack);
  return {
    title: t("dims.uppermost", { title }), values: list, of: (layer) => layer?.stack?.from ?? list[0],
    change: (layer, value) => ({ stack: { ...layer.stack, from: value === list[0] ? undefined : value } }),
  };
};

const control = (app, layer, dimension) => {
  const { t, store } = app;
  const { name } = dimension;
  const { title, values, of, change } = isStacked(layer, dimension) ? sheetChoice(dimension, layer, t) : placeChoice(dimension);
  const units = unitsOf(dimension.units);
  const now = () => store.get().layers.find((one) => one.id === layer.id);
  const current = () => Math.max(0, values.indexOf(of(now())));
  const pick = (index) => {
    const value = values[Math.min(Math.max(index, 0), values.length - 1)];
    store.set((state) => withLayer(state, layer.id, change(now(), value)));
  };
  const text = (index) => `${values[index]}${units ? ` ${units}` : ""}`;
  if (!isNumeric(values) || values.length <= FEW) {
    return make("label", { className: "dim" }, make("span", {}, title),
      choice(values.map((_, i) => [String(i), text(i)]), String(current()), (value) => pick(Number(value)),
        { dataset: { dim: name } }));
  }
  const told = make("output", {}, text(current()));
  const slider = make("input", {
    type: "range", min: 0, max: values.length - 1, step: 1, value: current(), "aria-label": title,
    "aria-valuetext": text(current()), dataset: { dim: name },
    oninput: () => {
      told.textContent = text(slider.valueAsNumber);
      slider.setAttribute("aria-valuetext", told.textContent);
      pick(slider.valueAsNumber);
    },
  });
  const step = (by) => () => {
    slider.value = slider.valueAsNumber + by;
    slider.oninput();
  };
  return make("div", { className: "dim" }, make("span", {}, title, " ", told),
    make("div", { className: "dim-slider" },
      iconButton(icons.previous, t("dims.previous", { title }), step(-1)), slider,
      iconButton(icons.next, t("dims.next", { title }), step(1))));
};

export const addDimensions = (app, host) => {
  const draw = () => {
    const layer = activeLayer(app.store.get());
    const variable = app.site.loaded.get(layer?.dataset)?.variable(layer?.variable);
    // The axis of a cube is cut by handles of its own.
    const extras = layer?.kind === "xyz" ? [] : extrasOf(variable)
      .filter((one) => one.values.length > 1 && (!isStacked(layer, one) || layer.stack.scale !== undefined));
    host.hidden = !extras.length;
    host.setAttribute("aria-label", app.t("dims.title"));
    host.replaceChildren(...extras.map((one) => control(app, layer, one)));
  };
  app.store.subscribe((state) => {
    const layer = activeLayer(state);
    return [layer?.id, layer?.dataset, layer?.variable, layer?.stack?.dimension];
  }, draw);
  document.addEventListener("languagechange", draw);
  draw();
};
