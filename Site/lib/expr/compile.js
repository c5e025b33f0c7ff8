// From a tree to values, block by block of typed arrays.
//
// Missing values (NaN): arithmetic, comparisons and functions of a missing value are missing; `isnan` alone is not.
// `a && b` is 0 if either is 0, else missing if either is missing; `a || b` is 1 if either is true, else missing if
// either is missing. `where(c, a, b)` is missing where c is. Truth is 1 and 0; any number but 0 is true.

import { closest } from "./closest.js";
import { FUNCTIONS, modulo } from "./functions.js";
import { ExpressionError, parse } from "./parse.js";

const BLOCK = 2048;

/**
 * @typedef {{flags?: {meaning: string, value?: number, mask?: number}[]}} VariableInfo
 */

const compared = (test) => (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? NaN : test(a, b) ? 1 : 0);

function both(a, b) {
  if (a === 0 || b === 0) return 0;
  return Number.isNaN(a) || Number.isNaN(b) ? NaN : 1;
}

function either(a, b) {
  const isTrue = (x) => x !== 0 && !Number.isNaN(x);
  if (isTrue(a) || isTrue(b)) return 1;
  return Number.isNaN(a) || Number.isNaN(b) ? NaN : 0;
}

// Through BigInt only where 32 bits do not hold the numbers.
function bits(name, small, large) {
  return (a, b) => {
    if (!Number.isFinite(a) || !Number.isFinite(b)) return NaN;
    const [x, y] = [Math.trunc(a), Math.trunc(b)];
    return x === (x | 0) && y === (y | 0) ? small(x, y) : Number(large(BigInt(x), BigInt(y)));
  };
}

const and = bits("&", (a, b) => a & b, (a, b) => a & b);

const BINARY = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": modulo,
  "^": (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? NaN : a ** b),
  "<": compared((a, b) => a < b),
  "<=": compared((a, b) => a <= b),
  ">": compared((a, b) => a > b),
  ">=": compared((a, b) => a >= b),
  "==": compared((a, b) => a === b),
  "!=": compared((a, b) => a !== b),
  "&": and,
  "|": bits("|", (a, b) => a | b, (a, b) => a | b),
  "&&": both,
  "||": either,
};

const UNARY = { "-": (a) => -a, "!": (a) => (Number.isNaN(a) ? NaN : a === 0 ? 1 : 0) };

// What is used most has a loop of its own, in which nothing is called.
const LOOPS = {
  __proto__: null,
  "2+": (out, n, a, b) => { for (let i = 0; i < n; i += 1) out[i] = a[i] + b[i]; },
  "2-": (out, n, a, b) => { for (let i = 0; i < n; i += 1) out[i] = a[i] - b[i]; },
  "2*": (out, n, a, b) => { for (let i = 0; i < n; i += 1) out[i] = a[i] * b[i]; },
  "2/": (out, n, a, b) => { for (let i = 0; i < n; i += 1) out[i] = a[i] / b[i]; },
};

function loopOf(key, apply, arity) {
  if (LOOPS[key]) return LOOPS[key];
  switch (arity) {
    case 1: return (out, n, a) => { for (let i = 0; i < n; i += 1) out[i] = apply(a[i]); };
    case 2: return (out, n, a, b) => { for (let i = 0; i < n; i += 1) out[i] = apply(a[i], b[i]); };
    default: return (out, n, a, b, c) => { for (let i = 0; i < n; i += 1) out[i] = apply(a[i], b[i], c[i]); };
  }
}

/** Names of the variables of a tree, in the order they first occur. */
export function variablesOf(tree) {
  const names = new Set();
  visit(tree, (node) => (node.kind === "variable" || node.kind === "flag") && names.add(node.name));
  return [...names];
}

/** Calls a function for each node of a tree, from the root down. */
export function visit(tree, see) {
  see(tree);
  for (const part of [tree.operand, tree.left, tree.right, ...(tree.parts ?? [])]) if (part) visit(part, see);
}

/**
 * Refuses names that are not known.
 *
 * @param {import("./parse.js").Tree} tree
 * @param {Record<string, VariableInfo>} variables by the names that expressions may use
 * @throws {ExpressionError} at the first one
 */
export function checkNames(tree, variables) {
  visit(tree, (node) => {
    if (node.kind !== "variable" && node.kind !== "flag") return;
    if (!Object.hasOwn(variables, node.name)) {
      const suggestion = closest(node.name, Object.keys(variables));
      throw new ExpressionError(
        `There is no variable "${node.name}".${suggestion ? ` Did you mean ${suggestion}?` : ""}`,
        node.position, node.name.length, suggestion);
    }
    if (node.kind === "flag") flagOf(node, variables[node.name]);
  });
}

function flagOf({ name, meaning, meaningPosition }, { flags = [] }) {
  const found = flags.find((flag) => flag.meaning === meaning);
  if (found) return found;
  if (!flags.length) throw new ExpressionError(`"${name}" has no flags.`, meaningPosition, meaning.length + 2);
  const suggestion = closest(meaning, flags.map((flag) => flag.meaning));
  throw new ExpressionError(
    `"${name}" has no flag "${meaning}". It has: ${flags.map((flag) => flag.meaning).slice(0, 12).join(", ")}.`,
    meaningPosition, meaning.length + 2, suggestion);
}

/** A function of numbers for a flag: 1 where it is set. */
function flagTest({ value, mask }) {
  if (mask === undefined) return (a) => (Number.isNaN(a) ? NaN : a === value ? 1 : 0);
  // A mask without a value is a single bit that is set.
  const wanted = value ?? mask;
  return (a) => (Number.isNaN(a) ? NaN : and(a, mask) === wanted ? 1 : 0);
}

/** A tree ready to run: `run(inputs, start, count)` gives an array of at least `count` values. */
function prepared(tree, variables, slots) {
  switch (tree.kind) {
    case "number": {
      const constant = new Float64Array(BLOCK).fill(tree.value);
      return () => constant;
    }
    case "variable": {
      const slot = slots.indexOf(tree.name);
      return (inputs, start, count) => inputs[slot].subarray(start, start + count);
    }
    case "flag": {
      const test = flagTest(flagOf(tree, variables[tree.name]));
      const slot = slots.indexOf(tree.name);
      const out = new Float64Array(BLOCK);
      return (inputs, start, count) => {
        const values = inputs[slot];
        for (let i = 0; i < count; i += 1) out[i] = test(values[start + i]);
        return out;
      };
    }
    case "unary": return applied(`1${tree.operator}`, UNARY[tree.operator], [tree.operand], variables, slots);
    case "binary": return applied(`2${tree.operator}`, BINARY[tree.operator], [tree.left, tree.right], variables, slots);
    default: {
      const { apply, folds } = FUNCTIONS[tree.name];
      if (!folds) return applied(tree.name, apply, tree.parts, variables, slots);
      const pair = (a, b) => apply(a, b);
      return tree.parts.slice(2).reduce(
        (left, part) => joined(tree.name, pair, [left, prepared(part, variables, slots)]),
        applied(tree.name, pair, tree.parts.slice(0, 2), variables, slots));
    }
  }
}

const applied = (key, apply, parts, variables, slots) =>
  joined(key, apply, parts.map((part) => prepared(part, variables, slots)));

function joined(key, apply, operands) {
  const out = new Float64Array(BLOCK);
  const loop = loopOf(key, apply, operands.length);
  return (inputs, start, count) => {
    const values = operands.map((operand) => operand(inputs, start, count));
    loop(out, count, ...values);
    return out;
  };
}

/**
 * Makes a function of arrays from an expression.
 *
 * @param {string|import("./parse.js").Tree} expression
 * @param {Record<string, VariableInfo>} variables that it may use
 * @returns {{tree: import("./parse.js").Tree, variables: string[],
 *   evaluate: (arrays: Record<string, ArrayLike<number>>, out?: Float32Array|Float64Array) => Float32Array|Float64Array}}
 *   `evaluate` takes a typed array of decoded values (NaN where missing) for each of `variables`, all as long as the
 *   result; computed in double precision, a new Float32Array if `out` is left out. Not for use within itself.
 * @throws {ExpressionError}
 */
export function compile(expression, variables) {
  const tree = typeof expression === "string" ? parse(expression) : expression;
  checkNames(tree, variables);
  const names = variablesOf(tree);
  const run = prepared(tree, variables, names);
  const evaluate = (arrays, out) => {
    const inputs = names.map((name) => arrays[name]);
    const length = out?.length ?? inputs[0]?.length ?? 1;
    names.forEach((name, i) => {
      if (inputs[i]?.length === length) return;
      throw new ExpressionError(`"${name}" has ${inputs[i]?.length ?? "no"} values; ${length} are needed.`, 0);
    });
    const result = out ?? new Float32Array(length);
    for (let start = 0; start < length; start += BLOCK) {
      const count = Math.min(BLOCK, length - start);
      result.set(run(inputs, start, count).subarray(0, count), start);
    }
    return result;
  };
  return { tree, variables: names, evaluate };
}
