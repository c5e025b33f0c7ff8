// Choosing a time by year, month, day and hour: only such as there are, in any calendar.

import { monthNames, parseTime } from "../lib/time/index.js";
import { choice, field, make } from "./dom.js";
import { nearestTime } from "./layer/times.js";

const two = (value) => String(value).padStart(2, "0");

/** Opens below `anchor`; `pick(index)` is called with every choice. */
export const openCalendar = (app, anchor, times, pick) => {
  document.querySelector(".calendar")?.close();
  const all = times.values.map(parseTime);
  const start = nearestTime(times.values, app.store.get().time);
  const dialog = make("dialog", { className: "calendar", "aria-label": app.t("time.calendar") });
  const names = monthNames(app.texts.language === "en" ? "en-GB" : app.texts.language);
  const parts = [
    ["year", (one) => String(one.year), (one) => one.year],
    ["month", (one) => names[one.month - 1], (one) => one.month],
    ["day", (one) => String(one.day), (one) => one.day],
    ["hour", (one) => `${two(one.hour)}:${two(one.minute)}${one.second ? `:${two(Math.floor(one.second))}` : ""}`,
      (one) => one.hour * 3600 + one.minute * 60 + one.second],
  ];

  const draw = (index) => {
    let left = all.map((_, i) => i);
    const fields = [];
    for (const [name, text, key] of parts) {
      const pool = left;
      const groups = new Map();
      for (const i of pool) if (!groups.has(key(all[i]))) groups.set(key(all[i]), i);
      const chosen = key(all[index]);
      if (groups.size > 1 || name !== "hour" || all[index].hour) {
        fields.push(field(app.t(`time.${name}`), choice(
          [...groups].map(([value, i]) => [String(value), text(all[i])]), String(chosen),
          (value) => {
            // Of what is left with the new part, the one most like the old time.
            const rest = pool.filter((i) => String(key(all[i])) === value);
            const later = parts.slice(parts.findIndex(([other]) => other === name) + 1);
            const best = rest.reduce((best, i) => {
              const score = later.filter(([, , part]) => part(all[i]) === part(all[index])).length;
              return score > best.score ? { i, score } : best;
            }, { i: rest[0], score: -1 }).i;
            pick(best);
            draw(best);
            dialog.querySelector(`[data-part="${name}"]`)?.focus();
          }, { dataset: { part: name } })));
      }
      left = pool.filter((i) => key(all[i]) === chosen);
    }
    dialog.replaceChildren(make("div", { className: "calendar-fields" }, fields),
      make("p", { className: "hint" }, app.t("time.of", {
        number: index + 1, count: all.length,
      })),
      make("button", { type: "button", className: "plain", textContent: app.t("close"), onclick: () => dialog.close() }));
  };
  draw(start);
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
    anchor.focus();
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.showModal();
};
