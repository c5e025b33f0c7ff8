// The entry of the space-time cube, put together from parts of the map viewer (Site/viewer) where they do the same.

import { begin, page } from "../viewer/begin.js";
import { addDimensions } from "../viewer/dimensions.js";
import { addLegends } from "../viewer/legends.js";
import { icons } from "../viewer/icons.js";
import { createPanels } from "../viewer/panels.js";
import { createPools } from "../viewer/pools.js";
import { addShortcuts } from "../viewer/shortcuts.js";
import { complete } from "../viewer/start.js";
import { addTimeBar } from "../viewer/timebar.js";
import { addCuts } from "./cuts.js";
import { selectIcon } from "./icons.js";
import { firstBox } from "./open.js";
import { register as registerData, showCube } from "./panels/data.js";
import { createPlayer } from "./player.js";
import { addPointer } from "./pointer.js";
import { addReadout } from "./readout.js";
import { createStage } from "./stage.js";
import { decode, defaults, encode, step } from "./state.js";
import { addTop, savePicture } from "./top.js";

const shortcuts = [
  ["←  →  ↑  ↓", "key.turn"], ["Shift  ←  ↑", "key.move"], ["+  −", "key.zoom"],
  ["←  →", "key.front"], ["Home  End", "key.ends"], ["Space", "key.play"],
  ["V", "key.value"], ["F", "key.home"], ["S", "key.select"], ["P", "key.picture"], ["Esc", "key.escape"],
];

const addTexts = async (texts, language) => {
  const read = async (code) => {
    const answer = await fetch(new URL(`./i18n/${code}.json`, import.meta.url));
    texts.add(code, await answer.json());
  };
  await Promise.all([...new Set([language, "en"])].map(read));
};

/** Panels beside that of the data: their modules come when the first picture stands, or when one is asked for. */
const later = [
  { id: "region", icon: selectIcon, order: 20, path: "./panels/region.js" },
  { id: "colours", icon: icons.colours, order: 30, path: "../viewer/panels/colours.js" },
  { id: "view", icon: icons.eye, order: 40, path: "./panels/view.js" },
  { id: "settings", icon: icons.settings, order: 90, path: "../viewer/panels/settings.js" },
];

const addPanels = (app, panels) => {
  registerData(app);
  for (const { id, icon, order, path } of later) {
    let coming = null;
    const load = () => {
      coming ??= import(path).then(({ register }) => register(app), (error) => {
        coming = null;
        console.error(`Panel ${id}:`, error);
        app.notify(app.t("panel.failed"), "warning");
      });
    };
    panels.register({ id, title: `${id}.title`, icon, order, load });
    app.map.pictured.then(load);
  }
};

const start = async () => {
  const app = await begin({ encode, decode, step, defaults }, "datasets", addTexts);
  if (!app) return;
  app.shortcuts = shortcuts;
  app.pools = createPools(app);
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
  if (!store.get().layers.length) {
    const first = app.site.datasets.flatMap(({ id, variables }) =>
      variables.filter((one) => one.cube).map(({ key }) => ({ id, key }))).at(0);
    if (!first) return app.fail(app.t("cube.nothing"));
    await showCube(app, first.id, first.key);
  }
  try {
    app.map = createStage(app, page("map"));
  } catch (error) {
    console.warn(error);
    return app.fail(app.t("cube.webgl"));
  }
  app.player = createPlayer(app);
  const readout = addReadout(app, page("readout"));
  app.eye = addPointer(app, app.map, page("map"), readout.tell);
  const panels = createPanels(app, page("rail"), { side: page("side") });
  app.registerPanel = panels.register;
  app.openPanel = panels.open;
  addTop(app, page("now"), document.querySelector(".stage"));
  addLegends(app, page("legends"));
  addCuts(app, page("cuts"));
  addTimeBar(app, page("time"));
  addDimensions(app, page("dims"));
  addShortcuts(app, {
    ArrowLeft: () => app.player.step(0, -1), ArrowRight: () => app.player.step(0, 1),
    Home: () => app.player.step(0, -Infinity), End: () => app.player.step(0, Infinity),
    " ": () => app.player.toggle(app.player.playing ? app.player.axis : 0),
    s: () => store.set(({ tool }) => ({ tool: tool === "select" ? "turn" : "select" })),
    p: () => savePicture(app),
  }, ".cube-canvas");
  if (!app.embedded) addPanels(app, panels);
  app.keep(panels, async (state) => {
    store.set(state);
    await complete(app);
  });
};

start();
