// What the map shows, drawn once more at any resolution.

import { lookOf, tablesOf } from "../layer/colours.js";
import { timeLabel } from "../layer/times.js";
import { extrasOf, timeOf, unitsOf } from "../site.js";
import { activeLayer, isValues } from "../state.js";
import { datasetTitle, layerTitle } from "../titles.js";
import { compose } from "./export-picture.js";

const PATIENCE = 30_000;
const BASE_MAP = "Natural Earth";

/** Whether everything that is to be seen has been read and is drawn. */
const isSettled = (app) => app.store.get().layers.filter((one) => one.visible && isValues(one)).every((layer) => {
  const drawn = app.map.layerAt(layer.id);
  if (!drawn) return Boolean(app.map.drawing.failure(layer));
  return drawn.complete && drawn.slice.key === drawn.wanted.key && drawn.layer === layer;
});

/** Waits for the map to show what the state says, or for as long as anybody would. */
const settled = async (app, signal) => {
  const until = performance.now() + PATIENCE;
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  app.map.drawing.schedule();
  // One frame for the change itself to be seen.
  await frame();
  await frame();
  while (!isSettled(app) && performance.now() < until) {
    signal?.throwIfAborted();
    app.map.drawing.schedule();
    await frame();
  }
};

/** One map's picture, taken while it is drawn. */
const snapshot = (gl) => new Promise((resolve) => {
  gl.once("render", () => {
    const from = gl.getCanvas();
    const canvas = Object.assign(document.createElement("canvas"), { width: from.width, height: from.height });
    canvas.getContext("2d").drawImage(from, 0, 0);
    resolve(canvas);
  });
  gl.triggerRepaint();
});

/** The legends of all layers that are shown, as a picture draws them. */
export const legendsOf = (app) => {
  const colours = app.map.drawing.colours();
  return app.store.get().layers.filter((one) => one.visible && isValues(one) && one.kind !== "rgb").flatMap((layer) => {
    const shown = app.map.drawing.field(layer);
    if (!shown || !colours) return [];
    const style = lookOf(layer, shown.variable);
    return [{
      title: layerTitle(app, layer), units: layer.kind === "expression" ? layer.units : unitsOf(shown.variable.units),
      style, palette: tablesOf(style, colours).palette, locale: app.texts.language,
    }];
  });
};

/** The time and the other dimensions of the active layer, in words. */
export const subtitleOf = (app) => {
  const state = app.store.get();
  const layer = activeLayer(state);
  const variable = app.site.loaded.get(layer?.dataset)?.variable(layer.variable);
  if (!variable) return "";
  const drawn = app.map.layerAt(layer.id);
  const { values } = timeOf(variable) ?? {};
  const time = values && timeLabel(app.texts.locale, values, drawn?.slice.time ?? layer.time ?? state.time);
  const dims = extrasOf(variable).map((one) => `${one.title} ${layer.dims?.[one.name] ?? one.default}${unitsOf(one.units) ? ` ${one.units}` : ""}`);
  return [time, ...dims].filter(Boolean).join(" · ");
};

/** A title for a picture: the active layer and its dataset. */
export const titleOf = (app) => {
  const layer = activeLayer(app.store.get());
  if (!layer) return app.site.title ?? "";
  return [layerTitle(app, layer), datasetTitle(app, layer)].filter((one, index, all) => one && all.indexOf(one) === index).join(" – ");
};

export const attributionOf = (app) => {
  const documents = app.store.get().layers.filter((one) => one.visible).map((one) => app.site.loaded.get(one.dataset) ?? one);
  const credits = documents.map(({ attribution, licence }) => [attribution, licence].filter(Boolean).join(", "));
  const base = app.store.get().basemap === "none" ? [] : [BASE_MAP];
  return [...new Set([...credits.filter(Boolean), ...base])].join(" · ");
};

/**
 * The picture of what is shown: map (both, side by side), title, time, legends, attribution.
 *
 * @param {object} app
 * @param {{scale: number, title: string, signal?: AbortSignal}} options scale: pixels per CSS pixel
 * @returns {Promise<HTMLCanvasElement>}
 */
export const pictureOfMap = async (app, { scale, title, signal }) => {
  const maps = [app.map.gl, app.map.other].filter(Boolean);
  const sizes = maps.map((gl) => ({ width: gl.getContainer().clientWidth, height: gl.getContainer().clientHeight }));
  const width = sizes.reduce((sum, one) => sum + one.width, 0);
  const { height } = sizes[0];
  const isOther = maps.some((gl) => gl.getPixelRatio() !== scale);
  try {
    if (isOther) for (const gl of maps) gl.setPixelRatio(scale);
    app.map.drawing.setDetail(scale);
    await settled(app, signal);
    const pictures = await Promise.all(maps.map(snapshot));
    const both = Object.assign(document.createElement("canvas"), {
      width: pictures.reduce((sum, one) => sum + one.width, 0), height: pictures[0].height });
    const context = both.getContext("2d");
    let left = 0;
    for (const picture of pictures) {
      context.drawImage(picture, left, 0);
      left += picture.width;
    }
    return compose({
      map: both, width, height, scale, title, subtitle: subtitleOf(app), legends: legendsOf(app), attribution: attributionOf(app) });
  } finally {
    // Back to what the screen has.
    if (isOther) for (const gl of maps) gl.setPixelRatio(undefined);
    app.map.drawing.setDetail(1);
  }
};

/** Shows one time after another while a film is made; `restore` goes back. */
export const stepper = (app) => {
  const { time } = app.store.get();
  app.time?.player?.stop();
  return {
    show: (step) => app.store.set({ time: step }),
    restore: () => app.store.set({ time }),
  };
};
