// Mercator coordinates, and how the cells of a grid are spaced. Positions count cell edges of
// level 0, as in lib/geo: cell (i, j) reaches from i to i + 1 and from j to j + 1.

const rad = Math.PI / 180;

/** Mercator coordinates as MapLibre has them: x from 0 (180° west) to 1, y from 0 (north). */
export const mercatorX = (lon) => lon / 360 + 0.5;
export const mercatorY = (lat) => {
  // Not to the very pole, which lies at infinity.
  const clamped = Math.min(Math.max(lat, -89.9999), 89.9999);
  return 0.5 - Math.log(Math.tan(Math.PI / 4 + clamped * rad / 2)) / (2 * Math.PI);
};

/** Spacing of published edges: {regular, step} with the least step in degrees. */
export const spacingOf = (edges) => {
  if (!Array.isArray(edges)) return { regular: true, step: Math.abs(edges.step) };
  let least = Infinity;
  for (let i = 1; i < edges.length; i += 1) least = Math.min(least, Math.abs(edges[i] - edges[i - 1]));
  return { regular: false, step: least };
};
