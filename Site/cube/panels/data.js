// The panel of data: the variables of the site that are cubes, and which dimension is the third one.

import { make, segments } from "../../viewer/dom.js";
import { icons } from "../../viewer/icons.js";
import { unitsOf } from "../../viewer/site.js";
import { activeLayer } from "../../viewer/state.js";
import { leadsOf } from "../open.js";
import { showCube } from "../show.js";

const render = (host, app) => {
  const { t, store, site } = app;
  const row = (dataset, variable, current) => {
    const units = unitsOf(variable.units);
    return make("li", {}, make("button", {
      type: "button", className: "variable", "aria-current": current ? "true" : undefined,
      onclick: () => showCube(app, dataset.id, variable.key),
    }, make("span", {}, variable.title), units ? make("small", {}, units) : null));
  };
  const draw = () => {
    const layer = activeLayer(store.get());
    const document = site.loaded.get(layer?.dataset);
    const leads = leadsOf(document?.variable(layer?.variable));
    const focused = host.contains(globalThis.document.activeElement) ? globalThis.document.activeElement.textContent : null;
    host.replaceChildren(
      make("p", { className: "hint" }, t("data.hint")),
      ...(leads.length > 1 ? [make("h3", {}, t("data.lead")), segments(t("data.lead"),
        leads.map((one) => [one.name, one.isTime ? t("axis.time") : one.title]), app.map.cube?.lead.name,
        (lead) => store.set({ lead, box: { ...store.get().box, lead: null }, frame: { ...store.get().frame, lead: null } }))] : []),
      ...site.datasets.flatMap((dataset) => {
        const cubes = dataset.variables.filter((one) => one.cube);
        if (!cubes.length) return [];
        return [make("h3", {}, dataset.title), make("ul", { className: "variables" },
          cubes.map((one) => row(dataset, one, layer?.dataset === dataset.id && layer.variable === one.key)))];
      }));
    if (focused) [...host.querySelectorAll("button")].find((one) => one.textContent === focused)?.focus();
  };
  draw();
  document.addEventListener("cubeopen", draw);
  const end = store.subscribe((state) => [state.layers.map((one) => [one.dataset, one.variable]), state.lead], draw);
  return () => {
    document.removeEventListener("cubeopen", draw);
    end();
  };
};

export const register = (app) => app.registerPanel({
  id: "datasets", title: "data.title", icon: icons.datasets, order: 10, render,
});
