// Showing another cube.

import { layerFor } from "../viewer/start.js";
import { firstBox } from "./open.js";
import { defaults } from "./state.js";

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
