// Any field as the surface of the globe: tiles are meshes made from the values of the cube, with the
// normals by which light falls on them.

import { EARTH_RADIUS } from "../lib/geo/index.js";
import { facets, latticeOf, steepen, vertexAxes } from "../lib/globe/index.js";
import { filled } from "../viewer/layer/template.js";
import { boxOf } from "./cesium.js";

/** Vertices to a side of a tile. */
const COUNT = 65;

/** The zoom at which steps of `perTile` points are no larger than the cells of a grid. */
export const finestZoom = (grid, perTile) => {
  const middle = [grid.rows / 2, grid.columns / 2];
  const [a, b] = [grid.lonLat(...middle), grid.lonLat(middle[0] + 1, middle[1])];
  const cell = a && b ? Math.max(Math.hypot(b[1] - a[1], (b[0] - a[0]) * Math.cos(a[1] * Math.PI / 180)), 1e-5) : 0.1;
  return Math.max(0, Math.ceil(Math.log2(180 / perTile / cell)));
};

/**
 * How far the walls reach down that hang from the edges of a tile, in metres: over its own relief, and over what chords of
 * coarser neighbours, with points four times as far apart, lie below the curve of the earth.
 */
const skirtOf = (rectangle, relief) => Math.max(relief / 4, 2 * EARTH_RADIUS * (rectangle.height / (COUNT - 1)) ** 2);

/** Zooms of the smooth ellipsoid: its facets are not to be seen from any distance. */
const SMOOTH = 8;

/**
 * A terrain provider of Cesium's for one slice of a field; without one, for the smooth ellipsoid.
 *
 * Heights are metres above the ellipsoid: (value × scale + offset) × exaggeration; those of missing
 * values are `missing`, of the same kind as values.
 *
 * @throws nothing; a tile that cannot be read is flat
 */
export const createSurface = (Cesium, cells, slice, { scale = 1, offset = 0, missing = 0, exaggeration = 1 }) => {
  const tilingScheme = new Cesium.GeographicTilingScheme();
  const lattice = latticeOf(COUNT);
  const finest = slice ? finestZoom(slice.field.grid, COUNT - 1) : SMOOTH;
  const { ellipsoid } = tilingScheme;
  const occluder = new Cesium.EllipsoidalOccluder(ellipsoid);
  const levelZeroError = Cesium.TerrainProvider
    .getEstimatedLevelZeroGeometricErrorForAHeightmap(ellipsoid, COUNT, tilingScheme.getNumberOfXTilesAtLevel(0));
  const metres = (value) => ((Number.isNaN(value) ? missing : value) * scale + offset) * exaggeration;

  const meshOf = (rectangle, axes, heights, gone) => {
    const { vertices, normals, minimum, maximum } = facets(heights, axes, COUNT, gone);
    // The box of a tile is told by a few of its points, at the lowest and the highest of its heights.
    const corners = [];
    for (let j = 0; j <= 8; j += 1) {
      for (let i = 0; i <= 8; i += 1) {
        const longitude = rectangle.west + rectangle.width * i / 8;
        const latitude = rectangle.south + rectangle.height * j / 8;
        for (const height of [minimum, maximum]) corners.push(Cesium.Cartesian3.fromRadians(longitude, latitude, height));
      }
    }
    const sphere = Cesium.BoundingSphere.fromPoints(corners);
    return new Cesium.QuantizedMeshTerrainData({
      minimumHeight: minimum, maximumHeight: maximum, quantizedVertices: vertices, encodedNormals: normals,
      indices: lattice.indices, boundingSphere: sphere,
      orientedBoundingBox: Cesium.OrientedBoundingBox.fromRectangle(rectangle, minimum, maximum, ellipsoid),
      horizonOcclusionPoint: occluder.computeHorizonCullingPointPossiblyUnderEllipsoid(sphere.center, corners, minimum),
      westIndices: lattice.west, southIndices: lattice.south, eastIndices: lattice.east, northIndices: lattice.north,
      ...Object.fromEntries(["west", "south", "east", "north"].map((side) =>
        [`${side}SkirtHeight`, skirtOf(rectangle, maximum - minimum)])),
      childTileMask: 15,
    });
  };

  return {
    tilingScheme, errorEvent: new Cesium.Event(), credit: undefined, hasWaterMask: false, hasVertexNormals: true,
    availability: undefined,
    async requestTileGeometry(x, y, level) {
      const rectangle = tilingScheme.tileXYToRectangle(x, y, level);
      const axes = vertexAxes(boxOf(Cesium, rectangle), COUNT);
      const values = slice && await cells.at(slice, axes, true);
      const heights = values ?? new Float32Array((COUNT + 2) ** 2).fill(NaN);
      const gone = Uint8Array.from(heights, Number.isNaN);
      for (let i = 0; i < heights.length; i += 1) heights[i] = metres(heights[i]);
      return meshOf(rectangle, axes, heights, gone);
    },
    getLevelMaximumGeometricError: (level) => 2 * levelZeroError / 2 ** level,
    getTileDataAvailable: (x, y, level) => level <= finest,
    loadTileDataAvailability: () => undefined,
  };
};

/** How high the surface is drawn, in words; empty where the scene has none. */
export const heightsText = ({ scene, store, number, t }) =>
  (scene?.surface ? t("surface.times", { factor: number(store.get().exaggeration) }) : "");

/** Whether the heights of a surface are said to be above the geoid. */
export const isAboveGeoid = (site, { dataset, kind, variable }) => {
  const { terrain } = site.loaded.get(dataset) ?? {};
  return terrain?.heightsAbove === "geoid" && (kind === "terrain" || terrain.variable === variable);
};

/** The folder of the terrain that a surface has at a time: that of the nearest time there is. */
export const terrainAt = (site, { dataset, terrain, dims }, time) => {
  const path = filled(terrain, site.loaded.get(dataset)?.terrain?.dimensions ?? [], { time, dims });
  return site.root + path.replace(/layer\.json$/, "");
};

/**
 * A provider of published terrain tiles, exaggerated by what the tiles lack of it; Cesium exaggerates their heights, not their normals, so that slopes would lie in
 * too even a light.
 */
export const openTerrain = async (Cesium, address, exaggeration) => {
  const provider = await Cesium.CesiumTerrainProvider.fromUrl(address, { requestVertexNormals: true });
  const request = provider.requestTileGeometry.bind(provider);
  provider.requestTileGeometry = (x, y, level, ...more) => request(x, y, level, ...more)?.then((data) => {
    const { _encodedNormals: normals, _quantizedVertices: vertices } = data;
    const box = boxOf(Cesium, provider.tilingScheme.tileXYToRectangle(x, y, level));
    if (normals && vertices && exaggeration !== 1) steepen(normals, vertices, box, exaggeration);
    return data;
  });
  return provider;
};
