// The form for one more series: place, dataset, variable and statistic.

import { choice, field, make } from "../dom.js";
import { createLatest } from "../latest.js";
import { addSeries, dimsFor, hasTime, placesOf, shownVariable } from "./places-actions.js";
import { METHODS } from "./series-load.js";

/** Makes the form, with what is shown now chosen. */
export const seriesForm = async (app) => {
  const { t } = app;
  const state = app.store.get();
  const shown = shownVariable(state) ?? {};
  const published = shown.dataset ? await placesOf(app, shown.dataset).catch(() => []) : [];
  const places = [...state.places, ...published].filter((one) => one.geometry.type !== "LineString");
  if (!places.length) return make("p", { className: "hint" }, t("series.empty"));
  const last = state.series.at(-1);
  const wanted = {
    place: last?.place ?? places[0].properties.id, method: last?.method ?? "mean",
    dataset: shown.dataset ?? app.site.datasets[0].id, variable: shown.variable,
  };
  const form = make("div", { className: "form" });
  const filling = createLatest();
  const fill = async () => {
    const isLatest = filling();
    const document = await app.site.dataset(wanted.dataset);
    if (!isLatest()) return;
    const variables = document.variables.filter(hasTime);
    if (!variables.some((one) => one.key === wanted.variable)) wanted.variable = variables[0]?.key;
    const focused = [...form.querySelectorAll("select")].indexOf(window.document.activeElement);
    const pick = (key, options) => field(t(`series.${key}`), choice(options, wanted[key], (value) => {
      wanted[key] = value;
      fill().catch(() => app.notify(t("dataset.unread", { id: wanted.dataset }), "error"));
    }));
    const isArea = places.find((one) => one.properties.id === wanted.place)?.geometry.type !== "Point";
    const add = () => addSeries(app, [{
      ...wanted, dims: dimsFor(document.variable(wanted.variable), wanted.dataset === shown.dataset ? shown.dims : {}) }]);
    form.replaceChildren(...[
      pick("place", places.map((one) => [one.properties.id, one.properties.title])),
      app.site.datasets.length > 1 && pick("dataset", app.site.datasets.map((one) => [one.id, one.title])),
      variables.length ? pick("variable", variables.map((one) => [one.key, one.title]))
        : make("p", { className: "hint" }, t("series.no-time")),
      isArea && pick("method", METHODS.map((one) => [one, t(`method.${one}`)])),
      make("button", { type: "button", className: "plain primary", disabled: !variables.length, onclick: add }, t("series.add.do")),
    ].filter(Boolean));
    form.querySelectorAll("select")[focused]?.focus();
  };
  await fill();
  return form;
};
