// The range of values over the colours: two numbers, and a slider with two handles over the
// histogram of the whole variable.

import { numberText, positionOf, valueAt } from "../../lib/colour/index.js";
import { field, make } from "../dom.js";

/** How far the slider reaches: all measured values, and the range where it reaches further. */
const reachOf = (variable, style) => {
  const { minimum, maximum } = variable.measured ?? {};
  let [low, high] = [Math.min(style.range[0], minimum ?? Infinity), Math.max(style.range[1], maximum ?? -Infinity)];
  if (style.scale === "log" && !(low > 0)) low = Math.min(style.range[0], high / 1e4);
  return [low, high];
};

const histogram = (variable, axis) => {
  const { edges, counts } = variable.histogram ?? {};
  if (!counts?.length) return null;
  const most = Math.max(...counts);
  const bars = counts.map((count, i) => {
    const [a, b] = [positionOf(Math.max(edges[i], axis.range[0]), axis), positionOf(edges[i + 1], axis)];
    if (!(b > a) || a > 1 || b < 0) return "";
    const height = 28 * Math.sqrt(count / most);
    return `M${(100 * a).toFixed(2)} 30V${(30 - height).toFixed(2)}H${(100 * b).toFixed(2)}V30Z`;
  });
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 100 30");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("class", "histogram");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", bars.join(""));
  svg.append(path);
  return svg;
};

const tidy = (value, reach) => {
  const digits = Math.max(0, 3 - Math.floor(Math.log10(Math.abs(reach[1] - reach[0]) || 1)));
  return digits > 15 ? value : Number(value.toFixed(Math.min(digits, 12)));
};

export const rangeSlider = (app, layer, variable, style, setRange) => {
  const { t } = app;
  const reach = reachOf(variable, style);
  const axis = { scale: style.scale, linearWithin: style.linearWithin, range: reach };
  let range = [...style.range];

  const numbers = ["low", "high"].map((name, i) => make("input", {
    type: "number", step: "any", value: Number(range[i].toPrecision(7)), inputMode: "decimal",
    onchange: () => {
      const next = numbers.map((one) => one.valueAsNumber);
      const fine = Number.isFinite(next[0]) && Number.isFinite(next[1]) && next[0] < next[1];
      wrong.hidden = fine;
      if (fine) setRange(next);
    },
  }));
  const wrong = make("p", { className: "error", role: "alert", hidden: true }, t("colours.badRange"));
  const between = make("div", { className: "between" });
  const track = make("div", { className: "range-track" }, histogram(variable, axis), between);
  const handles = [0, 1].map((i) => {
    const handle = make("div", {
      className: "handle", role: "slider", tabIndex: 0, "aria-label": t(i ? "colours.high" : "colours.low"),
      "aria-valuemin": reach[0], "aria-valuemax": reach[1],
    });
    const move = (value) => {
      const limit = range[1 - i];
      const next = [...range];
      next[i] = tidy(Math.min(Math.max(value, reach[0]), reach[1]), reach);
      if (i ? next[1] <= limit : next[0] >= limit) return;
      range = next;
      numbers[i].value = Number(range[i].toPrecision(7));
      show();
      setRange(range);
    };
    const at = (event) => {
      const box = track.getBoundingClientRect();
      return valueAt(Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1), axis);
    };
    handle.addEventListener("pointerdown", (event) => {
      handle.setPointerCapture(event.pointerId);
      handle.focus();
      event.preventDefault();
    });
    handle.addEventListener("pointermove", (event) => {
      if (handle.hasPointerCapture(event.pointerId)) move(at(event));
    });
    handle.addEventListener("keydown", (event) => {
      const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
      if (!(event.key in steps)) return;
      event.preventDefault();
      move(valueAt(positionOf(range[i], axis) + steps[event.key] / 100, axis));
    });
    return handle;
  });
  const show = () => {
    const places = range.map((value) => 100 * Math.min(Math.max(positionOf(value, axis), 0), 1));
    handles.forEach((handle, i) => {
      handle.style.left = `${places[i]}%`;
      handle.setAttribute("aria-valuenow", range[i]);
      handle.setAttribute("aria-valuetext", numberText(range[i], app.texts.language));
    });
    between.style.left = `${places[0]}%`;
    between.style.width = `${places[1] - places[0]}%`;
  };
  track.append(...handles);
  show();
  return make("div", { className: "range" }, track,
    make("div", { className: "pair" }, field(t("colours.low"), numbers[0]), field(t("colours.high"), numbers[1])), wrong);
};
