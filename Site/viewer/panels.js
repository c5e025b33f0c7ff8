// The panels at the side (and, for charts, below the map): a rail of buttons, one panel open at a
// time in each dock. On a phone the rail lies at the bottom and panels are sheets above it.

import { icon, iconButton, isNarrow, make } from "./dom.js";
import { icons } from "./icons.js";

/** Builds the rail in `rail` and shows panels in `docks.side` and `docks.bottom`. */
export const createPanels = (app, rail, docks) => {
  const panels = [];
  const open = { side: null, bottom: null };

  const close = (dock, refocus) => {
    const shown = open[dock];
    if (!shown) return;
    open[dock] = null;
    shown.end?.();
    docks[dock].replaceChildren();
    docks[dock].hidden = true;
    shown.panel.button.setAttribute("aria-expanded", "false");
    if (refocus) shown.panel.button.focus();
    app.map?.resized?.();
  };

  const show = (panel) => {
    const hadFocus = docks[panel.dock].contains(document.activeElement);
    close(panel.dock);
    const heading = make("h2", { id: `panel-${panel.id}`, tabIndex: -1 }, app.t(panel.title));
    const body = make("div", { className: "panel-body" });
    const host = docks[panel.dock];
    host.replaceChildren(
      make("header", { className: "panel-head" }, heading,
        iconButton(icons.close, app.t("panel.close"), () => hide(panel, true))),
      body);
    host.setAttribute("aria-labelledby", heading.id);
    host.dataset.panel = panel.id;
    host.hidden = false;
    panel.button.setAttribute("aria-expanded", "true");
    panel.button.scrollIntoView({ block: "nearest", inline: "nearest" });
    open[panel.dock] = { panel };
    if (panel.render) open[panel.dock].end = panel.render(body, app);
    else {
      body.append(make("p", { className: "hint" }, app.t("loading")));
      panel.load();
    }
    // What had the focus is gone.
    if (hadFocus) heading.focus({ preventScroll: true });
    app.map?.resized?.();
  };

  const hide = (panel, refocus) => {
    close(panel.dock, refocus);
    if (panel.dock === "side") app.store.set({ panel: null });
  };

  const bring = (panel) => {
    if (panel.dock === "side") return app.store.set({ panel: panel.id });
    // On a phone a sheet from the side would lie over it.
    if (isNarrow()) app.store.set({ panel: null });
    show(panel);
  };

  const press = (panel) => {
    if (open[panel.dock]?.panel === panel) return hide(panel, false);
    bring(panel);
    docks[panel.dock].querySelector("h2")?.focus({ preventScroll: true });
  };

  /**
   * Adds a panel; `order` sorts the rail. One with `load` instead of `render` stands for a module
   * that registers the same id when it has come.
   */
  const register = ({ dock = "side", order = 50, ...one }) => {
    const known = panels.find((each) => each.id === one.id);
    if (known) {
      known.render = one.render;
      if (open[known.dock]?.panel === known) show(known);
      return known;
    }
    const panel = { ...one, dock, order };
    panel.button = make("button", {
      type: "button", className: "rail-button", "aria-expanded": "false",
      "aria-controls": docks[dock].id, onclick: () => press(panel),
    }, icon(panel.icon), make("span", {}, app.t(panel.title)));
    panels.push(panel);
    panels.sort((a, b) => a.order - b.order);
    rail.replaceChildren(...panels.map((each) => each.button));
    if (app.store.get().panel === panel.id && dock === "side") show(panel);
    return panel;
  };

  app.store.subscribe((state) => state.panel, (id) => {
    const panel = panels.find((one) => one.id === id && one.dock === "side");
    if (panel && open.side?.panel !== panel) show(panel);
    if (!panel) close("side");
  });
  for (const [name, host] of Object.entries(docks)) {
    host.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && open[name]) hide(open[name].panel, true);
    });
  }

  return {
    register,
    /** Opens a panel by its id. */
    open(id) {
      const panel = panels.find((one) => one.id === id);
      if (!panel || open[panel.dock]?.panel === panel) return;
      bring(panel);
    },
    /** Draws open panels and the rail anew, after a change of language. */
    refresh() {
      for (const panel of panels) {
        panel.button.querySelector("span").textContent = app.t(panel.title);
        if (open[panel.dock]?.panel === panel) show(panel);
      }
    },
  };
};
