// Mercator coordinates.

const rad = Math.PI / 180;

/** Mercator coordinates as MapLibre has them: x from 0 (180° west) to 1, y from 0 (north). */
export const mercatorX = (lon) => lon / 360 + 0.5;
export const mercatorY = (lat) => {
  // Not to the very pole, which lies at infinity.
  const clamped = Math.min(Math.max(lat, -89.9999), 89.9999);
  return 0.5 - Math.log(Math.tan(Math.PI / 4 + clamped * rad / 2)) / (2 * Math.PI);
};
