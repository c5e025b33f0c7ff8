// The panel of colours: everything about how the active layer is coloured, changed live.

import { percentileStretch, roundedRange } from "../../lib/colour/index.js";
import { field, make, segments, toggle } from "../dom.js";
import { icons } from "../icons.js";
import { lookOf, styleOf } from "../layer/colours.js";
import { legendOf } from "../legends.js";
import { unitsOf } from "../site.js";
import { activeLayer, isValues, withLayer } from "../state.js";
import { layerTitle } from "../titles.js";
import { colourEnds } from "./colours-ends.js";
import { mapPicker } from "./colours-maps.js";
import { rangeSlider } from "./colours-range.js";

const CHANGES = ["colours", "range", "scale", "linearWithin", "below", "above", "missing", "interpolation"];

const layerChoice = (app, layer) => {
  const layers = app.store.get().layers.filter(isValues);
  if (layers.length < 2) return null;
  const select = make("select", { onchange: () => app.store.set({ active: select.value }) },
    layers.map((one) => make("option", {
      value: one.id, textContent: layerTitle(app, one), selected: one.id === layer.id,
    })));
  return field(app.t("colours.layer"), select);
};

const styleChoice = (app, layer, variable, patch) => {
  const styles = variable.styles ?? [];
  if (styles.length < 2 || layer.kind !== "variable") return null;
  const select = make("select", {
    onchange: () => patch({
      style: select.value, reversed: false, ...Object.fromEntries(CHANGES.map((one) => [one, undefined])),
    }),
  }, styles.map((one) => make("option", {
    value: one.id, textContent: one.title, selected: one === styleOf(layer, variable),
  })));
  return field(app.t("colours.style"), select);
};

const stretchButtons = (app, layer, variable, style, setRange) => {
  const { t } = app;
  const inView = (low, high, symmetric = false) => () => {
    const values = app.map.valuesShown(layer.id);
    const range = percentileStretch(values, { low, high, scale: style.scale, symmetric });
    if (!range) return app.notify(t("colours.noValues"), "info");
    setRange(low === 0 ? range : roundedRange(range));
  };
  const button = (key, run, hint) => make("button", {
    type: "button", className: "plain small", textContent: t(key), title: t(hint), onclick: run,
  });
  return make("div", { className: "buttons", role: "group", "aria-label": t("colours.stretch") },
    button("colours.percent", inView(2, 98), "colours.percentHint"),
    button("colours.minmax", inView(0, 100), "colours.minmaxHint"),
    style.range[0] < 0 && style.range[1] > 0
      ? button("colours.balanced", inView(2, 98, true), "colours.balancedHint") : null,
    button("colours.whole", () => {
      const { minimum, maximum } = variable.measured ?? {};
      if (Number.isFinite(minimum) && minimum < maximum) setRange([minimum, maximum]);
    }, "colours.wholeHint"));
};

/** Ranges that the scale allows. */
const fitting = (scale, [low, high], variable) => {
  if (scale !== "log" || low > 0) return [low, high];
  const top = high > 0 ? high : Math.max(variable.measured?.maximum ?? 1, 1e-6);
  return [top / 1000, top];
};

const continuous = (app, layer, variable, style, patch) => {
  const { t } = app;
  const setRange = (range) => {
    if (!(range[0] < range[1])) return false;
    patch({ range: fitting(style.scale, range, variable) });
    return true;
  };
  const within = style.scale === "symmetric" ? field(t("colours.within"), make("input", {
    type: "number", step: "any", min: 0, value: style.linearWithin,
    onchange: (event) => { if (event.target.valueAsNumber > 0) patch({ linearWithin: event.target.valueAsNumber }); },
  })) : null;
  return [
    mapPicker(app, style, (colours) => patch({ colours, reversed: false })),
    toggle(t("colours.reversed"), Boolean(layer.reversed), (reversed) => patch({ reversed })),
    make("h3", {}, t("colours.range"), unitsOf(variable.units) && make("small", {}, ` ${unitsOf(variable.units)}`)),
    rangeSlider(app, layer, variable, style, setRange),
    stretchButtons(app, layer, variable, style, setRange),
    make("h3", {}, t("colours.scale")),
    segments(t("colours.scale"), ["linear", "log", "symmetric"].map((one) => [one, t(`scale.${one}`)]),
      style.scale, (scale) => patch({ scale, range: fitting(scale, style.range, variable) })),
    within,
    colourEnds(app, style, patch),
  ];
};

const render = (host, app) => {
  const { t, store } = app;
  const draw = () => {
    const layer = activeLayer(store.get());
    const open = layer && isValues(layer) && app.map.drawing.field(layer);
    if (!open || !app.map.drawing.colours()) {
      host.replaceChildren(make("p", { className: "hint" }, t(layer && isValues(layer) ? "loading" : "colours.none")));
      return;
    }
    const { variable } = open;
    const patch = (change) => store.set((state) => withLayer(state, layer.id, change));
    const style = lookOf(layer, variable);
    const opacity = make("input", {
      type: "range", min: 0, max: 100, value: Math.round(100 * (layer.opacity ?? 1)),
      oninput: (event) => patch({ opacity: event.target.valueAsNumber / 100 }),
    });
    const changed = layer.reversed || CHANGES.some((one) => layer[one] !== undefined && layer[one] !== null);
    host.replaceChildren(...[
      layerChoice(app, layer), styleChoice(app, layer, variable, patch), legendOf(app, layer),
      ...(open.bands === 3 || style.scale === "categorical" ? [] : continuous(app, layer, variable, style, patch)),
      style.scale === "categorical" ? colourEnds(app, style, patch, ["missing"]) : null,
      style.scale !== "categorical" ? make("h3", {}, t("colours.between")) : null,
      style.scale !== "categorical" ? segments(t("colours.between"),
        ["nearest", "bilinear"].map((one) => [one, t(`interpolation.${one}`)]),
        layer.interpolation ?? style.interpolation ?? "bilinear", (interpolation) => patch({ interpolation })) : null,
      field(t("layers.opacity"), opacity),
      changed ? make("button", {
        type: "button", className: "plain", textContent: t("colours.reset"),
        onclick: () => patch({ reversed: false, ...Object.fromEntries(CHANGES.map((one) => [one, undefined])) }),
      }) : null,
    ].filter(Boolean));
  };
  /** What was in use keeps the focus when the panel is drawn anew. */
  const redraw = () => {
    const at = host.contains(document.activeElement) ? document.activeElement : null;
    // Controls that are being dragged or typed into stay as they are.
    if (at?.matches("input[type=range]:active, [role=slider]:active")) return;
    const all = () => [...host.querySelectorAll("button, input, select, [tabindex]")];
    const place = at ? all().indexOf(at) : -1;
    const scroll = host.scrollTop;
    draw();
    host.scrollTop = scroll;
    if (place >= 0) all()[place]?.focus({ preventScroll: true });
  };
  draw();
  document.addEventListener("fieldopen", redraw);
  const end = store.subscribe((state) => {
    const layer = activeLayer(state);
    return [layer && { ...layer, opacity: 0, dims: 0 }, state.layers.length];
  }, redraw);
  return () => {
    document.removeEventListener("fieldopen", redraw);
    end();
  };
};

export const register = (app) => app.registerPanel({
  id: "colours", title: "colours.title", icon: icons.colours, order: 30, render,
});
