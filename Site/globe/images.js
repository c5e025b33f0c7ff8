// What is draped over the surface: imagery providers of Cesium's, of values of a cube or of the published pictures.

import { pixelAxes } from "../lib/globe/index.js";
import { nothing, painted } from "../viewer/layer/painted.js";
import { boxOf } from "./cesium.js";
import { finestZoom } from "./surface.js";

const SIZE = 256;

/** What all providers have. */
const provider = (Cesium, tilingScheme, more) => ({
  tilingScheme, tileWidth: SIZE, tileHeight: SIZE, minimumLevel: 0, rectangle: tilingScheme.rectangle,
  errorEvent: new Cesium.Event(), hasAlphaChannel: true, tileDiscardPolicy: undefined, credit: undefined,
  proxy: undefined, getTileCredits: () => undefined, pickFeatures: () => undefined, ...more,
});

/**
 * Tiles of a slice in a look {style, palette, bilinear}. `begun()` and `done()` are told of each tile, `used(level, list)`
 * which windows are read for it.
 */
export const valueImages = (Cesium, cells, slice, look, { begun, used, done }) => {
  const tilingScheme = new Cesium.GeographicTilingScheme();
  return provider(Cesium, tilingScheme, {
    // One zoom more than the cells need: their edges stay sharp.
    maximumLevel: finestZoom(slice.field.grid, SIZE) + 1,
    async requestImage(x, y, level) {
      const box = boxOf(Cesium, tilingScheme.tileXYToRectangle(x, y, level));
      begun();
      try {
        return painted(await cells.at(slice, pixelAxes(box, SIZE, SIZE), look.bilinear, used), look, SIZE, SIZE);
      } finally {
        done();
      }
    },
  });
};

/** Published pictures by the template of their addresses; those that are missing show nothing. */
export const publishedImages = (Cesium, address, { tileMatrixSet, maxzoom }) => {
  const tilingScheme = tileMatrixSet === "WebMercatorQuad"
    ? new Cesium.WebMercatorTilingScheme() : new Cesium.GeographicTilingScheme();
  return provider(Cesium, tilingScheme, {
    maximumLevel: maxzoom,
    async requestImage(x, y, level) {
      const answer = await fetch(address.replaceAll("{x}", x).replaceAll("{y}", y).replaceAll("{z}", level));
      // The image must be upright: WebGL counts rows from below.
      return answer.ok ? createImageBitmap(await answer.blob(), { imageOrientation: "flipY", premultiplyAlpha: "none" }) : nothing;
    },
  });
};
