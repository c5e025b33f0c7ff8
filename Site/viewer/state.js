// The state of the viewer: one plain serialisable value, changed by patches, written into the
// address so that a link shows the same view for ever.
//
//   state = {
//     layers: [{id, kind: "variable" | "rgb" | "expression" | "difference" | "xyz",
//       dataset, variable,         ids of the site's documents; also the grid of an expression
//       style,                     id of a published style that the colours start from
//       colours, reversed, range: [low, high], scale, linearWithin, below, above, missing,
//                                  what differs from that style (see layer/colours.js)
//       interpolation: "nearest" | "bilinear", opacity, visible,
//       dims: {name: value text},  of the dimensions that are not time
//       time,                      only where the layer does not follow `state.time`
//       expression, title, units,  of kind "expression"
//       other: {dataset, variable, time, dims},   of kind "difference": what is taken off
//       composite,                 of kind "rgb": id, or other: {red, green, blue} by hand
//       url, scheme, attribution,  of kind "xyz"; where they are known also
//       tileSize, bounds, minzoom, maxzoom
//     }],                          the first is drawn on top
//     active,                      id of the layer that the panels speak of
//     time,                        ISO text of the calendar of the active layer
//     view: {lon, lat, zoom, bearing, pitch, projection: "mercator" | "globe"},
//     relief: true                 where the ground rises (relief.js)
//     compare: null | {mode: "swipe" | "side", layer, position: 0…1},
//     places: [GeoJSON features with properties {id, title, colour}],
//     series: […],                 whatever the series panel keeps
//     panel, language, theme: "system" | "light" | "dark", basemap, overlays: [ids]
//   }
//
// Beside it stands `app`, made in viewer.js and given to every panel:
//   app.store        get(), set(patch or function), subscribe(selector, callback)
//   app.site         the site's documents (site.js)
//   app.map          the map (map.js): .gl is MapLibre's, .layerAt(id) the drawn layer of an id
//   app.pools        pools.cube(dataset), pools.series(dataset): opened Zarr stores, kept
//   app.t(key, vars) text in the chosen language (i18n.js)
//   app.announce(text)            said by screen readers, not shown
//   app.notify(message, kind)     shown: "info" | "warning" | "error"
//   app.registerPanel({id, title, icon, render(host, app), dock, order})      (panels.js)
//       render may return a function that is called when the panel closes
//   app.onPointer(callback)       → function that stops; callback({lng, lat, values})
//   app.onClick(callback)         → function that stops; of clicks that no tool takes
//   app.useTool({click, double, move, key, cancel, stop}) → function that stops; one tool at a
//       time has the clicks on the map
//   app.openPanel(id), app.time {move(index), by(step), player, times(), text(iso)}

export const defaults = Object.freeze({
  layers: [],
  active: null,
  time: null,
  view: { lon: 0, lat: 20, zoom: 1.2, bearing: 0, pitch: 0, projection: "mercator" },
  relief: false,
  compare: null,
  places: [],
  series: [],
  panel: "datasets",
  language: null,
  theme: "system",
  basemap: "natural",
  overlays: ["coast"],
});

/** What a layer has where its entry says nothing. */
export const layerDefaults = Object.freeze({
  kind: "variable", opacity: 1, visible: true, reversed: false, dims: Object.freeze({}),
});

/** Whether two plain values are alike. */
export const same = (a, b) => a === b || JSON.stringify(a) === JSON.stringify(b);

/** Whether a layer is drawn from values. */
export const isValues = (layer) => layer.kind !== "xyz";

/** A store of one value. Callbacks run after a change of what their selector takes out of it. */
export const createStore = (initial, base = defaults) => {
  let state = { ...base, ...initial };
  const listeners = new Set();
  let telling = false;
  const tell = () => {
    if (telling) return;
    telling = true;
    // A callback may change the state again: go round until nothing moves.
    for (let changed = true, rounds = 0; changed && rounds < 20; rounds += 1) {
      changed = false;
      for (const one of [...listeners]) {
        const now = one.selector(state);
        if (same(now, one.last)) continue;
        const before = one.last;
        one.last = now;
        changed = true;
        try {
          one.callback(now, before);
        } catch (error) {
          console.error(error);
        }
      }
    }
    telling = false;
  };
  return {
    get: () => state,
    set(patch) {
      const next = typeof patch === "function" ? patch(state) : patch;
      if (!next || next === state) return;
      state = { ...state, ...next };
      tell();
    },
    /** Calls back on later changes; returns what ends it. */
    subscribe(selector, callback) {
      const one = { selector, callback, last: selector(state) };
      listeners.add(one);
      return () => listeners.delete(one);
    },
  };
};

/** The state with one layer changed. */
export const withLayer = (state, id, patch) => ({
  layers: state.layers.map((one) => (one.id === id ? { ...one, ...patch } : one)),
});

/** The entry of the active layer, or undefined. */
export const activeLayer = (state) =>
  state.layers.find((one) => one.id === state.active) ?? state.layers[0];

/** An id that no layer has yet. */
export const freshID = (state) => {
  const taken = new Set(state.layers.map((one) => one.id));
  for (let i = 1; ; i += 1) if (!taken.has(`l${i}`)) return `l${i}`;
};
