// Light, dark, or as the system says.

const system = matchMedia("(prefers-color-scheme: dark)");

export const isDark = (state) =>
  state.theme === "dark" || (state.theme !== "light" && system.matches);

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
