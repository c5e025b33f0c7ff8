// A field is what one layer shows: a variable, a difference, an expression, or three variables as
// red, green, blue. A slice is a field at one time and one place of its other dimensions: what can
// be read window by window.

import { timeOf } from "../site.js";
import { nearestTime } from "./times.js";

/** One variable of a cube: its arrays by level, and how a state's time becomes a position. */
const openSource = async (app, dataset, key) => {
  const cube = await app.pools.cube(dataset);
  const variable = cube.document.variable(key);
  if (!variable) throw Object.assign(new Error(key), { code: "not-found" });
  const arrays = await Promise.all(
    Array.from({ length: cube.levels }, (_, level) => cube.group.array(`${level}/${key}`)));
  const lead = (arrays[0].dimensions ?? []).slice(0, -2);
  const time = timeOf(variable);
  return {
    cube, variable, arrays,
    /** Positions along the leading dimensions. */
    positions: (at) => lead.map((name) => {
      const dimension = variable.dimensions.find((one) => one.name === name);
      if (!dimension) return 0;
      if (dimension === time) return nearestTime(time.values, at.time);
      const place = dimension.values.indexOf(at.dims?.[name] ?? dimension.default);
      return Math.max(place, 0);
    }),
    read: async (level, positions, ranges, options) =>
      (await arrays[level].getValues([...positions, ...ranges], options)).data,
  };
};

const alike = (sources) => {
  const [first, ...others] = sources;
  const grid = (one) => one.cube.document.grids[one.variable.grid];
  return others.every((one) => one.cube === first.cube && one.variable.grid === first.variable.grid
    || JSON.stringify(grid(one)) === JSON.stringify(grid(first)) && !grid(one).mesh);
};

/** What a layer reads, and how the values of a window are made of what was read. */
const partsOf = async (app, layer) => {
  const source = (one) => openSource(app, one.dataset ?? layer.dataset, one.variable);
  switch (layer.kind) {
    case "rgb": {
      const { composites } = await app.site.dataset(layer.dataset);
      const bands = layer.other?.red
        ? layer.other : composites?.find((one) => one.id === layer.composite) ?? composites?.[0];
      const list = ["red", "green", "blue"].map((one) => bands[one]);
      return {
        sources: await Promise.all(list.map(source)), ranges: list.map((one) => one.range),
        at: () => list.map(() => ({})), combine: (read) => read,
      };
    }
    case "difference": {
      const first = { dataset: layer.dataset, variable: layer.variable };
      const second = { ...first, ...layer.other };
      return {
        sources: await Promise.all([source(first), source(second)]),
        at: () => [{}, { time: layer.other?.time, dims: layer.other?.dims }],
        combine: ([a, b]) => {
          const out = new Float32Array(a.length);
          for (let i = 0; i < a.length; i += 1) out[i] = a[i] - b[i];
          return [out];
        },
      };
    }
    case "expression": {
      const { openExpression } = await import("./expression.js");
      const expression = await openExpression(app, layer);
      return {
        sources: await Promise.all(expression.variables.map((variable) => source({ variable }))),
        at: () => expression.variables.map(() => ({})),
        combine: (read) => [expression.evaluate(read)],
      };
    }
    default:
      return { sources: [await source(layer)], at: () => [{}], combine: (read) => read };
  }
};

/** Opens what a layer entry names. */
export const openField = async (app, layer) => {
  const parts = await partsOf(app, layer);
  const { sources } = parts;
  if (!sources.length) throw Object.assign(new Error("no variable"), { code: "no-variable" });
  if (!alike(sources)) throw Object.assign(new Error("grids differ"), { code: "grids" });
  const [{ cube, variable, arrays }] = sources;
  const grid = await cube.grid(variable.grid);
  const name = `${layer.dataset}/${JSON.stringify([
    layer.kind, layer.variable, layer.expression, layer.composite,
    sources.map((one) => [one.cube.document.id, one.variable.key])])}`;

  const field = {
    grid, entry: { ...cube.document.grids[variable.grid], id: variable.grid },
    variable, variables: sources.map((one) => one.variable), dataset: layer.dataset,
    document: cube.document, levels: arrays.length, bands: layer.kind === "rgb" ? 3 : 1,
    ranges: parts.ranges, times: timeOf(variable)?.values ?? null,
    size(level) {
      const [rows, columns] = arrays[level].chunkShape.slice(-2);
      return { rows, columns };
    },
    counts(level) {
      const { rows, columns } = field.size(level);
      return {
        down: Math.ceil(grid.shape(level)[0] / rows),
        across: Math.ceil(grid.shape(level)[1] / columns),
      };
    },
    /** The cells of a window: first ones and how many. */
    extent(level, i, j) {
      const size = field.size(level);
      const [row, column] = [i * size.rows, j * size.columns];
      return {
        row, column, rows: Math.min(size.rows, grid.shape(level)[0] - row),
        columns: Math.min(size.columns, grid.shape(level)[1] - column),
      };
    },
    slice(at) {
      const places = parts.at().map((own, i) => sources[i].positions({
        time: own.time ?? at.time, dims: { ...at.dims, ...own.dims },
      }));
      return {
        field, key: `${name}@${places.map((one) => one.join(",")).join(";")}`, places,
        time: field.times?.[nearestTime(field.times, at.time)] ?? null,
        async read(level, i, j, options) {
          const { row, column, rows, columns } = field.extent(level, i, j);
          const ranges = [[row, row + rows], [column, column + columns]];
          const read = await Promise.all(sources.map((one, k) =>
            one.read(level, places[k], ranges, options)));
          return parts.combine(read);
        },
      };
    },
  };
  return field;
};
