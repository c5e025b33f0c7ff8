// What stands around the cube: its module comes when the first picture is there.

import { page } from "../viewer/begin.js";
import { addDimensions } from "../viewer/dimensions.js";
import { icons } from "../viewer/icons.js";
import { addLegends } from "../viewer/legends.js";
import { createPanels } from "../viewer/panels.js";
import { addShortcuts } from "../viewer/shortcuts.js";
import { restore } from "../viewer/start.js";
import { addTimeBar } from "../viewer/timebar.js";
import { addCuts } from "./cuts.js";
import { selectIcon } from "./icons.js";
import { register as registerData } from "./panels/data.js";
import { createPlayer } from "./player.js";
import { addPointer } from "./pointer.js";
import { addReadout } from "./readout.js";
import { addTop, savePicture } from "./top.js";

const shortcuts = [
  ["←  →  ↑  ↓", "key.turn"], ["Shift  ←  ↑", "key.move"], ["+  −", "key.zoom"],
  ["←  →", "key.front"], ["Home  End", "key.ends"], ["Space", "key.play"],
  ["V", "key.value"], ["F", "key.home"], ["S", "key.select"], ["P", "key.picture"], ["Esc", "key.escape"],
];

/** Panels beside that of the data: their modules come when all else is there, or when one is asked for. */
const later = [
  { id: "region", icon: selectIcon, order: 20, path: "./panels/region.js" },
  { id: "colours", icon: icons.colours, order: 30, path: "../viewer/panels/colours.js" },
  { id: "view", icon: icons.eye, order: 40, path: "./panels/view.js" },
  { id: "settings", icon: icons.settings, order: 90, path: "../viewer/panels/settings.js" },
];

const addPanels = (app, panels, ready) => {
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
    ready.then(load);
  }
};

/** Adds everything that the page has beside its picture, `app.map`, which the graphics card draws from then on. */
export const furnish = (app) => {
  const { store } = app;
  app.shortcuts = shortcuts;
  app.player = createPlayer(app);
  const readout = addReadout(app, page("readout"));
  app.eye = addPointer(app, app.map, page("map"), readout.tell);
  const side = page("side");
  const panels = createPanels(app, page("rail"), { side });
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
  const drawn = app.map.scene.accelerate();
  if (!app.embedded) addPanels(app, panels, drawn);
  // Its room was kept for a panel that there is not.
  if (!side.firstChild) side.hidden = true;
  app.keep(panels, (state) => restore(app, state));
  // Who listens now has missed it.
  if (app.map.cube || app.map.failed) document.dispatchEvent(new CustomEvent("cubeopen"));
};
