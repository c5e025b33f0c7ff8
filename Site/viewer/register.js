// Which panels there are. Each is a module that registers itself: `export const register = (app)`.
// Their buttons are there at once; the modules come when the first picture stands, or when a
// panel is asked for.

import { icons } from "./icons.js";

/** [id, dock] in the order of the rail. */
const table = [
  ["datasets", "side"], ["layers", "side"], ["colours", "side"], ["places", "side"],
  ["series", "bottom"], ["statistics", "side"], ["transect", "bottom"], ["expressions", "side"],
  ["compare", "side"], ["metadata", "side"], ["export", "side"], ["settings", "side"],
];

/** Announces all panels; `pictured` resolves when the first picture is drawn. */
export const announcePanels = (app, panels, pictured) => {
  const loads = new Map();
  const load = (id) => {
    if (!loads.has(id)) {
      loads.set(id, import(`./panels/${id}.js`).then((module) => module.register(app), (error) => {
        loads.delete(id);
        console.error(`Panel ${id}:`, error);
        app.notify(app.t("panel.failed"), "warning");
      }));
    }
    return loads.get(id);
  };
  table.forEach(([id, dock], i) => {
    panels.register({
      id, dock, title: `${id}.title`, icon: icons[id], order: 10 * (i + 1), load: () => load(id),
    });
  });
  pictured.then(() => table.forEach(([id]) => load(id)));
};
