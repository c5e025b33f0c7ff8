// What the pages with a map or a globe begin with: the address, texts, messages, theme, the site's documents.

import { keepAddress } from "./address.js";
import { isNarrow } from "./dom.js";
import { createTexts, preferredLanguage } from "./i18n.js";
import { createLatest } from "./latest.js";
import { addNotices } from "./notices.js";
import { openSite } from "./site.js";
import { createStore } from "./state.js";
import { addTheme } from "./theme.js";

/** An element of the page by its id. */
export const page = (id) => document.getElementById(id);

/**
 * Makes `app`; what the address said of the state is `app.wanted`. Null where there is no site to show.
 *
 * `form` is how the page writes its state (see `keepAddress`), `panel` the panel that is open at first where there is
 * room, `folder` the address of the page's own texts, beside those of the map viewer.
 */
export const begin = async (form, panel, folder) => {
  const config = JSON.parse(page("config").textContent);
  const root = new URL(config.root, location.href).href;
  const embedded = new URLSearchParams(location.search).has("embed");
  document.documentElement.classList.toggle("embed", embedded);

  const begun = location.hash.slice(1);
  const siteRead = openSite(root);
  siteRead.catch(() => {});
  let wanted = null;
  let damaged = null;
  try {
    wanted = await form.decode(begun);
  } catch (error) {
    damaged = error;
  }
  const store = createStore({ panel: embedded || isNarrow() ? null : panel, ...wanted }, form.defaults);
  const texts = createTexts("en", [new URL("./i18n/", import.meta.url), folder].filter(Boolean));
  const use = (chosen) => texts.use(preferredLanguage(chosen));
  const textsRead = use(store.get().language ?? config.language).catch(() => texts.use("en"));

  const app = {
    store, config, embedded, texts, t: texts.t, number: texts.number, wanted,
    /** Begins to show something else in place of what is shown. */
    replacing: createLatest(),
  };
  addNotices(app, page("notices"), page("live"));
  addTheme(app);
  try {
    await textsRead;
  } catch (error) {
    console.error(error);
    app.fail("The words of this page cannot be read. Check the network connection and load the page again.");
    return null;
  }
  if (damaged) app.notify(app.t("address.damaged"), "warning");
  try {
    app.site = await siteRead;
  } catch {
    app.fail(app.t(navigator.onLine ? "site.missing" : "offline.site"));
    return null;
  }

  /** Keeps address and language in step from now on; `restore(state)` shows what an address says. */
  app.keep = (panels, restore) => {
    keepAddress(store, {
      shortened: () => app.notify(app.t("address.long"), "warning"),
      damaged: () => app.notify(app.t("address.damaged"), "warning"),
      restore,
    }, form, begun);
    store.subscribe((state) => state.language, async (language) => {
      try {
        await use(language);
      } catch (error) {
        console.warn(error);
        if (store.get().language !== language) return;
        app.notify(app.t("language.unread"), "warning");
        // So that it can be chosen once more.
        store.set({ language: texts.language });
      }
      panels.refresh();
      document.dispatchEvent(new CustomEvent("languagechange"));
    });
    document.documentElement.classList.add("ready");
    // For tests and for the console.
    window.cubepress = app;
  };
  return app;
};
