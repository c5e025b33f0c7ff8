// Fields with a further dimension as surfaces one above the other: each place of a depth or level is a sheet that
// floats at its height, in the colours of the layer, with nothing where values are missing.

import { pixelAxes } from "../lib/globe/index.js";
import { lookFor, painted } from "../viewer/layer/painted.js";
import { finestZoom } from "./surface.js";

const MOST = 1024;

/** The heights of the sheets in metres: base + scale × value, or × number where values are no numbers. */
export const sheetHeights = (values, { scale, base = 0 }) =>
  values.map((text, i) => base + scale * (Number.isFinite(Number(text)) ? Number(text) : i));

/** How many pixels the sheets of a grid have, for a box in degrees. */
export const sheetSize = (grid, { west, south, east, north }) => {
  const perDegree = 256 * 2 ** finestZoom(grid, 256) / 180;
  const of = (degrees) => Math.round(Math.min(Math.max(degrees * perDegree, 32), MOST));
  return { width: of(east - west), height: of(north - south) };
};

/** Keeps the sheets of the layers that have `stack` in step with the state. */
export const createStacks = (app, Cesium, scene, { fields, cells, report, changed }) => {
  /** By layer: {field, sheets: [{value, primitive, key, wanted}]}. */
  const stacks = new Map();

  const material = (image, opacity) => Cesium.Material.fromType("Image", { image, color: new Cesium.Color(1, 1, 1, opacity) });

  const sheetOf = (box, height) => {
    const appearance = new Cesium.MaterialAppearance({
      flat: true, faceForward: true, translucent: true, closed: false,
      materialSupport: Cesium.MaterialAppearance.MaterialSupport.TEXTURED,
      material: material(document.createElement("canvas"), 1),
    });
    const geometry = new Cesium.RectangleGeometry({
      rectangle: Cesium.Rectangle.fromDegrees(box.west, box.south, box.east > 180 ? box.east - 360 : box.east, box.north),
      height, granularity: Cesium.Math.toRadians(2), vertexFormat: appearance.vertexFormat,
    });
    return scene.primitives.add(new Cesium.Primitive({
      geometryInstances: new Cesium.GeometryInstance({ geometry }), appearance, show: false,
    }));
  };

  const open = (layer, field) => {
    const dimension = field.variable.dimensions.find((one) => one.name === layer.stack.dimension);
    const [west, south, right, north] = field.document.bounds;
    const box = { west, south, east: right < west ? right + 360 : right, north };
    const heights = sheetHeights(dimension.values, layer.stack);
    return {
      field, box, size: sheetSize(field.grid, box),
      sheets: dimension.values.map((value, i) => ({ value, primitive: sheetOf(box, heights[i]), key: null, wanted: null })),
    };
  };

  const close = (id) => {
    for (const { primitive } of stacks.get(id).sheets) scene.primitives.remove(primitive);
    stacks.delete(id);
  };

  /** Reads and paints one sheet; what has been asked for later wins. */
  const draw = async (stack, sheet, slice, look, layer) => {
    const key = `${slice.key}|${look.key}|${look.bilinear}`;
    const { width, height } = stack.size;
    if (sheet.wanted !== key) {
      sheet.wanted = key;
      const values = await cells.at(slice, pixelAxes(stack.box, width, height), look.bilinear);
      if (sheet.wanted !== key || sheet.primitive.isDestroyed()) return;
      sheet.primitive.appearance.material = material(painted(values, look, width, height), layer.opacity ?? 1);
      sheet.primitive.show = true;
      sheet.key = key;
      changed();
    }
    sheet.primitive.appearance.material.uniforms.color.alpha = layer.opacity ?? 1;
    scene.requestRender();
  };

  const update = () => {
    const state = app.store.get();
    const live = new Set();
    for (const layer of state.layers) {
      if (!layer.stack || !layer.visible) continue;
      const field = fields.open(layer);
      if (!field) continue;
      live.add(layer.id);
      if (!stacks.has(layer.id)) stacks.set(layer.id, open(layer, field));
      const stack = stacks.get(layer.id);
      try {
        const look = lookFor(layer, field, fields.colours());
        for (const sheet of stack.sheets) {
          const slice = field.slice({
            time: layer.time ?? state.time, dims: { ...layer.dims, [layer.stack.dimension]: sheet.value },
          });
          draw(stack, sheet, slice, look, layer).catch((error) => report(error, layer.dataset));
        }
      } catch (error) {
        report(error, layer.dataset);
      }
    }
    for (const id of [...stacks.keys()]) if (!live.has(id)) close(id);
    scene.requestRender();
  };

  return {
    update,
    get settled() {
      return app.store.get().layers.every((layer) => !layer.stack || !layer.visible || Boolean(fields.failure(layer))
        || (stacks.get(layer.id)?.sheets.every((one) => one.key && one.key === one.wanted && one.primitive.ready) ?? false));
    },
  };
};
