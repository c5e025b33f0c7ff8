// The bar of time below the map: slider, steps, play, calendar, for the active layer.

import { choice, icon, iconButton, make } from "./dom.js";
import { icons } from "./icons.js";
import { nearestTime, timeLabel } from "./layer/times.js";
import { createPlayer } from "./player.js";
import { timeOf } from "./site.js";
import { activeLayer } from "./state.js";
import { openCalendar } from "./calendar.js";

/** The variable of a globe's surface, as a layer entry. */
const surfaceOf = ({ scene, site }) => {
  const { dataset, variable } = scene?.surface ?? {};
  return dataset && { dataset, variable: variable ?? site.loaded.get(dataset)?.terrain?.variable };
};

/** The times that the bar moves through: those of the active layer, else of the first that has any. */
export const timesOf = (app) => {
  const state = app.store.get();
  const active = activeLayer(state);
  for (const layer of [active, ...state.layers, surfaceOf(app)]) {
    if (!layer || layer.kind === "xyz") continue;
    const document = app.site.loaded.get(layer.dataset);
    const time = timeOf(document?.variable(layer.variable));
    if (time?.values.length) return { layer, values: time.values, calendar: document.calendar };
  }
  return null;
};

export const addTimeBar = (app, host) => {
  const { store, t } = app;
  const player = createPlayer(app, () => timesOf(app)?.values);
  let parts = null;
  let shownFor = null;

  const say = (text) => timeLabel(app.texts.locale, timesOf(app)?.values ?? [text], text);

  const move = (index) => {
    const times = timesOf(app);
    if (!times) return;
    const last = times.values.length - 1;
    store.set({ time: times.values[Math.min(Math.max(index, 0), last)] });
  };
  const at = () => nearestTime(timesOf(app).values, store.get().time);

  const show = () => {
    if (!parts) return;
    const times = timesOf(app);
    if (!times) return;
    const index = nearestTime(times.values, store.get().time);
    const text = say(times.values[index]);
    parts.slider.value = index;
    parts.slider.setAttribute("aria-valuetext", text);
    parts.slider.style.setProperty("--filled", `${100 * index / Math.max(1, times.values.length - 1)}%`);
    parts.label.replaceChildren(icon(icons.calendar), make("span", {}, text));
    parts.count.textContent = `${index + 1} / ${times.values.length}`;
    parts.before.disabled = parts.first.disabled = index === 0;
    parts.after.disabled = parts.last.disabled = index === times.values.length - 1;
  };

  const showPlaying = (playing) => {
    if (!parts) return;
    parts.play.replaceChildren(icon(playing ? icons.pause : icons.play));
    parts.play.setAttribute("aria-label", t(playing ? "time.pause" : "time.play"));
    parts.play.title = t(playing ? "time.pause" : "time.play");
  };
  player.onChange(showPlaying);

  const build = () => {
    const times = timesOf(app);
    host.hidden = !times || times.values.length < 2;
    document.documentElement.classList.toggle("timeless", host.hidden);
    const key = times && `${times.layer.dataset}/${times.layer.variable}/${app.texts.language}`;
    if (host.hidden || shownFor === key) return show();
    shownFor = key;
    const slider = make("input", {
      type: "range", min: 0, max: times.values.length - 1, step: 1, "aria-label": t("time.slider"),
      oninput: () => { player.stop(); move(slider.valueAsNumber); },
    });
    const step = (path, name, to) => iconButton(path, t(name), () => { player.stop(); move(to()); });
    parts = {
      slider, count: make("span", { className: "count", "aria-hidden": "true" }),
      first: step(icons.first, "time.first", () => 0),
      before: step(icons.previous, "time.previous", () => at() - 1),
      play: iconButton(icons.play, t("time.play"), () => player.toggle(), { className: "icon-button primary" }),
      after: step(icons.next, "time.next", () => at() + 1),
      last: step(icons.last, "time.last", () => Infinity),
      label: make("button", {
        type: "button", className: "when", "aria-haspopup": "dialog", title: t("time.calendar"),
        onclick: () => openCalendar(app, parts.label, timesOf(app), (index) => { player.stop(); move(index); }),
      }),
    };
    const speed = choice([1, 2, 4, 8, 15].map((one) => [String(one), t("time.speed", { number: one })]),
      String(player.speed), (value) => { player.speed = Number(value); },
      { "aria-label": t("time.speedName"), className: "speed" });
    host.replaceChildren(
      make("div", { className: "steps", role: "group", "aria-label": t("time.steps") },
        parts.first, parts.before, parts.play, parts.after, parts.last),
      parts.label,
      make("div", { className: "track" }, slider), parts.count, speed);
    host.setAttribute("aria-label", t("time.title"));
    showPlaying(player.playing);
    show();
  };

  store.subscribe((state) => [state.active, state.layers.map((one) => [one.dataset, one.variable])], build);
  store.subscribe((state) => state.time, (time) => {
    show();
    if (!player.playing && time && parts) app.announce(say(time));
  });
  document.addEventListener("languagechange", build);
  app.time = { move, by: (step) => { player.stop(); move(at() + step); }, player, times: () => timesOf(app), text: say };
  build();
};
