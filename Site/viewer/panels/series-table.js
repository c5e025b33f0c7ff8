// The numbers behind a chart as a table, to read, to hear and to copy.

import { make } from "../dom.js";
import { nameOf } from "./series-legend.js";

const PAGE = 200;

/** Rows of all lines over all their positions: [[label, value | undefined, …]], in order of position. */
export const rowsOf = (lines) => {
  const rows = new Map();
  lines.forEach((line, column) => {
    line.x.forEach((x, index) => {
      if (!rows.has(x)) rows.set(x, [line.labels[index], ...lines.map(() => undefined)]);
      rows.get(x)[column + 1] = line.y[index];
    });
  });
  return [...rows].sort(([a], [b]) => a - b).map(([, row]) => row);
};

/** Rows as text, columns parted by tabs, for a spreadsheet. */
export const toTabs = (head, rows) => [head, ...rows]
  .map((row) => row.map((cell) => (cell === undefined || Number.isNaN(cell) ? "" : String(cell))).join("\t")).join("\n");

/** Shows lines as a table; further rows come on demand, so that long series stay quick. */
export const showTable = (host, lines, { t, format, caption, first }) => {
  const rows = rowsOf(lines);
  const head = [first, ...lines.map((line) => nameOf(line) + (line.units ? ` (${line.units})` : ""))];
  const body = make("tbody");
  let shown = 0;
  const more = make("button", { type: "button", className: "plain" });
  const grow = () => {
    body.append(...rows.slice(shown, shown + PAGE).map(([label, ...values]) =>
      make("tr", {}, make("th", { scope: "row" }, label),
        ...values.map((value) => make("td", {}, value === undefined ? "" : Number.isNaN(value) ? "–" : format(value))))));
    shown = Math.min(shown + PAGE, rows.length);
    more.hidden = shown >= rows.length;
    more.textContent = t("table.more", { left: rows.length - shown });
  };
  more.onclick = grow;
  const copied = make("span", { role: "status", className: "hint" });
  const copy = make("button", { type: "button", className: "plain", onclick: async () => {
    try {
      await navigator.clipboard.writeText(toTabs(head, rows));
      copied.textContent = t("copy.done");
    } catch {
      copied.textContent = t("copy.failed");
    }
  } }, t("table.copy"));
  grow();
  host.replaceChildren(
    make("div", { className: "buttons" }, copy, copied),
    make("div", { className: "table-scroll", tabIndex: 0, role: "region", "aria-label": caption },
      make("table", {}, make("caption", { className: "vh" }, caption),
        make("thead", {}, make("tr", {}, ...head.map((one) => make("th", { scope: "col" }, one)))), body)),
    more);
};
