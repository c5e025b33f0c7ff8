// What can be done with places from several panels.

import { activeLayer } from "../state.js";
import { isNarrow } from "../dom.js";
import { extrasOf } from "../site.js";
import { draw } from "./draw.js";
import { boundsOf, placesFrom } from "./places-model.js";
import { fromGeoJson } from "./places-read.js";

const published = new WeakMap();

/** The named places that a dataset comes with, as features like the user's own. */
export const placesOf = async (app, dataset) => {
  const document = await app.site.dataset(dataset);
  if (!published.has(document)) {
    published.set(document, app.site.places(document).then((collection) =>
      (collection ? fromGeoJson(collection) : []).map(({ geometry, name, colour }, index) => ({
        type: "Feature", geometry,
        properties: { id: `${dataset}:${index}`, title: name ?? `${index + 1}`, colour },
      }))));
    published.get(document).catch(() => published.delete(document));
  }
  return published.get(document);
};

/** The place of an id: one of the user's, or one that a dataset comes with; or nothing. */
export const findPlace = async (app, id) => {
  const own = app.store.get().places.find((one) => one.properties.id === id);
  if (own || !id?.includes(":")) return own;
  const dataset = id.slice(0, id.lastIndexOf(":"));
  return (await placesOf(app, dataset)).find((one) => one.properties.id === id);
};

/** Adds places to the state; gives their ids. */
export const addPlaces = (app, found) => {
  const before = app.store.get().places;
  const title = (kind, number) => app.t(`places.new.${kind}`, { number });
  const places = placesFrom(before, found, title);
  app.store.set({ places });
  return places.slice(before.length).map((one) => one.properties.id);
};

/** What is shown now, as a series names it: {dataset, variable, dims}, or nothing. */
export const shownVariable = (state) => {
  const layer = activeLayer(state);
  if (!layer?.dataset || !layer.variable) return undefined;
  return { dataset: layer.dataset, variable: layer.variable, dims: layer.dims ?? {},
    ...(layer.kind === "expression" ? { expression: layer.expression, title: layer.title, units: layer.units } : {}) };
};

const alike = (a, b) => ["place", "dataset", "variable", "expression", "method"].every((key) => a[key] === b[key])
  && JSON.stringify(a.dims) === JSON.stringify(b.dims);

/** Adds series of a place to the chart, those that it does not hold yet. */
export const addSeries = (app, wanted) => {
  app.store.set((state) => {
    const fresh = wanted.filter((one) => !state.series.some((other) => alike(one, other)));
    return fresh.length ? { series: [...state.series, ...fresh] } : null;
  });
};

/** The shown variable at a place, drawn as a chart below the map. */
export const showSeries = (app, place) => {
  const shown = shownVariable(app.store.get());
  if (shown) addSeries(app, [{ ...shown, place, method: "mean" }]);
  app.openPanel("series");
};

/** Statistics of a place at the shown time. */
export const showStatistics = (app, place) => {
  app.store.set({ place, panel: "statistics" });
};

/** Moves the map to a place. */
export const locate = (app, place) => {
  const [west, south, east, north] = boundsOf(place.geometry);
  const { gl } = app.map;
  if (west === east && south === north) gl.easeTo({ center: [west, south], zoom: Math.max(gl.getZoom(), 5) });
  else gl.fitBounds([[west, south], [east, north]], { padding: 60, maxZoom: 9 });
  app.announce(app.t("places.located", { title: place.properties.title }));
};

/** Removes a place and what was made from it. */
export const removePlace = (app, id) => {
  app.store.set((state) => ({
    places: state.places.filter((one) => one.properties.id !== id),
    series: state.series.filter((one) => one.place !== id),
    place: state.place === id ? null : state.place,
  }));
};

/** Changes the title or colour of a place. */
export const changePlace = (app, id, patch) => {
  app.store.set((state) => ({
    places: state.places.map((one) => (one.properties.id === id
      ? { ...one, properties: { ...one.properties, ...patch } } : one)),
  }));
};

/** Lets a person draw a place; on a small screen the panel makes room meanwhile. Gives its id. */
export const drawPlace = async (app, kind) => {
  const narrow = isNarrow();
  const { panel } = app.store.get();
  if (narrow) app.store.set({ panel: null });
  const geometry = await draw(app, kind);
  if (narrow) app.store.set({ panel });
  return geometry && addPlaces(app, [{ geometry }])[0];
};

/** Whether a variable of a dataset document changes with time. */
export const hasTime = (variable) => variable.dimensions.some((one) => one.isTime);

/** Dimensions of a variable besides time with the given or else their first values. */
export const dimsFor = (variable, dims = {}) => Object.fromEntries(extrasOf(variable).map((one) =>
  [one.name, one.values.includes(dims[one.name]) ? dims[one.name] : one.default ?? one.values[0]]));
