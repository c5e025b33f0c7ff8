// The chart of a series in a story: values of a place over time, read from the site's own files.

import { formatTime, parseTime, precisionOf } from "../lib/time/index.js";
import { openSite } from "../viewer/site.js";
import { createPools } from "../viewer/pools.js";
import { Chart } from "../viewer/panels/chart.js";
import { timeAxis, timePosition } from "../viewer/panels/chart-time.js";
import { nearest } from "../viewer/panels/chart-scales.js";
import { loadPlot } from "../viewer/panels/plot-library.js";
import { readSeries } from "../viewer/panels/series-read.js";

const sites = new Map();

/** What the modules of the viewer need to know of a page; one for all series of a site. */
const appOf = (root, libraries) => {
  if (!sites.has(root)) {
    const opened = openSite(new URL(root, document.baseURI).href).then((site) => {
      const app = { site, t: (name) => name, config: { plotScript: libraries.plot, plotStyle: libraries.plotStyle } };
      app.pools = createPools(app);
      return app;
    });
    opened.catch(() => sites.delete(root));
    sites.set(root, opened);
  }
  return sites.get(root);
};

const text = (value) => (Number.isFinite(value) ? value.toLocaleString("en", { maximumSignificantDigits: 5 }) : "no value");

/**
 * Puts a live chart in the place of a picture.
 *
 * @param {HTMLElement} host with the picture in it
 * @param {{root: string, dataset: string, variable: string, lon: number, lat: number, title: string, units?: string,
 *   place: string, log?: boolean}} settings
 * @throws where values or library cannot be loaded; then the picture is as it was
 */
export const drawSeries = async (host, settings, libraries) => {
  const { dataset, variable, lon, lat, title, units = "", place, log = false } = settings;
  const app = await appOf(settings.root, libraries);
  const [read, uPlot] = await Promise.all([
    readSeries(app, { dataset, variable }, { type: "Point", coordinates: [lon, lat] }), loadPlot(app)]);
  if (!read) throw new Error(`${place} lies outside of ${dataset}`);
  const { calendar } = read.document;
  const times = read.labels;
  const positions = times.map((label) => timePosition(label, calendar));
  const precision = precisionOf(times.map(parseTime));

  const heading = Object.assign(document.createElement("p"), { className: "plot-title" });
  const name = Object.assign(document.createElement("span"), { textContent: units ? `${title}, ${units}` : title });
  const told = document.createElement("output");
  heading.append(name, told);
  const plot = document.createElement("div");
  host.replaceChildren(heading, plot);
  const tell = (x) => {
    if (x === undefined) {
      told.textContent = "";
      return;
    }
    const index = nearest(positions, x);
    const time = formatTime(times[index], "en-GB", precision);
    told.textContent = `${time}: ${text(read.values[index])}${Number.isFinite(read.values[index]) && units ? ` ${units}` : ""}`;
  };
  const chart = new Chart(plot, {
    uPlot, axis: timeAxis(calendar, "en"), format: (value) => text(value), onHover: tell, onPick: tell,
    label: `Chart of ${title} at ${place} over time. Arrow keys walk along the values, plus and minus zoom.`,
  });
  const colour = getComputedStyle(host).getPropertyValue("--plot-line").trim() || "#0a666b";
  chart.show([{ id: "series", label: title, units: "", colour, x: positions, y: read.values }], { log });
};
