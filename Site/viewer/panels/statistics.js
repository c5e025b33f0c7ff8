// The panel of statistics: the values of a place at the shown time.

import { Colouriser } from "../../lib/colour/index.js";
import { histogram } from "../../lib/stats/index.js";
import { choice, field, icon, make } from "../dom.js";
import { icons } from "../icons.js";
import { colourMaps, lookOf, tablesOf } from "../layer/colours.js";
import { unitsOf } from "../site.js";
import { activeLayer } from "../state.js";
import { createLatest } from "../latest.js";
import { layerTitle } from "../titles.js";
import { subtitleOf } from "./export-map.js";
import { shownSlice, valueAtPoint, valuesInArea } from "./field-values.js";
import { drawHistogram } from "./histogram.js";
import { drawPlace, findPlace, placesOf } from "./places-actions.js";
import { toTabs } from "./series-table.js";
import { statisticsRows } from "./statistics-table.js";

const BINS = 32;
const VIEW = "view";

/** What of the map is in view, as a box. */
const viewBox = (app) => {
  const bounds = app.map.gl.getBounds();
  const [west, east] = [bounds.getWest(), bounds.getEast()];
  const whole = east - west >= 360;
  const [w, e, s, n] = [whole ? -180 : west, whole ? 180 : east, Math.max(-90, bounds.getSouth()), Math.min(90, bounds.getNorth())];
  return { type: "Box", bounds: [w, s, e, n] };
};

/** CSS colours of values as the map draws them. */
const colouring = async (app, layer, variable) => {
  const style = lookOf(layer, variable);
  const { palette } = tablesOf(style, await colourMaps(app.site));
  const sorted = style.categories ? { ...style, categories: [...style.categories].sort((a, b) => a.value - b.value) } : style;
  const colouriser = new Colouriser(sorted);
  return {
    categories: style.scale === "categorical" ? style.categories : undefined,
    colourOf(value) {
      const index = 4 * colouriser.index(value);
      return `rgb(${palette[index]} ${palette[index + 1]} ${palette[index + 2]} / ${palette[index + 3] / 255})`;
    },
  };
};

class StatisticsPanel {
  constructor(host, app) {
    Object.assign(this, { app, t: app.t, choosing: createLatest() });
    const { store } = app;
    this.head = make("div", { className: "form" });
    this.body = make("div", { "aria-live": "polite" });
    host.append(this.head, this.body);
    this.ends = [
      store.subscribe((state) => [state.places, activeLayer(state)?.dataset, state.place], () => { this.choose(); this.load(); }),
      store.subscribe((state) => [state.time, activeLayer(state), state.place === VIEW && state.view], () => this.load()),
    ];
    this.choose();
    this.load();
  }

  close() {
    this.controller?.abort();
    this.ends.forEach((end) => end());
  }

  async choose() {
    const { app, t } = this;
    const isLatest = this.choosing();
    const { places, place } = app.store.get();
    const dataset = activeLayer(app.store.get())?.dataset;
    const published = dataset ? await placesOf(app, dataset).catch(() => []) : [];
    if (!isLatest()) return;
    const options = [...places, ...published].filter((one) => one.geometry.type !== "LineString")
      .map((one) => [one.properties.id, one.properties.title]);
    const begin = async () => {
      const id = await drawPlace(app, "polygon");
      if (id) app.store.set({ place: id });
    };
    const focused = this.head.contains(document.activeElement);
    const select = choice([[VIEW, t("statistics.everything")], ...options], place ?? VIEW, (id) => app.store.set({ place: id }));
    this.head.replaceChildren(field(t("statistics.choose"), select),
      make("div", { className: "buttons" }, make("button", { type: "button", className: "plain", onclick: begin },
        icon(icons.plus), make("span", {}, t("statistics.draw")))));
    if (focused) select.focus();
  }

  async load() {
    const { app, t } = this;
    this.controller?.abort();
    this.controller = new AbortController();
    const { signal } = this.controller;
    if (!this.body.childElementCount) this.body.append(make("p", { className: "hint" }, t("series.loading")));
    this.body.classList.add("waiting");
    try {
      // Dragging the map changes the view often: wait until it rests.
      await new Promise((resolve) => setTimeout(resolve, 150));
      signal.throwIfAborted();
      const { place } = app.store.get();
      const [shown, found] = await Promise.all([shownSlice(app), findPlace(app, place)]);
      if (!shown) return this.say(t("statistics.none"));
      const geometry = found?.geometry ?? viewBox(app);
      const read = geometry.type === "Point"
        ? await valueAtPoint(shown, geometry.coordinates, signal) : await valuesInArea(shown, geometry, signal);
      signal.throwIfAborted();
      if (!read.values.length) return this.say(t("statistics.outside"));
      await this.show(shown, read, found);
    } catch (error) {
      if (!signal.aborted) {
        console.warn(error);
        this.say(t("statistics.failed", { why: error.message }));
      }
    }
    return undefined;
  }

  say(text) {
    this.body.classList.remove("waiting");
    this.body.replaceChildren(make("p", { className: "message" }, text));
  }

  format(value, kind, units) {
    const { number } = this.app;
    if (!Number.isFinite(value)) return "–";
    if (kind === "whole") return number(value);
    if (kind === "share") return number(value, { style: "percent", maximumFractionDigits: 1 });
    if (kind === "area") return `${number(value, { maximumSignificantDigits: 4 })} km²`;
    return `${number(value, { maximumSignificantDigits: 5 })}${units ? ` ${units}` : ""}`;
  }

  async show({ layer, field: shown }, read, place) {
    const { app, t } = this;
    const units = unitsOf(layer.units ?? shown.variable.units);
    const title = layerTitle(app, layer);
    const colours = await colouring(app, layer, shown.variable);
    const isOne = read.isSmallerThanCell || read.values.length === 1;
    const kilometres = Math.sqrt(read.areas.reduce((sum, one) => sum + one, 0) / read.areas.length) / 1000;
    const about = isOne ? t("statistics.cell", { level: read.level }) : t("statistics.level", {
      cells: app.number(read.values.length), level: read.level,
      resolution: app.number(kilometres, { maximumSignificantDigits: 2 }) });
    const rows = colours.categories && !isOne ? this.categoryRows(read, colours) : isOne
      ? [[t("statistics.value"), this.categoryName(read.values[0], colours) ?? this.format(read.values[0], "", units)]]
      : statisticsRows(read).map(([key, vars, value, kind]) => [t(`statistics.${key}`, vars), this.format(value, kind, units)]);
    const heading = [place?.properties.title ?? t("statistics.everything"), title, subtitleOf(app)].filter(Boolean);
    const said = make("span", { className: "hint", role: "status" });
    const copy = async () => {
      try {
        await navigator.clipboard.writeText(toTabs([heading.join(", "), about], rows));
        said.textContent = t("copy.done");
      } catch {
        said.textContent = t("copy.failed");
      }
    };
    this.body.classList.remove("waiting");
    this.body.replaceChildren(...[
      make("h3", {}, heading.slice(0, 1)), make("p", { className: "hint" }, heading.slice(1).join(", ")),
      !isOne && !colours.categories && this.histogram(read, colours, units),
      make("table", { className: "numbers" }, make("caption", { className: "vh" }, heading.join(", ")),
        make("tbody", {}, ...rows.map(([name, value]) => make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, value))))),
      make("p", { className: "hint" }, about),
      make("div", { className: "buttons" }, make("button", { type: "button", className: "plain", onclick: copy }, t("statistics.copy")), said),
    ].filter(Boolean));
  }

  histogram({ values, areas }, { colourOf }, units) {
    const { t } = this;
    return drawHistogram(histogram(values, { bins: BINS, weights: areas }), {
      colourOf, label: t("statistics.histogram"), format: (value) => this.format(value, "", ""),
      barLabel: (low, high, area) => t("statistics.bar", { low, high: `${high} ${units}`, count: this.format(area / 1e6, "area") }),
    });
  }

  categoryName(value, { categories }) {
    return categories?.find((one) => one.value === value)?.label;
  }

  /** Categories with the share of the area that each has. */
  categoryRows({ values, areas }, { categories }) {
    const shares = new Map();
    const all = areas.reduce((sum, one) => sum + one, 0);
    values.forEach((value, index) => shares.set(value, (shares.get(value) ?? 0) + areas[index]));
    const missing = [...shares].filter(([value]) => Number.isNaN(value)).reduce((sum, [, area]) => sum + area, 0);
    return [
      ...categories.filter(({ value }) => shares.has(value)).sort((a, b) => shares.get(b.value) - shares.get(a.value))
        .map(({ value, label }) => [label, this.format(shares.get(value) / all, "share")]),
      [this.t("statistics.missing"), this.format(missing / all, "share")],
    ];
  }
}

export const register = (app) => {
  app.registerPanel({
    id: "statistics", title: "statistics.title", icon: icons.statistics, order: 42,
    render: (host) => {
      const panel = new StatisticsPanel(host, app);
      return () => panel.close();
    },
  });
};
