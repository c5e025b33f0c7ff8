// The third dimension of the map: the ground rises as the Terrain-RGB tiles of a dataset say, and values lie on it.
//
// MapLibre drapes pictures, but no layers with shaders of their own. So while the ground rises, values are painted into
// pictures here, of the same cells and in the same colours.

import { mercatorAxes } from "../lib/globe/index.js";
import { createCells } from "./layer/cells.js";
import { lookFor, painted } from "./layer/painted.js";
import { filled } from "./layer/template.js";

const SIZE = 256;
/** Finer tiles are enlarged: cells would be far larger than pixels. */
const FINEST = 12;
const SCHEME = "cubepress-values";
const SOURCE = "relief";
/** How far the map leans over when the ground begins to rise, in degrees. */
const PITCH = 55;

/** The dataset that the ground is taken from: the uppermost in view that has heights; null where none has. */
export const reliefOf = (app, { layers }) => layers.filter((one) => one.visible)
  .map((layer) => ({ layer, document: app.site.loaded.get(layer.dataset) }))
  .find(({ document }) => document?.terrain?.rgb) ?? null;

/** The address of the tiles of heights for what is shown. */
const heightsOf = (app, { layer, document }, { time }) => {
  const { terrain } = document;
  const path = filled(terrain.rgb.template, terrain.dimensions, { time: layer.time ?? time, dims: layer.dims });
  // Not by URL, which would write the braces of {z} in another way.
  return app.site.root + path;
};

/** `drawing` opens the fields, `failed(error, slice)` is told what cannot be read. */
export const createRelief = (app, maplibre, drawing, failed) => {
  const cells = createCells({ failed, changed: () => undefined });
  /** What the addresses of painted tiles mean, and which of them is used for what now. */
  const meanings = new Map();
  const used = new Map();

  maplibre.addProtocol(SCHEME, async ({ url }) => {
    const [id, ...place] = url.slice(SCHEME.length + 3).split("/");
    const [z, x, y] = place.map(Number);
    const { slice, look } = meanings.get(id);
    const values = await cells.at(slice, mercatorAxes(z, x, y, SIZE), look.bilinear);
    return { data: await createImageBitmap(painted(values, look, SIZE, SIZE)) };
  });

  return {
    /** The pictures of a layer of values, as an entry of kind "xyz"; null where it is not draped. */
    picture(layer, state) {
      const field = state.relief && layer.kind !== "xyz" ? drawing.field(layer) : null;
      if (!field || field.bands === 3 || !drawing.colours()) return null;
      const slice = field.slice({ time: layer.time ?? state.time, dims: layer.dims });
      let look;
      try {
        look = lookFor(layer, field, drawing.colours());
      } catch {
        // Told where it is drawn.
        return null;
      }
      const key = `${slice.key}|${look.key}|${look.bilinear}`;
      // A dataset that was published anew has the same names, but another field.
      if (meanings.get(used.get(key))?.slice.field !== field) {
        used.set(key, String(meanings.size + 1));
        meanings.set(used.get(key), { slice, look });
      }
      const id = used.get(key);
      return { url: `${SCHEME}://${id}/{z}/{x}/{y}`, tileSize: SIZE, maxzoom: FINEST, opacity: layer.opacity };
    },
    /** Forgets what failed: all is painted anew, from what is held and what is missing. */
    retry() {
      cells.windows.retry();
      used.clear();
    },
    forget: cells.forget,
    /** Lets the ground of a map rise or lie flat as the state says. */
    sync(gl, state) {
      const found = state.relief ? reliefOf(app, state) : null;
      const address = found && heightsOf(app, found, state);
      const known = gl.getSource(SOURCE);
      if (known && known.serialize().tiles?.[0] !== address) {
        gl.setTerrain(null);
        gl.removeSource(SOURCE);
      }
      if (!address || gl.getSource(SOURCE)) return;
      const { rgb, exaggeration } = found.document.terrain;
      const [west, south, east, north] = found.document.bounds;
      gl.addSource(SOURCE, {
        type: "raster-dem", tiles: [address], tileSize: SIZE, encoding: rgb.encoding,
        minzoom: rgb.minzoom, maxzoom: rgb.maxzoom, ...(west < east ? { bounds: [west, south, east, north] } : {}),
      });
      gl.setTerrain({ source: SOURCE, exaggeration });
    },
  };
};

/** Switches the third dimension; a map seen from straight above is leant over, so that there is something to see. */
export const toggleRelief = (app) => {
  const { store, map } = app;
  const isOn = !store.get().relief;
  if (isOn && !reliefOf(app, store.get())) return;
  store.set({ relief: isOn });
  if (isOn && store.get().view.pitch < 20) map.gl?.easeTo({ pitch: PITCH });
  if (!isOn) map.gl?.easeTo({ pitch: 0 });
};
