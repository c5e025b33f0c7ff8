// Which panels there are. One that cannot be loaded is told in the console and left out.

const modules = [
  "datasets", "layers", "colours", "places", "series", "statistics", "transect", "expressions",
  "compare", "metadata", "export", "settings",
];

/** Loads every panel and lets it register itself: each module exports `register(app)`. */
export const registerPanels = async (app) => {
  const loaded = await Promise.allSettled(modules.map((name) => import(`./panels/${name}.js`)));
  loaded.forEach((one, i) => {
    if (one.status === "fulfilled") one.value.register(app);
    else console.error(`Panel ${modules[i]}:`, one.reason);
  });
};
