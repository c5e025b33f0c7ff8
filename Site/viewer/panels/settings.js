// The panel of settings: language, theme, projection, the address to share, keys.

import { choice, field, make, segments } from "../dom.js";
import { languages } from "../i18n.js";
import { icons } from "../icons.js";
import { shortcuts } from "../shortcuts.js";

const copyable = (app, label, text) => {
  const box = make("input", { type: "text", readOnly: true, value: text(), onfocus: () => box.select() });
  const button = make("button", {
    type: "button", className: "plain", textContent: app.t("copy"),
    onclick: async () => {
      box.value = text();
      try {
        await navigator.clipboard.writeText(box.value);
      } catch {
        box.select();
        document.execCommand("copy");
      }
      app.announce(app.t("copied"));
      button.textContent = app.t("copied");
      setTimeout(() => { button.textContent = app.t("copy"); }, 1500);
    },
  });
  return make("div", { className: "copy-row" }, field(label, box), button);
};

const render = (host, app) => {
  const { t, store } = app;
  const draw = () => {
    const state = store.get();
    const embedded = () => {
      const address = new URL(location.href);
      address.searchParams.set("embed", "");
      return address.href.replace("embed=", "embed");
    };
    host.replaceChildren(
      field(t("settings.language"), choice(Object.entries(languages), app.texts.language,
        (language) => store.set({ language }))),
      make("h3", {}, t("settings.theme")),
      segments(t("settings.theme"), ["system", "light", "dark"].map((one) => [one, t(`theme.${one}`)]),
        state.theme, (theme) => store.set({ theme })),
      // The globe (Site/globe) has no projection to choose.
      ...(state.view ? [make("h3", {}, t("settings.projection")),
        segments(t("settings.projection"), [["mercator", t("projection.mercator")], ["globe", t("projection.globe")]],
          state.view.projection, (projection) => store.set(({ view }) => ({ view: { ...view, projection } })))] : []),
      make("h3", {}, t("settings.share")),
      copyable(app, t("settings.address"), () => location.href),
      copyable(app, t("settings.embed"), () =>
        `<iframe src="${embedded()}" width="100%" height="500" style="border:0" title="${app.site.title ?? "Map"}"></iframe>`),
      copyable(app, t("settings.jupyter"), () =>
        `from IPython.display import IFrame; IFrame("${embedded()}", width="100%", height=500)`),
      make("h3", {}, t("settings.keys")),
      make("dl", { className: "keys" }, (app.shortcuts ?? shortcuts).map(([keys, text]) =>
        make("div", {}, make("dt", {}, keys.split("  ").map((one) => make("kbd", {}, one))), make("dd", {}, t(text))))));
  };
  draw();
  return store.subscribe((state) => [state.theme, state.view?.projection], draw);
};

export const register = (app) => app.registerPanel({
  id: "settings", title: "settings.title", icon: icons.settings, order: 90, render,
});
