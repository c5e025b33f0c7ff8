// The form for a difference: what is shown, less another time or another variable.

import { choice, field, make } from "../dom.js";
import { timeOf } from "../site.js";
import { putDifference } from "./expressions-layer.js";
import { usableVariables } from "./expressions-model.js";

/** The form for a layer of one variable. */
export const differenceForm = async (app, document, layer) => {
  const { t } = app;
  const variable = document.variable(layer.variable);
  const times = timeOf(variable)?.values ?? [];
  const variables = Object.entries(usableVariables(document, variable))
    .filter(([, one]) => one.kind !== "categorical" && (one.units ?? "") === (variable.units ?? ""));
  const wanted = { variable: layer.variable, time: "" };
  const message = make("p", { className: "hint", role: "status" });
  const submit = make("button", { type: "submit", className: "plain primary" }, t("expressions.difference.add"));
  const timeField = times.length > 1 && field(t("expressions.difference.time"), times.length > 400
    ? make("input", { type: "text", placeholder: times[0], onchange: (event) => { wanted.time = event.target.value.trim(); } })
    : choice([["", t("expressions.difference.shown")], ...times.map((one) => [one, one])], "", (value) => { wanted.time = value; }));
  const variableField = variables.length > 1 && field(t("expressions.difference.variable"),
    choice(variables.map(([key, one]) => [key, one.title]), layer.variable, (value) => { wanted.variable = value; }));
  if (!timeField && !variableField) return make("p", { className: "hint" }, t("expressions.difference.same"));
  return make("form", { className: "form", onsubmit: async (event) => {
    event.preventDefault();
    if (wanted.variable === layer.variable && !wanted.time) {
      message.textContent = t("expressions.difference.same");
      return;
    }
    const other = { variable: wanted.variable, ...(wanted.time ? { time: wanted.time } : {}) };
    submit.disabled = true;
    try {
      await putDifference(app, layer, other);
    } catch (error) {
      console.warn(error);
      message.replaceChildren(make("span", { className: "error", role: "alert" }, error.message));
    }
    submit.disabled = false;
  } },
  make("p", { className: "hint" }, t("expressions.difference.intro")), variableField, timeField, message, submit);
};
