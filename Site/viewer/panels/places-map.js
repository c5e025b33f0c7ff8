// Places on the map: shapes and labels, above every layer of data.

import { anchor } from "./places-model.js";

const SOURCE = "cubepress-places";
const LABELS = `${SOURCE}-labels`;
const FALLBACK = "#0b6a6f";

const colour = ["coalesce", ["get", "colour"], FALLBACK];
const is = (...types) => ["in", ["geometry-type"], ["literal", types]];

const layers = [
  { id: `${SOURCE}-area`, type: "fill", filter: is("Polygon"), paint: { "fill-color": colour, "fill-opacity": 0.12 } },
  { id: `${SOURCE}-halo`, type: "line", filter: is("Polygon", "LineString"),
    paint: { "line-color": "#ffffff", "line-width": 4, "line-opacity": 0.8 } },
  { id: `${SOURCE}-line`, type: "line", filter: is("Polygon", "LineString"), paint: { "line-color": colour, "line-width": 2.2 } },
  { id: `${SOURCE}-point`, type: "circle", filter: is("Point"),
    paint: { "circle-radius": 6, "circle-color": colour, "circle-stroke-color": "#ffffff", "circle-stroke-width": 2 } },
  { id: LABELS, source: LABELS, type: "symbol",
    layout: {
      "text-field": ["get", "title"], "text-size": 13, "text-font": ["system-ui, sans-serif"],
      "text-variable-anchor": ["left", "right", "top", "bottom"], "text-radial-offset": 0.8, "text-padding": 3,
    },
    paint: { "text-color": "#14211f", "text-halo-color": "#ffffff", "text-halo-width": 1.8 } },
];

const collection = (features) => ({ type: "FeatureCollection", features });

/** Keeps the map's places like a list that `show` is given. */
export class PlacesOnMap {
  constructor(map) {
    this.map = map;
    this.places = [];
    this.again = () => this.draw();
    // A change of the base map takes all sources with it.
    map.on("styledata", this.again);
  }

  show(places) {
    this.places = places;
    this.fresh = true;
    this.draw();
  }

  draw() {
    const { map, places } = this;
    if (!map.style?._loaded && !map.isStyleLoaded()) return;
    if (!map.getSource(SOURCE)) {
      map.addSource(SOURCE, { type: "geojson", data: collection([]) });
      map.addSource(LABELS, { type: "geojson", data: collection([]) });
      for (const layer of layers) map.addLayer({ source: SOURCE, ...layer });
      this.fresh = true;
    }
    if (!this.fresh) return;
    this.fresh = false;
    map.getSource(SOURCE).setData(collection(places));
    map.getSource(LABELS).setData(collection(places.map((place) => ({
      type: "Feature", properties: place.properties,
      geometry: { type: "Point", coordinates: anchor(place.geometry) },
    }))));
  }

  /** The place under a point of the screen, or nothing. */
  at(point) {
    const near = [[point.x - 6, point.y - 6], [point.x + 6, point.y + 6]];
    const ids = layers.filter((one) => one.id !== LABELS).map((one) => one.id).filter((id) => this.map.getLayer(id));
    return this.map.queryRenderedFeatures(near, { layers: ids })[0]?.properties.id;
  }
}
