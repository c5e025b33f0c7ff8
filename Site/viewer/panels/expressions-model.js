// What expressions may use, and whether one can be used.

import { compile } from "../../lib/expr/index.js";

/** Variables on the grid of another, by the name they have in expressions. */
export const usableVariables = (document, base) => Object.fromEntries(
  document.variables.filter((one) => one.grid === base.grid).map((one) => [one.key, one]));

/** {compiled} or {error}, which has position, length and suggestion. */
export const checkExpression = (text, variables) => {
  try {
    const compiled = compile(text, variables);
    // A constant has no grid to be drawn on.
    return compiled.variables.length ? { compiled } : { error: { key: "expressions.constant", position: 0, length: text.length } };
  } catch (error) {
    return { error };
  }
};

/** An example with names that are there. */
export const exampleFor = (variables) => {
  const [first, second] = Object.keys(variables);
  return second ? `${first} - ${second}` : `where(${first} > 0, ${first}, nan)`;
};

/** Masks by flags, as expressions write them: [text, hint]. */
export const flagWords = (variables) => Object.entries(variables).flatMap(([key, { flags = [], title }]) =>
  flags.map(({ meaning }) => [`flag(${key}, "${meaning}")`, `${title}: ${meaning}`]));
