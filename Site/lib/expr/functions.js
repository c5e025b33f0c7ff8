// The functions and constants of expressions, and their rule for missing values: NaN in, NaN out, but for isnan.

export const CONSTANTS = { __proto__: null, pi: Math.PI, e: Math.E, nan: NaN };

/** Half goes to the even neighbour, as in NumPy, R and Julia. */
export function roundEven(x) {
  const rounded = Math.round(x);
  return Math.abs(x % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** The remainder has the sign of the divisor, as in Python and R. */
export function modulo(a, b) {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

const one = (usage, apply) => ({ arity: [1, 1], usage, apply });
const two = (usage, apply) => ({ arity: [2, 2], usage, apply });

/** By name: how many arguments, how it is written, and what it is of numbers (`min` and `max` fold two at a time). */
export const FUNCTIONS = {
  where: { arity: [3, 3], usage: "where(condition, a, b)", apply: (c, a, b) => (Number.isNaN(c) ? NaN : c !== 0 ? a : b) },
  min: { arity: [2, Infinity], usage: "min(a, b)", apply: Math.min, folds: true },
  max: { arity: [2, Infinity], usage: "max(a, b)", apply: Math.max, folds: true },
  clamp: {
    arity: [3, 3], usage: "clamp(x, low, high)",
    apply: (x, low, high) => Math.min(Math.max(x, low), high),
  },
  abs: one("abs(x)", Math.abs),
  sqrt: one("sqrt(x)", Math.sqrt),
  exp: one("exp(x)", Math.exp),
  log: one("log(x)", Math.log),
  log10: one("log10(x)", Math.log10),
  sin: one("sin(x)", Math.sin),
  cos: one("cos(x)", Math.cos),
  tan: one("tan(x)", Math.tan),
  asin: one("asin(x)", Math.asin),
  acos: one("acos(x)", Math.acos),
  atan: one("atan(x)", Math.atan),
  atan2: two("atan2(y, x)", Math.atan2),
  floor: one("floor(x)", Math.floor),
  ceil: one("ceil(x)", Math.ceil),
  round: one("round(x)", roundEven),
  isnan: one("isnan(x)", (x) => (Number.isNaN(x) ? 1 : 0)),
};
