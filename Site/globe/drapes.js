// Keeps what is draped over the surface in step with the state. A new time or colour is loaded unseen and shown when
// all of it that is in view has come; the next time is loaded ahead while time plays.

import { lookFor } from "../viewer/layer/painted.js";
import { filled } from "../viewer/layer/template.js";
import { publishedImages, valueImages } from "./images.js";

/** Frames after which Cesium has asked for all tiles of a new layer that are in view. */
const FRAMES = 3;

/** The published pictures of a layer at a time: {address, tileMatrixSet, maxzoom}; null where there are none. */
export const picturesAt = (site, layer, time) => {
  const variable = site.loaded.get(layer.dataset)?.variable(layer.variable);
  const style = variable?.styles.find((one) => one.id === layer.style) ?? variable?.styles[0];
  // The whole earth with its poles before the map without them.
  const tiles = ["WorldCRS84Quad", "WebMercatorQuad"]
    .map((id) => style?.tiles?.find((one) => one.tileMatrixSet === id)).find(Boolean);
  if (!tiles) return null;
  const path = filled(tiles.template, variable.dimensions, { time, dims: layer.dims });
  // Not by URL, which would write the braces of {z} in another way.
  return { ...tiles, address: site.root + path };
};

/**
 * @param {object} app
 * @param {object} Cesium
 * @param {object} scene Cesium's
 * @param {{fields: object, cells: object, report: Function, changed: Function}} sources
 */
export const createDrapes = (app, Cesium, scene, { fields, cells, report, changed }) => {
  const { globe } = scene;
  /** By layer, by what is drawn: {image, slice, look, level, windows, frame, loaded}. */
  const drapes = new Map();
  const shown = new Map();
  let ahead = () => [];
  let frame = 0;

  const isDraped = (layer) => layer.visible && !layer.stack;

  /** What is to be drawn of a layer at a slice: a name and what makes the provider. */
  const planFor = (layer, field, slice, look) => ({
    key: `${slice.key}|${look.key}|${look.bilinear}`, slice, look,
    make: (entry) => valueImages(Cesium, cells, slice, look, {
      begun() { entry.pending += 1; },
      used(level, list) {
        // The finest level that is read is what the pointer is told from.
        if (level > entry.level) return;
        if (level < entry.level) entry.windows.clear();
        entry.level = level;
        for (const [i, j] of list) entry.windows.set(`${i}/${j}`, [i, j]);
      },
      done() {
        entry.pending -= 1;
        changed();
        scene.requestRender();
      },
    }),
  });

  const plansOf = (layer, state) => {
    const time = layer.time ?? state.time;
    if (layer.pictures) {
      const pictures = picturesAt(app.site, layer, time);
      return pictures ? [{ key: pictures.address, make: () => publishedImages(Cesium, pictures.address, pictures) }] : [];
    }
    const field = fields.open(layer);
    if (!field) return [];
    let look;
    try {
      look = lookFor(layer, field, fields.colours());
    } catch (error) {
      report(error, layer.dataset);
      return [];
    }
    const wanted = field.slice({ time, dims: layer.dims });
    return [wanted, ...ahead(wanted, layer, field).slice(0, 1)].map((slice) => planFor(layer, field, slice, look));
  };

  const addEntry = (plan) => {
    const entry = { ...plan, level: Infinity, windows: new Map(), pending: 0, frame, loaded: false };
    const provider = plan.make(entry);
    provider.errorEvent.addEventListener((error) => {
      error.retry = false;
      report(error.error ?? new Error(error.message), null);
    });
    entry.image = new Cesium.ImageryLayer(provider, {
      alpha: 0,
      // Cells are seen as cells where nothing is blended between them.
      magnificationFilter: plan.look && !plan.look.bilinear
        ? Cesium.TextureMagnificationFilter.NEAREST : Cesium.TextureMagnificationFilter.LINEAR,
    });
    globe.imageryLayers.add(entry.image);
    return entry;
  };

  /** Shows of each layer what is wanted, or what was shown before until that has come. */
  const update = () => {
    const state = app.store.get();
    const live = new Set();
    let top = null;
    const raise = [];
    for (const layer of state.layers) {
      if (!isDraped(layer)) continue;
      const plans = plansOf(layer, state);
      // What was draped in its place is something else, and goes with what is not there any more.
      if (!plans.length && fields.open(layer) === null && !layer.pictures) continue;
      live.add(layer.id);
      const entries = drapes.get(layer.id) ?? new Map();
      drapes.set(layer.id, entries);
      for (const plan of plans) if (!entries.has(plan.key)) entries.set(plan.key, addEntry(plan));
      const wanted = plans[0]?.key;
      const before = shown.get(layer.id);
      const now = entries.get(wanted)?.loaded || !entries.has(before) ? wanted : before;
      shown.set(layer.id, now);
      const keep = new Set([now, ...plans.map(({ key }) => key)]);
      for (const [key, entry] of [...entries]) {
        entry.image.alpha = key === now ? layer.opacity ?? 1 : 0;
        if (keep.has(key)) continue;
        entries.delete(key);
        globe.imageryLayers.remove(entry.image, true);
      }
      raise.unshift(...entries.values());
    }
    for (const [id, entries] of [...drapes]) {
      if (live.has(id)) continue;
      for (const { image } of entries.values()) globe.imageryLayers.remove(image, true);
      drapes.delete(id);
      shown.delete(id);
    }
    // From the lowest up, each to the top; what lies right already stays.
    const count = globe.imageryLayers.length;
    raise.forEach(({ image }, i) => {
      if (globe.imageryLayers.get(count - raise.length + i) !== image) top = i;
    });
    if (top !== null) for (const { image } of raise) globe.imageryLayers.raiseToTop(image);
    scene.requestRender();
  };

  const entriesNow = () => [...drapes.values()].flatMap((entries) => [...entries.values()]);

  scene.postRender.addEventListener(() => {
    frame += 1;
    const open = entriesNow().filter((one) => !one.loaded);
    if (!open.length) return;
    let came = false;
    for (const entry of open) {
      if (!globe.tilesLoaded || entry.pending || frame - entry.frame < FRAMES) continue;
      entry.loaded = true;
      came = true;
    }
    if (came) {
      update();
      changed();
    }
    // Cesium goes on with what it loads in the frames that it draws; not all of them are needed for that.
    setTimeout(() => scene.requestRender(), 30);
  });

  return {
    update,
    lookAhead(callback) { ahead = callback ?? (() => []); },
    /** What is drawn of a layer: as the map's, see viewer/layer/drawing.js. */
    drawn(id) {
      const entries = drapes.get(id);
      const now = entries?.get(shown.get(id));
      const layer = app.store.get().layers.find((one) => one.id === id);
      if (!now?.slice || !layer) return null;
      const field = fields.field(layer);
      const wanted = field?.slice({ time: layer.time ?? app.store.get().time, dims: layer.dims });
      return {
        slice: now.slice, wanted, level: now.level, list: [...now.windows.values()], complete: now.loaded, layer,
      };
    },
    /** Whether a slice of a layer has come, as far as it is in view. */
    holds: (slice, id) => [...drapes.get(id)?.values() ?? []].some((one) => one.loaded && one.slice?.key === slice.key),
    /** Whether all that is wanted is shown. */
    get settled() {
      const { layers, time } = app.store.get();
      return entriesNow().every((one) => one.loaded) && layers.filter(isDraped).every((layer) => {
        if (fields.failure(layer)) return true;
        const entries = drapes.get(layer.id);
        if (layer.pictures) return entries?.size === 1;
        const field = fields.field(layer);
        const key = field?.slice({ time: layer.time ?? time, dims: layer.dims }).key;
        return entries?.get(shown.get(layer.id))?.slice.key === key;
      });
    },
  };
};
