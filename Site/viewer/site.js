// The site's documents: what there is to show. Every address in them is relative to the site root.

import { unitText } from "./units.js";

const get = async (address) => {
  const answer = await fetch(address);
  if (!answer.ok) throw Object.assign(new Error(`${address}: ${answer.status}`), { status: answer.status });
  return answer.json();
};

/** Reads the list of datasets; the documents of single ones are read when first asked for. */
export const openSite = async (root) => {
  const at = (address) => new URL(address, root).href;
  let [list, maps] = [null, null];
  const documents = new Map();

  const colours = () => {
    if (!maps) {
      maps = get(at("api/colours.json")).then(({ groups }) => ({
        groups,
        byName: new Map(groups.flatMap((group) => group.maps.map((one) => [one.name, one]))),
      }));
      maps.catch(() => { maps = null; });
    }
    return maps;
  };

  const dataset = (id) => {
    if (!documents.has(id)) {
      const known = list.find((one) => one.id === id);
      if (!known) return Promise.reject(Object.assign(new Error(id), { unknown: true }));
      const read = get(at(known.document ?? `api/datasets/${id}.json`)).then((document) => {
        document.variable = (key) => document.variables.find((one) => one.key === key);
        site.loaded.set(id, document);
        return document;
      });
      read.catch(() => documents.delete(id));
      documents.set(id, read);
    }
    return documents.get(id);
  };

  const site = {
    root, at,
    /** Documents that have come, by id; for use where nothing can be awaited. */
    loaded: new Map(),
    dataset, colours,
    /** Reads the document of a dataset again, after its cube was replaced; until it has come the old one stays. */
    async reload(id) {
      documents.delete(id);
      return dataset(id);
    },
    places: async (document) => (document.places ? get(at(document.places)) : null),
  };
  const answer = await get(at("api/datasets.json"));
  list = answer.datasets ?? answer;
  site.title = answer.title;
  site.datasets = list;
  return site;
};

/** The time dimension of a variable, or undefined. */
export const timeOf = (variable) => variable?.dimensions.find((one) => one.isTime);

/** The dimensions of a variable that are not time. */
export const extrasOf = (variable) => variable?.dimensions.filter((one) => !one.isTime) ?? [];

/** Units to show; empty where they say nothing. */
export const unitsOf = unitText;
