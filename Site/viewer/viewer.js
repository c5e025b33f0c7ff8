// The entry of the map viewer: reads what the address asks for, builds `app`, puts the page together.

import { decode, keepAddress } from "./address.js";
import { addCurtain } from "./curtain.js";
import { addDimensions } from "./dimensions.js";
import { isNarrow } from "./dom.js";
import { createTexts, preferredLanguage } from "./i18n.js";
import { createMap } from "./map.js";
import { addNotices } from "./notices.js";
import { createPanels } from "./panels.js";
import { addPointer } from "./pointer.js";
import { createPools } from "./pools.js";
import { announcePanels } from "./register.js";
import { openSite } from "./site.js";
import { addLegends } from "./legends.js";
import { addReadout } from "./readout.js";
import { addShortcuts } from "./shortcuts.js";
import { chooseFirst, complete, startView } from "./start.js";
import { createStore } from "./state.js";
import { addTheme } from "./theme.js";
import { addTimeBar } from "./timebar.js";
import { addTop } from "./top.js";

const page = (id) => document.getElementById(id);

const start = async () => {
  const config = JSON.parse(page("config").textContent);
  const root = new URL(config.root, location.href).href;
  const embedded = new URLSearchParams(location.search).has("embed");
  document.documentElement.classList.toggle("embed", embedded);

  const siteRead = openSite(root);
  siteRead.catch(() => {});
  let wanted = null;
  let damaged = null;
  try {
    wanted = await decode(location.hash);
  } catch (error) {
    damaged = error;
  }
  const store = createStore({ panel: embedded || isNarrow() ? null : "datasets", ...wanted });
  const texts = createTexts("en");
  const textsRead = texts.use(preferredLanguage(store.get().language ?? config.language));

  const app = { store, config, embedded, texts, t: texts.t, number: texts.number };
  addNotices(app, page("notices"), page("live"));
  addTheme(app);
  await textsRead;
  if (damaged) app.notify(app.t("address.damaged"), "warning");
  try {
    app.site = await siteRead;
  } catch {
    app.fail(app.t(navigator.onLine ? "site.missing" : "offline.site"));
    return;
  }
  app.pools = createPools(app);
  await (wanted?.layers?.length ? complete(app) : chooseFirst(app));
  if (!wanted?.view) startView(app);

  addPointer(app, page("map"));
  app.map = createMap(app, page("map"));
  const panels = createPanels(app, page("rail"), { side: page("side"), bottom: page("below") });
  app.registerPanel = panels.register;
  app.openPanel = panels.open;
  addCurtain(app, document.querySelector(".maps"));
  addLegends(app, page("legends"));
  addReadout(app, page("readout"));
  addTimeBar(app, page("time"));
  addDimensions(app, page("dims"));
  addTop(app, page("now"));
  addShortcuts(app);
  if (!embedded) announcePanels(app, panels, app.map.pictured);
  keepAddress(store, {
    shortened: () => app.notify(app.t("address.long"), "warning"),
    damaged: () => app.notify(app.t("address.damaged"), "warning"),
    restore: async (state) => {
      store.set(state);
      await complete(app);
    },
  });
  store.subscribe((state) => state.language, async (language) => {
    await texts.use(preferredLanguage(language));
    panels.refresh();
    document.dispatchEvent(new CustomEvent("languagechange"));
  });
  document.documentElement.classList.add("ready");
  // For tests and for the console.
  window.cubepress = app;
};

start();
