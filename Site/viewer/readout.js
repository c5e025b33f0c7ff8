// The value, place and time under the pointer (or, for the keyboard, the middle of the map), from
// what is held: nothing is asked of the server.

import { numberText } from "../lib/colour/index.js";
import { make } from "./dom.js";
import { lookOf } from "./layer/colours.js";
import { timeLabel } from "./layer/times.js";
import { unitsOf } from "./site.js";
import { layerTitle } from "./titles.js";

/** Degrees with the letter of the hemisphere. */
export const placeText = ({ lng, lat }, language, digits = 3) => {
  const turned = ((lng + 540) % 360 + 360) % 360 - 180;
  const write = (value, [plus, minus]) =>
    `${Math.abs(value).toLocaleString(language, {
      minimumFractionDigits: digits, maximumFractionDigits: digits,
    })}° ${value < 0 ? minus : plus}`;
  const east = language === "de" ? "O" : "E";
  return `${write(lat, ["N", "S"])}, ${write(turned, [east, "W"])}`;
};

/** A value as text: the category's label, or digits and units. */
export const valueText = (app, { layer, field, values }) => {
  const { language } = app.texts;
  if (values.every(Number.isNaN)) return app.t("value.missing");
  if (field.bands === 3) return values.map((one) => numberText(one, language, 4)).join(" · ");
  const [value] = values;
  const style = lookOf(layer, field.variable);
  if (style.scale === "categorical") {
    const category = style.categories.find((one) => Math.fround(one.value) === value);
    return category ? `${category.label} (${value})` : numberText(value, language, 6);
  }
  const units = layer.kind === "expression" ? layer.units ?? "" : unitsOf(field.variable.units);
  return `${numberText(value, language, 5)}${units ? ` ${units}` : ""}`;
};

/** Shows the readout, and says it when the map is moved by keyboard. */
export const addReadout = (app, host) => {
  const where = make("span", { className: "where" });
  const list = make("dl", {});
  host.append(list, where);
  const show = (place, values) => {
    host.classList.toggle("shown", Boolean(place));
    if (!place) return;
    const digits = Math.min(5, Math.max(2, Math.round((app.store.get().view?.zoom ?? 4) / 2) + 1));
    where.textContent = placeText(place, app.texts.language, digits);
    const compare = app.store.get().compare;
    list.replaceChildren(...values.slice(0, 4).flatMap((one) => [
      make("dt", {}, layerTitle(app, one.layer),
        compare ? make("small", {}, ` (${app.t(one.layer.id === compare.layer ? "side.right" : "side.left")})`) : null),
      make("dd", {}, valueText(app, one), one.sheet ? make("small", {}, one.sheet) : null,
        one.time ? make("small", {}, timeLabel(app.texts.locale, one.field.times, one.time)) : null),
    ]));
  };
  const spoken = (place, values) => [
    ...values.slice(0, 3).map((one) => [`${layerTitle(app, one.layer)}: ${valueText(app, one)}`, one.sheet].filter(Boolean).join(", ")),
    placeText(place, app.texts.language, 1),
  ].join(". ");

  app.onPointer((found) => {
    if (found) show(found, found.values);
    else if (!byKeyboard) show(null);
  });
  let byKeyboard = false;
  const middle = () => {
    if (!byKeyboard || !app.map.gl) return;
    const place = app.map.gl.getCenter();
    const values = app.map.valuesAt(place);
    show(place, values);
    return spoken(place, values);
  };
  const stage = document.getElementById("map");
  const follow = (on) => {
    byKeyboard = on;
    stage.classList.toggle("keyboard", on);
    if (on) middle();
  };
  stage.addEventListener("keydown", (event) => { if (event.key.startsWith("Arrow") || "+-=".includes(event.key)) follow(true); });
  stage.addEventListener("pointermove", () => { if (byKeyboard) follow(false); });
  document.addEventListener("mapready", () => {
    app.map.gl.on("moveend", () => {
      const text = middle();
      if (text) app.announce(text);
    });
  });
  /** Says what lies in the middle of the map. */
  app.sayMiddle = () => {
    follow(true);
    app.announce(middle() ?? "");
  };
};
