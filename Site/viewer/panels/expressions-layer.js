// Layers made from expressions and differences: added on top, with a range that suits their values.

import { percentileStretch, roundedRange } from "../../lib/colour/index.js";
import { openField } from "../layer/field.js";
import { layerFor } from "../start.js";
import { freshID, withLayer } from "../state.js";

/** A range for the values of a layer at the shown time, from its coarsest level. */
const suitableRange = async (app, layer, options) => {
  const field = await openField(app, layer);
  const slice = field.slice({ time: app.store.get().time, dims: layer.dims });
  const [values] = await slice.read(field.levels - 1, 0, 0, {});
  const range = percentileStretch(values, options);
  return range && roundedRange(range);
};

const add = async (app, layer, options) => {
  const range = await suitableRange(app, layer, options);
  app.store.set((state) => {
    const id = freshID(state);
    // What it was made from would only be hidden below it, and its legend would confuse.
    const others = state.layers.map((one) => (one.id === state.active ? { ...one, visible: false } : one));
    return { layers: [{ ...layer, id, visible: true, ...(range ? { range } : {}) }, ...others], active: id };
  });
};

/** Adds a layer of an expression, or changes the one of `id`. */
export const putExpression = async (app, { id, dataset, base, expression, title, units }) => {
  const document = await app.site.dataset(dataset);
  const entry = { ...layerFor(app.store.get(), document, document.variable(base)), kind: "expression", expression, title, units };
  const known = app.store.get().layers.find((one) => one.id === id);
  if (!known) return add(app, entry);
  const range = await suitableRange(app, { ...known, expression });
  app.store.set((state) => withLayer(state, id, { expression, title, units, ...(range ? { range } : {}) }));
  return undefined;
};

/** Adds a layer of the difference of a layer and another time or variable. */
export const putDifference = async (app, layer, other) => {
  const { id, style, colours, range, ...rest } = layer;
  await add(app, { ...rest, kind: "difference", other }, { symmetric: true });
};
