// The legend of a chart: what each line is, its value at the time in question, hide and remove.

import { iconButton, make } from "../dom.js";
import { icons } from "../icons.js";

/** The words for what a line shows, from those that tell it apart from the others first. */
export const nameOf = (line) => [line.placeTitle, line.title, line.datasetTitle].filter(Boolean).join(" · ");

/** How the values of a line came about: which cells, which level. */
export const methodText = (t, number, { method, level, cells, resolution, dims }) => {
  const parts = [];
  if (method) {
    parts.push(t("series.how", { method: t(`method.${method}`), cells: number(cells), level: number(level) }));
    if (resolution) parts.push(resolution);
  }
  if (dims) parts.push(dims);
  return parts.join(", ");
};

/** One item; its value is filled in later by `showValues`. */
const item = (line, { t, number, onToggle, onRemove, onRetry }) => {
  const name = nameOf(line);
  const isMissing = line.y && !line.y.some(Number.isFinite);
  const about = [line.title, line.datasetTitle, methodText(t, number, line), isMissing && t("series.missing")]
    .filter(Boolean).join(" · ");
  const state = line.error
    ? make("span", { className: "error", role: "alert" }, line.error,
      line.retry && make("button", { type: "button", className: "plain small", onclick: () => onRetry(line) }, t("series.retry")))
    : line.loading && make("span", { className: "hint", role: "status" }, t("series.loading"));
  return make("li", { className: line.hidden ? "line off" : "line", dataset: { id: line.id } },
    make("span", { className: "dash", style: { background: line.colour }, "aria-hidden": "true" }),
    make("strong", { className: "line-name" }, line.placeTitle),
    make("output", { className: "line-value" }),
    make("span", { className: "row-actions" },
      iconButton(line.hidden ? icons.hidden : icons.eye, t(line.hidden ? "series.show" : "series.hide", { name }),
        () => onToggle(line), { "aria-pressed": String(!line.hidden) }),
      iconButton(icons.remove, t("series.remove", { name }), () => onRemove(line))),
    make("span", { className: "line-about hint" }, about), state);
};

/** Fills a list with the items of lines. */
export const showLegend = (list, lines, tools) => {
  const focused = list.contains(document.activeElement)
    ? [...list.querySelectorAll("button")].indexOf(document.activeElement) : -1;
  list.replaceChildren(...lines.map((line) => item(line, tools)));
  list.querySelectorAll("button")[focused]?.focus();
};

/** Writes the values of lines into their items. */
export const showValues = (list, lines, valueAt) => {
  for (const line of lines) {
    const output = list.querySelector(`[data-id="${CSS.escape(line.id)}"] .line-value`);
    if (output) output.textContent = valueAt(line);
  }
};
