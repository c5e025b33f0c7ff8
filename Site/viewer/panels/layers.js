// The panel of layers: order (drag, or the arrow buttons), hide, opacity, remove; basemap,
// overlays, and layers of other servers.

import { choice, field, iconButton, make, toggle } from "../dom.js";
import { icons } from "../icons.js";
import { overlays } from "../basemap.js";
import { withLayer } from "../state.js";
import { datasetTitle, layerTitle } from "../titles.js";
import { otherForm } from "./layers-other.js";

/** The list with one entry moved to another place. */
export const moved = (list, from, to) => {
  const next = [...list];
  const [one] = next.splice(from, 1);
  next.splice(Math.min(Math.max(to, 0), list.length - 1), 0, one);
  return next;
};

const move = (app, id, to) => {
  app.store.set((state) => ({
    layers: moved(state.layers, state.layers.findIndex((one) => one.id === id), to),
  }));
  app.announce(app.t("layers.moved", {
    title: layerTitle(app, app.store.get().layers.find((one) => one.id === id)), place: to + 1,
  }));
};

const row = (app, layer, index, state) => {
  const { t, store } = app;
  const title = layerTitle(app, layer);
  const patch = (change) => store.set((now) => withLayer(now, layer.id, change));
  const opacity = make("input", {
    type: "range", min: 0, max: 100, step: 1, value: Math.round(100 * (layer.opacity ?? 1)),
    "aria-label": t("layers.opacityOf", { title }),
    oninput: (event) => patch({ opacity: event.target.valueAsNumber / 100 }),
  });
  const element = make("li", {
    className: `layer-row${layer.id === state.active ? " active" : ""}${layer.visible ? "" : " off"}`,
    dataset: { id: layer.id }, draggable: true,
  },
  make("span", { className: "grip", "aria-hidden": "true", title: t("layers.drag") }, "⠿"),
  make("button", {
    type: "button", className: "layer-name", "aria-pressed": String(layer.id === state.active),
    onclick: () => store.set({ active: layer.id }),
  }, make("span", {}, title), make("small", {}, layer.kind === "xyz" ? t("layers.other") : datasetTitle(app, layer))),
  make("div", { className: "row-tools" },
    iconButton(icons.up, t("layers.up", { title }), () => move(app, layer.id, index - 1),
      { disabled: index === 0, dataset: { do: "up" } }),
    iconButton(icons.down, t("layers.down", { title }), () => move(app, layer.id, index + 1),
      { disabled: index === state.layers.length - 1, dataset: { do: "down" } }),
    iconButton(layer.visible ? icons.eye : icons.hidden, t(layer.visible ? "layers.hide" : "layers.show", { title }),
      () => patch({ visible: !layer.visible }), { dataset: { do: "see" } }),
    iconButton(icons.remove, t("layers.remove", { title }), () => {
      store.set((now) => {
        const layers = now.layers.filter((one) => one.id !== layer.id);
        return {
          layers, active: now.active === layer.id ? layers[0]?.id ?? null : now.active,
          compare: now.compare?.layer === layer.id ? null : now.compare,
        };
      });
      app.announce(t("layers.removed", { title }));
    })),
  make("label", { className: "opacity" }, make("span", {}, t("layers.opacity")), opacity));
  return element;
};

/** Dragging within the list. */
const sortable = (app, list) => {
  let held = null;
  list.addEventListener("dragstart", (event) => {
    // A slider within the row is dragged by itself.
    if (document.activeElement?.matches("input[type=range]:active")) return event.preventDefault();
    held = event.target.closest("li");
    held?.classList.add("held");
    event.dataTransfer.effectAllowed = "move";
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("li");
    if (!held || !over) return;
    event.preventDefault();
    const box = over.getBoundingClientRect();
    list.insertBefore(held, event.clientY < box.top + box.height / 2 ? over : over.nextSibling);
  });
  list.addEventListener("dragend", () => {
    if (!held) return;
    const order = [...list.children].map((one) => one.dataset.id);
    const { id } = held.dataset;
    held = null;
    const from = app.store.get().layers.findIndex((one) => one.id === id);
    if (order.indexOf(id) !== from) move(app, id, order.indexOf(id));
  });
};

const render = (host, app) => {
  const { t, store } = app;
  const list = make("ol", { className: "layer-list", "aria-label": t("layers.title") });
  const none = make("p", { className: "hint" }, t("layers.none"));
  const base = make("div", { className: "stack" });
  const draw = () => {
    const state = store.get();
    const at = document.activeElement;
    const focus = list.contains(at) && [at.closest("li")?.dataset.id, at.dataset.do];
    list.replaceChildren(...state.layers.map((one, i) => row(app, one, i, state)));
    none.hidden = state.layers.length > 0;
    if (focus?.[1]) {
      const again = list.querySelector(`[data-id="${focus[0]}"] [data-do="${focus[1]}"]`);
      (again?.disabled ? again.parentElement.querySelector("button:not(:disabled)") : again)?.focus();
    }
  };
  const drawBase = () => {
    const state = store.get();
    base.replaceChildren(
      field(t("layers.basemap"), choice([["natural", t("basemap.natural")], ["none", t("basemap.none")]],
        state.basemap, (basemap) => store.set({ basemap }))),
      make("fieldset", {}, make("legend", {}, t("layers.overlays")), overlays.map((one) =>
        toggle(t(`overlay.${one}`), state.overlays.includes(one), (on) => store.set((now) => ({
          overlays: on ? [...now.overlays, one] : now.overlays.filter((each) => each !== one),
        }))))));
  };
  sortable(app, list);
  host.append(none, list, make("h3", {}, t("layers.ground")), base, otherForm(app));
  draw();
  drawBase();
  const ends = [
    // Not while an opacity slider is held: drawing the list anew would let go of it.
    store.subscribe((state) => [state.active, state.layers.map(({ opacity, ...one }) => one)], draw),
    store.subscribe((state) => [state.basemap], drawBase),
  ];
  return () => ends.forEach((one) => one());
};

export const register = (app) => app.registerPanel({
  id: "layers", title: "layers.title", icon: icons.layers, order: 20, render,
});
