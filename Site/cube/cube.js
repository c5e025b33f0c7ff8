// The entry of the space-time cube, put together from parts of the map viewer (Site/viewer) where they do the same. It
// brings up the first picture; what stands around that (page.js) and the graphics card (gl.js) come afterwards.

import { begin, page } from "../viewer/begin.js";
import { createPools } from "../viewer/pools.js";
import { complete } from "../viewer/start.js";
import { firstBox } from "./open.js";
import { showCube } from "./show.js";
import { createStage } from "./stage.js";
import { decode, defaults, encode, step } from "./state.js";

/** What is to be shown, in the store; false where there is nothing. */
const choose = async (app) => {
  const { wanted, store } = app;
  // What will be read in any case is on its way while the rest is put together.
  const begun = [app.site.colours(), ...wanted?.layers?.map(({ dataset }) => app.pools.cube(dataset)) ?? []];
  for (const one of begun) one.catch(() => {});
  if (wanted?.layers?.length) {
    await complete(app);
    const [layer] = store.get().layers;
    // A link in plain words says no more than which variable.
    if (layer && !wanted.box) store.set({ box: firstBox(app.site.loaded.get(layer.dataset).variable(layer.variable)) });
  }
  if (store.get().layers.length) return true;
  const first = app.site.datasets.flatMap(({ id, variables }) =>
    variables.filter((one) => one.cube).map(({ key }) => ({ id, key }))).at(0);
  if (!first) return false;
  await showCube(app, first.id, first.key);
  return true;
};

const start = async () => {
  const app = await begin({ encode, decode, step, defaults }, "datasets", new URL("./i18n/", import.meta.url));
  if (!app) return;
  app.pools = createPools(app);
  if (!await choose(app)) return app.fail(app.t("cube.nothing"));
  // Keeps the room of what comes later, so that the picture stays where it is.
  page("side").hidden = app.embedded || !app.store.get().panel;
  page("cuts").hidden = false;
  app.map = createStage(app, page("map"));
  await app.map.pictured;
  document.head.append(page("later").content);
  try {
    const { furnish } = await import("./page.js");
    furnish(app);
  } catch (error) {
    console.error(error);
    app.notify(app.t("panel.failed"), "warning");
  }
};

start();
