// The panel of scenes: which one, what it is about, its tour.

import { iconButton, make } from "../../viewer/dom.js";
import { icons } from "../../viewer/icons.js";
import { prose } from "../../viewer/prose.js";

const tourControls = (app) => {
  const { t, store, tour } = app;
  const { frame } = store.get();
  const count = tour.frames().length;
  return make("div", { className: "tour-controls", role: "group", "aria-label": t("tour.title") },
    iconButton(icons.previous, t("tour.previous"), () => tour.go((store.get().frame ?? count) - 1), { disabled: frame === 0 }),
    iconButton(tour.playing ? icons.pause : icons.play, t(tour.playing ? "tour.stop" : "tour.play"),
      () => (tour.playing ? tour.stop() : tour.play()), { className: "icon-button primary" }),
    iconButton(icons.next, t("tour.next"), () => tour.go((store.get().frame ?? -1) + 1), { disabled: frame === count - 1 }),
    make("span", { className: "count" }, frame === null ? "" : t("tour.of", { number: frame + 1, count })));
};

const render = (host, app) => {
  const { t, store } = app;
  const draw = () => {
    const { scene: shown } = store.get();
    const at = host.contains(document.activeElement) ? document.activeElement.getAttribute("aria-label") : null;
    const { description, tour } = app.scene ?? {};
    const datasets = [...new Set([app.scene?.surface, ...app.scene?.layers ?? []].map((one) => one?.dataset).filter(Boolean))]
      .map((id) => app.site.datasets.find((one) => one.id === id)).filter(Boolean);
    host.replaceChildren(...[
      app.scenes.list.length > 1 ? make("ul", { className: "variables", "aria-label": t("scene.list") },
        app.scenes.list.map(({ id, title }) => make("li", {}, make("button", {
          type: "button", className: "variable", "aria-current": id === shown ? "true" : undefined,
          onclick: () => app.scenes.change(id),
        }, make("span", {}, title))))) : null,
      description ? prose(description) : null,
      tour?.length ? make("h3", {}, t("tour.title")) : null,
      tour?.length ? tourControls(app) : null,
      datasets.length ? make("h3", {}, t("scene.datasets")) : null,
      make("ul", { className: "links" }, datasets.map(({ page, title }) =>
        make("li", {}, make("a", { href: app.site.at(page.replace(/^(\.\.\/)+/, "")) }, title)))),
    ].filter(Boolean));
    if (at) host.querySelector(`[aria-label="${CSS.escape(at)}"]`)?.focus();
  };
  draw();
  document.addEventListener("scenechange", draw);
  const ends = [app.tour.onChange(draw), store.subscribe((state) => [state.scene, state.frame], draw)];
  return () => {
    document.removeEventListener("scenechange", draw);
    for (const end of ends) end();
  };
};

export const register = (app) => app.registerPanel({
  id: "scene", title: "scene.title", icon: icons.globe, order: 10, render,
});
