// What is left of the cube as a part of its data: in words, as code, as links.

import { regionCode } from "../lib/code/index.js";
import { timeLabel } from "../viewer/layer/times.js";
import { extrasOf, timeOf } from "../viewer/site.js";
import { datasetTitle, layerTitle } from "../viewer/titles.js";
import { activeLayer } from "../viewer/state.js";
import { rangeText } from "./cuts.js";

/** What the axes of the cube are in words: {title, text}. */
export const wordsOf = ({ cube, box }) => cube.axes.map((axis, i) => {
  const [start, stop] = box()[i];
  return { title: axis.title(), text: rangeText([axis.spoken(start), axis.spoken(stop - 1)]), count: stop - start };
});

/** The Python that opens what is left of the cube. */
export const codeOf = (app) => {
  const { cube } = app.map;
  const box = app.map.box();
  const words = wordsOf(app.map);
  const { map, document, variable, array, lead } = cube;
  const leads = array.dimensions.slice(0, -2).map((name, i) => {
    if (name === lead.name) return { name, range: box[0], label: words[0].text };
    const time = timeOf(variable);
    const { values, units } = [time, ...extrasOf(variable)].find((one) => one?.name === name) ?? { values: [] };
    const picked = values[map.picked[i]] ?? "";
    const label = name === time?.name ? timeLabel(app.texts.locale, values, picked) : [picked, units].filter((one) => one || one === 0).join(" ");
    return { name, index: map.picked[i], label };
  });
  const layer = activeLayer(app.store.get());
  return regionCode({
    title: `${layerTitle(app, layer)} – ${datasetTitle(app, layer)}`, cube: app.site.at(document.cube), key: variable.key,
    dimensions: [...leads, ...cube.names.map((name, i) => ({ name, range: box[i + 1], label: words[i + 1].text }))],
  });
};

/** How far a map of 512 pixels around the earth is enlarged so that so many degrees fill a window. */
const zoomFor = (width, height) => Math.min(18, Math.max(0, Math.log2(Math.min(1000 / 512 * 360 / width, 600 / 512 * 180 / height))));

/** The address of the map viewer with the same variable, looking at the same part, at the time of the front. */
export const viewerLink = (app) => {
  const { cube } = app.map;
  const [lead, rows, columns] = app.map.box();
  const words = new URLSearchParams({ dataset: cube.document.id, variable: cube.variable.key });
  const { style } = activeLayer(app.store.get());
  if (style && cube.variable.styles.length > 1) words.set("style", style);
  const time = cube.lead.isTime ? cube.axes[0].values[lead[1] - 1] : app.store.get().time;
  if (time) words.set("time", time);
  const whole = [rows, columns].every(([start, stop], i) => start === 0 && stop === cube.counts[i + 1]);
  if (!whole && cube.grid.kind === "geographic") {
    const [a, b] = [cube.grid.lonLat(rows[0], columns[0]), cube.grid.lonLat(rows[1], columns[1])];
    words.set("lon", ((a[0] + b[0]) / 2).toFixed(4));
    words.set("lat", ((a[1] + b[1]) / 2).toFixed(4));
    words.set("zoom", zoomFor(Math.abs(a[0] - b[0]), Math.abs(a[1] - b[1])).toFixed(2));
  }
  return app.site.at(`viewer/index.html#${words}`);
};
