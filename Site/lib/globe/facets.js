// Heights as the mesh of a terrain tile: quantised vertices and normals as in quantized-mesh 1.0
// (github.com/CesiumGS/quantized-mesh), on a regular lattice.

import { EARTH_RADIUS } from "../geo/index.js";

const FULL = 32767;
const DEGREE = Math.PI / 180;

/** What all tiles of a lattice of `count` × `count` vertices share: triangles and the vertices of the four edges. */
export const latticeOf = (count) => {
  const indices = new Uint16Array(6 * (count - 1) ** 2);
  let at = 0;
  for (let j = 0; j + 1 < count; j += 1) {
    for (let i = 0; i + 1 < count; i += 1) {
      const [a, b] = [j * count + i, (j + 1) * count + i];
      // Counter-clockwise from above; row 0 lies in the north.
      indices.set([a, b, a + 1, a + 1, b, b + 1], at);
      at += 6;
    }
  }
  const edge = (place) => Uint16Array.from({ length: count }, (_, k) => place(k));
  return {
    count, indices, north: edge((k) => k), south: edge((k) => (count - 1) * count + k),
    west: edge((k) => k * count), east: edge((k) => k * count + count - 1),
  };
};

/** A unit vector in two bytes: the octahedron unfolded (quantized-mesh 1.0, oct-encoded per-vertex normals). */
export const octEncode = (x, y, z) => {
  const length = Math.abs(x) + Math.abs(y) + Math.abs(z);
  let [u, v] = [x / length, y / length];
  if (z < 0) [u, v] = [(1 - Math.abs(v)) * (u < 0 ? -1 : 1), (1 - Math.abs(u)) * (v < 0 ? -1 : 1)];
  return [u, v].map((one) => Math.round((Math.min(Math.max(one, -1), 1) * 0.5 + 0.5) * 255));
};

/** The unit vector of two bytes. */
export const octDecode = (a, b) => {
  let [x, y] = [a / 255 * 2 - 1, b / 255 * 2 - 1];
  const z = 1 - Math.abs(x) - Math.abs(y);
  if (z < 0) [x, y] = [(1 - Math.abs(y)) * (x < 0 ? -1 : 1), (1 - Math.abs(x)) * (y < 0 ? -1 : 1)];
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
};

/**
 * Makes the slopes that normals tell steeper, in place: those of a surface whose heights are exaggerated.
 *
 * @param {Uint8Array} normals two bytes for each vertex, in earth-centred axes
 * @param {Uint16Array} vertices all u, all v, …, 0 … 32767
 * @param {{west: number, south: number, east: number, north: number}} box of the tile in degrees
 * @param {number} factor
 */
export const steepen = (normals, vertices, { west, south, east, north }, factor) => {
  const count = normals.length / 2;
  for (let i = 0; i < count; i += 1) {
    const [lon, lat] = [west + (east - west) * vertices[i] / FULL, south + (north - south) * vertices[count + i] / FULL]
      .map((one) => one * DEGREE);
    const up = [Math.cos(lat) * Math.cos(lon), Math.cos(lat) * Math.sin(lon), Math.sin(lat)];
    const normal = octDecode(normals[2 * i], normals[2 * i + 1]);
    const rise = up.reduce((sum, one, k) => sum + one * normal[k], 0);
    const [u, v] = octEncode(...up.map((one, k) => one * rise + (normal[k] - one * rise) * factor));
    normals[2 * i] = u;
    normals[2 * i + 1] = v;
  }
};

/**
 * The mesh of a tile.
 *
 * @param {Float32Array} heights metres, (count + 2)² of them, those of `vertexAxes`
 * @param {{longitudes: Float64Array, latitudes: Float64Array}} axes of them
 * @param {number} count vertices to a side
 * @param {Uint8Array} [missing] 1 where a height stands for no value: it is level there, and slopes do not lean over the brink
 * @returns {{vertices: Uint16Array, normals: Uint8Array, minimum: number, maximum: number}} vertices: all u, all v, all
 *     heights, 0 … 32767; normals: two bytes each, in earth-centred axes
 */
export const facets = (heights, { longitudes, latitudes }, count, missing = new Uint8Array(heights.length)) => {
  const wide = count + 2;
  const rise = (here, a, b) => {
    const height = heights[missing[b] ? here : b] - heights[missing[a] ? here : a];
    return missing[a] || missing[b] ? 2 * height : height;
  };
  let [minimum, maximum] = [Infinity, -Infinity];
  for (let j = 1; j <= count; j += 1) {
    for (let i = 1; i <= count; i += 1) {
      const height = heights[j * wide + i];
      if (height < minimum) minimum = height;
      if (height > maximum) maximum = height;
    }
  }
  const all = count * count;
  const vertices = new Uint16Array(3 * all);
  const normals = new Uint8Array(2 * all);
  const scale = maximum > minimum ? FULL / (maximum - minimum) : 0;
  const across = 2 * (longitudes[2] - longitudes[1]) * DEGREE * EARTH_RADIUS;
  for (let j = 1, at = 0; j <= count; j += 1) {
    const [sinLat, cosLat] = [Math.sin(latitudes[j] * DEGREE), Math.cos(latitudes[j] * DEGREE)];
    const down = (latitudes[j - 1] - latitudes[j + 1]) * DEGREE * EARTH_RADIUS;
    // At a pole all longitudes are one place: it is level there.
    const eastward = cosLat > 1e-9 ? 1 / (across * cosLat) : 0;
    for (let i = 1; i <= count; i += 1, at += 1) {
      const here = j * wide + i;
      vertices[at] = Math.round((i - 1) / (count - 1) * FULL);
      vertices[all + at] = Math.round((count - j) / (count - 1) * FULL);
      vertices[2 * all + at] = Math.round((heights[here] - minimum) * scale);
      const isLevel = missing[here] || cosLat <= 1e-9;
      const east = isLevel ? 0 : -rise(here, here - 1, here + 1) * eastward;
      const north = isLevel ? 0 : -rise(here, here + wide, here - wide) / down;
      const [sinLon, cosLon] = [Math.sin(longitudes[i] * DEGREE), Math.cos(longitudes[i] * DEGREE)];
      // East, north and up in earth-centred axes.
      const [u, v] = octEncode(
        -sinLon * east - sinLat * cosLon * north + cosLat * cosLon,
        cosLon * east - sinLat * sinLon * north + cosLat * sinLon, cosLat * north + sinLat);
      normals[2 * at] = u;
      normals[2 * at + 1] = v;
    }
  }
  return { vertices, normals, minimum, maximum };
};
