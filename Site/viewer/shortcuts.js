// Keys that work anywhere outside of text fields; the settings panel lists them. The globe
// (Site/globe) has the same, with some of its own.

import { toggleRelief } from "./relief.js";

export const shortcuts = [
  ["←  →", "key.step"], ["Home  End", "key.ends"], ["Space", "key.play"], ["+  −", "key.zoom"],
  ["V", "key.value"], ["G", "key.globe"], ["3", "key.relief"], ["F", "key.fit"], ["Esc", "key.escape"],
];

/** Of the map alone. */
const mapKeys = (app) => ({
  3: () => toggleRelief(app),
  g: () => app.store.set(({ view }) => ({
    view: { ...view, projection: view.projection === "globe" ? "mercator" : "globe" },
  })),
});

/**
 * Adds the keys; arrows move the map while it has the focus, time elsewhere (or with Alt). `more`
 * has keys that only one kind of page has, `canvas` selects what has the focus then.
 */
export const addShortcuts = (app, more = mapKeys(app), canvas = ".maplibregl-canvas") => {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey) return;
    const from = event.target;
    if (from.closest?.("input, select, textarea, dialog, [role=separator], [role=slider]")) return;
    const onMap = from.closest?.(canvas);
    const onButton = from.closest?.("button, a, summary, [tabindex]") && !onMap;
    const { map } = app;
    const keys = {
      ArrowLeft: () => (!onMap || event.altKey ? app.time.by(-1) : null),
      ArrowRight: () => (!onMap || event.altKey ? app.time.by(1) : null),
      Home: () => app.time.move(0),
      End: () => app.time.move(Infinity),
      " ": () => (onButton ? null : app.time.player.toggle()),
      "+": () => (onMap ? null : map.gl?.zoomIn()),
      "-": () => (onMap ? null : map.gl?.zoomOut()),
      v: () => app.sayMiddle(),
      f: () => app.fitActive(),
      ...more,
    };
    const run = keys[event.key] ?? keys[event.key.toLowerCase?.()];
    if (!run) return;
    const done = run();
    if (done !== null) event.preventDefault();
  });
};
