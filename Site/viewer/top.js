// The top bar: what is shown now, buttons of the map (zoom, globe, fit), the state of loading.

import { addBusy } from "./busy.js";
import { iconButton, make } from "./dom.js";
import { icons } from "./icons.js";
import { reliefOf, toggleRelief } from "./relief.js";
import { activeLayer } from "./state.js";
import { datasetTitle, layerTitle } from "./titles.js";

export const addTop = (app, host) => {
  const { store, t } = app;
  const title = make("h1", { className: "title" });
  const named = [];
  const tool = (path, key, run) => {
    const button = iconButton(path, t(key), run);
    named.push([button, key]);
    return button;
  };
  const rename = (button, text) => {
    button.title = text;
    button.setAttribute("aria-label", text);
  };
  const globe = tool(icons.globe, "map.globe", () => store.set(({ view }) => ({
    view: { ...view, projection: view.projection === "globe" ? "mercator" : "globe" },
  })));
  const relief = tool(icons.relief, "map.relief", () => toggleRelief(app));
  const north = tool(icons.north, "map.north", () => app.map.gl?.easeTo({ bearing: 0, pitch: 0 }));
  app.fitActive = () => {
    const layer = activeLayer(store.get());
    const bounds = app.site.loaded.get(layer?.dataset)?.bounds;
    if (bounds) app.map.fit(bounds);
  };
  const tools = make("div", { className: "map-tools", role: "group", "aria-label": t("map.tools") },
    tool(icons.plus, "map.in", () => app.map.gl?.zoomIn()),
    tool(icons.minus, "map.out", () => app.map.gl?.zoomOut()),
    globe, relief, tool(icons.locate, "map.fit", () => app.fitActive()), north);
  document.querySelector(".stage").append(tools);
  host.append(title);

  const show = () => {
    const state = store.get();
    const layer = activeLayer(state);
    title.replaceChildren(...(layer ? [
      make("strong", {}, layerTitle(app, layer)),
      make("span", {}, layer.kind === "xyz" ? "" : datasetTitle(app, layer)),
    ] : [make("span", {}, t("layers.none"))]));
    document.title = layer ? `${layerTitle(app, layer)} · ${app.site.title ?? "Cubepress"}` : document.title;
    const onGlobe = state.view.projection === "globe";
    globe.setAttribute("aria-pressed", String(onGlobe));
    relief.setAttribute("aria-pressed", String(state.relief));
    const ground = reliefOf(app, state);
    relief.hidden = !ground;
    if (ground) rename(relief, t("map.reliefTimes", { factor: app.number(ground.document.terrain.exaggeration) }));
    const turned = Math.abs(state.view.bearing) > 0.5 || state.view.pitch > 0.5;
    north.hidden = !turned;
    north.querySelector("svg").style.transform = `rotate(${-state.view.bearing}deg)`;
  };
  store.subscribe((state) => [
    state.active, state.layers, state.relief, state.view.projection, state.view.bearing, state.view.pitch,
  ], show);
  document.addEventListener("fieldopen", show);
  document.addEventListener("languagechange", () => {
    for (const [button, key] of named) rename(button, t(key));
    tools.setAttribute("aria-label", t("map.tools"));
    show();
  });
  show();

  const { drawing } = app.map;
  drawing?.onRefresh(addBusy(app, host, () => drawing.windows.waiting > 0));
};
