// The faces that are seen, read and kept: what is shown of each side, what is on its way.

import { facePlan, readFace } from "../lib/cube/index.js";
import { chunksOf } from "./open.js";

/** Bytes of faces to keep, so that going back asks for nothing. */
const BOUND = 96 << 20;

/** The cell that a side of a box shows, along the side's axis. */
export const shownIndex = ({ axis, end }, box) => (end ? box[axis][1] - 1 : box[axis][0]);

/** `failed(error)` is told what cannot be read, `changed()` that something has come or that nothing more will. */
export const createFaces = ({ failed, changed }) => {
  const held = new Map();
  const broken = new Map();
  const pending = new Map();
  /** What is shown of each side: {shown, wanted}, names of faces. */
  const slots = new Map();
  let bytes = 0;

  const nameOf = (cube, side, index, range, { level, bin }) =>
    JSON.stringify([cube.key, side.axis, index, level, bin, range.filter((_, axis) => axis !== side.axis)]);

  const touch = (name) => {
    const found = held.get(name);
    if (found) {
      held.delete(name);
      held.set(name, found);
    }
    return found;
  };

  const keep = (name, face) => {
    held.set(name, face);
    bytes += face.data.byteLength;
    const shown = new Set([...slots.values()].map((one) => one.shown));
    for (const [each, { data }] of [...held]) {
      if (bytes <= BOUND) break;
      if (each === name || shown.has(each)) continue;
      held.delete(each);
      bytes -= data.byteLength;
    }
  };

  const load = async (name, cube, side, index, range, plan, priority) => {
    const abort = new AbortController();
    const job = { abort, wanted: true, low: priority === "low" };
    pending.set(name, job);
    try {
      const face = await readFace(cube.source(side), side, index, range, plan,
        { areClasses: cube.areClasses, signal: abort.signal, priority });
      keep(name, { name, side, index, ...face });
    } catch (error) {
      if (abort.signal.aborted) return;
      broken.set(name, error);
      failed(error, cube);
    } finally {
      if (pending.get(name) === job) pending.delete(name);
      changed();
    }
  };

  const request = (cube, side, index, range, plan, priority = "high") => {
    const name = nameOf(cube, side, index, range, plan);
    const job = pending.get(name);
    if (job) job.wanted = true;
    else if (!held.has(name) && !broken.has(name)) load(name, cube, side, index, range, plan, priority);
    return name;
  };

  const plansOf = (cube, side, index, range, pixels) => facePlan(chunksOf(cube.source(side)), side, index, range, { pixels });

  return {
    /**
     * Reads what is wanted and not held, gives up what is not wanted any more.
     *
     * @param {object} cube of open.js
     * @param {object[]} sides that are seen
     * @param {[number, number][]} range the part of the data that faces reach over
     * @param {[number, number][]} box
     * @param {number[]} pixels how long the range is on the screen, along each axis
     * @param {{side: object, index: number}[]} [ahead] faces that will be wanted next
     */
    update(cube, sides, range, box, pixels, ahead = []) {
      for (const job of pending.values()) job.wanted = false;
      const seen = new Set(sides.map(({ key }) => key));
      for (const key of [...slots.keys()]) if (!seen.has(key)) slots.delete(key);
      for (const side of sides) {
        const index = shownIndex(side, box);
        const plans = plansOf(cube, side, index, range, pixels);
        const names = plans.map((plan) => nameOf(cube, side, index, range, plan));
        const wanted = names.at(-1);
        const best = names.findLast((name) => touch(name));
        const before = slots.get(side.key);
        // What was shown stays until something of what is wanted has come, within the same data.
        const base = JSON.stringify([cube.key, range]);
        const shown = best ?? (before?.base === base && held.has(before.shown) ? before.shown : null);
        slots.set(side.key, { base, shown, wanted, best, index, side });
        if (best !== wanted) {
          const next = plans.findIndex((_, i) => !held.has(names[i]) && !broken.has(names[i])
            && i > names.indexOf(best));
          if (next >= 0) request(cube, side, index, range, plans[next]);
        }
      }
      for (const { side, index } of ahead) request(cube, side, index, range, plansOf(cube, side, index, range, pixels).at(-1), "low");
      for (const [name, job] of [...pending]) {
        if (job.wanted) continue;
        pending.delete(name);
        job.abort.abort();
      }
    },
    /** What is shown of a side: the face, and whether it is of the place that is wanted; undefined while nothing is. */
    shown(side) {
      const slot = slots.get(side.key);
      const face = slot && held.get(slot.shown);
      return face && { ...face, isRight: slot.shown === slot.best };
    },
    /** Whether a face of some side is held. */
    holds: (cube, side, index, range, pixels) =>
      [held, broken].some((map) => map.has(nameOf(cube, side, index, range, plansOf(cube, side, index, range, pixels).at(-1)))),
    /** Whether all that is seen is there, or cannot be had. */
    get settled() {
      return slots.size > 0 && [...slots.values()].every(({ best, wanted }) => best === wanted || broken.has(wanted));
    },
    /** Whether something is to be seen of each side. */
    get pictured() {
      return slots.size > 0 && [...slots.values()].every(({ best, wanted }) => best || broken.has(wanted));
    },
    /** Values of the faces that are shown, without missing ones. */
    values() {
      const faces = [...slots.values()].map(({ shown }) => held.get(shown)).filter(Boolean);
      return Float32Array.from(faces.flatMap(({ data }) => [...data.filter((value) => value === value)]));
    },
    retry: () => broken.clear(),
    forget() {
      for (const job of pending.values()) job.abort.abort();
      for (const map of [held, broken, pending, slots]) map.clear();
      bytes = 0;
    },
  };
};

/**
 * The value of a face at positions of the cube.
 *
 * @param {object} face as `shown` gives it
 * @param {number[]} positions along the three axes
 * @returns {number} NaN where missing
 */
export const valueOn = ({ side, data, width, height, first, cell }, positions) => {
  const at = (axis, i, length) => Math.min(Math.max(Math.floor((positions[axis] - first[i]) / cell[i]), 0), length - 1);
  return data[at(side.down, 1, height) * width + at(side.across, 0, width)];
};
