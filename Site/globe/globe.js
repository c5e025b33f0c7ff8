// The entry of the globe: scenes in three dimensions, drawn by CesiumJS from the site's files. It is put together from
// parts of the map viewer (Site/viewer) where they do the same.

import { begin, page } from "../viewer/begin.js";
import { addDimensions } from "../viewer/dimensions.js";
import { addLegends } from "../viewer/legends.js";
import { createPanels } from "../viewer/panels.js";
import { register as registerColours } from "../viewer/panels/colours.js";
import { register as registerSettings } from "../viewer/panels/settings.js";
import { addPointer } from "../viewer/pointer.js";
import { createPools } from "../viewer/pools.js";
import { addReadout } from "../viewer/readout.js";
import { addShortcuts } from "../viewer/shortcuts.js";
import { addTimeBar } from "../viewer/timebar.js";
import { library } from "./cesium.js";
import { register as registerLayers } from "./panels/layers.js";
import { register as registerLight } from "./panels/light.js";
import { register as registerScene } from "./panels/scene.js";
import { savePicture } from "./picture.js";
import { attachPointer } from "./pointer.js";
import { openScenes } from "./scenes.js";
import { decode, defaults, encode, step } from "./state.js";
import { addTop } from "./top.js";
import { createTour } from "./tour.js";
import { createWorld } from "./world.js";

const shortcuts = [
  ["←  →", "key.step"], ["Home  End", "key.ends"], ["Space", "key.play"], ["+  −", "key.zoom"],
  ["Shift  ←  ↑", "key.orbit"], ["V", "key.value"], ["F", "key.home"], ["T", "key.tour"], ["P", "key.picture"], ["Esc", "key.escape"],
];

const start = async () => {
  const app = await begin({ encode, decode, step, defaults }, "scene", new URL("./i18n/", import.meta.url));
  if (!app) return;
  app.shortcuts = shortcuts;
  app.pools = createPools(app);
  // All are asked for at once; the first that fails says what is to be said.
  const [libraryRead, scenesRead] = [library(page("cesium")), openScenes(app)];
  const orFail = async (run, key) => {
    try {
      return await run();
    } catch (error) {
      console.warn(error);
      app.fail(app.t(key));
      return null;
    }
  };
  scenesRead.catch(() => {});
  const Cesium = await orFail(() => libraryRead, "globe.library");
  app.scenes = Cesium && await orFail(() => scenesRead, "globe.unlisted");
  app.map = app.scenes && await orFail(() => createWorld(app, Cesium, page("map")), "globe.drawing");
  if (!app.map) return;
  const { canvas } = app.map.scene;
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.classList.add("globe-canvas");
  app.tour = createTour(app, app.map.camera);
  addPointer(app, page("map"));
  const panels = createPanels(app, page("rail"), { side: page("side") });
  app.registerPanel = panels.register;
  app.openPanel = panels.open;
  addTop(app, { now: page("now"), stage: document.querySelector(".stage"), caption: page("caption"), credits: page("credits") });
  addReadout(app, page("readout"));
  attachPointer(app, app.map);
  const { wanted } = app;
  try {
    await app.scenes.show(wanted?.scene, wanted ?? {});
  } catch (error) {
    console.warn(error);
    app.fail(error.message);
    return;
  }
  addLegends(app, page("legends"));
  addTimeBar(app, page("time"));
  addDimensions(app, page("dims"));
  addShortcuts(app, {
    t: () => (app.tour.playing ? app.tour.stop() : app.tour.play()),
    p: () => savePicture(app),
  }, ".globe-canvas");
  if (!app.embedded) for (const register of [registerScene, registerLayers, registerColours, registerLight, registerSettings]) register(app);
  app.keep(panels, (state) => app.scenes.change(state.scene, state));
};

start();
