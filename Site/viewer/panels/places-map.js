// Names of all places on the map, and the shapes of those that a dataset comes with; the user's own
// shapes are drawn with the base map.

import { anchor } from "./places-model.js";

const PUBLISHED = "published-places";
const LABELS = "place-labels";
const SHAPES = ["places-fill", "places-line", "places-point", `${PUBLISHED}-line`, `${PUBLISHED}-point`];

const colour = ["coalesce", ["get", "colour"], "#14211f"];
const is = (...types) => ["in", ["geometry-type"], ["literal", types]];
const source = () => ({ type: "geojson", data: collection([]) });
const collection = (features) => ({ type: "FeatureCollection", features });

/** Labels of some places; those of areas stand in their middle. */
const label = (id, filter, layout) => ({
  id, source: LABELS, type: "symbol", filter,
  layout: { "text-field": ["get", "title"], "text-size": 13, "text-font": ["system-ui, sans-serif"], "text-padding": 3, ...layout },
  paint: { "text-color": "#14211f", "text-halo-color": "#ffffff", "text-halo-width": 1.8 },
});

const layers = [
  { id: `${PUBLISHED}-halo`, source: PUBLISHED, type: "line", filter: is("Polygon", "LineString"),
    paint: { "line-color": "#ffffff", "line-width": 3.5, "line-opacity": 0.8 } },
  { id: `${PUBLISHED}-line`, source: PUBLISHED, type: "line", filter: is("Polygon", "LineString"),
    paint: { "line-color": colour, "line-width": 1.5 } },
  { id: `${PUBLISHED}-point`, source: PUBLISHED, type: "circle", filter: is("Point"),
    paint: { "circle-radius": 4.5, "circle-color": "#ffffff", "circle-stroke-color": colour, "circle-stroke-width": 2.5 } },
  label(`${LABELS}-points`, ["!", ["get", "wide"]], { "text-variable-anchor": ["left", "right", "top", "bottom"], "text-radial-offset": 0.8 }),
  label(LABELS, ["get", "wide"], {}),
];

/** Keeps a MapLibre map's labels and published places like the lists that `show` is given. */
export class PlacesOnMap {
  constructor(gl) {
    this.gl = gl;
    const add = () => {
      gl.addSource(PUBLISHED, source());
      gl.addSource(LABELS, source());
      for (const layer of layers) gl.addLayer(layer);
      this.added = true;
      this.draw();
    };
    // The base style is there once its sources are; whether they are loaded does not matter.
    if (gl.getSource("places")) add(); else gl.once("style.load", add);
  }

  show(own, published) {
    Object.assign(this, { own, published });
    this.draw();
  }

  draw() {
    const { gl, own, published } = this;
    if (!this.added || !own) return;
    gl.getSource(PUBLISHED).setData(collection(published));
    gl.getSource(LABELS).setData(collection([...own, ...published].map((place) => ({
      type: "Feature", properties: { ...place.properties, wide: place.geometry.type !== "Point" },
      geometry: { type: "Point", coordinates: anchor(place.geometry) },
    }))));
  }

  /** The id of the place under a point of the screen, points before areas; or nothing. */
  at({ x, y }) {
    const ids = SHAPES.filter((id) => this.gl.getLayer(id));
    const found = this.gl.queryRenderedFeatures([[x - 6, y - 6], [x + 6, y + 6]], { layers: ids });
    return (found.find((one) => one.geometry.type === "Point") ?? found[0])?.properties.id;
  }
}
