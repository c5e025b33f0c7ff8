// The panel of transects: values along a line at the shown time.

import { niceTicks, numberText } from "../../lib/colour/index.js";
import { between } from "../../lib/geo/index.js";
import { make, toggle } from "../dom.js";
import { icons } from "../icons.js";
import { timeLabel } from "../layer/times.js";
import { unitsOf } from "../site.js";
import { activeLayer } from "../state.js";
import { layerTitle } from "../titles.js";
import { rememberOpen, reopen } from "./bottom-panel.js";
import { Chart } from "./chart.js";
import { PALETTE } from "./chart-scales.js";
import { offer } from "./export-file.js";
import { valuesAlong, shownSlice } from "./field-values.js";
import { csvText } from "./export-series.js";
import { loadPlot } from "./plot-library.js";
import { draw } from "./draw.js";
import { continuous } from "./draw-shapes.js";
import { showTable } from "./series-table.js";

const PARTS = 64;

/** Kilometres along the line. */
const distanceAxis = (language) => ({
  ticks: (low, high, width) => niceTicks([low, high], { count: Math.max(2, Math.floor(width / 90)) }),
  text: (position) => `${numberText(position, language)} km`,
});

/** A path with so many places between its own that it runs along great circles on any map. */
const greatCircles = (path) => continuous(path.slice(1).flatMap((end, index) =>
  Array.from({ length: PARTS }, (_, part) => between(path[index], end, part / PARTS))).concat([path.at(-1)]));

class TransectPanel {
  constructor(host, app) {
    Object.assign(this, { host, app, t: app.t });
    const { t, store } = app;
    this.status = make("p", { className: "hint", role: "status" });
    this.plot = make("div", {});
    this.table = make("div", { hidden: true });
    this.csv = make("button", { type: "button", className: "plain", onclick: () => this.save() }, t("transect.csv"));
    this.asTable = toggle(t("chart.table"), false, (on) => { this.table.hidden = !on; });
    host.append(make("div", { className: "chart-tools" },
      make("button", { type: "button", className: "plain primary", onclick: () => this.drawLine() }, t("transect.draw")),
      this.asTable, this.csv, make("span", { className: "grow" })),
    this.status, this.plot, this.table);
    this.format = (value) => (Number.isFinite(value) ? app.number(value, { maximumSignificantDigits: 5 }) : "–");
    this.ends = [store.subscribe((state) => [state.transect, state.time, activeLayer(state)], () => this.load()),
      store.subscribe((state) => state.theme, () => this.chart?.repaint())];
    this.load();
  }

  close() {
    this.controller?.abort();
    this.chart?.destroy();
    this.ends.forEach((end) => end());
    this.app.map.sketch(null);
  }

  async drawLine() {
    const geometry = await draw(this.app, "line");
    if (geometry) this.app.store.set({ transect: geometry.coordinates.map((one) => one.map((x) => Math.round(x * 1e5) / 1e5)) });
  }

  async load() {
    const { app, t } = this;
    const { transect } = app.store.get();
    this.controller?.abort();
    this.controller = new AbortController();
    const { signal } = this.controller;
    this.csv.hidden = this.asTable.hidden = !transect;
    if (!transect) {
      this.status.textContent = t("transect.empty");
      return;
    }
    this.path = { type: "LineString", coordinates: greatCircles(transect) };
    app.map.sketch(this.path);
    this.status.textContent = t("series.loading");
    try {
      const [shown, uPlot] = await Promise.all([shownSlice(app), loadPlot(app)]);
      if (!shown) throw new Error(t("transect.none"));
      const { level, samples } = await valuesAlong(shown, transect, signal);
      signal.throwIfAborted();
      this.show(uPlot, shown, level, samples);
    } catch (error) {
      if (signal.aborted) return;
      console.warn(error);
      this.status.textContent = t("transect.failed", { why: error.message });
    }
  }

  show(uPlot, { layer, field, slice }, level, samples) {
    const { app, t } = this;
    const units = unitsOf(layer.units ?? field.variable.units);
    const title = layerTitle(app, layer);
    const x = Float64Array.from(samples, (one) => one.distance / 1000);
    const y = Float64Array.from(samples, (one) => one.value);
    this.samples = samples;
    this.line = { id: "transect", label: title, title, placeTitle: t("transect.line"), units, colour: PALETTE[0],
      x, y, labels: Array.from(x, (one) => `${numberText(one, app.texts.language, 5)} km`) };
    this.chart ??= new Chart(this.plot, {
      uPlot, axis: distanceAxis(app.texts.language), label: t("transect.chart"), format: this.format,
      onHover: (at) => this.hover(at),
    });
    this.chart.show([this.line]);
    const missing = samples.every((one) => !Number.isFinite(one.value));
    this.summary = missing ? t("transect.missing")
      : t("transect.shown", { title: [title, slice.time && timeLabel(app.texts.locale, slice.field.times, slice.time)].filter(Boolean).join(", "), level, length: numberText(x.at(-1), app.texts.language, 4) });
    this.status.textContent = this.summary;
    showTable(this.table, [this.line], { t, format: this.format, caption: t("transect.table"), first: t("transect.distance") });
  }

  /** The place under the pointer, on the map and in words. */
  hover(x) {
    const { app, samples } = this;
    const index = x === undefined ? -1 : this.line.x.indexOf(x);
    if (index < 0) {
      this.status.textContent = this.summary ?? "";
      app.map.sketch(this.path);
      return;
    }
    const { longitude, latitude, value } = samples[index];
    app.map.sketch({ type: "GeometryCollection", geometries: [this.path, { type: "Point", coordinates: [longitude, latitude] }] });
    this.status.textContent = `${this.line.labels[index]}: ${this.format(value)} ${this.line.units} (${longitude.toFixed(3)}, ${latitude.toFixed(3)})`;
  }

  save() {
    if (!this.samples) return;
    const rows = this.samples.map(({ distance, longitude, latitude, value }) => [distance, longitude, latitude, value]);
    offer("transect.csv", csvText(["distance (m)", "longitude", "latitude",
      this.line.units ? `${this.line.title} (${this.line.units})` : this.line.title], rows), "text/csv");
  }
}

export const register = (app) => {
  app.registerPanel({
    id: "transect", title: "transect.title", icon: icons.transect, dock: "bottom", order: 43,
    render: (host) => {
      const panel = new TransectPanel(host, app);
      const forget = rememberOpen(app, "transect");
      return () => {
        forget();
        panel.close();
      };
    },
  });
  reopen(app, "transect");
};
