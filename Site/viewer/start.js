// What to show first, and filling up what an address left out.

import { freshID, layerDefaults } from "./state.js";
import { timeOf } from "./site.js";

/** A layer entry of a variable as its document would have it. */
export const layerFor = (state, document, variable, more = {}) => ({
  ...layerDefaults, id: freshID(state), kind: "variable", dataset: document.id,
  variable: variable.key, style: variable.styles?.[0]?.id,
  dims: Object.fromEntries(variable.dimensions.filter((one) => !one.isTime)
    .map((one) => [one.name, one.default ?? one.values[0]])),
  ...more,
});

/** A state with what was left out of its layers, without those that name unknown datasets: {layers, active, time}. */
export const completed = async (app, state) => {
  const { site } = app;
  const layers = [];
  for (const layer of state.layers) {
    if (layer.kind === "xyz") {
      layers.push(layer);
      continue;
    }
    try {
      const document = await site.dataset(layer.dataset);
      const variable = document.variable(layer.variable) ?? document.variables[0];
      if (!variable) {
        app.notify(app.t("dataset.empty", { id: layer.dataset }), "warning");
        continue;
      }
      if (layer.other?.dataset) await site.dataset(layer.other.dataset);
      const full = layerFor(state, document, variable);
      layers.push({
        ...full, ...layer, variable: variable.key, style: layer.style ?? full.style,
        dims: { ...full.dims, ...layer.dims },
      });
    } catch (error) {
      app.notify(app.t("dataset.unknown", { id: layer.dataset }), "warning");
      console.warn(error);
    }
  }
  const first = layers.find((one) => one.kind !== "xyz");
  const document = first && site.loaded.get(first.dataset);
  const time = timeOf(document?.variable(first?.variable));
  return {
    layers, active: layers.some((one) => one.id === state.active) ? state.active : layers[0]?.id,
    time: state.time ?? time?.default ?? time?.values.at(-1) ?? null,
  };
};

/** Completes the state that a page begins with. */
export const complete = async (app) => app.store.set(await completed(app, app.store.get()));

/** Shows what an address says, as soon as the documents of its layers are there; `before` is called just before. */
export const restore = async (app, state, before = () => undefined) => {
  const isLatest = app.replacing();
  const layers = await completed(app, state);
  if (!isLatest()) return;
  before();
  app.store.set({ ...state, ...layers });
};

/** Whether bounds hold one pole and not the other, so that only the globe shows all of them. */
export const poleOf = ([, south, , north]) => (south < -85 && north < 30 ? -90 : north > 85 && south > -30 ? 90 : null);

/** Where to begin if the address does not say: all of the first layer's dataset, poles on the globe. */
export const startView = (app) => {
  const layer = app.store.get().layers.find((one) => one.kind !== "xyz");
  const bounds = app.site.loaded.get(layer?.dataset)?.bounds;
  if (!bounds) return;
  app.startBounds = bounds;
  const pole = poleOf(bounds);
  if (pole === null) return;
  app.store.set(({ view }) => ({ view: { ...view, lon: 0, lat: Math.sign(pole) * 82, projection: "globe" } }));
};

/** The first dataset of the site that can be drawn; its document tells whether. */
export const chooseFirst = async (app) => {
  for (const { id } of app.site.datasets.slice(0, 8)) {
    try {
      const document = await app.site.dataset(id);
      if (!document.cube || !document.variables.length) continue;
      const layer = layerFor(app.store.get(), document, document.variables[0]);
      app.store.set({ layers: [layer], active: layer.id });
      await complete(app);
      return;
    } catch (error) {
      console.warn(error);
    }
  }
};

/** A variable of a dataset, the first where there is none of that key; undefined, with a notice, where it cannot be read. */
export const findVariable = async (app, id, key) => {
  try {
    const document = await app.site.dataset(id);
    return { document, variable: document.variable(key) ?? document.variables[0] };
  } catch {
    app.notify(app.t("dataset.unread", { id }), "error");
    return undefined;
  }
};
