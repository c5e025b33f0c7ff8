// Comparing: a curtain over the map, two linked maps, or the difference of two times or variables.

import { choice, field, make, segments } from "../dom.js";
import { icons } from "../icons.js";
import { isValues } from "../layer/drawing.js";
import { timeText } from "../layer/times.js";
import { timeOf } from "../site.js";
import { activeLayer, freshID, layerDefaults } from "../state.js";
import { layerTitle } from "../titles.js";

/** The layer to the right: the one named, else another than the active one, else a copy of it. */
const startCompare = (app, mode) => {
  app.store.set((state) => {
    if (mode === "off") return { compare: null };
    const active = activeLayer(state);
    let layers = state.layers;
    let layer = state.compare?.layer ?? layers.find((one) => isValues(one) && one !== active)?.id;
    if (!layer && active) {
      const copy = { ...active, id: freshID(state), time: state.time ?? undefined };
      layers = [...layers, copy];
      layer = copy.id;
    }
    return { layers, compare: { mode, layer, position: state.compare?.position ?? 0.5 } };
  });
};

const timeChoice = (app, label, values, current, pick) => field(label,
  choice([["", app.t("compare.follows")], ...values.map((one) => [one, timeText(one)])], current ?? "", pick));

const comparing = (app, state) => {
  const { t, store } = app;
  const values = state.layers.filter(isValues);
  const right = values.find((one) => one.id === state.compare.layer);
  const times = timeOf(app.site.loaded.get(right?.dataset)?.variable(right?.variable))?.values;
  const patchRight = (change) => store.set((now) => ({
    layers: now.layers.map((one) => (one.id === right.id ? { ...one, ...change } : one)),
  }));
  return [
    field(t("compare.right"), choice(values.map((one) => [one.id, layerTitle(app, one)]), right?.id,
      (layer) => store.set((now) => ({ compare: { ...now.compare, layer } })))),
    times?.length > 1 && times.length < 2000
      ? timeChoice(app, t("compare.rightTime"), times, right.time, (time) => patchRight({ time: time || undefined })) : null,
    state.compare.mode === "swipe" ? make("p", { className: "hint" }, t("compare.swipeHint")) : null,
  ];
};

const difference = (app) => {
  const { t, store } = app;
  const state = store.get();
  const layer = activeLayer(state);
  const document = layer && app.site.loaded.get(layer.dataset);
  const variable = document?.variable(layer.variable);
  if (!variable || layer.kind === "rgb") return make("p", { className: "hint" }, t("colours.none"));
  const times = timeOf(variable)?.values ?? [];
  const others = document.variables.filter((one) => one.grid === variable.grid && one.kind !== "categorical");
  const form = { variable: variable.key, time: times[0] };
  const add = () => {
    const other = { dataset: document.id, variable: form.variable };
    if (form.time) other.time = form.time;
    store.set((now) => {
      const made = {
        ...layerDefaults, id: freshID(now), kind: "difference", dataset: document.id,
        variable: variable.key, style: layer.style, dims: layer.dims, other,
      };
      return { layers: [made, ...now.layers], active: made.id };
    });
  };
  return make("div", { className: "stack" },
    make("p", { className: "subject" }, variable.title, make("small", {}, ` ${t("compare.minus")}`)),
    others.length > 1 ? field(t("compare.variable"), choice(others.map((one) => [one.key, one.title]),
      form.variable, (value) => { form.variable = value; })) : null,
    times.length > 1 ? timeChoice(app, t("compare.time"), times, form.time, (value) => { form.time = value; }) : null,
    make("button", {
      type: "button", className: "plain", textContent: t("compare.add"), onclick: add,
      disabled: times.length < 2 && others.length < 2,
    }));
};

const render = (host, app) => {
  const { t, store } = app;
  const draw = () => {
    const state = store.get();
    host.replaceChildren(...[
      segments(t("compare.mode"), ["off", "swipe", "side"].map((one) => [one, t(`compare.${one}`)]),
        state.compare?.mode ?? "off", (mode) => startCompare(app, mode)),
      ...(state.compare ? comparing(app, state) : [make("p", { className: "hint" }, t("compare.hint"))]),
      make("h3", {}, t("compare.difference")), difference(app),
    ].filter(Boolean));
  };
  draw();
  return store.subscribe((state) => [
    state.compare?.mode, state.compare?.layer, state.active,
    state.layers.map((one) => [one.id, one.kind, one.dataset, one.variable, one.time]),
  ], draw);
};

export const register = (app) => app.registerPanel({
  id: "compare", title: "compare.title", icon: icons.compare, order: 80, render,
});
