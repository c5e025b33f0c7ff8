// Showing another cube.

import { findVariable, layerFor } from "../viewer/start.js";
import { firstBox } from "./open.js";
import { defaults } from "./state.js";

/** Shows a variable as a cube, all of it, in the colours it is published with. */
export const showCube = async (app, id, key) => {
  const isLatest = app.replacing();
  const found = await findVariable(app, id, key);
  if (!found || !isLatest()) return;
  const { document, variable } = found;
  app.player?.stop();
  const layer = layerFor({ layers: [] }, document, variable);
  const time = variable.dimensions.find((one) => one.isTime);
  app.store.set({
    layers: [layer], active: layer.id, lead: null, box: firstBox(variable), frame: defaults.frame, stretch: 1,
    time: time?.default ?? time?.values.at(-1) ?? null,
  });
  app.announce(app.t("layer.shown", { title: variable.title, dataset: document.title }));
};
