// The state of the cube, as of the map (viewer/state.js): one plain value that the address holds.
//
//   state = {
//     layers: [{…}], active,      one layer, as the map's
//     time,                       the time that is shown where time is not the third dimension
//     lead,                       name of the third dimension; null for time, or the longest
//     box, frame: {lead, rows, columns},   what is left of the cube by its cuts, and the part of the data that it is cut
//                                 from; each member a range or null for all. Along the lead [first, last] as the document
//                                 writes them, either may be null; along rows and columns [start, stop) in cells
//     eye: {turn, tilt, zoom, x, y},   from where it is looked at: degrees around and above, 1 for all in view, moved aside
//     stretch,                    how much longer the third axis is than at first
//     tool: "turn" | "select", panel, language, theme    as the map's
//   }

import { pack, round, unpack, without } from "../viewer/address.js";
import { layerDefaults, same } from "../viewer/state.js";

const whole = Object.freeze({ lead: null, rows: null, columns: null });
export const startEye = Object.freeze({ turn: 32, tilt: 24, zoom: 1, x: 0, y: 0 });

export const defaults = Object.freeze({
  layers: Object.freeze([]), active: null, time: null, lead: null, box: whole, frame: whole, eye: startEye, stretch: 1,
  tool: "turn", panel: "datasets", language: null, theme: "system", basemap: "none",
});

/** A range within an axis; `start` and `stop` in cells. At least one cell is left. */
const clamped = ([start, stop], [low, high]) => {
  const from = Math.min(Math.max(Math.floor(start), low), high - 1);
  return [from, Math.min(Math.max(Math.ceil(stop), from + 1), high)];
};

/** Ranges of a state as [start, stop) along the three axes of a cube, within `limits`. */
export const rangesOf = (ranges, { axes }, limits = axes.map(({ count }) => [0, count])) =>
  [ranges?.lead, ranges?.rows, ranges?.columns].map((range, axis) => {
    if (!Array.isArray(range)) return limits[axis];
    if (axis > 0) return range.every(Number.isFinite) ? clamped(range, limits[axis]) : limits[axis];
    const [first, last] = range.map((text) => (text === null || text === undefined ? null : axes[0].find(text)));
    return clamped([first ?? 0, (last ?? axes[0].count - 1) + 1], limits[0]);
  });

/** Ranges as a state keeps them: the lead by what stands at its ends, so that later times shift nothing; null for all. */
export const keptRanges = (ranges, { axes }, limits = axes.map(({ count }) => [0, count])) => {
  const [lead, rows, columns] = ranges.map((range, axis) => (same(range, limits[axis]) ? null : range));
  return { lead: lead && [axes[0].values[lead[0]], axes[0].values[lead[1] - 1]], rows, columns };
};

/** The fragment of a state. */
export const encode = async (state) => {
  const { eye } = state;
  const rounded = {
    turn: round(eye.turn, 1), tilt: round(eye.tilt, 1), zoom: round(eye.zoom, 3), x: round(eye.x, 3), y: round(eye.y, 3),
  };
  const layers = state.layers.map((one) => without(one, layerDefaults));
  return { fragment: await pack(without({ ...state, layers, eye: rounded }, defaults)), shortened: false };
};

const number = (text, other) => {
  const value = Number.parseFloat(text);
  return Number.isFinite(value) ? value : other;
};

/** What a fragment says: a patch of the defaults; null where it says nothing. */
export const decode = async (fragment) => {
  const state = await unpack(fragment);
  if (state) {
    return {
      ...state, box: state.box ?? whole, layers: (state.layers ?? []).map((one) => ({ ...layerDefaults, ...one })), eye: { ...startEye, ...state.eye },
    };
  }
  const words = new URLSearchParams(fragment.replace(/^#/, ""));
  const dataset = words.get("dataset");
  if (!dataset) return null;
  const layer = {
    ...layerDefaults, id: "l1", kind: "variable", dataset, variable: words.get("variable") ?? undefined,
    style: words.get("style") ?? undefined,
  };
  const patch = { layers: [layer], active: "l1", lead: words.get("lead") };
  const time = words.get("time");
  // The map of a time is the front of a cube that ends with it.
  if (time) Object.assign(patch, { time, box: { ...whole, lead: [null, time] } });
  if (words.has("turn") || words.has("tilt")) {
    patch.eye = { ...startEye, turn: number(words.get("turn"), startEye.turn), tilt: number(words.get("tilt"), startEye.tilt) };
  }
  return patch;
};

/** What makes a new step of "back". */
export const step = (state) => [state.layers.map(({ dataset, variable }) => [dataset, variable]), state.lead, state.frame, state.panel];
