// The title in the top bar, the buttons beside the cube, the sign of loading.

import { addBusy } from "../viewer/busy.js";
import { iconButton, make } from "../viewer/dom.js";
import { icons } from "../viewer/icons.js";
import { activeLayer } from "../viewer/state.js";
import { datasetTitle, layerTitle } from "../viewer/titles.js";
import { selectIcon, wholeIcon } from "./icons.js";

/** Saves a picture (picture.js). */
export const savePicture = async (app) => {
  const { savePicture: save } = await import("./picture.js");
  await save(app);
};

export const addTop = (app, now, stage) => {
  const { store, t, map, eye } = app;
  const title = make("h1", { className: "title" });
  const tools = make("div", { className: "map-tools", role: "group" });
  now.append(title);
  stage.append(tools);
  app.fitActive = eye.home;
  // What the keys + and - of the viewer reach for.
  map.gl = { zoomIn: () => eye.zoom(1.25), zoomOut: () => eye.zoom(0.8) };

  const name = () => {
    const { tool } = store.get();
    const had = tools.contains(document.activeElement) ? [...tools.children].indexOf(document.activeElement) : -1;
    tools.setAttribute("aria-label", t("cube.tools"));
    tools.replaceChildren(
      iconButton(icons.plus, t("map.in"), map.gl.zoomIn), iconButton(icons.minus, t("map.out"), map.gl.zoomOut),
      iconButton(icons.locate, t("view.home"), eye.home),
      iconButton(selectIcon, t("cube.select"), () => store.set({ tool: tool === "select" ? "turn" : "select" }),
        { "aria-pressed": String(tool === "select") }),
      iconButton(wholeIcon, t("region.whole"), () => map.cube && map.frame(null)),
      iconButton(icons.picture, t("cube.picture"), () => savePicture(app)));
    tools.children[had]?.focus();
  };
  const show = () => {
    const layer = activeLayer(store.get());
    const [variable, dataset] = [layerTitle(app, layer), datasetTitle(app, layer)];
    title.replaceChildren(make("strong", {}, variable), make("span", {}, dataset));
    document.title = `${variable} · ${app.site.title ?? "Cubepress"}`;
    map.canvas.setAttribute("aria-label", t("cube.label", { title: variable }));
  };
  document.addEventListener("languagechange", () => {
    name();
    show();
  });
  store.subscribe((state) => state.tool, name);
  store.subscribe((state) => state.layers.map((one) => [one.dataset, one.variable]), show);
  document.addEventListener("fieldopen", show);
  // The legend and the list of dimensions leave out the one that is an axis.
  document.addEventListener("cubeopen", () => {
    const { cube } = map;
    if (!cube) return;
    const dimension = cube.lead.isTime ? undefined : cube.lead.name;
    store.set(({ layers }) => ({
      layers: layers.map((one) => (one.stack?.dimension === dimension ? one : { ...one, stack: dimension && { dimension } })),
    }));
    // Time that is an axis needs no bar of its own.
    document.documentElement.classList.toggle("time-is-axis", cube.lead.isTime);
  });
  name();
  show();

  map.drawing.onRefresh(addBusy(app, now, () => !map.settled));
};
