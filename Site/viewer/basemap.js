// The map below and above the values: Natural Earth (public domain), drawn from four small files.

const at = (name) => new URL(`./basemap/${name}.json`, import.meta.url).href;

const colours = (dark) => (dark
  ? { sea: "#101918", land: "#2b3735", coast: "#9fb3ae", border: "#8ea29d", grid: "#5d706c" }
  : { sea: "#e6eded", land: "#d3dbd8", coast: "#31443f", border: "#4a5c58", grid: "#7d8f8b" });

/** Lines every ten or thirty degrees. */
const graticule = () => {
  const lines = [];
  for (let lon = -180; lon < 180; lon += 30) {
    lines.push(Array.from({ length: 35 }, (_, i) => [lon, -85 + 5 * i]));
  }
  for (let lat = -60; lat <= 60; lat += 30) {
    lines.push(Array.from({ length: 73 }, (_, i) => [-180 + 5 * i, lat]));
  }
  return { type: "MultiLineString", coordinates: lines };
};

const source = (data) => ({ type: "geojson", data, maxzoom: 12, tolerance: 0.2 });
const empty = { type: "FeatureCollection", features: [] };

const line = (id, from, colour, width, more = {}) => ({
  id, type: "line", source: from, layout: { "line-join": "round" },
  paint: { "line-color": colour, "line-width": width, ...more },
});

/** Layers that lie above the values begin with this one. */
export const ABOVE = "graticule";

/** The style to begin with. */
export const baseStyle = (dark) => {
  const { sea, land, coast, grid } = colours(dark);
  return {
    version: 8,
    sources: {
      land: source(at("land")), coast: source(at("coast")), graticule: source(graticule()),
      places: source(empty), sketch: source(empty),
    },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": sea } },
      { id: "land", type: "fill", source: "land", paint: { "fill-color": land } },
      line("graticule", "graticule", grid, 0.6, { "line-opacity": 0.6 }),
      line("coast", "coast", coast, 0.9, { "line-opacity": 0.8 }),
      {
        id: "places-fill", type: "fill", source: "places", filter: ["==", ["geometry-type"], "Polygon"],
        paint: {
          "fill-color": ["coalesce", ["get", "colour"], "#0b6a6f"],
          "fill-opacity": ["coalesce", ["get", "opacity"], 0.15],
        },
      },
      line("places-line", "places", ["coalesce", ["get", "colour"], "#0b6a6f"], 2),
      {
        id: "places-point", type: "circle", source: "places", filter: ["==", ["geometry-type"], "Point"],
        paint: {
          "circle-color": ["coalesce", ["get", "colour"], "#0b6a6f"], "circle-radius": 6,
          "circle-stroke-color": "#ffffff", "circle-stroke-width": 2,
        },
      },
      {
        id: "sketch-fill", type: "fill", source: "sketch", filter: ["==", ["geometry-type"], "Polygon"],
        paint: { "fill-color": "#e5801a", "fill-opacity": 0.15 },
      },
      line("sketch-line", "sketch", "#e5801a", 2.5, { "line-dasharray": [2, 1] }),
      {
        id: "sketch-point", type: "circle", source: "sketch", filter: ["==", ["geometry-type"], "Point"],
        paint: { "circle-color": "#e5801a", "circle-radius": 5 },
      },
    ],
  };
};

/** What the overlays are called in the state, and the layer of each. */
export const overlays = ["coast", "borders", "graticule"];

/** Brings basemap and overlays of a map to what the state says. */
export const applyBasemap = (gl, state, dark) => {
  const { sea, land, coast, border, grid } = colours(dark);
  const paint = (layer, name, value) => gl.setPaintProperty(layer, name, value);
  const show = (layer, shown) =>
    gl.setLayoutProperty(layer, "visibility", shown ? "visible" : "none");
  paint("sea", "background-color", sea);
  paint("land", "fill-color", land);
  paint("coast", "line-color", coast);
  paint("graticule", "line-color", grid);
  show("land", state.basemap !== "none");
  for (const one of ["coast", "graticule"]) show(one, state.overlays.includes(one));
  onDemand(gl, "borders", state.overlays.includes("borders"), () => at("borders"),
    line("borders", "borders", border, 0.7, { "line-opacity": 0.7 }), "coast");
  const isNear = gl.getZoom() >= NEAR - 0.5;
  if (isNear) near ??= readNear();
  near?.then(({ lines, land: filled }) => {
    // Meanwhile the map may have gone, or lost its style together with its context.
    if (!gl.style || !gl.getLayer("land")) return;
    onDemand(gl, "land-near", state.basemap !== "none", () => filled,
      { id: "land-near", type: "fill", source: "land-near", minzoom: NEAR, paint: { "fill-color": land } }, "land");
    onDemand(gl, "coast-near", state.overlays.includes("coast"), () => lines,
      { ...line("coast-near", "coast-near", coast, 0.9, { "line-opacity": 0.8 }), minzoom: NEAR }, "places-fill");
    gl.setLayerZoomRange("land", 0, NEAR);
    gl.setLayerZoomRange("coast", 0, NEAR);
  }, () => { near = null; });
};

/** From this zoom on the rough coast would lie beside the data. */
const NEAR = 3;

/** The finer coast, read once, and the land within it. */
let near = null;

/** Waits until values are shown, or some seconds: a fine coast must not hold up the first picture. */
const pictured = async () => {
  for (let i = 0; i < 40 && !performance.getEntriesByName("first-picture").length; i += 1) {
    await new Promise((done) => { setTimeout(done, 100); });
  }
};

const readNear = async () => {
  await pictured();
  const [answer, { landWithin }] = await Promise.all([fetch(at("coast-near")), import("./land.js")]);
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status}`);
  const lines = await answer.json();
  return { lines, land: landWithin(lines.coordinates) };
};

/** Adds a layer when it is first wanted, of data that are only then asked for. */
const onDemand = (gl, name, wanted, data, layer, before) => {
  if (gl.getLayer(name)) {
    for (const [key, value] of Object.entries(layer.paint)) {
      if (key.endsWith("-color")) gl.setPaintProperty(name, key, value);
    }
    gl.setLayoutProperty(name, "visibility", wanted ? "visible" : "none");
  } else if (wanted) {
    gl.addSource(name, source(data()));
    gl.addLayer(layer, before);
  }
};
