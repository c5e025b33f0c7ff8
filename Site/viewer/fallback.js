// Without WebGL 2 there is no map of values; the picture tiles of the pages still show the data.

import { make } from "./dom.js";
import { activeLayer } from "./state.js";

export const showPictures = (app) => {
  const layer = activeLayer(app.store.get());
  const document = layer && app.site.loaded.get(layer.dataset);
  const links = app.site.datasets.filter((one) => one.page).map((one) =>
    make("li", {}, make("a", { href: app.site.at(one.page.replace(/^(\.\.\/)+/, "")) }, one.title)));
  app.fail(app.t("webgl.missing"),
    document?.page && make("p", {}, make("a", { className: "plain", href: app.site.at(document.page) },
      app.t("webgl.page", { title: document.title }))),
    make("details", {}, make("summary", {}, app.t("webgl.all")), make("ul", {}, links)));
};
