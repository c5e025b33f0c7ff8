// The Zarr stores of the site that are open: one cube and one series store for each dataset.

import { openGrid } from "../lib/geo/grid.js";
import { openGroup, RangeStore } from "../lib/zarr/index.js";

/** Opens stores when first asked for; `replaced(id)` starts again with what was published anew. */
export const createPools = (app) => {
  const { site } = app;
  const cubes = new Map();
  const series = new Map();

  const open = async (address, options) => {
    const store = new RangeStore(site.at(address));
    if (options?.fresh) store.refresh();
    return openGroup(store, "", options);
  };

  const meshOf = async (group, id) => {
    const read = async (name) => {
      const array = await group.array(`mesh/${id}/${name}`);
      return (await array.getValues([null, null], { wide: true })).data;
    };
    const [longitude, latitude] = await Promise.all([read("longitude"), read("latitude")]);
    return { longitude, latitude };
  };

  const openCube = async (id, fresh) => {
    const document = await site.dataset(id);
    if (!document.cube) throw Object.assign(new Error(id), { code: "no-cube", dataset: id });
    const group = await open(document.cube, { fresh });
    const grids = new Map();
    return {
      document, group, levels: group.attributes.cubepress?.levels
        ?? (group.members ?? []).filter((path) => /^\d+$/.test(path)).length,
      /** A grid of the dataset by its id. */
      grid(name) {
        if (!grids.has(name)) {
          const entry = document.grids[name];
          grids.set(name, (entry.kind === "mesh" ? meshOf(group, name) : Promise.resolve())
            .then((nodes) => openGrid(entry, nodes)));
        }
        return grids.get(name);
      },
    };
  };

  const kept = (map, id, make) => {
    if (!map.has(id)) {
      const made = make();
      made.catch(() => map.delete(id));
      map.set(id, made);
    }
    return map.get(id);
  };
  const stale = new Set();

  return {
    cube: (id) => kept(cubes, id, () => openCube(id, stale.has(id))),
    series: (id) => kept(series, id, async () => {
      const document = await site.dataset(id);
      if (!document.series) throw Object.assign(new Error(id), { code: "no-series", dataset: id });
      return open(document.series, { fresh: stale.has(id) });
    }),
    /** Forgets the stores of a dataset and reads its document again. */
    async replaced(id) {
      cubes.delete(id);
      series.delete(id);
      stale.add(id);
      return site.reload(id);
    },
  };
};
