// Light, dark, or as the system says.

const system = matchMedia("(prefers-color-scheme: dark)");

export const isDark = (state) =>
  state.theme === "dark" || (state.theme !== "light" && system.matches);

/** A colour of the page by the name of its variable, as red, green and blue of 0 … 255. */
export const pageColour = (name) => {
  // They may be written by `light-dark()` or in any space of colours: a pixel tells which it is.
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const context = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
  context.fillStyle = getComputedStyle(probe).color;
  probe.remove();
  context.fillRect(0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
};

/** Keeps the page in the chosen theme; `app.onTheme(callback)` tells of changes. */
export const addTheme = (app) => {
  const listeners = new Set();
  app.onTheme = (callback) => listeners.add(callback);
  app.dark = () => isDark(app.store.get());
  const apply = () => {
    const { theme } = app.store.get();
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    for (const one of listeners) one(app.dark());
  };
  system.addEventListener("change", apply);
  app.store.subscribe((state) => state.theme, apply);
  apply();
};
