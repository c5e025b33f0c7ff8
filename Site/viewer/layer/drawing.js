// Keeps what maps draw in step with the state: opens fields, asks for the windows in view, shows
// a new time or style once there is something of it to show in every place.

import { isValues } from "../state.js";
import { lookOf, tablesOf } from "./colours.js";
import { createFields } from "./fields.js";
import { samplePoints, windowsInView } from "./view.js";
import { createWindows } from "./windows.js";

/**
 * Drawing for all maps. `report(error, dataset, layer)` is told what fails; the layer where that
 * cannot be opened at all.
 *
 * `lookAhead(slice)` gives the slices to read next while time plays.
 */
export const createDrawing = (app, report) => {
  const views = new Set();
  const drawn = new Map();
  let scheduled = 0;
  let detail = 1;
  let ahead = () => [];
  let [pictured, completed] = [false, false];
  let onComplete;
  const whenComplete = new Promise((resolve) => { onComplete = resolve; });
  const settled = new Set();

  const schedule = () => { scheduled ||= requestAnimationFrame(refresh); };
  const windows = createWindows({
    changed: schedule,
    failed: (error, slice) => report(error, slice.field.dataset),
  });

  const fields = createFields(app, report, (layer, field) => {
    if (field && !views.size) {
      const state = app.store.get();
      request(field.slice({ time: layer.time ?? state.time, dims: layer.dims }),
        { level: field.levels - 1, list: [[0, 0]] });
    }
    if (field) schedule();
  });

  const look = (layer, field) => {
    if (field.bands === 3) {
      return {
        ...tablesOf({ scale: "linear", range: [0, 1], colours: "viridis" }, fields.colours()),
        ranges: field.ranges, bilinear: (layer.interpolation ?? "bilinear") === "bilinear",
      };
    }
    try {
      return tablesOf(lookOf(layer, field.variable), fields.colours());
    } catch (error) {
      report(error, layer.dataset);
      return null;
    }
  };

  const covered = (slice, level, i, j) => {
    if (windows.has(slice, level, i, j) || windows.isBroken(slice, level, i, j)) return true;
    const own = slice.field.extent(level, i, j);
    for (let up = level + 1; up < slice.field.levels; up += 1) {
      const size = slice.field.size(up);
      const shift = 2 ** (up - level);
      if (windows.has(slice, up, Math.floor(own.row / shift / size.rows),
        Math.floor(own.column / shift / size.columns))) return true;
    }
    return false;
  };

  const request = (slice, { level, list }) => {
    const { field } = slice;
    const top = field.levels - 1;
    // Something of the whole first: the coarsest level is one small window.
    if (level < top && list.length > 1 && list.some(([i, j]) => !covered(slice, level, i, j))) {
      const { down, across } = field.counts(top);
      for (let i = 0; i < down; i += 1) for (let j = 0; j < across; j += 1) windows.request(slice, top, i, j);
      // On a slow network the first picture must not wait for the fine one.
      if (!pictured) return;
    }
    for (const [i, j] of list) windows.request(slice, level, i, j);
  };

  const update = (view, layer, state) => {
    const name = `${view.id}/${layer.id}`;
    const field = fields.open(layer);
    if (!field) {
      // What was drawn in its place is something else.
      drawn.delete(name);
      return;
    }
    const tables = look(layer, field);
    if (!tables) return;
    const wanted = field.slice({ time: layer.time ?? state.time, dims: layer.dims });
    const plan = windowsInView(field, view.samples, view.gl);
    request(wanted, plan);
    for (const next of ahead(wanted, layer, field)) {
      for (const [i, j] of plan.list) windows.request(next, plan.level, i, j, true);
    }
    const before = drawn.get(name);
    const ready = plan.list.every(([i, j]) => covered(wanted, plan.level, i, j));
    const slice = ready || before?.slice.field !== field ? wanted : before.slice;
    drawn.set(name, {
      slice, wanted, ready, level: plan.level, list: plan.list, look: tables,
      opacity: layer.opacity ?? 1, clip: view.clipOf(layer, state), layer,
      complete: plan.list.every(([i, j]) =>
        windows.has(slice, plan.level, i, j) || windows.isBroken(slice, plan.level, i, j)),
    });
  };

  const refresh = () => {
    scheduled = 0;
    const state = app.store.get();
    windows.beginRound();
    const live = new Set();
    for (const view of views) {
      if (!view.samples || view.stale) {
        view.samples = samplePoints(view.gl, detail);
        view.stale = false;
      }
      for (const layer of state.layers) {
        if (!isValues(layer) || !layer.visible || !view.shows(layer, state)) continue;
        live.add(`${view.id}/${layer.id}`);
        update(view, layer, state);
      }
    }
    for (const name of [...drawn.keys()]) if (!live.has(name)) drawn.delete(name);
    windows.endRound();
    for (const view of views) view.gl.triggerRepaint();
    if (!pictured && [...drawn.values()].some((one) => one.ready)) {
      pictured = true;
      performance.mark("first-picture");
      schedule();
    }
    if (pictured && !completed && [...drawn.values()].every((one) => one.complete)) {
      completed = true;
      performance.mark("first-complete");
      onComplete();
    }
    app.pointerStale?.();
    for (const one of [...settled]) one();
  };

  // The data come while the map is still being built.
  for (const layer of app.store.get().layers) if (isValues(layer) && layer.visible) fields.open(layer);

  return {
    windows, schedule,
    /** Resolves when all that is in view at first is drawn. */
    whenComplete,
    /** Adds a map; clipOf(layer, state) gives the part of its width that a layer is drawn in,
        shows(layer, state) whether it is drawn at all. */
    addView(id, gl, clipOf, shows) {
      const view = { id, gl, clipOf, shows, stale: true };
      views.add(view);
      const moved = () => {
        view.stale = true;
        schedule();
      };
      gl.on("move", moved);
      gl.on("resize", moved);
      schedule();
      return () => {
        views.delete(view);
        gl.off("move", moved);
        gl.off("resize", moved);
      };
    },
    drawn: (view, id) => drawn.get(`${view}/${id}`) ?? null,
    /** The field of a layer if it is open, and why not if that failed. */
    field: fields.field,
    failure: fields.failure,
    look: (layer) => {
      const field = fields.field(layer);
      return field ? lookOf(layer, field.variable) : null;
    },
    colours: fields.colours,
    /** Called after every refresh; returns what ends it. */
    onRefresh(callback) {
      settled.add(callback);
      return () => settled.delete(callback);
    },
    /** How many pixels are drawn for one of the screen, along an axis: the level is chosen for these. */
    setDetail(pixels) {
      if (pixels === detail) return;
      detail = pixels;
      for (const view of views) view.stale = true;
      schedule();
    },
    lookAhead(callback) { ahead = callback ?? (() => []); },
    /** Whether a slice is held wherever the layer of an id is in view. */
    holds(slice, id) {
      const now = drawn.get(`main/${id}`);
      return Boolean(now?.list.every(([i, j]) => windows.has(slice, now.level, i, j)
        || windows.isBroken(slice, now.level, i, j)));
    },
    /** Starts a dataset anew, after its cube was replaced. */
    forget(dataset) {
      windows.forget(dataset);
      fields.forget(dataset);
      schedule();
    },
    retry() {
      windows.retry();
      fields.retry();
      schedule();
    },
  };
};
