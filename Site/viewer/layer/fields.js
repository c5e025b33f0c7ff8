// The fields of layers, opened when first asked for and kept.

import { colourMaps } from "./colours.js";
import { openField } from "./field.js";

/** What of a layer entry decides which field it is. */
const signature = (layer) => JSON.stringify([
  layer.kind, layer.dataset, layer.variable, layer.expression, layer.composite, layer.other,
]);

/**
 * `report(error, dataset, layer)` is told what cannot be opened; `opened(layer, field)` what is there
 * now, with null where it is not.
 */
export const createFields = (app, report, opened) => {
  const fields = new Map();
  const failures = new Map();
  let colours = null;

  const tell = (layer, field) => {
    document.dispatchEvent(new CustomEvent("fieldopen"));
    opened(layer, field);
  };

  return {
    /** The field of a layer; null until it is open. */
    open(layer) {
      const name = signature(layer);
      if (!fields.has(name)) {
        fields.set(name, null);
        Promise.all([openField(app, layer), colourMaps(app.site)]).then(([field, maps]) => {
          fields.set(name, field);
          colours = maps;
          failures.delete(name);
          tell(layer, field);
        }, (error) => {
          failures.set(name, error);
          report(error, layer.dataset, layer);
          tell(layer, null);
        });
      }
      return fields.get(name);
    },
    /** The field of a layer if it is open, and why not if that failed. */
    field: (layer) => fields.get(signature(layer)) ?? null,
    failure: (layer) => failures.get(signature(layer)),
    /** The colour maps of the site; there as soon as a field is. */
    colours: () => colours,
    forget(dataset) {
      for (const [name, field] of [...fields]) if (!field || field.dataset === dataset) fields.delete(name);
    },
    retry() {
      for (const name of failures.keys()) fields.delete(name);
      failures.clear();
    },
  };
};
