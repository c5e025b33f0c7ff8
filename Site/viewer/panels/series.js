// The panel of series: values at places over time, below the map.

import { formatTime, parseTime, precisionOf } from "../../lib/time/index.js";
import { icon, iconButton, make, toggle } from "../dom.js";
import { icons } from "../icons.js";
import { timeOf } from "../site.js";
import { activeLayer } from "../state.js";
import { Chart } from "./chart.js";
import { freeColour, nearest } from "./chart-scales.js";
import { timeAxis, timePosition } from "./chart-time.js";
import { loadPlot } from "./plot-library.js";
import { addPlaces, addSeries, findPlace, shownVariable } from "./places-actions.js";
import { rememberOpen, reopen } from "./bottom-panel.js";
import { seriesForm } from "./series-adder.js";
import { seriesToCsv, seriesToGeoJson } from "./export-series.js";
import { offer } from "./export-file.js";
import { nameOf, showLegend, showValues } from "./series-legend.js";
import { keyOf, loadLine } from "./series-load.js";
import { showTable } from "./series-table.js";

/** The panel while it is open: loads what the state names, draws what has come. */
class SeriesPanel {
  constructor(host, app) {
    Object.assign(this, { host, app, t: app.t, loaded: new Map(), controller: new AbortController(), lines: [] });
    this.format = (value) => (value === undefined || !Number.isFinite(value) ? "–"
      : app.number(value, { maximumSignificantDigits: 5 }));
    this.build();
    const { store } = app;
    this.ends = [
      store.subscribe((state) => [state.series, state.places], () => this.load()),
      store.subscribe((state) => state.chart, () => this.show()),
      store.subscribe((state) => [state.time, activeLayer(state)?.dataset], () => this.mark()),
      store.subscribe((state) => state.theme, () => this.chart?.repaint()),
      app.onClick((place) => this.click(place)),
    ];
    this.load();
  }

  close() {
    this.controller.abort();
    this.ends.forEach((end) => end());
    this.chart?.destroy();
  }

  get options() {
    return { log: false, table: false, clicks: true, ...this.app.store.get().chart };
  }

  setOption(patch) {
    this.app.store.set((state) => ({ chart: { ...state.chart, ...patch } }));
  }

  build() {
    const { t } = this;
    this.readout = make("output", { className: "readout-time" });
    this.legend = make("ul", { className: "legend-list" });
    this.plot = make("div", {});
    this.table = make("div", { className: "series-table" });
    this.empty = make("p", { className: "hint empty" }, t("series.empty"));
    this.adder = make("details", { className: "adder" }, make("summary", {}, icon(icons.plus), t("series.add")));
    this.adder.addEventListener("toggle", () => this.adder.open && this.fillAdder());
    this.toolbar = make("div", { className: "chart-tools" });
    this.host.classList.add("series-panel");
    this.host.append(this.toolbar,
      make("div", { className: "chart-and-legend" },
        make("div", { className: "chart-side" }, this.empty, this.plot, this.table),
        make("div", { className: "series-side" }, this.readout, this.legend, this.adder)));
  }

  buildToolbar() {
    const { t, options, app } = this;
    const zoom = (path, key, factor) => iconButton(path, t(key), () => this.chart?.zoomBy(factor));
    const button = (key, act) => make("button", { type: "button", className: "plain small", onclick: act }, t(key));
    const saved = this.ready.length > 0;
    this.toolbar.replaceChildren(...[
      saved && zoom(icons.plus, "chart.in", 0.5), saved && zoom(icons.minus, "chart.out", 2),
      saved && button("chart.all", () => this.chart?.zoomBy(0)),
      saved && toggle(t("chart.log"), options.log, (log) => this.setOption({ log })),
      saved && toggle(t("chart.table"), options.table, (table) => this.setOption({ table })),
      toggle(t("series.clicks"), options.clicks, (clicks) => this.setOption({ clicks })),
      make("span", { className: "grow" }),
      saved && button("series.csv", () => offer("series.csv", seriesToCsv(this.ready), "text/csv")),
      saved && button("series.geojson", () => offer("series.geojson", JSON.stringify(seriesToGeoJson(this.ready)), "application/geo+json")),
      this.lines.length > 1 && button("series.clear", () => app.store.set({ series: [] })),
    ].filter(Boolean));
  }

  /** Builds the tools anew; what had the focus keeps it. */
  refreshToolbar() {
    const tools = () => [...this.toolbar.querySelectorAll("button, input")];
    const focused = tools().indexOf(document.activeElement);
    this.buildToolbar();
    tools()[focused]?.focus();
  }

  /** The calendar of the axis: that of the first line. */
  get calendar() {
    return this.ready[0]?.calendar;
  }

  get ready() {
    return this.lines.filter((line) => line.labels);
  }

  /** Loads what is new in the state; what was loaded stays. */
  load() {
    const { app, loaded } = this;
    const { series } = app.store.get();
    for (const entry of series) {
      const key = keyOf(entry);
      if (loaded.has(key)) continue;
      loaded.set(key, { loading: true });
      loadLine(app, entry, this.controller.signal).then(
        (line) => { loaded.set(key, line); this.show(); },
        (error) => this.failed(entry, error));
    }
    this.show();
  }

  /** Says in the legend what went wrong; data that were published anew meanwhile are opened again. */
  async failed(entry, error) {
    const { app, loaded, controller } = this;
    if (controller.signal.aborted) return;
    const key = keyOf(entry);
    if (error.code === "replaced" && !this.restarted) {
      this.restarted = true;
      try {
        await app.pools.replaced(entry.dataset);
        app.map.drawing?.forget(entry.dataset);
        this.again(key);
        return;
      } catch (unread) {
        console.warn(unread);
      }
    }
    if (!error.shown) console.warn(error);
    loaded.set(key, { error: error.message, retry: !error.shown });
    this.show();
  }

  again(key) {
    this.loaded.delete(key);
    this.load();
  }

  /** Puts lines together with what is known of their places, in colours that differ. */
  async collect() {
    const { app } = this;
    const { series } = app.store.get();
    const used = [];
    const datasets = new Set(series.map((one) => one.dataset));
    const lines = [];
    for (const entry of series) {
      const place = await findPlace(app, entry.place).catch(() => undefined);
      const document = app.site.loaded.get(entry.dataset);
      const colour = freeColour(used, place?.properties.colour);
      used.push(colour);
      lines.push({
        id: keyOf(entry), entry, place, colour, hidden: entry.hidden,
        placeTitle: place?.properties.title ?? entry.place,
        title: entry.title ?? document?.variable(entry.variable)?.title ?? entry.variable,
        datasetTitle: datasets.size > 1 ? document?.title ?? entry.dataset : "",
        ...this.loaded.get(keyOf(entry)),
      });
    }
    return lines;
  }

  async show() {
    this.round = (this.round ?? 0) + 1;
    const { round } = this;
    const lines = await this.collect();
    if (round !== this.round || this.controller.signal.aborted) return;
    this.lines = lines;
    for (const line of this.ready) line.x = this.positionsOf(line);
    const { app, t, options } = this;
    this.refreshToolbar();
    this.empty.hidden = lines.length > 0;
    showLegend(this.legend, lines, {
      t, number: app.number,
      onToggle: (line) => this.change(line, { hidden: !line.hidden }),
      onRetry: (line) => this.again(line.id),
      onRemove: (line) => app.store.set((state) => ({ series: state.series.filter((one) => keyOf(one) !== line.id) })),
    });
    this.plot.hidden = !this.ready.length;
    this.table.hidden = !options.table || !this.ready.length;
    try {
      if (this.ready.length) await this.draw(round);
    } catch (error) {
      // The legend and the table do without a chart.
      app.notify(error.message, "warning", { title: t("retry"), run: () => this.show() });
    }
    if (!this.table.hidden) {
      showTable(this.table, this.ready.filter((line) => !line.hidden),
        { t, format: this.format, caption: t("series.table"), first: t("series.time") });
    }
    this.values();
  }

  async draw(round) {
    const { app, t } = this;
    const uPlot = await loadPlot(app);
    if (round !== this.round || this.controller.signal.aborted) return;
    const { calendar } = this;
    if (this.chart?.axis.calendar !== calendar) {
      this.chart?.destroy();
      this.chart = new Chart(this.plot, {
        uPlot, axis: timeAxis(calendar, app.texts.locale), label: t("series.chart"), format: this.format,
        onPick: (x) => this.pick(x), onHover: (x) => this.hover(x),
      });
    }
    const shown = this.ready.filter((line) => !line.hidden)
      .map((line) => ({ ...line, label: nameOf(line) }));
    this.chart.show(shown, { log: this.options.log, mark: this.mapPosition() });
  }

  /** Where the times of a line stand on the axis; found once for each calendar of the axis. */
  positionsOf(line) {
    const known = this.loaded.get(line.id);
    if (known.x?.calendar !== this.calendar) {
      known.x = Float64Array.from(line.labels, (label) => timePosition(label, line.calendar, this.calendar));
      known.x.calendar = this.calendar;
      known.precision = precisionOf(line.labels.map(parseTime));
    }
    return known.x;
  }

  change(line, patch) {
    this.app.store.set((state) => ({
      series: state.series.map((one) => (keyOf(one) === line.id ? { ...one, ...patch } : one)),
    }));
  }

  /** The time dimension of what the map shows, with its calendar. */
  get mapTime() {
    const layer = activeLayer(this.app.store.get());
    const document = this.app.site.loaded.get(layer?.dataset);
    const values = timeOf(document?.variable(layer?.variable))?.values;
    return values && { values, calendar: document.calendar };
  }

  mapPosition() {
    const { time } = this.app.store.get();
    return time && this.mapTime ? timePosition(time, this.mapTime.calendar, this.calendar) : undefined;
  }

  mark() {
    this.chart?.mark(this.mapPosition());
    this.values();
  }

  /** A position of the chart that was chosen: the map shows its nearest time. */
  pick(x) {
    const { mapTime } = this;
    if (!mapTime) return;
    const positions = mapTime.values.map((one) => timePosition(one, mapTime.calendar, this.calendar));
    const time = mapTime.values[nearest(positions, x)];
    this.app.store.set({ time });
    this.app.announce(this.t("series.picked", { time }));
  }

  hover(x) {
    this.hovered = x;
    this.values();
  }

  /** Values under the pointer, else at the time of the map, in the legend. */
  values() {
    const x = this.hovered ?? this.mapPosition();
    const index = (line) => (line.x?.length && x !== undefined ? nearest(line.x, x) : undefined);
    const first = this.ready[0];
    const at = first && index(first);
    this.readout.textContent = at === undefined ? ""
      : formatTime(first.labels[at], this.app.texts.locale, this.loaded.get(first.id).precision);
    showValues(this.legend, this.lines, (line) => {
      const found = index(line);
      return found === undefined ? "" : `${this.format(line.y[found])} ${Number.isFinite(line.y[found]) ? line.units : ""}`;
    });
  }

  click({ lng, lat, point }) {
    if (!this.options.clicks) return;
    const shown = shownVariable(this.app.store.get());
    if (!shown) return;
    // Places come on the map with the module of their panel.
    const place = this.app.placeAt?.(point) ?? addPlaces(this.app, [{ geometry: { type: "Point", coordinates: [lng, lat] } }])[0];
    addSeries(this.app, [{ ...shown, place, method: "mean" }]);
  }

  async fillAdder() {
    const form = await seriesForm(this.app);
    this.adder.querySelector(":scope > :not(summary)")?.remove();
    this.adder.append(form);
  }
}

export const register = (app) => {
  app.registerPanel({
    id: "series", title: "series.title", icon: icons.series, dock: "bottom", order: 41,
    render: (host) => {
      const panel = new SeriesPanel(host, app);
      const forget = rememberOpen(app, "series");
      return () => {
        forget();
        panel.close();
      };
    },
  });
  reopen(app, "series");
};
