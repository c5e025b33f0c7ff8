// Own variables: the expression of a layer, made a function of windows.

import { compile } from "../../lib/expr/index.js";

/** Opens the expression of a layer: the variables it reads, and what it makes of their windows. */
export const openExpression = async (app, layer) => {
  const document = await app.site.dataset(layer.dataset);
  const base = document.variable(layer.variable);
  const usable = Object.fromEntries(document.variables
    .filter((one) => one.grid === base?.grid).map((one) => [one.key, one]));
  const { variables, evaluate } = compile(layer.expression, usable);
  return {
    variables,
    evaluate: (windows) => evaluate(Object.fromEntries(variables.map((name, i) => [name, windows[i]]))),
  };
};
