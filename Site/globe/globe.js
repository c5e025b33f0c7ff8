// The entry of the globe: scenes in three dimensions, drawn by CesiumJS from the site's files. It is put together from
// parts of the map viewer (Site/viewer) where they do the same.

import { begin, page } from "../viewer/begin.js";
import { addDimensions } from "../viewer/dimensions.js";
import { showPictures } from "../viewer/fallback.js";
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

/** Brings library, scenes and globe into `app`; throws what is to be said where one of them is not to be had. */
const open = async (app) => {
  const says = (key) => (error) => {
    console.warn(error);
    throw new Error(app.t(key));
  };
  const [Cesium, scenes] = await Promise.all([
    library(page("cesium").href).catch(says("globe.library")), openScenes(app).catch(says("globe.unlisted")),
  ]);
  app.scenes = scenes;
  try {
    app.map = createWorld(app, Cesium, page("map"));
  } catch (error) {
    says("globe.drawing")(error);
  }
  app.tour = createTour(app, app.map.camera);
  await scenes.show(app.wanted?.scene, app.wanted ?? {});
};

const start = async () => {
  const app = await begin({ encode, decode, step, defaults }, "scene", new URL("./i18n/", import.meta.url));
  if (!app) return;
  app.shortcuts = shortcuts;
  app.pools = createPools(app);
  try {
    await open(app);
  } catch (error) {
    showPictures(app, error.message);
    return;
  }
  addPointer(app, page("map"));
  const panels = createPanels(app, page("rail"), { side: page("side") });
  app.registerPanel = panels.register;
  app.openPanel = panels.open;
  addTop(app, { now: page("now"), stage: document.querySelector(".stage"), caption: page("caption"), credits: page("credits") });
  addReadout(app, page("readout"));
  attachPointer(app, app.map);
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
