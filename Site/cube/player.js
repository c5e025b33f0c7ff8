// Plays the cut along an axis: the face of that axis which is seen goes through the data, as fast as it can be read.

import { sideOf } from "../lib/cube/index.js";

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
  const stride = ([start, stop]) => Math.max(1, Math.round((stop - start) / STEPS));
  const indexOf = (side, box) => (side.end ? box[side.axis][1] - 1 : box[side.axis][0]);

  /** The faces that will be wanted next, for the stage to read ahead. */
  const ahead = (cube, range, box) => {
    const { axis, playing } = player;
    if (!playing) return [];
    const side = sideAlong(axis);
    const list = [];
    let index = indexOf(side, box);
    for (let i = 0; i < AHEAD; i += 1) {
      index = nextIndex(index, range[axis], stride(range[axis]));
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
    const { axis } = player;
    const side = sideAlong(axis);
    const [range, box] = [map.range()[axis], map.box()];
    const index = nextIndex(indexOf(side, box), range, stride(range));
    if (!map.faces.holds(map.cube, side, index, map.range(), map.scene.pixels())) return map.update();
    due = Math.max(due + 1000 / player.speed, now);
    // At the stop the cube grows from the beginning on, at the start it is eaten up.
    box[axis] = side.end ? [Math.min(box[axis][0], index), index + 1] : [index, Math.max(box[axis][1], index + 1)];
    map.cut(box);
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
      const [low, high] = map.range()[axis];
      if (high - low < 2) return;
      player.playing = true;
      player.axis = axis;
      const side = sideAlong(axis);
      // A cube that is whole begins with its first slice.
      const box = map.box();
      if (side.end && box[axis][1] === high) {
        box[axis] = [box[axis][0] < high - 1 ? box[axis][0] : low, Math.min(box[axis][0] < high - 1 ? box[axis][0] + 1 : low + 1, high)];
        map.cut(box);
      }
      due = performance.now() + 100;
      cancelAnimationFrame(timer);
      timer = requestAnimationFrame(tick);
      tell();
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
