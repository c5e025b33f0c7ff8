// Places and cells: grids of every kind, areas, lines, distances.

export { openGrid } from "./grid.js";
export { cellAreas, chunksOf, fittingMask, maskOf } from "./mask.js";
export { openRegion } from "./region.js";
export {
  bearing, between, circleRing, destination, distance, EARTH_RADIUS, rectangleArea, toLonLat, toVector, wrapped,
} from "./sphere.js";
export { transect } from "./transect.js";
