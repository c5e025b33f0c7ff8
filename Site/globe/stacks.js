// Fields with a further dimension as surfaces one above the other: each place of a depth or level is a sheet that
// floats at its height, in the colours of the layer, with nothing where values are missing. Sheets are taken off from
// above; each has its edge and, where there is room, its name beside it.

import { pixelAxes, sheetHeights, shownSheets, withRoom } from "../lib/globe/index.js";
import { lookFor, painted } from "../viewer/layer/painted.js";
import { valuesAt } from "../viewer/layer/values.js";
import { unitsOf } from "../viewer/site.js";
import { finestZoom } from "./surface.js";

const MOST = 1024;
/** Around the whole globe a sheet has no corner that is seen. */
const WIDEST = 200;

/**
 * The colours of a picture. Where it is clear there is nothing at all, which would else hide the sheets below, and what is
 * clear does not darken what is beside it.
 */
const SOURCE = `
czm_material czm_getMaterial(czm_materialInput at) {
  czm_material material = czm_getDefaultMaterial(at);
  ivec2 size = textureSize(image, 0);
  vec4 here = texelFetch(image, min(ivec2(at.st * vec2(size)), size - 1), 0);
  // Before its first picture has come to the graphics card a sheet has one white pixel.
  if (size == ivec2(1) || here.a == 0.0) discard;
  vec4 smoothed = texture(image, at.st);
  material.diffuse = czm_gammaCorrect(abs(smoothed.a - here.a) < 0.004 ? smoothed.rgb : here.rgb);
  material.alpha = here.a * opacity;
  return material;
}`;

/** A place of a dimension with its units. */
const placeText = ({ units }, value) => [value, unitsOf(units)].filter(Boolean).join(" ");

/** How many pixels the sheets of a grid have, for a box in degrees. */
export const sheetSize = (grid, { west, south, east, north }) => {
  const perDegree = 256 * 2 ** finestZoom(grid, 256) / 180;
  const of = (degrees) => Math.round(Math.min(Math.max(degrees * perDegree, 32), MOST));
  return { width: of(east - west), height: of(north - south) };
};

/** Keeps the sheets of the layers that have `stack` in step with the state. */
export const createStacks = (app, Cesium, scene, { fields, cells, report, changed, colourOf }) => {
  /** By layer: {field, labels, sheets: [{value, height, primitive, edge, key, slice, wanted}]}. */
  const stacks = new Map();

  const material = () => new Cesium.Material({
    fabric: { uniforms: { image: document.createElement("canvas"), opacity: 1 }, source: SOURCE },
    translucent: ({ uniforms }) => uniforms.opacity < 1,
  });

  const rectangleOf = ({ west, south, east, north }) =>
    Cesium.Rectangle.fromDegrees(west, south, east > 180 ? east - 360 : east, north);

  const edgeOf = (box, height) => scene.primitives.add(new Cesium.Primitive({
    geometryInstances: new Cesium.GeometryInstance({
      geometry: new Cesium.RectangleOutlineGeometry({
        rectangle: rectangleOf(box), height, granularity: Cesium.Math.toRadians(2),
      }),
      attributes: { color: Cesium.ColorGeometryInstanceAttribute.fromColor(colourOf("--soft").withAlpha(0.75)) },
    }),
    appearance: new Cesium.PerInstanceColorAppearance({ flat: true, translucent: true }), show: false,
  }));

  const labelsOf = ({ west, south, east }, sheets, text) => {
    const labels = scene.primitives.add(new Cesium.LabelCollection({ scene }));
    const write = ({ value, height }, lon, side, away) => labels.add({
      show: false,
      position: Cesium.Cartesian3.fromDegrees(lon, south, height), text: text(value), font: "14px system-ui, sans-serif",
      fillColor: colourOf("--ink"), outlineColor: colourOf("--space"), outlineWidth: 4, style: Cesium.LabelStyle.FILL_AND_OUTLINE,
      horizontalOrigin: side, verticalOrigin: Cesium.VerticalOrigin.CENTER, pixelOffset: new Cesium.Cartesian2(away, 0), id: value,
    });
    // From above: what is uppermost has its name first.
    if (east - west < WIDEST) {
      for (const one of sheets) {
        write(one, west, Cesium.HorizontalOrigin.RIGHT, -8);
        write(one, east, Cesium.HorizontalOrigin.LEFT, 8);
      }
    }
    return labels;
  };

  const sheetOf = (box, height) => {
    const appearance = new Cesium.MaterialAppearance({
      flat: true, faceForward: true, translucent: true, closed: false,
      materialSupport: Cesium.MaterialAppearance.MaterialSupport.TEXTURED,
      material: material(),
    });
    const geometry = new Cesium.RectangleGeometry({
      rectangle: rectangleOf(box), height, granularity: Cesium.Math.toRadians(2), vertexFormat: appearance.vertexFormat,
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
    const sheets = dimension.values.map((value, i) => ({
      value, height: heights[i], primitive: sheetOf(box, heights[i]), edge: edgeOf(box, heights[i]), key: null, wanted: null,
    }));
    return {
      field, dimension, box, size: sheetSize(field.grid, box), sheets,
      labels: labelsOf(box, [...sheets].sort((a, b) => b.height - a.height), (value) => placeText(dimension, value)),
    };
  };

  /** Shows the sheets that are not taken off; those that were never painted stay away until they are. */
  const reveal = (stack, layer) => {
    const shown = new Set(shownSheets(stack.dimension.values, layer.stack));
    for (const sheet of stack.sheets) {
      sheet.isWanted = shown.has(sheet.value);
      sheet.primitive.show = sheet.isWanted && sheet.key !== null;
      sheet.edge.show = sheet.isWanted;
    }
  };

  // Where names have room depends on the eye.
  scene.preRender.addEventListener(() => {
    for (const { labels, sheets } of stacks.values()) {
      const wanted = new Set(sheets.filter(({ isWanted }) => isWanted).map(({ value }) => value));
      const all = Array.from({ length: labels.length }, (_, i) => labels.get(i));
      const room = withRoom(all.map((one) => (wanted.has(one.id) ? one.computeScreenSpacePosition(scene) : undefined)));
      all.forEach((one, i) => { one.show = room[i]; });
    }
  });

  const close = (id) => {
    const { sheets, labels } = stacks.get(id);
    for (const { primitive, edge } of sheets) {
      // Its pictures would else stay on the graphics card.
      primitive.appearance.material.destroy();
      for (const one of [primitive, edge]) scene.primitives.remove(one);
    }
    scene.primitives.remove(labels);
    stacks.delete(id);
  };

  /** A material sees a new picture in one frame and shows it in the next. */
  const renderTwice = () => {
    scene.requestRender();
    const end = scene.postRender.addEventListener(() => {
      end();
      scene.requestRender();
    });
  };

  /** Reads and paints one sheet; what has been asked for later wins. */
  const draw = async (stack, sheet, slice, look, layer) => {
    const key = `${slice.key}|${look.key}|${look.bilinear}`;
    const { width, height } = stack.size;
    if (sheet.wanted !== key) {
      sheet.wanted = key;
      const values = await cells.at(slice, pixelAxes(stack.box, width, height), look.bilinear);
      if (sheet.wanted !== key || sheet.primitive.isDestroyed()) return;
      // The material lets the picture before go, once this one is there.
      sheet.primitive.appearance.material.uniforms.image = painted(values, look, width, height);
      Object.assign(sheet, { key, slice });
      sheet.primitive.show = sheet.isWanted;
      changed();
    }
    sheet.primitive.appearance.material.uniforms.opacity = layer.opacity ?? 1;
    renderTwice();
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
        reveal(stack, layer);
        for (const sheet of stack.sheets.filter(({ isWanted }) => isWanted)) {
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

  /** Where a ray comes through a sheet that has a value there: in from above, or out from below. */
  const throughSheet = (ray, { field, dimension }, layer, sheet) => {
    const { x, y, z } = scene.globe.ellipsoid.radii;
    const ellipsoid = new Cesium.Ellipsoid(x + sheet.height, y + sheet.height, z + sheet.height);
    const interval = Cesium.IntersectionTests.rayEllipsoid(ray, ellipsoid);
    if (!interval) return [];
    return [interval.start, interval.stop].filter((away) => away > 0).flatMap((away) => {
      const { longitude, latitude } = ellipsoid.cartesianToCartographic(Cesium.Ray.getPoint(ray, away));
      const place = { lng: Cesium.Math.toDegrees(longitude), lat: Cesium.Math.toDegrees(latitude) };
      const found = valuesAt(cells.windows, sheet, place);
      if (!found || Number.isNaN(found.values[0])) return [];
      const { slice } = sheet;
      return [{ away, place, layer, field, slice, time: slice.time, sheet: placeText(dimension, sheet.value), ...found }];
    });
  };

  return {
    update,
    /** The first sheet that a ray meets where it has a value, as `valuesAt` of the globe gives it; none farther than `most`. */
    meet(ray, most) {
      const all = app.store.get().layers.filter((layer) => stacks.has(layer.id)).flatMap((layer) => {
        const stack = stacks.get(layer.id);
        return stack.sheets.filter(({ primitive }) => primitive.show).flatMap((sheet) => throughSheet(ray, stack, layer, sheet));
      });
      return all.filter(({ away }) => away < most).sort((a, b) => a.away - b.away).at(0);
    },
    /** Makes all sheets anew, in other colours of the page. */
    renew() {
      for (const id of [...stacks.keys()]) close(id);
      update();
    },
    get settled() {
      return app.store.get().layers.every((layer) => !layer.stack || !layer.visible || Boolean(fields.failure(layer))
        || (stacks.get(layer.id)?.sheets.every((one) => !one.isWanted || one.key && one.key === one.wanted && one.primitive.ready) ?? false));
    },
  };
};
