// Which panel is open below the map is part of the state, so that a link shows its chart too.

/** Writes down that a panel is open; gives what writes down that it is closed. */
export const rememberOpen = (app, id) => {
  app.store.set({ below: id });
  return () => app.store.set((state) => (state.below === id ? { below: null } : null));
};

/** Opens a panel that the address says was open. */
export const reopen = (app, id) => {
  if (app.store.get().below === id) app.openPanel(id);
};
