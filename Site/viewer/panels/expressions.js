// The panel of own variables: expressions of what a dataset holds, and differences.

import { CONSTANTS, FUNCTIONS } from "../../lib/expr/index.js";
import { field, icon, iconButton, make } from "../dom.js";
import { icons } from "../icons.js";
import { activeLayer } from "../state.js";
import { differenceForm } from "./expressions-difference.js";
import { checkExpression, exampleFor, flagWords, usableVariables } from "./expressions-model.js";
import { putExpression } from "./expressions-layer.js";

const OPERATORS = ["+", "-", "*", "/", "^", "<", "<=", ">", ">=", "==", "!=", "&&", "||", "!"];

/** Shows the text with its mistake marked, and says what it is. */
const showMistake = (t, host, text, error) => {
  const { position = 0, length = 1, suggestion } = error;
  const told = error.key ? t(error.key) : error.message;
  const why = suggestion && !told.includes(suggestion) ? `${told} (${suggestion}?)` : told;
  host.replaceChildren(
    make("p", { className: "message error" }, t("expressions.mistake", { position: position + 1, why })),
    make("p", { className: "mistake", "aria-hidden": "true" },
      text.slice(0, position), make("mark", {}, text.slice(position, position + Math.max(1, length)) || "␣"),
      text.slice(position + Math.max(1, length))));
};

/** Buttons that put a word where the caret stands. */
const words = (label, list, area) => make("details", { open: list.length <= 12 },
  make("summary", {}, label),
  make("div", { className: "words" }, ...list.map(([word, hint]) =>
    make("button", { type: "button", textContent: word, title: hint ?? word, onclick: () => {
      area.setRangeText(word, area.selectionStart, area.selectionEnd, "end");
      area.dispatchEvent(new Event("input"));
      area.focus();
    } }))));

const form = (app, document, base, edited) => {
  const { t } = app;
  const variables = usableVariables(document, base);
  const name = make("input", { type: "text", value: edited?.title ?? "", maxLength: 60, required: true });
  const units = make("input", { type: "text", value: edited?.units ?? "", maxLength: 30 });
  const area = make("textarea", { rows: 3, value: edited?.expression ?? "", spellcheck: false, autocapitalize: "off", "aria-describedby": "expression-state" });
  const state = make("div", { id: "expression-state", role: "status" });
  const submit = make("button", { type: "submit", className: "plain primary", disabled: true }, t(edited ? "expressions.change" : "expressions.add"));
  const check = () => {
    const text = area.value;
    state.replaceChildren();
    area.removeAttribute("aria-invalid");
    submit.disabled = true;
    if (!text.trim()) return;
    const { error } = checkExpression(text, variables);
    if (error) {
      area.setAttribute("aria-invalid", "true");
      showMistake(t, state, text, error);
      return;
    }
    state.replaceChildren(make("p", { className: "hint" }, t("expressions.fine")));
    submit.disabled = false;
  };
  area.addEventListener("input", check);
  check();
  const flags = flagWords(variables);
  return make("form", { className: "form", onsubmit: async (event) => {
    event.preventDefault();
    submit.disabled = true;
    try {
      await putExpression(app, { id: edited?.id, dataset: document.id, base: base.key, expression: area.value.trim(),
        title: name.value.trim() || area.value.trim(), units: units.value.trim() });
    } catch (error) {
      state.replaceChildren(make("p", { className: "message error", role: "alert" }, error.message));
    }
    submit.disabled = false;
  } },
  make("p", { className: "hint" }, t("expressions.intro", { title: document.title, example: exampleFor(variables) })),
  make("div", { className: "two" }, field(t("expressions.name"), name), field(t("expressions.units"), units)),
  make("div", { className: "expression" }, field(t("expressions.text"), area), state),
  submit,
  words(t("expressions.variables"), Object.entries(variables).map(([key, one]) => [key, one.title]), area),
  words(t("expressions.functions"), [...Object.values(FUNCTIONS).map((one) => [one.usage]),
    ...Object.keys(CONSTANTS).map((one) => [one]), ...OPERATORS.map((one) => [` ${one} `])], area),
  ...(flags.length ? [words(t("expressions.flags"), flags, area)] : []));
};

const list = (app, edit) => {
  const { t, store } = app;
  const own = store.get().layers.filter((one) => one.kind === "expression");
  if (!own.length) return [];
  return [make("h3", {}, t("expressions.yours")), make("ul", { className: "place-list" },
    ...own.map((layer) => make("li", { className: "place" }, icon(icons.expressions),
      make("span", { className: "title" }, make("strong", {}, layer.title ?? ""), make("br"), make("code", {}, layer.expression)),
      make("span", { className: "row-actions" },
        iconButton(icons.settings, t("expressions.edit", { title: layer.title }), () => edit(layer)),
        iconButton(icons.remove, t("expressions.remove", { title: layer.title }), () => store.set((state) => {
          const layers = state.layers.filter((one) => one.id !== layer.id);
          return { layers, active: state.active === layer.id ? layers[0]?.id ?? null : state.active };
        }))))))];
};

const render = (host, app) => {
  const { t, store } = app;
  const draw = async (edited) => {
    const layer = edited ?? activeLayer(store.get());
    if (!layer?.dataset) {
      host.replaceChildren(make("p", { className: "hint" }, t("expressions.none")), ...list(app, draw));
      return;
    }
    const document = await app.site.dataset(layer.dataset);
    const base = document.variable(layer.variable) ?? document.variables[0];
    host.replaceChildren(
      form(app, document, base, edited), ...list(app, draw),
      ...(layer.kind === "variable" ? [make("h3", {}, t("expressions.difference")), await differenceForm(app, document, layer)] : []));
  };
  draw();
  return store.subscribe(
    (state) => [activeLayer(state)?.dataset, activeLayer(state)?.kind, state.layers.map((one) => [one.id, one.expression])],
    () => draw());
};

export const register = (app) => {
  app.registerPanel({ id: "expressions", title: "expressions.title", icon: icons.expressions, order: 44, render });
};
