// Keeps what is drawn in step with the state: opens the cube of the layer, reads the faces that are seen, shows them.

import { hit } from "../lib/cube/index.js";
import { make } from "../viewer/dom.js";
import { reportOf } from "../viewer/failures.js";
import { lookOf, tablesOf } from "../viewer/layer/colours.js";
import { createFields } from "../viewer/layer/fields.js";
import { nearestTime } from "../viewer/layer/times.js";
import { activeLayer } from "../viewer/state.js";
import { pageColour } from "../viewer/theme.js";
import { createFaces, valueOn } from "./faces.js";
import { openCube, positionsAt, standingOf } from "./open.js";
import { createOverlay } from "./overlay.js";
import { createScene } from "./scene.js";
import { keptRanges, rangesOf } from "./state.js";

/** Milliseconds that what stands around the cube waits for its first picture. */
const PATIENCE = 1000;

/** The address of the map of a layer. */
const mapOf = ({ site }, { dataset, variable }) => site.at(`viewer/index.html#${new URLSearchParams({ dataset, variable })}`);

/** Marks and tells what was drawn just now, as soon as the next frame begins: then this one is on its way to the screen. */
const onScreen = (name, tell) => requestAnimationFrame(() => {
  performance.mark(name);
  tell();
});

/** What the cube shows; `app.map` of this page. */
export const createStage = (app, host) => {
  const { store } = app;
  const canvas = make("canvas", { className: "cube-canvas", tabIndex: 0, role: "application" });
  const painted = make("canvas", { className: "cube-painted", "aria-hidden": "true" });
  const paper = make("canvas", { className: "cube-labels", "aria-hidden": "true" });
  host.append(painted, canvas, paper);
  const refreshed = new Set();
  const tellRefreshed = () => { for (const one of refreshed) one(); };
  const scene = createScene(canvas, painted, () => {
    overlay.draw();
    tellRefreshed();
  });
  const overlay = createOverlay(app, scene, paper);
  const report = reportOf(app);
  let [cube, opening, failure, pictured, complete] = [null, null, null, null, null];
  let ahead = () => [];
  const whenPictured = new Promise((resolve) => { pictured = resolve; });
  const patience = new Promise((resolve) => { setTimeout(resolve, PATIENCE); });
  let giveUp;
  const whenFailed = new Promise((resolve) => { giveUp = resolve; });
  const whenComplete = new Promise((resolve) => { complete = resolve; });

  const changed = () => {
    // Several faces come together.
    updating ||= requestAnimationFrame(update);
  };
  let updating = 0;
  const faces = createFaces({ failed: (error, { layer }) => report(error, layer.dataset, layer), changed });
  const fields = createFields(app, report, () => changed());

  const layer = () => activeLayer(store.get());
  const atOf = (state) => positionsAt(nearestTime, { time: state.time, layer: activeLayer(state) });

  /** What decides which cube it is. */
  const nameOf = (state) => {
    const { dataset, variable, dims } = activeLayer(state) ?? {};
    return JSON.stringify([dataset, variable, dims, state.lead, cube && !cube.lead.isTime ? state.time : null]);
  };

  const open = async () => {
    const state = store.get();
    const one = activeLayer(state);
    if (!one) return;
    const name = nameOf(state);
    if (opening === name) return;
    opening = name;
    fields.open(one);
    try {
      const next = await openCube(app, one, { lead: state.lead, positions: atOf(state) });
      if (opening !== name) return;
      cube = next;
      failure = null;
      // Once it is known whether time is the third dimension, its changes count or not.
      opening = nameOf(state);
      document.dispatchEvent(new CustomEvent("cubeopen"));
    } catch (error) {
      if (opening !== name) return;
      [cube, failure] = [null, error];
      scene.show([]);
      giveUp();
      if (error.code === "flat") {
        app.notify(app.t("cube.flat", { title: error.message }), "warning", { title: app.t("cube.onMap"), run: () => location.assign(mapOf(app, one)) });
      } else report(error, one.dataset, one);
      document.dispatchEvent(new CustomEvent("cubeopen"));
    }
    changed();
    // Meanwhile another time may have been chosen.
    if (cube) open();
  };

  const rangeNow = () => rangesOf(store.get().frame, cube);
  const boxNow = (range = rangeNow()) => rangesOf(store.get().box, cube, range);

  const applyColours = () => {
    const one = layer();
    const maps = fields.colours();
    if (!cube || !maps) return false;
    try {
      scene.colour(tablesOf(lookOf(one, cube.variable), maps), one.opacity ?? 1);
      return true;
    } catch (error) {
      report(error, one.dataset, one);
      return false;
    }
  };

  const update = () => {
    cancelAnimationFrame(updating);
    updating = 0;
    if (!cube) return tellRefreshed();
    const state = store.get();
    const range = rangeNow();
    const box = boxNow(range);
    scene.set(range, standingOf(cube, state.stretch), box, state.eye);
    const isColoured = applyColours();
    const sides = scene.facing();
    faces.update(cube, sides, range, box, scene.pixels(), ahead(cube, range, box, sides));
    scene.show(sides.map((side) => ({ side, face: faces.shown(side) ?? null })));
    api.sides = sides;
    if (isColoured && faces.pictured && pictured) {
      scene.render();
      onScreen("first-picture", pictured);
      pictured = null;
    }
    if (isColoured && faces.settled && complete) {
      onScreen("first-complete", complete);
      complete = null;
    }
    tellRefreshed();
  };

  let fitted = "";
  const sizeNow = () => [host.clientWidth, host.clientHeight, devicePixelRatio].join();
  const resized = () => {
    const { clientWidth, clientHeight } = host;
    if (sizeNow() === fitted) return;
    fitted = sizeNow();
    scene.resize(clientWidth, clientHeight);
    overlay.resize(clientWidth, clientHeight);
    // In the very frame: a canvas of another size is empty.
    scene.render();
    changed();
  };
  new ResizeObserver(resized).observe(host);

  const drawing = {
    field: fields.field, failure: (one) => fields.failure(one) ?? failure, colours: fields.colours,
    holds: () => faces.settled,
    // As the map has it: the time bar of a cube of levels waits for what it shows.
    schedule: changed, lookAhead() {},
    windows: { get waiting() { return api.settled ? 0 : 1; } },
    forget() {
      faces.forget();
      fields.retry();
      opening = null;
      open();
    },
    onRefresh(callback) {
      refreshed.add(callback);
      return () => refreshed.delete(callback);
    },
    whenComplete,
  };

  /** The cell of level 0 that a point of a face lies in. */
  const cellOf = ({ side, positions }) => {
    const box = boxNow();
    return positions.map((position, axis) => {
      const inside = axis === side.axis && side.end ? position - 1 : Math.floor(position);
      return Math.min(Math.max(inside, box[axis][0]), box[axis][1] - 1);
    });
  };

  const api = {
    drawing, scene, canvas, faces, sides: [],
    /** When the first picture stands, or it is clear that none will soon. */
    pictured: Promise.race([whenPictured, whenFailed, patience]),
    /** The open cube; null before, and where it cannot be opened. */
    get cube() { return cube; },
    get failed() { return Boolean(failure); },
    range: rangeNow, box: boxNow,
    /** Changes the cuts: [start, stop) along each axis. */
    cut(box) {
      store.set({ box: keptRanges(box, cube, rangeNow()) });
    },
    /** Lets the cube be what is left of it, or all of the data. */
    frame(range) {
      const kept = range ? keptRanges(range, cube) : keptRanges(cube.counts.map((count) => [0, count]), cube);
      store.set({ frame: kept, box: keptRanges(cube.counts.map((count) => [0, count]), cube), eye: { ...store.get().eye, x: 0, y: 0, zoom: 1 } });
    },
    layerAt: () => undefined,
    valuesShown: () => faces.values(),
    retry() {
      faces.retry();
      fields.retry();
      if (!cube) opening = null;
      open();
      changed();
    },
    resized: () => requestAnimationFrame(resized), update,
    get settled() {
      return Boolean(failure) || Boolean(cube && opening === nameOf(store.get()) && !updating && faces.settled && scene.isLasting
        && sizeNow() === fitted);
    },
    /** What a point of the canvas shows: {side, positions, cell, value, level}; undefined beside the cube. */
    at(point) {
      if (!cube || !scene.frame) return undefined;
      const { origin, direction } = scene.ray(point);
      const found = hit(scene.frame, scene.box, origin, direction);
      if (!found) return undefined;
      const face = faces.shown(found.side);
      const value = face?.isRight ? valueOn(face, found.positions) : undefined;
      return { ...found, cell: cellOf(found), value, level: face?.level, bin: face && found.side.axis !== 0 ? face.cell[1] : 1 };
    },
    /** The value of a cell of level 0, as the source has it. */
    async exact([lead, row, column], options) {
      const source = cube.lead.isTime && cube.series ? cube.series : cube.map;
      const { parts } = source.levels[0];
      const part = parts.findLast(({ first }) => lead >= first);
      const selection = [...source.picked.map((index, i) => (i === source.leading ? lead - part.first : index)), row, column];
      const { data } = await part.array.getValues(selection, options);
      return data[0];
    },
    lookAhead(callback) { ahead = callback; },
    overlay,
  };

  const paint = () => {
    scene.outlineColour(pageColour("--soft"));
    overlay.colours();
    scene.schedule();
  };
  app.onTheme(paint);
  paint();
  store.subscribe((state) => nameOf(state), open);
  store.subscribe((state) => [state.layers, state.box, state.frame, state.stretch, state.eye], update);
  document.addEventListener("languagechange", () => scene.schedule());
  resized();
  open();
  return api;
};
