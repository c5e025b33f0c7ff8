// The state of the globe, as of the map (viewer/state.js): one plain value that the address holds.
//
//   state = {
//     scene,                     id of the site's scenes; what is left out is as the scene says
//     layers: [{…}],             as the map's, the first on top, with also
//                                  stack: {dimension, scale, base, spacing, from}   drawn as sheets one above the
//                                                            other, the uppermost that is shown being `from`
//                                  pictures: true                    the published pictures instead of values
//     active, time, panel, language, theme    as the map's
//     camera: {lon, lat, height, heading, pitch, roll},
//     light: {kind, azimuth, elevation, ambient, lon, lat, date},    see light.js
//     exaggeration,              of the surface's heights
//     frame                      of the scene's tour, null beside it
//   }

import { pack, unpack, without } from "../viewer/address.js";
import { layerDefaults } from "../viewer/state.js";
import { lightDefaults } from "./light.js";

export const defaults = Object.freeze({
  scene: null, layers: Object.freeze([]), active: null, time: null, camera: null, light: lightDefaults,
  exaggeration: 1, frame: null, panel: "scene", language: null, theme: "system", basemap: "none",
});

/** What a scene begins with: a patch of the state. */
export const stateOf = (scene) => {
  const layers = (scene.layers ?? []).map((one, i) => ({ ...layerDefaults, id: `l${i + 1}`, ...one }));
  return {
    scene: scene.id, layers, active: layers[0]?.id ?? null, time: scene.time ?? null, camera: null,
    light: { ...lightDefaults, ...scene.light }, exaggeration: scene.surface?.exaggeration ?? 1, frame: null,
  };
};

/** The fragment of a state. */
export const encode = async (state) => {
  const layers = state.layers.map((one) => without(one, layerDefaults));
  return { fragment: await pack(without({ ...state, layers }, defaults)), shortened: false };
};

/** What a fragment says: a patch of the defaults; null where it says nothing. */
export const decode = async (fragment) => {
  const state = await unpack(fragment);
  if (state) {
    const layers = (state.layers ?? []).map((one) => ({ ...layerDefaults, ...one }));
    return { ...state, layers, light: { ...lightDefaults, ...state.light } };
  }
  const words = new URLSearchParams(fragment.replace(/^#/, ""));
  if (!words.get("scene")) return null;
  return { scene: words.get("scene"), ...(words.get("time") ? { time: words.get("time") } : {}) };
};

/** What makes a new step of "back". */
export const step = (state) => [state.scene, state.panel, state.frame, state.layers.map(({ id, visible }) => [id, visible])];
