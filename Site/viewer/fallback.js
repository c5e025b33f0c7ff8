// What stands in place of a map or globe that cannot be drawn (there is no WebGL 2, say): a message, and links to the pages,
// whose pictures still show the data.

import { make } from "./dom.js";
import { activeLayer } from "./state.js";

export const showPictures = (app, message) => {
  const layer = activeLayer(app.store.get());
  const document = layer && app.site.loaded.get(layer.dataset);
  const links = app.site.datasets.filter((one) => one.page).map((one) =>
    make("li", {}, make("a", { href: app.site.at(one.page.replace(/^(\.\.\/)+/, "")) }, one.title)));
  app.fail(message,
    document?.page && make("p", {}, make("a", { className: "plain", href: app.site.at(document.page) },
      app.t("webgl.page", { title: document.title }))),
    make("details", {}, make("summary", {}, app.t("webgl.all")), make("ul", {}, links)));
};
