// Shapes from the positions a person sets on the map, one after the other.

import { circleRing, distance } from "../../lib/geo/index.js";

/** Longitudes of a ring made continuous, so that a shape across the antimeridian stays one shape. */
export const continuous = (positions) => {
  let [before] = positions[0] ?? [0];
  return positions.map(([longitude, latitude]) => {
    before = longitude - 360 * Math.round((longitude - before) / 360);
    return [before, latitude];
  });
};

const ring = (positions) => [...positions, positions[0]];

/** `least` positions make the shape; with `more` it goes on until the person ends it. */
export const SHAPES = {
  point: { least: 1, make: ([at]) => ({ type: "Point", coordinates: at }) },
  line: { least: 2, more: true, make: (all) => ({ type: "LineString", coordinates: all }) },
  polygon: { least: 3, more: true, make: (all) => ({ type: "Polygon", coordinates: [ring(all)] }) },
  circle: {
    least: 2,
    make: ([centre, edge]) => ({ type: "Polygon", coordinates: [circleRing(centre, distance(centre, edge))] }),
  },
  box: {
    least: 2,
    make: ([[west, south], [east, north]]) => ({
      type: "Polygon",
      coordinates: [ring([[west, south], [east, south], [east, north], [west, north]])],
    }),
  },
};

/** The geometry of a shape, or nothing while too few positions are set. */
export const shapeOf = (kind, positions) => {
  const { least, make } = SHAPES[kind];
  return positions.length < least ? undefined : make(continuous(positions));
};

/** What is shown while drawing: the shape, or the line to it, and the positions already set. */
export const sketch = (kind, positions, pointer) => {
  const all = continuous(pointer ? [...positions, pointer] : positions);
  const geometry = all.length >= SHAPES[kind].least ? SHAPES[kind].make(all)
    : all.length > 1 ? { type: "LineString", coordinates: all } : undefined;
  return {
    type: "GeometryCollection",
    geometries: [
      ...(geometry && geometry.type !== "Point" ? [geometry] : []),
      ...positions.map((coordinates) => ({ type: "Point", coordinates })),
    ],
  };
};
