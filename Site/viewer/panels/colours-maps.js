// Choosing a colour map: what is chosen, and all of them in groups below.

import { make, toggle } from "../dom.js";

const bare = (name) => (name.endsWith("_r") ? name.slice(0, -2) : name);

/** A strip of a map's colours, from its table of 256 RGBA. */
const strip = (table) => {
  const canvas = make("canvas", { className: "strip", width: 256, height: 1, "aria-hidden": "true" });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const image = context.createImageData(256, 1);
  image.data.set(table);
  context.putImageData(image, 0, 0);
  return canvas;
};

let onlySafe = false;
let wasOpen = false;

export const mapPicker = (app, style, pick) => {
  const { t } = app;
  const maps = app.map.drawing.colours();
  const { groups } = maps;
  const current = typeof style.colours === "string" ? bare(style.colours) : null;
  const list = make("div", { className: "maps-list", role: "radiogroup", "aria-label": t("colours.map") });

  const option = (one) => make("button", {
    type: "button", className: "map-option", role: "radio", "aria-checked": String(one.name === current),
    tabIndex: one.name === current ? 0 : -1, onclick: () => pick(one.name),
  }, strip(maps.table(one.name)), make("span", {}, one.name),
  one.safe ? make("small", { title: t("colours.safeHint") }, "◐",
    make("span", { className: "vh" }, t("colours.safeHint"))) : null);

  const fill = () => {
    list.replaceChildren(...groups.flatMap((group) => {
      const shown = group.maps.filter((one) => !onlySafe || one.safe);
      return shown.length ? [make("h4", {}, group.title), ...shown.map(option)] : [];
    }));
    if (!list.querySelector("[tabindex='0']")) list.querySelector("button")?.setAttribute("tabindex", "0");
  };
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const all = [...list.querySelectorAll("button")];
    const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
    event.preventDefault();
    next.focus();
  });
  const details = make("details", { className: "picker", open: wasOpen },
    make("summary", {}, make("span", { className: "vh" }, `${t("colours.map")}: `),
      typeof style.colours === "string" ? strip(maps.table(style.colours)) : null,
      make("span", {}, current ?? style.colours?.name ?? t("colours.custom"))),
    toggle(t("colours.onlySafe"), onlySafe, (on) => {
      onlySafe = on;
      fill();
    }), list);
  details.addEventListener("toggle", () => {
    wasOpen = details.open;
    if (details.open && !list.childElementCount) fill();
  });
  if (wasOpen) fill();
  return details;
};
