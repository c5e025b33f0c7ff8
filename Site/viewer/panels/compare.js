// Comparing: a curtain over the map, two linked maps, or the difference of two times or variables.

import { choice, field, make, segments } from "../dom.js";
import { icons } from "../icons.js";
import { timeLabel } from "../layer/times.js";
import { timeOf } from "../site.js";
import { activeLayer, freshID, isValues } from "../state.js";
import { layerTitle } from "../titles.js";
import { differenceForm } from "./expressions-difference.js";

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
  choice([["", app.t("compare.follows")], ...values.map((one) => [one, timeLabel(app.texts.locale, values, one)])], current ?? "", pick));

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

/** The form for a difference, of the active layer. */
const showDifference = async (app, host) => {
  const layer = activeLayer(app.store.get());
  const document = app.site.loaded.get(layer?.dataset);
  host.replaceChildren(layer?.kind === "variable" && document
    ? await differenceForm(app, document, layer)
    : make("p", { className: "hint" }, app.t("compare.onlyVariables")));
};

const render = (host, app) => {
  const { t, store } = app;
  const below = make("div", {});
  const draw = () => {
    const state = store.get();
    showDifference(app, below);
    host.replaceChildren(...[
      segments(t("compare.mode"), ["off", "swipe", "side"].map((one) => [one, t(`compare.${one}`)]),
        state.compare?.mode ?? "off", (mode) => startCompare(app, mode)),
      ...(state.compare ? comparing(app, state) : [make("p", { className: "hint" }, t("compare.hint"))]),
      make("h3", {}, t("compare.difference")), below,
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
