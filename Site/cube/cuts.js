// The bar of cuts below the cube: for each axis what is left of it, by two handles, and a button that plays it.

import { icon, iconButton, make } from "../viewer/dom.js";
import { icons } from "../viewer/icons.js";

const limited = (value, low, high) => Math.min(Math.max(value, low), high);

/** A slider of an axis: handles for its first and last cell, and what lies between them to move both. */
const rangeControl = (app, axis) => {
  const { t, map } = app;
  const one = map.cube.axes[axis];
  const track = make("div", { className: "cut-track" });
  const between = make("div", { className: "between", role: "slider" });
  const range = () => map.range()[axis];
  const set = (next) => {
    app.player.stop();
    const box = map.box();
    box[axis] = next;
    map.cut(box);
  };
  const moves = {
    first: (to) => { const [, stop] = map.box()[axis]; set([limited(to, range()[0], stop - 1), stop]); },
    last: (to) => { const [start] = map.box()[axis]; set([start, limited(to + 1, start + 1, range()[1])]); },
    both: (to) => {
      const [[start, stop], [low, high]] = [map.box()[axis], range()];
      const from = limited(to, low, high - (stop - start));
      set([from, from + stop - start]);
    },
  };
  const valueOf = { first: () => map.box()[axis][0], last: () => map.box()[axis][1] - 1, both: () => map.box()[axis][0] };

  /** The cell at a point of the track. */
  const cellAt = (event) => {
    const box = track.getBoundingClientRect();
    const [low, high] = range();
    return Math.floor(low + limited((event.clientX - box.left) / box.width, 0, 0.999999) * (high - low));
  };
  const bind = (element, name) => {
    let grip = 0;
    element.addEventListener("pointerdown", (event) => {
      element.setPointerCapture(event.pointerId);
      element.focus({ preventScroll: true });
      event.preventDefault();
      grip = name === "both" ? cellAt(event) - valueOf.both() : 0;
    });
    element.addEventListener("pointermove", (event) => {
      if (element.hasPointerCapture(event.pointerId)) moves[name](cellAt(event) - grip);
    });
    element.addEventListener("keydown", (event) => {
      const [low, high] = range();
      const page = Math.max(1, Math.round((high - low) / 10));
      const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -page, PageUp: page, Home: -1e9, End: 1e9 };
      if (!(event.key in steps)) return;
      event.preventDefault();
      moves[name](valueOf[name]() + steps[event.key]);
    });
    return element;
  };
  const handles = ["first", "last"].map((name) => bind(make("div", { className: `handle ${name}`, role: "slider", tabIndex: 0 }), name));
  bind(between, "both");
  track.append(make("div", { className: "rail-line" }), between, ...handles);

  return {
    track,
    show() {
      const [[start, stop], [low, high]] = [map.box()[axis], range()];
      const place = (position) => 100 * (position - low) / (high - low);
      const isWhole = start === low && stop === high;
      const texts = [one.spoken(start), one.spoken(stop - 1)];
      handles.forEach((handle, i) => {
        handle.style.left = `${place(i ? stop : start)}%`;
        handle.setAttribute("aria-label", t(i ? "cuts.last" : "cuts.first", { axis: one.title() }));
        handle.setAttribute("aria-valuemin", low);
        handle.setAttribute("aria-valuemax", high - 1);
        handle.setAttribute("aria-valuenow", i ? stop - 1 : start);
        handle.setAttribute("aria-valuetext", texts[i]);
      });
      Object.assign(between.style, { left: `${place(start)}%`, width: `${place(stop) - place(start)}%` });
      between.tabIndex = isWhole ? -1 : 0;
      between.setAttribute("aria-label", t("cuts.both", { axis: one.title() }));
      between.setAttribute("aria-valuemin", low);
      between.setAttribute("aria-valuemax", Math.max(low, high - (stop - start)));
      between.setAttribute("aria-valuenow", start);
      between.setAttribute("aria-valuetext", texts.join(" – "));
      between.classList.toggle("movable", !isWhole);
      return texts;
    },
  };
};

/** What is left of an axis in words. */
export const rangeText = (texts) => (texts[0] === texts[1] ? texts[0] : texts.join(" – "));

export const addCuts = (app, host) => {
  const { store, t, map } = app;
  let rows = [];

  const show = () => {
    if (!map.cube) return;
    rows.forEach(({ control, told, play, axis }) => {
      told.textContent = told.title = rangeText(control.show());
      const isPlaying = app.player.playing && app.player.axis === axis;
      const name = t(isPlaying ? "cuts.pause" : "cuts.play", { axis: map.cube.axes[axis].title() });
      play.replaceChildren(icon(isPlaying ? icons.pause : icons.play));
      play.setAttribute("aria-label", name);
      play.title = name;
    });
  };

  const build = () => {
    host.hidden = !map.cube;
    host.setAttribute("aria-label", t("cuts.title"));
    if (!map.cube) return;
    rows = map.cube.axes.map((one, axis) => {
      const control = rangeControl(app, axis);
      const told = make("span", { className: "told" });
      const play = iconButton(icons.play, "", () => app.player.toggle(axis));
      const [low, high] = map.range()[axis];
      play.disabled = high - low < 2;
      return {
        axis, control, told, play,
        element: make("div", { className: "cut", role: "group", "aria-label": one.title() },
          play, make("p", { className: "cut-name" }, make("strong", {}, one.title()), told), control.track),
      };
    });
    host.replaceChildren(...rows.map(({ element }) => element));
    show();
  };

  document.addEventListener("cubeopen", build);
  document.addEventListener("languagechange", build);
  store.subscribe((state) => state.frame, build);
  store.subscribe((state) => state.box, show);
  app.player.onChange(show);
  build();
};
