// A cube of a variable, opened: its axes, how it stands in space, and where its values are read.

import { openSeries } from "../lib/stats/open.js";
import { extrasOf, timeOf } from "../viewer/site.js";
import { axesOf } from "./axes.js";

/** The dimensions of a variable that can be the third one of a cube. */
export const leadsOf = (variable) => variable?.dimensions.filter((one) => one.values.length > 1) ?? [];

/** The one that a state names, else time, else the longest. */
export const leadOf = (variable, name) => {
  const leads = leadsOf(variable);
  return leads.find((one) => one.name === name) ?? leads.find((one) => one.isTime)
    ?? [...leads].sort((a, b) => b.values.length - a.values.length)[0];
};

/** Where the cube of a variable is cut at first: what stands in front shows much of it, as the first map of it does. */
export const firstBox = (variable) => {
  const lead = leadOf(variable);
  const isLast = !lead?.isTime || !lead.default || lead.default === lead.values.at(-1);
  return { lead: isLast ? null : [null, lead.default], rows: null, columns: null };
};

const PRESSURE = /^(pa|hpa|mbar|mb|millibars?|bar|dbar|decibars?|kpa)$/i;
const HEIGHT = /^(m|km|metres?|meters?|feet|ft)$/i;

/** Which way is up along a dimension: 1 or -1, 0 where it does not stand upright. */
export const uprightOf = ({ isTime, units = "", title = "", name }, attributes = {}) => {
  if (isTime) return 0;
  if (attributes.positive === "up") return 1;
  if (attributes.positive === "down" || PRESSURE.test(units)) return -1;
  if (!HEIGHT.test(units) && attributes.axis !== "Z") return 0;
  return /depth/i.test(`${name} ${title}`) ? -1 : 1;
};

const LONG_SIDE = 2;
/** How long the third axis is where it has few cells, and the shortest side of a map, as shares of the longest. */
const SHORTEST = 0.45;

/** Lengths in the world along the lead, rows and columns. */
export const lengthsOf = (grid, counts, stretch, isUpright) => {
  let aspect = grid.columns / grid.rows;
  if (grid.kind === "geographic") {
    const [west, south, east, north] = grid.bounds;
    const shrink = east - west < 180 ? Math.max(0.3, Math.cos((south + north) / 360 * Math.PI)) : 1;
    aspect = (east - west) * shrink / Math.max(1e-9, north - south);
  }
  aspect = Math.min(Math.max(aspect, SHORTEST), 1 / SHORTEST);
  const [rows, columns] = aspect >= 1 ? [LONG_SIDE / aspect, LONG_SIDE] : [LONG_SIDE, LONG_SIDE * aspect];
  const share = Math.min(1, Math.max(SHORTEST, Math.sqrt(counts[0] / Math.max(counts[1], counts[2]))));
  // What stands upright is rarely as high as it is wide.
  return [LONG_SIDE * share * (isUpright ? 0.7 : 1) * stretch, rows, columns];
};

/** Reads the one-dimensional coordinates of a grid's rows or columns; undefined where there are none. */
const coordinateOf = async (group, name, count) => {
  if (!await group.has(`0/${name}`)) return undefined;
  const array = await group.array(`0/${name}`);
  if (array.shape.length !== 1 || array.shape[0] !== count) return undefined;
  return { values: (await array.getValues([null], { wide: true })).data, units: array.attributes.units };
};

/** The arrays of the cube, one for each level, as a source of faces. */
const cubeSource = async (group, levels, key, leading, picked) => ({
  leading, picked,
  levels: await Promise.all(Array.from({ length: levels }, async (_, level) => {
    const array = await group.array(`${level}/${key}`);
    return { level, parts: [{ array, first: 0 }] };
  })),
});

/** The arrays of the series, in which all times of a few cells lie together; undefined where there are none. */
const seriesSource = async (app, document, key, picked) => {
  if (!document.series) return undefined;
  const group = await app.pools.series(document.id);
  const { levels } = await openSeries(group, key);
  return {
    leading: 0, picked,
    levels: levels.map(({ level, array, recent }) => ({
      level, parts: [{ array, first: 0 }, ...(recent ? [{ array: recent, first: array.shape[0] }] : [])],
    })),
  };
};

/** Chunks of the levels of a source along the cube's axes, as plans of faces want them. */
export const chunksOf = ({ levels, leading }) => levels.map(({ level, parts: [{ array }] }) => ({
  level, chunks: [array.chunkShape[leading], ...array.chunkShape.slice(-2)],
}));

/**
 * Opens the cube of a layer.
 *
 * @param {object} app
 * @param {object} layer
 * @param {{time: string, lead: string}} at the time that is shown where time is not the third dimension
 * @returns {Promise<object>} {key, layer, document, variable, lead, axes, counts, grid, map, series, upright, array, cubeGroup,
 *   names, areClasses}; `map` and `series` are sources of faces
 * @throws with the code "flat" where a variable has no third dimension
 */
export const openCube = async (app, layer, { lead: wanted, positions }) => {
  // Both are asked for at once.
  app.site.dataset(layer.dataset).then(({ series }) => series && app.pools.series(layer.dataset)).catch(() => {});
  const { document, group, levels, grid: gridOf } = await app.pools.cube(layer.dataset);
  const variable = document.variable(layer.variable);
  if (!variable) throw Object.assign(new Error(layer.variable), { code: "not-found" });
  const lead = leadOf(variable, wanted);
  if (!lead) throw Object.assign(new Error(variable.title), { code: "flat" });
  const [grid, array] = await Promise.all([gridOf(variable.grid), group.array(`0/${variable.key}`)]);
  const leads = array.dimensions.slice(0, -2);
  const names = array.dimensions.slice(-2);
  const leading = Math.max(0, leads.indexOf(lead.name));
  const picked = leads.map((name) => positions(variable, name));
  const coordinates = grid.kind === "geographic" ? []
    : await Promise.all(names.map((name, i) => coordinateOf(group, name, i ? grid.columns : grid.rows).catch(() => undefined)));
  const attributes = await group.has(`0/${lead.name}`) ? (await group.array(`0/${lead.name}`)).attributes : {};
  const [map, series] = await Promise.all([
    cubeSource(group, levels, variable.key, leading, picked),
    lead.isTime ? seriesSource(app, document, variable.key, picked).catch((error) => {
      console.warn(error);
      return undefined;
    }) : undefined,
  ]);
  const axes = axesOf(app, { lead, document, grid, names, coordinates });
  return {
    layer, document, variable, lead, grid, names, group, array, axes, counts: axes.map((one) => one.count),
    upright: uprightOf(lead, attributes), areClasses: variable.kind === "categorical", map, series,
    key: JSON.stringify([layer.dataset, layer.variable, lead.name, picked.map((one, i) => (i === leading ? 0 : one))]),
    /** Where faces of a side are read: maps from the cube, what runs along time from the series. */
    source: (side) => (side.axis === 0 ? map : series ?? map),
  };
};

/** The positions along leading dimensions that a state picks, as `openCube` asks for them. */
export const positionsAt = (nearestTime, { time, layer }) => (variable, name) => {
  const ofTime = timeOf(variable);
  if (ofTime?.name === name) return nearestTime(ofTime.values, time);
  const dimension = extrasOf(variable).find((one) => one.name === name);
  return dimension ? Math.max(0, dimension.values.indexOf(layer.dims?.[name] ?? dimension.default)) : 0;
};

/** The extent of a cube in its own cells: all of it. */
export const wholeOf = ({ counts }) => counts.map((count) => [0, count]);

/** How the axes of a cube stand in the world, for `Frame`. */
export const standingOf = ({ grid, axes, counts, upright }, stretch) => {
  const lengths = lengthsOf(grid, counts, stretch, upright !== 0);
  const [, rows, columns] = axes;
  const eastwards = columns.rises ? 1 : -1;
  return upright
    // The map lies flat, north away from the viewer.
    ? [{ world: 1, sign: upright, length: lengths[0] }, { world: 2, sign: rows.rises ? -1 : 1, length: lengths[1] },
      { world: 0, sign: eastwards, length: lengths[2] }]
    // The map stands, and time comes towards the viewer.
    : [{ world: 2, sign: 1, length: lengths[0] }, { world: 1, sign: rows.rises ? 1 : -1, length: lengths[1] },
      { world: 0, sign: eastwards, length: lengths[2] }];
};
