// The panel of layers: which are shown, how opaque, and how high the surface rises.

import { iconButton, make, slider } from "../../viewer/dom.js";
import { icons } from "../../viewer/icons.js";
import { withLayer } from "../../viewer/state.js";
import { datasetTitle, layerTitle } from "../../viewer/titles.js";
import { isAboveGeoid } from "../surface.js";

const row = (app, layer) => {
  const { t, store } = app;
  const name = layerTitle(app, layer);
  const isActive = store.get().active === layer.id;
  const patch = (change) => store.set((state) => withLayer(state, layer.id, change));
  return make("li", { className: `layer-row${isActive ? " active" : ""}${layer.visible ? "" : " off"}` },
    iconButton(layer.visible ? icons.eye : icons.hidden, t(layer.visible ? "layers.hide" : "layers.show", { title: name }),
      () => patch({ visible: !layer.visible })),
    make("button", {
      type: "button", className: "layer-name", "aria-pressed": String(isActive), onclick: () => store.set({ active: layer.id }),
    }, make("span", {}, name), make("small", {}, datasetTitle(app, layer))),
    make("label", { className: "opacity" }, make("span", { className: "vh" }, t("layers.opacity")), make("input", {
      type: "range", min: 0, max: 100, value: Math.round(100 * (layer.opacity ?? 1)),
      oninput: (event) => patch({ opacity: event.target.valueAsNumber / 100 }),
    })));
};

const render = (host, app) => {
  const { t, store } = app;
  const draw = () => {
    // What is being dragged stays as it is.
    if (host.querySelector("input[type=range]:active")) return;
    const at = host.contains(document.activeElement)
      ? [...host.querySelectorAll("button, input")].indexOf(document.activeElement) : -1;
    const { layers, exaggeration } = store.get();
    host.replaceChildren(
      make("ul", { className: "layer-list" }, layers.map((layer) => row(app, layer))),
      ...(app.scene?.surface ? [make("h3", {}, t("surface.title")), slider(t("surface.exaggeration"), {
        min: 0, max: 7, step: 0.25, value: Math.log2(Math.max(1, exaggeration)),
        text: (power) => `${app.number(Math.round(2 ** power))} ×`,
        pick: (power) => store.set({ exaggeration: Math.round(2 ** power) }),
      }), make("p", { className: "hint" }, t(isAboveGeoid(app.site, app.scene.surface) ? "surface.geoid" : "surface.hint"))] : []));
    host.querySelectorAll("button, input")[at]?.focus();
  };
  draw();
  document.addEventListener("fieldopen", draw);
  const end = store.subscribe((state) => [state.layers, state.active, state.scene, state.exaggeration], draw);
  return () => {
    document.removeEventListener("fieldopen", draw);
    end();
  };
};

export const register = (app) => app.registerPanel({
  id: "layers", title: "layers.title", icon: icons.layers, order: 20, render,
});
