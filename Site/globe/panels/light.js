// The panel of light: where it comes from, how bright the shade is.

import { field, make, segments, slider } from "../../viewer/dom.js";
import { lightIcon } from "../icons.js";
import { kinds } from "../light.js";

const degrees = (value) => `${Math.round(value)}°`;

const direction = (app, light, patch) => [
  slider(app.t("light.azimuth"), { min: 0, max: 359, value: light.azimuth, text: degrees, pick: (azimuth) => patch({ azimuth }) }),
  slider(app.t("light.elevation"), { min: 0, max: 90, value: light.elevation, text: degrees, pick: (elevation) => patch({ elevation }) }),
];

const date = (app, light, patch) => [
  field(app.t("light.date"), make("input", {
    type: "datetime-local", className: "date", value: (light.date ?? app.store.get().time ?? "2000-06-21T12:00").slice(0, 16),
    onchange: (event) => { if (event.target.value) patch({ date: `${event.target.value}:00Z` }); },
  })),
  light.date ? make("button", {
    type: "button", className: "plain", textContent: app.t("light.follow"), onclick: () => patch({ date: null }),
  }) : make("p", { className: "hint" }, app.t("light.follows")),
];

const render = (host, app) => {
  const { t, store } = app;
  const patch = (change) => store.set(({ light }) => ({ light: { ...light, ...change } }));
  const draw = () => {
    if (host.querySelector("input[type=range]:active")) return;
    const at = host.contains(document.activeElement)
      ? [...host.querySelectorAll("button, input")].indexOf(document.activeElement) : -1;
    const { light } = store.get();
    host.replaceChildren(
      segments(t("light.kind"), kinds.map((one) => [one, t(`light.${one}`)]), light.kind, (kind) => patch({ kind })),
      make("p", { className: "hint" }, t(`light.${light.kind}Hint`)),
      ...(light.kind === "camera" || light.kind === "fixed" ? direction(app, light, patch) : []),
      ...(light.kind === "sun" ? date(app, light, patch) : []),
      ...(light.kind === "none" ? [] : [slider(t("light.ambient"), {
        min: 0, max: 100, value: Math.round(100 * light.ambient), text: (value) => `${value} %`,
        pick: (value) => patch({ ambient: value / 100 }),
      })]));
    host.querySelectorAll("button, input")[at]?.focus();
  };
  draw();
  return store.subscribe((state) => [state.light, state.light.kind === "sun" && !state.light.date && state.time], draw);
};

export const register = (app) => app.registerPanel({
  id: "light", title: "light.title", icon: lightIcon, order: 40, render,
});
