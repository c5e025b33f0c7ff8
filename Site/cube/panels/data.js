// The panel of data: the variables of the site that are cubes, and which dimension is the third one.

import { make, segments } from "../../viewer/dom.js";
import { icons } from "../../viewer/icons.js";
import { unitsOf } from "../../viewer/site.js";
import { layerFor } from "../../viewer/start.js";
import { activeLayer } from "../../viewer/state.js";
import { firstBox, leadsOf } from "../open.js";
import { defaults } from "../state.js";

/** Shows a variable as a cube, all of it, in the colours it is published with. */
export const showCube = async (app, id, key) => {
  let document;
  try {
    document = await app.site.dataset(id);
  } catch {
    app.notify(app.t("dataset.unread", { id }), "error");
    return;
  }
  const variable = document.variable(key) ?? document.variables[0];
  app.player?.stop();
  const layer = layerFor({ layers: [] }, document, variable);
  const time = variable.dimensions.find((one) => one.isTime);
  app.store.set({
    layers: [layer], active: layer.id, lead: null, box: firstBox(variable), frame: defaults.frame, stretch: 1,
    time: time?.default ?? time?.values.at(-1) ?? null,
  });
  app.announce(app.t("layer.shown", { title: variable.title, dataset: document.title }));
};

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
