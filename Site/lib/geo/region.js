// Areas: polygons, circles, boxes, and the cells whose middles lie in them.

import { InvalidError } from "../errors.js";
import { angleBetween, EARTH_RADIUS, toVector, wrapped } from "./sphere.js";

const BANDS = 256;

/**
 * @typedef {{type: "Polygon", coordinates: number[][][]}
 *   | {type: "MultiPolygon", coordinates: number[][][][]}
 *   | {type: "Circle", centre: [number, number], radius: number}
 *   | {type: "Box", bounds: [number, number, number, number]}} Shape
 *   Polygons as in GeoJSON: edges run straight in longitude and latitude, the shorter way round; a point counts by the
 *   even-odd rule. A ring that goes once around the earth encloses the pole nearer to it. Radius in metres. A box
 *   whose west is more than its east crosses the antimeridian.
 */

/**
 * An area.
 *
 * @typedef {object} Region
 * @property {(lon: number, lat: number) => boolean} contains
 * @property {[number, number, number, number]} bounds west, south, east, north; east ≥ west
 * @property {{centre: number[], radius: number}} cap a unit vector and an angle (radians) that take it in
 * @property {[number, number]} inside a place in its middle
 */

/**
 * Makes an area of a shape.
 *
 * @param {Shape} shape
 * @returns {Region}
 * @throws {InvalidError} if it is none
 */
export function openRegion(shape) {
  switch (shape?.type) {
    case "Feature": return openRegion(shape.geometry);
    case "Polygon": return polygons([shape.coordinates]);
    case "MultiPolygon": return polygons(shape.coordinates);
    case "Circle": return circle(shape);
    case "Box": return box(shape);
    default: throw new InvalidError(`An area is a polygon, a circle or a box, not ${JSON.stringify(shape?.type)}.`);
  }
}

function circle({ centre, radius }) {
  checkPlace(centre);
  if (!(radius > 0) || !Number.isFinite(radius)) throw new InvalidError("The radius of a circle is a positive number.");
  const middle = toVector(...centre);
  const angle = Math.min(radius / EARTH_RADIUS, Math.PI);
  const degrees = (angle * 180) / Math.PI;
  const [lon, lat] = centre;
  const holdsPole = Math.abs(lat) + degrees >= 90;
  const sine = Math.sin(angle) / Math.cos((lat * Math.PI) / 180);
  const width = holdsPole ? 180 : (Math.asin(Math.min(1, sine)) * 180) / Math.PI;
  return {
    contains: (x, y) => angleBetween(middle, toVector(x, y)) <= angle,
    bounds: [lon - width, Math.max(-90, lat - degrees), lon + width, Math.min(90, lat + degrees)],
    cap: { centre: middle, radius: angle },
    inside: [lon, lat],
  };
}

function box({ bounds }) {
  if (!Array.isArray(bounds) || bounds.length !== 4 || !bounds.every(Number.isFinite) || bounds[1] > bounds[3]) {
    throw new InvalidError("A box is four numbers: west, south, east, north.");
  }
  const [west, south, eastGiven, north] = bounds;
  const east = eastGiven < west ? eastGiven + 360 * Math.ceil((west - eastGiven) / 360) : eastGiven;
  const width = east - west;
  const ring = [[west, south], [east, south], [east, north], [west, north]];
  return {
    contains: (lon, lat) => lat >= south && lat <= north && lon - west - 360 * Math.floor((lon - west) / 360) <= width,
    bounds: [west, south, east, north],
    cap: capOf([ring], width >= 360),
    inside: [wrapped((west + east) / 2), (south + north) / 2],
  };
}

function polygons(list) {
  const parts = list.map(polygon);
  if (!parts.length) throw new InvalidError("An area of no polygons has no places.");
  // Parts to both sides of the antimeridian are brought together.
  const shift = (part) => 360 * Math.round((parts[0].west + parts[0].east - part.west - part.east) / 720);
  const least = (pick) => Math.min(...parts.map(pick));
  const most = (pick) => Math.max(...parts.map(pick));
  return {
    contains: (lon, lat) => parts.some((part) => part.contains(lon, lat)),
    bounds: [
      least((part) => part.west + shift(part)), least((part) => part.south),
      most((part) => part.east + shift(part)), most((part) => part.north),
    ],
    cap: capOf(parts.flatMap((part) => part.rings), parts.some((part) => part.holdsPole)),
    inside: parts[0].inside,
  };
}

/** One polygon with its holes: edges sorted into bands of latitude, so that a place is compared with few of them. */
function polygon(rings) {
  if (!Array.isArray(rings) || !rings.length) throw new InvalidError("A polygon has at least one ring.");
  const outer = unwrapped(rings[0]);
  const middle = (extent(outer.ring, 0)[0] + extent(outer.ring, 0)[1]) / 2;
  const holes = rings.slice(1).map((ring) => {
    const hole = unwrapped(ring).ring;
    const [low, high] = extent(hole, 0);
    const shift = 360 * Math.round((middle - (low + high) / 2) / 360);
    return hole.map(([lon, lat]) => [lon + shift, lat]);
  });
  const all = [outer.ring, ...holes];
  const [west, east] = extent(outer.ring, 0);
  const [south, north] = extent(outer.ring, 1);
  const bands = Array.from({ length: BANDS }, () => []);
  const bandOf = (lat) => Math.min(BANDS - 1, Math.max(0, Math.floor(((lat - south) / (north - south || 1)) * BANDS)));
  for (const ring of all) {
    for (let i = 1; i < ring.length; i += 1) {
      const edge = [...ring[i - 1], ...ring[i]];
      if (edge[1] === edge[3]) continue;
      const [from, to] = [bandOf(Math.min(edge[1], edge[3])), bandOf(Math.max(edge[1], edge[3]))];
      for (let band = from; band <= to; band += 1) bands[band].push(edge);
    }
  }
  const flat = bands.map((edges) => Float64Array.from(edges.flat()));
  const contains = (lon, lat) => {
    if (!(lat >= south && lat <= north)) return false;
    const edges = flat[bandOf(lat)];
    for (let x = lon - 360 * Math.floor((lon - west) / 360); x <= east; x += 360) {
      let isIn = false;
      for (let i = 0; i < edges.length; i += 4) {
        const [y1, y2] = [edges[i + 1], edges[i + 3]];
        if ((y1 > lat) === (y2 > lat)) continue;
        if (x < edges[i] + ((lat - y1) / (y2 - y1)) * (edges[i + 2] - edges[i])) isIn = !isIn;
      }
      if (isIn) return true;
    }
    return false;
  };
  return { contains, rings: all, west, east, south, north, holdsPole: outer.holdsPole, inside: centroid(outer.ring) };
}

const extent = (ring, axis) => ring.reduce(
  ([low, high], place) => [Math.min(low, place[axis]), Math.max(high, place[axis])], [Infinity, -Infinity]);

function checkPlace(place) {
  const isFine = Array.isArray(place) && Number.isFinite(place[0]) && Number.isFinite(place[1]) && Math.abs(place[1]) <= 90;
  if (!isFine) throw new InvalidError(`${JSON.stringify(place)} is no place: give longitude and latitude in degrees.`);
}

/** A closed ring whose longitudes do not jump; one around the earth is closed over the pole. */
function unwrapped(ring) {
  if (!Array.isArray(ring) || ring.length < 3) throw new InvalidError("The ring of a polygon has at least three places.");
  ring.forEach(checkPlace);
  const [first] = ring;
  const last = ring.at(-1);
  const closed = first[0] === last[0] && first[1] === last[1] ? ring : [...ring, first];
  const result = [[first[0], first[1]]];
  for (let i = 1; i < closed.length; i += 1) {
    const before = result[i - 1][0];
    // A step of more than half the earth is meant the other way round; one of a whole world's width is not.
    const step = closed[i][0] - closed[i - 1][0];
    result.push([before + (Math.abs(step) > 180 && Math.abs(step) < 360 ? step - 360 * Math.sign(step) : step), closed[i][1]]);
  }
  const turn = Math.round((result.at(-1)[0] - result[0][0]) / 360);
  if (turn === 0) return { ring: result, holdsPole: false };
  const mean = result.reduce((sum, [, lat]) => sum + lat, 0) / result.length;
  const pole = mean < 0 ? -90 : 90;
  return { ring: [...result, [result.at(-1)[0], pole], [result[0][0], pole], result[0]], holdsPole: true };
}

/** The centre of gravity in longitude and latitude. */
function centroid(ring) {
  let [x, y, twice] = [0, 0, 0];
  for (let i = 1; i < ring.length; i += 1) {
    const [x1, y1] = ring[i - 1];
    const [x2, y2] = ring[i];
    const part = (x1 - ring[0][0]) * (y2 - ring[0][1]) - (x2 - ring[0][0]) * (y1 - ring[0][1]);
    x += part * ((x1 + x2 + ring[0][0]) / 3);
    y += part * ((y1 + y2 + ring[0][1]) / 3);
    twice += part;
  }
  return twice === 0 ? [wrapped(ring[0][0]), ring[0][1]] : [wrapped(x / twice), y / twice];
}

/** A cap around rings: edges are followed in steps, since straight in longitude and latitude is not the shortest way. */
function capOf(rings, isWide) {
  if (isWide) return { centre: [0, 0, 1], radius: Math.PI };
  const vectors = [];
  for (const ring of rings) {
    ring.forEach(([lon, lat], i) => {
      const [nextLon, nextLat] = ring[(i + 1) % ring.length];
      const steps = Math.max(1, Math.ceil(Math.max(Math.abs(nextLon - lon), Math.abs(nextLat - lat)) / 5));
      for (let step = 0; step < steps; step += 1) {
        vectors.push(toVector(lon + ((nextLon - lon) * step) / steps, lat + ((nextLat - lat) * step) / steps));
      }
    });
  }
  const sum = vectors.reduce((all, v) => all.map((x, i) => x + v[i]), [0, 0, 0]);
  const length = Math.hypot(...sum);
  if (length < 1e-6) return { centre: [0, 0, 1], radius: Math.PI };
  const centre = sum.map((x) => x / length);
  const radius = Math.max(...vectors.map((v) => angleBetween(centre, v))) * 1.02 + 0.002;
  // What is wider than half the earth may be meant inside or outside; then everything is looked at.
  return radius > Math.PI / 2 ? { centre: [0, 0, 1], radius: Math.PI } : { centre, radius };
}
