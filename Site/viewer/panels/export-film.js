// The part of the export panel that makes films.

import { choice, field, make } from "../dom.js";
import { timeLabel } from "../layer/times.js";
import { timeOf } from "../site.js";
import { activeLayer } from "../state.js";
import { filmFormats, makeFilm } from "./animation.js";
import { fileName, offer } from "./export-file.js";
import { pictureOfMap, stepper, titleOf } from "./export-map.js";

const MOST = { webm: 1000, gif: 250 };
/** Pixels of the longer side: what codecs and patience allow. */
const LONGEST = { webm: 1920, gif: 900 };

/** The form: period, speed, format, progress. */
export const filmForm = async (app) => {
  const { t } = app;
  const layer = activeLayer(app.store.get());
  const variable = app.site.loaded.get(layer?.dataset)?.variable(layer.variable);
  const times = timeOf(variable)?.values ?? [];
  if (times.length < 2) return make("p", { className: "hint" }, t("export.film.none"));
  const formats = await filmFormats();
  const wanted = { from: Math.max(0, times.length - 60), to: times.length - 1, perSecond: 5, format: formats[0] };
  const count = make("p", { className: "hint", role: "status" });
  const start = make("button", { type: "button", className: "plain primary" }, t("export.film.make"));
  const stop = make("button", { type: "button", className: "plain", hidden: true }, t("export.film.cancel"));
  const bar = make("progress", { hidden: true, max: 1, value: 0, "aria-label": t("export.film") });
  const said = make("p", { className: "hint", role: "status" });
  const label = (index) => timeLabel(app.texts.locale, times, times[index]);
  const slider = (key) => {
    const text = make("span", {}, label(wanted[key]));
    const input = make("input", { type: "range", min: 0, max: times.length - 1, step: 1, value: wanted[key],
      "aria-label": t(`export.${key}`), "aria-valuetext": label(wanted[key]), oninput: () => {
        wanted[key] = Number(input.value);
        text.textContent = label(wanted[key]);
        input.setAttribute("aria-valuetext", text.textContent);
        tell();
      } });
    return make("label", { className: "field" }, make("span", {}, t(`export.${key}`), " ", text), input);
  };
  const tell = () => {
    const frames = wanted.to - wanted.from + 1;
    const isFine = frames > 1 && frames <= MOST[wanted.format];
    start.disabled = !isFine;
    count.textContent = frames > MOST[wanted.format] ? `${t("export.film.steps", { count: frames })}: ${t("export.film.many", { most: MOST[wanted.format] })}`
      : t("export.film.steps", { count: Math.max(0, frames) });
  };
  start.onclick = async () => {
    const controller = new AbortController();
    const steps = stepper(app);
    stop.onclick = () => controller.abort();
    start.disabled = true;
    stop.hidden = bar.hidden = false;
    try {
      const title = titleOf(app);
      const film = await makeFilm({
        format: wanted.format, perSecond: wanted.perSecond,
        steps: times.slice(wanted.from, wanted.to + 1), longest: LONGEST[wanted.format], signal: controller.signal,
        frame: (step) => {
          // With the panel closed nobody could end it.
          if (!stop.isConnected) controller.abort();
          controller.signal.throwIfAborted();
          steps.show(step);
          return pictureOfMap(app, { scale: 1, title, signal: controller.signal });
        },
        progress: (done, all) => {
          bar.value = done / all;
          said.textContent = t("export.film.progress", { done: Math.min(done + 1, all), all });
        },
      });
      offer(fileName([title, "film"], wanted.format), film);
      said.textContent = t("export.film.done", { megabytes: app.number(film.size / 1e6, { maximumSignificantDigits: 2 }) });
    } catch (error) {
      if (!controller.signal.aborted) console.warn(error);
      said.textContent = controller.signal.aborted ? t("export.film.cancelled") : t("export.failed", { why: error.message });
    }
    steps.restore();
    stop.hidden = bar.hidden = true;
    tell();
  };
  tell();
  return make("div", { className: "form" }, slider("from"), slider("to"),
    make("div", { className: "two" },
      field(t("export.speed"), choice([1, 2, 5, 10, 15].map((one) => [String(one), String(one)]), "5", (value) => { wanted.perSecond = Number(value); })),
      field(t("export.format"), choice(formats.map((one) => [one, t(`export.format.${one}`)]), wanted.format, (value) => { wanted.format = value; tell(); }))),
    count, make("div", { className: "buttons" }, start, stop), bar, said);
};
