// Places as the state keeps them: GeoJSON features with properties {id, title, colour}.

import { continuous } from "./draw-shapes.js";
import { freeColour } from "./chart-scales.js";

const DIGITS = 5;

/** Every position of a geometry, flat. */
export const positions = (geometry) => {
  const flat = (item) => (typeof item[0] === "number" ? [item] : item.flatMap(flat));
  return flat(geometry.coordinates);
};

/** [west, south, east, north] of a geometry; west may be below -180 where it crosses the antimeridian. */
export const boundsOf = (geometry) => {
  const all = continuous(positions(geometry));
  const sides = (index) => all.reduce(
    ([low, high], one) => [Math.min(low, one[index]), Math.max(high, one[index])], [Infinity, -Infinity]);
  const [west, east] = sides(0);
  const [south, north] = sides(1);
  return [west, south, east, north];
};

/** A metre or so: more digits only lengthen the address. */
const rounded = (coordinates) =>
  (typeof coordinates === "number" ? Math.round(coordinates * 10 ** DIGITS) / 10 ** DIGITS : coordinates.map(rounded));

const KINDS = { Point: "point", LineString: "line", Polygon: "area", MultiPolygon: "area" };

/** "point", "line" or "area". */
export const kindOf = (place) => KINDS[place.geometry.type];

const freshId = (places) => {
  const taken = new Set(places.map((one) => one.properties.id));
  for (let i = 1; ; i += 1) if (!taken.has(`p${i}`)) return `p${i}`;
};

/** A new place beside those there are; `title(kind, number)` names it where it has no name. */
export const placeFrom = (places, { geometry, name, colour }, title) => {
  const kind = KINDS[geometry.type];
  const number = 1 + places.filter((one) => kindOf(one) === kind).length;
  return {
    type: "Feature",
    properties: {
      id: freshId(places), title: name?.trim() || title(kind, number),
      colour: colour ?? freeColour(places.map((one) => one.properties.colour)),
    },
    geometry: { type: geometry.type, coordinates: rounded(geometry.coordinates) },
  };
};

/** All places of a file beside those there are. */
export const placesFrom = (places, found, title) =>
  found.reduce((all, one) => [...all, placeFrom(all, one, title)], places);

/** Position for a label: the point, the middle of a line, the middle of what an area spans. */
export const anchor = (geometry) => {
  if (geometry.type === "Point") return geometry.coordinates;
  const all = positions(geometry);
  if (geometry.type === "LineString") return all[all.length >> 1];
  const [west, south, east, north] = boundsOf(geometry);
  return [(west + east) / 2, (south + north) / 2];
};

/** Places as a GeoJSON file, to be read by other programs. */
export const toGeoJson = (places) => ({
  type: "FeatureCollection",
  features: places.map((place) => ({
    type: "Feature", id: place.properties.id,
    properties: { name: place.properties.title, colour: place.properties.colour },
    geometry: place.geometry,
  })),
});
