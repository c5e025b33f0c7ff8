// What is said when something cannot be read. The viewer goes on with what it has.

import { styleOf } from "./layer/colours.js";
import { filled } from "./layer/template.js";

/** The published pictures of a layer's variable as a layer of tiles; null where there are none. */
export const picturesOf = (app, layer) => {
  const variable = app.site.loaded.get(layer.dataset)?.variable(layer.variable);
  const tiles = variable && styleOf(layer, variable).tiles?.find((one) => one.tileMatrixSet === "WebMercatorQuad");
  if (!tiles) return null;
  const { time } = app.store.get();
  const path = filled(tiles.template, variable.dimensions, { time, dims: layer.dims });
  // Not by URL, which would write the braces of {z} in another way.
  return { id: layer.id, kind: "xyz", title: variable.title, url: app.site.root + path, visible: true, opacity: 1, dims: {},
    minzoom: tiles.minzoom, maxzoom: tiles.maxzoom };
};

/** A function that tells of an error of a dataset once, and starts anew where its cube was replaced. */
export const reportOf = (app) => {
  const told = new Map();
  const once = (message, kind, action) => {
    const now = Date.now();
    if (now - (told.get(message) ?? 0) < 10_000) return;
    told.set(message, now);
    app.notify(message, kind, action);
  };
  const retry = { title: app.t("retry"), run: () => app.map.retry() };
  const restarting = new Set();

  const restart = async (id) => {
    if (restarting.has(id)) return;
    restarting.add(id);
    once(app.t("cube.replaced"), "info");
    try {
      await app.pools.replaced(id);
      app.map.drawing.forget(id);
    } catch (error) {
      console.warn(error);
    }
    setTimeout(() => restarting.delete(id), 5000);
  };

  /** Offers pictures in place of a layer that has no values. */
  const withoutCube = (title, layer) => {
    const pictures = layer && picturesOf(app, layer);
    once(app.t("cube.none", { title }), "warning", pictures && {
      title: app.t("cube.pictures"),
      run: () => app.store.set(({ layers }) => ({
        layers: layers.map((one) => (one.id === layer.id ? pictures : one)),
      })),
    });
  };

  return (error, dataset, layer) => {
    if (error?.name === "AbortError") return;
    console.warn(dataset, error);
    const title = app.site.loaded.get(dataset)?.title ?? dataset;
    switch (error?.code) {
      case "replaced": restart(dataset); break;
      case "damaged": once(app.t("chunk.damaged", { title }), "warning", retry); break;
      case "no-cube": withoutCube(title, layer); break;
      case "grids": once(app.t("difference.grids"), "warning"); break;
      case "not-found": once(app.t("cube.missing", { title }), "warning", retry); break;
      case "network":
        once(app.t(navigator.onLine ? "network" : "offline"), "warning", retry);
        break;
      case "invalid":
      case "unsupported":
        once(`${title}: ${error.message}`, "warning");
        break;
      default: once(app.t("layer.failed", { title, reason: error?.message ?? "" }), "error", retry);
    }
  };
};
