// A variable of the reader's own: an expression of what the dataset holds, computed window by window.

import { compile } from "../../lib/expr/index.js";

/**
 * The expression of a layer: {variables: keys in the order they are read, evaluate(read)} where `read` holds one
 * array of values for each of them.
 *
 * @throws where the expression cannot be understood, or names what is not there
 */
export const openExpression = async (app, layer) => {
  const document = await app.site.dataset(layer.dataset);
  const known = Object.fromEntries(document.variables.map((one) => [one.key, one]));
  const { variables, evaluate } = compile(layer.expression ?? "", known);
  return {
    variables,
    evaluate: (read) => evaluate(Object.fromEntries(variables.map((key, i) => [key, read[i]]))),
  };
};
