// Distances and areas on the sphere. Angles are degrees, lengths metres; the radius is the authalic one of WGS 84,
// so that areas are those of the ellipsoid on the whole.

export const EARTH_RADIUS = 6371007.1809;

const RADIANS = Math.PI / 180;

/** The unit vector of a place. */
export function toVector(lon, lat) {
  const c = Math.cos(lat * RADIANS);
  return [c * Math.cos(lon * RADIANS), c * Math.sin(lon * RADIANS), Math.sin(lat * RADIANS)];
}

/** The place a vector of any length points at, longitude within -180 … 180. */
export const toLonLat = ([x, y, z]) => [Math.atan2(y, x) / RADIANS, Math.atan2(z, Math.hypot(x, y)) / RADIANS];

export const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const norm = (a) => Math.sqrt(dot(a, a));

/** The angle between two vectors in radians; exact for small ones too. */
export const angleBetween = (a, b) => Math.atan2(norm(cross(a, b)), dot(a, b));

/** Longitude within -180 (included) … 180. */
export const wrapped = (lon) => lon - 360 * Math.floor((lon + 180) / 360);

/** The length of the great circle between two places [lon, lat], in metres. */
export const distance = (a, b) => EARTH_RADIUS * angleBetween(toVector(...a), toVector(...b));

/** The direction of the great circle from one place to another, at the first; degrees clockwise from north, 0 … 360. */
export function bearing([lon1, lat1], [lon2, lat2]) {
  const turn = (lon2 - lon1) * RADIANS;
  const [p, q] = [lat1 * RADIANS, lat2 * RADIANS];
  const east = Math.sin(turn) * Math.cos(q);
  const north = Math.cos(p) * Math.sin(q) - Math.sin(p) * Math.cos(q) * Math.cos(turn);
  return (Math.atan2(east, north) / RADIANS + 360) % 360;
}

/** The place at a distance (metres) from another in a direction (degrees clockwise from north). */
export function destination([lon, lat], direction, metres) {
  const [t, d, p] = [direction * RADIANS, metres / EARTH_RADIUS, lat * RADIANS];
  const sine = Math.sin(p) * Math.cos(d) + Math.cos(p) * Math.sin(d) * Math.cos(t);
  const east = Math.sin(t) * Math.sin(d) * Math.cos(p);
  const north = Math.cos(d) - Math.sin(p) * sine;
  return [wrapped(lon + Math.atan2(east, north) / RADIANS), Math.asin(Math.min(1, Math.max(-1, sine))) / RADIANS];
}

/** The place at a share (0 … 1) of the great circle from one place to another. */
export function between(a, b, share) {
  const [u, v] = [toVector(...a), toVector(...b)];
  const angle = angleBetween(u, v);
  if (angle < 1e-12) return a;
  const [p, q] = [Math.sin((1 - share) * angle), Math.sin(share * angle)];
  return toLonLat([p * u[0] + q * v[0], p * u[1] + q * v[1], p * u[2] + q * v[2]]);
}

/** The area of a triangle of great circles between three unit vectors, in steradians (Van Oosterom and Strackee 1983). */
export const triangleArea = (a, b, c) =>
  2 * Math.atan2(Math.abs(dot(a, cross(b, c))), 1 + dot(a, b) + dot(b, c) + dot(c, a));

/** The area between two parallels and two meridians, in square metres. */
export const rectangleArea = (west, south, east, north) =>
  EARTH_RADIUS ** 2 * Math.abs((east - west) * RADIANS * (Math.sin(north * RADIANS) - Math.sin(south * RADIANS)));

/** A closed ring of places around a centre, for drawing a circle of a radius in metres. */
export function circleRing(centre, radius, sides = 64) {
  const ring = Array.from({ length: sides }, (_, i) => {
    const [lon, lat] = destination(centre, (-360 * i) / sides, radius);
    // The ring hangs together across the antimeridian.
    return [centre[0] + wrapped(lon - centre[0]), lat];
  });
  return [...ring, ring[0]];
}
