// Keys that work anywhere outside of text fields; the settings panel lists them.

export const shortcuts = [
  ["←  →", "key.step"], ["Home  End", "key.ends"], ["Space", "key.play"], ["+  −", "key.zoom"],
  ["V", "key.value"], ["G", "key.globe"], ["F", "key.fit"], ["Esc", "key.escape"],
];

/** Adds the keys; arrows move the map while it has the focus, time elsewhere (or with Alt). */
export const addShortcuts = (app) => {
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey) return;
    const from = event.target;
    if (from.closest?.("input, select, textarea, dialog, [role=separator], [role=slider]")) return;
    const onMap = from.closest?.(".maplibregl-canvas");
    const onButton = from.closest?.("button, a, summary, [tabindex]") && !onMap;
    const { store, map } = app;
    const keys = {
      ArrowLeft: () => (!onMap || event.altKey ? app.time.by(-1) : null),
      ArrowRight: () => (!onMap || event.altKey ? app.time.by(1) : null),
      Home: () => app.time.move(0),
      End: () => app.time.move(Infinity),
      " ": () => (onButton ? null : app.time.player.toggle()),
      "+": () => (onMap ? null : map.gl?.zoomIn()),
      "-": () => (onMap ? null : map.gl?.zoomOut()),
      v: () => app.sayMiddle(),
      g: () => store.set(({ view }) => ({
        view: { ...view, projection: view.projection === "globe" ? "mercator" : "globe" },
      })),
      f: () => app.fitActive(),
    };
    const run = keys[event.key] ?? keys[event.key.toLowerCase?.()];
    if (!run) return;
    const done = run();
    if (done !== null) event.preventDefault();
  });
};
