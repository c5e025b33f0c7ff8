// What is said when something cannot be read. The viewer goes on with what it has.

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

  return (error, dataset, layer) => {
    if (error?.name === "AbortError") return;
    console.warn(dataset, error);
    const title = app.site.loaded.get(dataset)?.title ?? dataset;
    switch (error?.code) {
      case "replaced": restart(dataset); break;
      case "damaged": once(app.t("chunk.damaged", { title }), "warning", retry); break;
      case "no-cube": once(app.t("cube.none", { title }), "warning"); break;
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
    if (layer) document.dispatchEvent(new CustomEvent("layerfailed", { detail: layer.id }));
  };
};
