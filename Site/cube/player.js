// Plays the cut along an axis: the face of that axis which is seen goes through the data, as fast as it can be read.

import { sideOf } from "../lib/cube/index.js";
import { shownIndex } from "./faces.js";

/** A run along an axis with many cells takes this many steps. */
const STEPS = 240;
const AHEAD = 3;

/** The next cell that a playing face shows: on by some, from the beginning again after the last. */
export const nextIndex = (index, [start, stop], by) => (index + by >= stop ? start : index + by);

export const createPlayer = (app) => {
  const listeners = new Set();
  let [timer, due] = [0, 0];
  const tell = () => { for (const one of listeners) one(); };

  /** The side of an axis that is seen; where none is, that at its stop. */
  const sideAlong = (axis) => app.map.sides.find((one) => one.axis === axis) ?? sideOf(axis, 1);
  /** What the face of a side goes through: all that lies on this side of the cut opposite to it. */
  const wayOf = ({ axis, end }, range, box) => (end ? [box[axis][0], range[axis][1]] : [range[axis][0], box[axis][1]]);
  const stride = ([start, stop]) => Math.max(1, Math.round((stop - start) / STEPS));
  /** The box whose face of a side shows a cell. */
  const cutAt = ({ axis, end }, index, box) =>
    box.map((range, i) => (i !== axis ? range : end ? [range[0], index + 1] : [index, range[1]]));

  /** The faces that will be wanted next, for the stage to read ahead. */
  const ahead = (cube, range, box) => {
    if (!player.playing) return [];
    const side = sideAlong(player.axis);
    const way = wayOf(side, range, box);
    const list = [];
    for (let i = 0, index = shownIndex(side, box); i < AHEAD; i += 1) {
      index = nextIndex(index, way, stride(way));
      list.push({ side, index });
    }
    return list;
  };

  const tick = (now) => {
    if (!player.playing) return;
    timer = requestAnimationFrame(tick);
    const { map } = app;
    if (!map.cube) return player.stop();
    if (now < due) return;
    const side = sideAlong(player.axis);
    const [range, box] = [map.range(), map.box()];
    const way = wayOf(side, range, box);
    const index = nextIndex(shownIndex(side, box), way, stride(way));
    if (!map.faces.holds(map.cube, side, index, range, map.scene.pixels())) return map.update();
    due = Math.max(due + 1000 / player.speed, now);
    map.cut(cutAt(side, index, box));
  };

  const player = {
    playing: false, axis: 0, speed: 8,
    onChange: (callback) => listeners.add(callback),
    toggle(axis) {
      if (player.playing && player.axis === axis) return player.stop();
      player.start(axis);
    },
    start(axis) {
      const { map } = app;
      if (!map.cube) return;
      const [side, range, box] = [sideAlong(axis), map.range(), map.box()];
      const [low, high] = wayOf(side, range, box);
      if (high - low < 2) return;
      player.playing = true;
      player.axis = axis;
      // One that stands at its end begins again.
      if (shownIndex(side, box) === high - 1) map.cut(cutAt(side, low, box));
      due = performance.now() + 100;
      cancelAnimationFrame(timer);
      timer = requestAnimationFrame(tick);
      tell();
    },
    /** Moves the seen face of an axis by some cells. */
    step(axis, by) {
      player.stop();
      const { map } = app;
      if (!map.cube) return;
      const [side, range, box] = [sideAlong(axis), map.range(), map.box()];
      const [low, high] = wayOf(side, range, box);
      map.cut(cutAt(side, Math.min(Math.max(shownIndex(side, box) + by, low), high - 1), box));
      app.announce(map.cube.axes[axis].spoken(shownIndex(side, map.box())));
    },
    stop() {
      if (!player.playing) return;
      player.playing = false;
      cancelAnimationFrame(timer);
      tell();
    },
  };
  app.map.lookAhead(ahead);
  return player;
};
