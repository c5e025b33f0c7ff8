// The globe itself: Cesium's widget, what lies below everything, the surface, and the adapters by which the parts of
// the map viewer (legends, time bar, read-out, player) find here what they find there in the map.

import { reportOf } from "../viewer/failures.js";
import { createCells } from "../viewer/layer/cells.js";
import { createFields } from "../viewer/layer/fields.js";
import { valuesAt, valuesInView } from "../viewer/layer/values.js";
import { pageColour } from "../viewer/theme.js";
import { createCamera } from "./camera.js";
import { createDrapes } from "./drapes.js";
import { createLight } from "./light.js";
import { createStacks } from "./stacks.js";
import { createSurface, openTerrain, terrainAt } from "./surface.js";

const openWidget = (Cesium, host) => {
  const widget = new Cesium.CesiumWidget(host, {
    baseLayer: false, skyBox: false, skyAtmosphere: false, requestRenderMode: true, maximumRenderTimeChange: Infinity,
    // Its credits are said in a line of the page.
    creditContainer: document.createElement("div"), creditViewport: document.createElement("div"),
    contextOptions: { webgl: { alpha: false } }, terrainProvider: new Cesium.EllipsoidTerrainProvider(),
    showRenderLoopErrors: false,
  });
  const { scene } = widget;
  scene.canvas.tabIndex = 0;
  scene.canvas.setAttribute("role", "application");
  scene.canvas.classList.add("globe-canvas");
  // Nothing may tint the colours of values but the light.
  scene.fog.enabled = false;
  scene.highDynamicRange = false;
  scene.globe.showGroundAtmosphere = false;
  scene.globe.depthTestAgainstTerrain = true;
  // Near the poles tiles lie close together: Cesium's own 2 would load many more than are to be seen.
  scene.globe.maximumScreenSpaceError = 3;
  scene.globe.dynamicAtmosphereLighting = false;
  // Else black specks of it would be seen in the fine gaps between tiles.
  scene.globe.undergroundColor = undefined;
  scene.screenSpaceCameraController.maximumZoomDistance = 6e7;
  return widget;
};

/** Radians: more than the longitudes of a pixel at the edge of a tile, which near a pole is wide. */
const BEYOND = 1;

/**
 * An area in degrees. One that goes all around reaches beyond its ends: a pixel there has the longitude of its middle, which
 * may lie past the edge, and would be a hole.
 */
const areaOf = (Cesium, [west, south, east, north]) => {
  const area = Cesium.Rectangle.fromDegrees(west, south, east, north);
  if (east - west < 360) return area;
  return new Cesium.Rectangle(area.west - BEYOND, area.south, area.east + BEYOND, area.north);
};

/** Whether a field's surface is the very field that is draped too. */
const isSame = (surface, layer) => layer.dataset === surface?.dataset && layer.variable === surface?.variable;

/**
 * Makes the globe in `host` and keeps it in step with the state and with `app.scene`, the document of the scene.
 *
 * @throws where the browser cannot draw it
 */
export const createWorld = (app, Cesium, host) => {
  const { store } = app;
  const widget = openWidget(Cesium, host);
  const { scene } = widget;
  const { globe } = scene;
  const report = reportOf(app);
  const colourOf = (name) => Cesium.Color.fromBytes(...pageColour(name));
  const listeners = new Set();
  let told = 0;
  const changed = () => {
    told ||= requestAnimationFrame(() => {
      told = 0;
      app.pointerStale?.();
      for (const one of [...listeners]) one();
    });
  };
  const cells = createCells({ failed: (error, slice) => report(error, slice.field.dataset), changed });
  const camera = createCamera(app, Cesium, scene);
  const update = () => {
    drapes.update();
    stacks.update();
    updateSurface();
    changed();
  };
  const fields = createFields(app, report, update);
  const sources = { fields, cells, report, changed, colourOf };
  const drapes = createDrapes(app, Cesium, scene, sources);
  const stacks = createStacks(app, Cesium, scene, sources);

  /** The surface's field as a layer entry. */
  const surfaceLayer = () => {
    const { surface } = app.scene ?? {};
    return surface?.dataset && surface.kind === "field" ? { id: "surface", kind: "variable", dims: {}, ...surface } : null;
  };
  let surfaceShown = null;
  let surfaceSlice = null;
  /** The name of the surface that Cesium has. */
  let surfaceGiven = null;

  const updateSurface = () => {
    const { exaggeration, time } = store.get();
    const { surface } = app.scene ?? {};
    const layer = surfaceLayer();
    let name = "";
    let make = () => createSurface(Cesium, cells, null, {});
    scene.verticalExaggeration = 1;
    surfaceSlice = null;
    if (layer) {
      const field = fields.open(layer);
      if (!field) return;
      surfaceSlice = field.slice({ time: layer.time ?? time, dims: layer.dims });
      name = `${surfaceSlice.key} ${exaggeration}`;
      make = () => createSurface(Cesium, cells, surfaceSlice, { ...surface, exaggeration });
    } else if (surface?.kind === "terrain") {
      const address = terrainAt(app.site, surface, time);
      name = `${address} ${exaggeration}`;
      const rest = exaggeration / (surface.built ?? 1);
      scene.verticalExaggeration = rest;
      make = () => openTerrain(Cesium, address, rest);
    }
    scene.requestRender();
    if (name === surfaceShown) return;
    surfaceShown = name;
    Promise.resolve(make()).then((provider) => {
      if (name !== surfaceShown) return;
      provider.errorEvent.addEventListener((error) => { error.retry = false; });
      globe.terrainProvider = provider;
      // What it lacks of that Cesium finds out when it draws.
      const end = scene.postRender.addEventListener(() => {
        end();
        surfaceGiven = name;
      });
      scene.requestRender();
    }, (error) => {
      surfaceGiven = name;
      report(error, layer?.dataset ?? surface?.dataset);
    });
  };

  let base = null;
  const updateBase = () => {
    globe.baseColor = colourOf("--sea");
    scene.backgroundColor = colourOf("--space");
    const wanted = app.scene?.base ?? "natural";
    if (wanted === "natural" && !base) {
      base = Cesium.ImageryLayer.fromProviderAsync(
        Cesium.TileMapServiceImageryProvider.fromUrl(Cesium.buildModuleUrl("Assets/Textures/NaturalEarthII")));
      globe.imageryLayers.add(base, 0);
    }
    if (base) base.show = wanted === "natural";
    scene.requestRender();
  };

  const updateArea = () => {
    const { area } = app.scene ?? {};
    globe.cartographicLimitRectangle = area
      ? areaOf(Cesium, area) : Cesium.Rectangle.clone(Cesium.Rectangle.MAX_VALUE);
    // From below a cut-off earth its inside would be seen through.
    globe.backFaceCulling = !area;
  };

  /**
   * What the eye meets at a point of the canvas: {lng, lat, sheet}, the last where it is a sheet (stacks.js); null beside
   * all of it.
   */
  const pick = ({ x, y }) => {
    const ray = scene.camera.getPickRay(new Cesium.Cartesian2(x, y));
    const ground = ray && globe.pick(ray, scene);
    const away = ground ? Cesium.Cartesian3.distance(ray.origin, ground) : Infinity;
    const sheet = ray && stacks.meet(ray, away);
    if (sheet) return { ...sheet.place, sheet };
    if (!ground) return null;
    const { longitude, latitude } = Cesium.Cartographic.fromCartesian(ground);
    return { lng: Cesium.Math.toDegrees(longitude), lat: Cesium.Math.toDegrees(latitude) };
  };

  const drawing = {
    windows: cells.windows, field: fields.field, failure: fields.failure, colours: fields.colours,
    // Sheets are painted anew where they stand.
    holds: (slice, id) => store.get().layers.some((one) => one.id === id && one.stack) || drapes.holds(slice, id),
    schedule: drapes.update, lookAhead: drapes.lookAhead,
    forget(dataset) {
      cells.forget(dataset);
      fields.forget(dataset);
      surfaceShown = null;
      update();
    },
    onRefresh(callback) {
      listeners.add(callback);
      return () => listeners.delete(callback);
    },
    whenComplete: new Promise((resolve) => {
      const end = setInterval(() => {
        if (!world.settled) return;
        clearInterval(end);
        performance.mark("first-complete");
        resolve();
      }, 200);
    }),
  };

  const world = {
    drawing, camera, widget, scene,
    layerAt: drapes.drawn,
    /** All values of a layer that are in view, without missing ones. */
    valuesShown(id) {
      const drawn = drapes.drawn(id);
      return drawn ? valuesInView(cells.windows, drawn) : [];
    },
    retry() {
      cells.windows.retry();
      fields.retry();
      surfaceShown = null;
      update();
    },
    resized() {
      requestAnimationFrame(() => {
        widget.resize();
        scene.requestRender();
      });
    },
    /** Whether all that the state wants is drawn. */
    get settled() {
      const layer = surfaceLayer();
      const hasSurface = (!layer || fields.failure(layer) || surfaceSlice !== null) && surfaceGiven === surfaceShown;
      return Boolean(app.scene && hasSurface && drapes.settled && stacks.settled && globe.tilesLoaded);
    },
    pick,
    /** What lies at a place as `pick` finds them: its sheet, then the uppermost layer, the surface last. */
    valuesAt({ sheet, ...place }) {
      const { layers } = store.get();
      const draped = layers.filter((one) => one.visible && !one.stack && !one.pictures).flatMap((layer) => {
        const drawn = drapes.drawn(layer.id);
        const values = drawn && valuesAt(cells.windows, drawn, place);
        return values ? [{ layer, field: drawn.slice.field, time: drawn.slice.time, ...values }] : [];
      });
      const found = sheet ? [sheet, ...draped] : draped;
      const layer = surfaceLayer();
      if (!surfaceSlice || layers.some((one) => one.visible && isSame(layer, one))) return found;
      const values = valuesAt(cells.windows, { slice: surfaceSlice }, place);
      return values ? [...found, { layer, field: surfaceSlice.field, time: surfaceSlice.time, ...values }] : found;
    },
    /** Reads the cells of the source's own resolution at a place, of the sheet that `pick` has found there too. */
    refine({ lng, lat }, sheet) {
      const slices = store.get().layers.map((one) => drapes.drawn(one.id)?.slice);
      for (const slice of [sheet?.slice, ...slices, surfaceSlice]) {
        const cell = slice?.field.grid.locate(lng, lat);
        if (!cell) continue;
        const { rows, columns } = slice.field.size(0);
        cells.load(slice, 0, [[Math.floor(cell.row / rows), Math.floor(cell.column / columns)]]).then(changed);
      }
    },
    /** Shows what the document of a scene says, after the state was set. */
    sceneChanged() {
      updateArea();
      updateBase();
      update();
    },
  };
  createLight(app, Cesium, widget, camera);
  // Cesium goes on with what it loads in the frames that it draws, and is not told when tiles of ours have come.
  scene.postRender.addEventListener(() => { if (!globe.tilesLoaded) setTimeout(() => scene.requestRender(), 30); });
  app.onTheme(() => {
    updateBase();
    stacks.renew();
  });
  store.subscribe((state) => [state.layers, state.time], update);
  let waiting = 0;
  store.subscribe((state) => state.exaggeration, () => {
    // While a slider is drawn, not every step is worth a new surface.
    clearTimeout(waiting);
    waiting = setTimeout(updateSurface, 200);
  });
  scene.renderError.addEventListener((_, error) => {
    console.error(error);
    app.notify(app.t("globe.drawing"), "error");
  });
  return world;
};
