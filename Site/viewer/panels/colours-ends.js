// The colours of values below and above the range, and of missing ones: off, or chosen.

import { make } from "../dom.js";

const isClear = (colour) => !colour || (colour.length === 9 && colour.endsWith("00"));

export const colourEnds = (app, style, patch, names = ["below", "above", "missing"]) => {
  const { t } = app;
  const row = (name) => {
    const on = name === "missing" ? !isClear(style.missing) : Boolean(style[name]);
    const picker = make("input", {
      type: "color", value: on ? style[name].slice(0, 7) : name === "missing" ? "#9a9a9a" : "#ff00ff",
      hidden: !on || isClear(style[name]), "aria-label": t(`colours.${name}Colour`),
      oninput: () => patch({ [name]: picker.value }),
    });
    const clear = isClear(style[name]) && Boolean(style[name]);
    const select = make("select", {
      onchange: () => patch({
        [name]: { none: name === "missing" ? "#00000000" : "", clear: "#00000000", colour: picker.value }[select.value] || null,
      }),
    },
    ...(name === "missing"
      ? [["clear", t("ends.clear")], ["colour", t("ends.colour")]]
      : [["none", t("ends.same")], ["clear", t("ends.clear")], ["colour", t("ends.colour")]])
      .map(([value, text]) => make("option", {
        value, textContent: text,
        selected: value === (clear || (name === "missing" && !on) ? "clear" : on ? "colour" : "none"),
      })));
    return make("div", { className: "end-row" }, make("label", {}, make("span", {}, t(`colours.${name}`)), select), picker);
  };
  return make("fieldset", { className: "ends" }, make("legend", {}, t("colours.ends")), names.map(row));
};
