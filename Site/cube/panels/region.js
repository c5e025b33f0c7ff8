// The panel of the part: what is left of the cube, the code that opens it, where else it can be seen.

import { make } from "../../viewer/dom.js";
import { selectIcon } from "../icons.js";
import { same } from "../../viewer/state.js";
import { codeOf, viewerLink, wordsOf } from "../region.js";

const copyButton = (app, text) => {
  const button = make("button", {
    type: "button", className: "plain small", textContent: app.t("copy"),
    onclick: async () => {
      try {
        await navigator.clipboard.writeText(text());
        app.announce(app.t("copied"));
        button.textContent = app.t("copied");
        setTimeout(() => { button.textContent = app.t("copy"); }, 1500);
      } catch {
        app.notify(app.t("copy.failed"), "warning");
      }
    },
  });
  return button;
};

const render = (host, app) => {
  const { t, store, map } = app;
  const draw = () => {
    if (!map.cube) return host.replaceChildren(make("p", { className: "hint" }, t(map.failed ? "region.none" : "loading")));
    const words = wordsOf(map);
    const isWhole = same(map.box(), map.range());
    const isAll = map.range().every(([start, stop], axis) => start === 0 && stop === map.cube.counts[axis]);
    const cells = words.reduce((all, { count }) => all * count, 1);
    const button = (key, run, disabled) => make("button", { type: "button", className: "plain", textContent: t(key), onclick: run, disabled });
    const code = codeOf(app);
    const focused = host.contains(document.activeElement) ? document.activeElement.textContent : null;
    host.replaceChildren(
      make("p", { className: "hint" }, t("region.hint")),
      make("dl", { className: "sheet" }, words.map(({ title, text, count }) => make("div", {},
        make("dt", {}, title), make("dd", {}, `${text} `, make("small", {}, t("region.count", { count: app.number(count) })))))),
      make("p", { className: "hint" }, t("region.cells", { count: app.number(cells) })),
      make("div", { className: "buttons" },
        button("region.fill", () => map.frame(map.box()), isWhole),
        button("region.whole", () => map.frame(null), isWhole && isAll)),
      make("h3", {}, t("region.code")),
      make("pre", { className: "json code", tabIndex: 0, "aria-label": t("region.code") }, make("code", {}, code)),
      copyButton(app, () => codeOf(app)),
      make("h3", {}, t("region.elsewhere")),
      make("ul", { className: "links" },
        make("li", {}, make("a", { href: viewerLink(app) }, t("region.viewer"))),
        make("li", {}, make("a", { href: app.site.at(map.cube.document.page) }, t("region.page"))),
        ...["paperCubePDF", "paperCube"].filter((name) => map.cube.variable[name]).map((name) =>
          make("li", {}, make("a", { href: app.site.at(map.cube.variable[name]) }, t(`region.${name}`))))));
    if (focused) [...host.querySelectorAll("button")].find((one) => one.textContent === focused)?.focus();
  };
  draw();
  document.addEventListener("cubeopen", draw);
  const end = store.subscribe((state) => [state.box, state.frame, state.layers, state.time], draw);
  return () => {
    document.removeEventListener("cubeopen", draw);
    end();
  };
};

export const register = (app) => app.registerPanel({
  id: "region", title: "region.title", icon: selectIcon, order: 20, render,
});
