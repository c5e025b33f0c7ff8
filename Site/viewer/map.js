// The map: MapLibre with the basemap, the value layers of the state, a second linked map for
// comparing side by side, and what lies under a point.

import { ABOVE, applyBasemap, baseStyle } from "./basemap.js";
import { reportOf } from "./failures.js";
import { createDrawing } from "./layer/drawing.js";
import { valuesAt, valuesInView } from "./layer/values.js";
import { ValueLayer } from "./layer/valuelayer.js";
import { createRelief } from "./relief.js";
import { poleOf } from "./start.js";
import { isValues, same } from "./state.js";

const collection = (features) => ({ type: "FeatureCollection", features });

/** Which part of a map's width a layer is drawn in while two are compared; null for all. */
const clipOf = (layer, { compare }) => {
  if (compare?.mode !== "swipe") return null;
  return layer.id === compare.layer ? [compare.position ?? 0.5, 1] : [0, compare.position ?? 0.5];
};

/** Which layers a map shows while two maps lie side by side. */
const shownOn = (view, layer, { compare }) => {
  if (compare?.mode !== "side") return view === "main";
  return (layer.id === compare.layer) === (view === "other");
};

const library = () => new Promise((resolve, reject) => {
  if (window.maplibregl) return resolve(window.maplibregl);
  const script = document.getElementById("maplibre");
  if (document.readyState === "complete") return reject(new Error("no MapLibre"));
  script.addEventListener("load", () => resolve(window.maplibregl), { once: true });
  script.addEventListener("error", reject, { once: true });
  // It may have failed before anybody listened.
  addEventListener("load", () => (window.maplibregl ? resolve(window.maplibregl) : reject()), { once: true });
});

/** One MapLibre map in `host`. */
const openMap = (maplibre, app, host) => {
  const { view } = app.store.get();
  const camera = { center: [view.lon, view.lat], zoom: view.zoom, bearing: view.bearing, pitch: view.pitch };
  const gl = new maplibre.Map({
    container: host, style: baseStyle(app.dark()), ...camera, attributionControl: false, maxPitch: 70,
    canvasContextAttributes: { preserveDrawingBuffer: true, antialias: false }, fadeDuration: 0,
    minZoom: -1, maxZoom: 18,
    locale: { "Map.Title": app.t("map.title") },
  });
  gl.getCanvas().setAttribute("aria-label", app.t("map.label"));
  gl.on("style.load", () => gl.setProjection({ type: app.store.get().view.projection }));
  gl.once("style.load", () => {
    // Only now, since the flat map would not let the middle lie near a pole.
    gl.jumpTo(app.startBounds ? startView(gl, app.startBounds) : camera);
    app.startBounds = null;
  });
  return gl;
};

const tileSource = (layer) => ({
  type: "raster", tiles: [layer.url], tileSize: layer.tileSize ?? 256, scheme: layer.scheme ?? "xyz",
  attribution: layer.attribution ?? "", ...(layer.bounds ? { bounds: layer.bounds } : {}),
  minzoom: layer.minzoom ?? 0, maxzoom: layer.maxzoom ?? 22,
});

/** Brings the layers of a MapLibre map to what the state says. */
const syncLayers = (app, gl, view, { drawing, relief }) => {
  const state = app.store.get();
  const wanted = state.layers.filter((one) => one.visible && shownOn(view, one, state));
  const names = wanted.map((one) => `layer-${one.id}`);
  for (const { id } of gl.getStyle().layers) {
    if (!id.startsWith("layer-") || names.includes(id)) continue;
    gl.removeLayer(id);
    if (gl.getSource(id)) gl.removeSource(id);
  }
  for (const id of gl.customNames ?? []) if (!names.includes(id) && gl.getLayer(id)) gl.removeLayer(id);
  gl.customNames = new Set(names);
  // From the top down: each is put just below the one before.
  let before = ABOVE;
  for (const layer of wanted) {
    const id = `layer-${layer.id}`;
    const tiles = isValues(layer) ? relief?.picture(layer, state) : layer;
    const type = tiles ? "raster" : "custom";
    if (gl.getLayer(id) && gl.getLayer(id).type !== type) {
      gl.removeLayer(id);
      if (gl.getSource(id)) gl.removeSource(id);
    }
    if (!tiles) {
      if (!gl.getLayer(id)) {
        gl.addLayer(new ValueLayer(id, drawing.windows, () => drawing.drawn(view, layer.id)), before);
      }
    } else {
      const known = gl.getSource(id);
      // What it was made from: what it has of that comes later.
      const made = known?.serialize().tiles?.[0];
      if (known && made !== tiles.url && isValues(layer)) {
        known.setTiles([tiles.url]);
      } else if (known && made !== tiles.url) {
        gl.removeLayer(id);
        gl.removeSource(id);
      }
      if (!gl.getSource(id)) gl.addSource(id, tileSource(tiles));
      if (!gl.getLayer(id)) gl.addLayer({ id, type: "raster", source: id }, before);
      gl.setPaintProperty(id, "raster-opacity", tiles.opacity ?? 1);
    }
    gl.moveLayer(id, before);
    before = id;
  }
};

/** Builds the map and keeps it in step with the state; resolves `ready` when it can be used. */
export const createMap = (app, host) => {
  const { store } = app;
  const report = reportOf(app);
  const drawing = createDrawing(app, report);
  let relief = null;
  const map = {
    drawing, gl: null, other: null,
    layerAt: (id) => drawing.drawn("main", id) ?? drawing.drawn("other", id),
    /** All values of a layer that are in view, without missing ones. */
    valuesShown(id) {
      const drawn = map.layerAt(id);
      return drawn ? valuesInView(drawing.windows, drawn) : [];
    },
    /** When the first picture stands, or it is clear that none will soon. */
    pictured: Promise.race([drawing.whenComplete, new Promise((resolve) => { setTimeout(resolve, 4000); })]),
    retry: () => drawing.retry(),
    resized() {
      requestAnimationFrame(() => {
        map.gl?.resize();
        map.other?.resize();
      });
    },
    /** What lies at a place of every layer that is drawn there, the uppermost first. */
    valuesAt(place) {
      const state = store.get();
      return state.layers.filter((one) => one.visible && isValues(one)).flatMap((layer) => {
        const drawn = map.layerAt(layer.id);
        const found = drawn && valuesAt(drawing.windows, drawn, place);
        return found ? [{ layer, field: drawn.slice.field, time: drawn.slice.time, ...found }] : [];
      });
    },
    sketch(geometry) {
      for (const gl of [map.gl, map.other]) {
        gl?.getSource("sketch")?.setData(collection(geometry ? [{ type: "Feature", properties: {}, geometry }] : []));
      }
    },
    /** Moves the map so that [west, south, east, north] fills it. */
    fit(bounds, more = {}) {
      const pole = poleOf(bounds);
      if (pole !== null) {
        store.set(({ view }) => ({ view: { ...view, projection: "globe" } }));
        map.gl?.easeTo({ ...polarView(map.gl, bounds, pole), ...more });
        return;
      }
      const [west, south, east, north] = bounds;
      const wide = east < west ? east + 360 : east;
      map.gl?.fitBounds([[west, Math.max(south, -85)], [wide, Math.min(north, 85)]],
        { padding: 24, duration: 600, maxZoom: 14, ...more });
    },
  };

  // What could not be read while there was no network is read once it is back.
  addEventListener("online", map.retry);

  /** Opens the main map; where the browser has no WebGL 2, pictures are offered instead. */
  const openMain = (maplibre) => {
    let gl = null;
    try {
      gl = typeof WebGL2RenderingContext === "undefined" ? null : openMap(maplibre, app, host);
    } catch (error) {
      console.warn(error);
    }
    if (gl?.painter?.context.gl instanceof WebGL2RenderingContext) return gl;
    gl?.remove();
    import("./fallback.js").then(({ showPictures }) => showPictures(app, app.t("webgl.missing")));
    return null;
  };

  const syncView = (gl) => {
    const read = () => {
      const { lng, lat } = gl.getCenter();
      const view = {
        ...store.get().view, lon: lng, lat, zoom: gl.getZoom(), bearing: gl.getBearing(),
        pitch: gl.getPitch(),
      };
      if (!same(view, store.get().view)) store.set({ view });
    };
    gl.on("moveend", read);
    // What comes from elsewhere (back and forward, a link) moves the map.
    const move = ({ lon, lat, zoom, bearing, pitch, projection }) => {
      // The projection first: the flat map would not let the middle lie near a pole.
      if (gl.getProjection()?.type !== projection) gl.setProjection({ type: projection });
      const { lng, lat: shown } = gl.getCenter();
      const moved = Math.abs(lng - lon) + Math.abs(shown - lat) > 1e-4 || Math.abs(gl.getZoom() - zoom) > 0.01
        || Math.abs(gl.getBearing() - bearing) + Math.abs(gl.getPitch() - pitch) > 0.1;
      if (moved && !gl.isMoving()) gl.jumpTo({ center: [lon, lat], zoom, bearing, pitch });
    };
    gl.once("style.load", () => store.subscribe((state) => state.view, move));
  };

  const link = (gl) => {
    gl.on("move", () => { if (map.other) follow(gl, gl === map.gl ? map.other : map.gl); });
  };

  let following = false;
  const follow = (from, to) => {
    if (following) return;
    following = true;
    to.jumpTo({ center: from.getCenter(), zoom: from.getZoom(), bearing: from.getBearing(), pitch: from.getPitch() });
    following = false;
  };

  const prepare = (gl, view) => {
    let loaded = false;
    const sync = () => {
      if (!loaded) return;
      applyBasemap(gl, store.get(), app.dark());
      relief?.sync(gl, store.get());
      syncLayers(app, gl, view, { drawing, relief });
      drawing.schedule();
    };
    const end = [
      drawing.addView(view, gl, clipOf, (layer, state) => shownOn(view, layer, state)),
      store.subscribe((state) => [
        state.layers.map((one) => [one.id, one.visible, one.kind, one.url, one.kind === "xyz" && one.opacity]),
        state.compare?.mode, state.compare?.layer, state.basemap, state.overlays,
        // Painted pictures follow colours and time; what is drawn by shaders does so by itself.
        state.relief, state.relief && [state.layers, state.time],
      ], sync),
      store.subscribe((state) => state.places, (places) => {
        if (loaded) gl.getSource("places").setData(collection(places));
      }),
    ];
    app.onTheme(sync);
    document.addEventListener("fieldopen", sync);
    gl.on("style.load", () => {
      loaded = true;
      sync();
      gl.getSource("places").setData(collection(store.get().places));
    });
    // What MapLibre brings back then are its own layers; the others are added once its style is there again.
    gl.on("webglcontextlost", () => { loaded = false; });
    gl.on("moveend", sync);
    return () => {
      loaded = false;
      document.removeEventListener("fieldopen", sync);
      end.forEach((one) => one());
    };
  };

  const openOther = async (maplibre) => {
    const box = document.createElement("div");
    box.className = "map";
    host.parentElement.append(box);
    map.other = openMap(maplibre, app, box);
    const end = prepare(map.other, "other");
    link(map.other);
    app.attachPointer(map.other);
    map.resized();
    return () => {
      end();
      map.other.remove();
      map.other = null;
      box.remove();
      map.resized();
    };
  };

  library().then(async (maplibre) => {
    const gl = openMain(maplibre);
    if (!gl) return;
    map.gl = gl;
    relief = createRelief(app, maplibre, drawing, (error, slice) => report(error, slice.field.dataset));
    prepare(gl, "main");
    syncView(gl);
    link(gl);
    app.attachPointer(gl);
    gl.on("error", (event) => console.warn("map:", event.error?.message ?? event));
    store.subscribe((state) => [state.layers, state.time, state.compare], drawing.schedule);
    store.subscribe((state) => state.view.projection, (type) => {
      for (const one of [map.gl, map.other]) one?.setProjection({ type });
      drawing.schedule();
    });
    let closeOther = null;
    const compare = async () => {
      const wanted = store.get().compare?.mode === "side";
      if (wanted && !closeOther) closeOther = await openOther(maplibre);
      else if (!wanted && closeOther) {
        closeOther();
        closeOther = null;
      }
    };
    store.subscribe((state) => state.compare?.mode, compare);
    compare();
    document.dispatchEvent(new CustomEvent("mapready"));
  }, () => app.fail(app.t("map.library")));
  return map;
};

/** The globe from above a pole, as near as the bounds allow. */
const polarView = (gl, [, south, , north], pole) => {
  const { width, height } = gl.transform;
  const reach = Math.sin(Math.min(90, pole < 0 ? north + 90 : 90 - south) * Math.PI / 180);
  // A globe at zoom 0 is 512 / π pixels wide at the equator; MapLibre's zoom counts at the centre.
  const zoom = Math.log2(0.9 * Math.min(width, height) / (512 / Math.PI * reach))
    + Math.log2(Math.cos(82 * Math.PI / 180));
  return { center: [0, Math.sign(pole) * 82], zoom: Math.min(Math.max(zoom, -1), 8), bearing: 0 };
};

/** Where to begin: the whole dataset in view, the whole world no smaller than the window. */
const startView = (gl, bounds) => {
  const [west, south, east, north] = bounds;
  const pole = poleOf(bounds);
  if (pole !== null) return polarView(gl, bounds, pole);
  const wide = east < west ? east + 360 : east;
  if (wide - west > 300) {
    const { width, height } = gl.transform;
    const zoom = Math.log2(Math.max(width, height * 1.15) / 512);
    return { center: [0, south < -80 && north < 0 ? -60 : 12], zoom };
  }
  const camera = gl.cameraForBounds(
    [[west, Math.max(south, -82)], [wide, Math.min(north, 82)]], { padding: 24, maxZoom: 14 });
  return { center: camera.center, zoom: camera.zoom };
};

