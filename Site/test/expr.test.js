// Expressions beside NumPy, their errors word for word, and laws that hold for any of them.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as expr from "../lib/expr/index.js";
import { assertNear, fixture, numberOf, randomOf } from "./support.js";

const golden = fixture("expressions");
const flags = [{ meaning: "ice", mask: 4 }, { meaning: "low cloud", mask: 3, value: 1 }, { meaning: "seven", value: 7 }];
const variables = { a: {}, b: {}, q: { flags }, "sea-ice": {} };
const arrays = Object.fromEntries(["a", "b", "q"].map((name) => [name, Float32Array.from(golden[name], numberOf)]));

for (const [text, expected] of Object.entries(golden.cases)) {
  test(`${text} is what NumPy says`, () => {
    const values = expr.compile(text, variables).evaluate(arrays, new Float64Array(300));
    expected.forEach((value, i) => assertNear(values[i], numberOf(value), 1e-11, `at ${i}`));
  });
}

test("blocks make no difference", () => {
  const long = (values) => Float32Array.from({ length: 10000 }, (_, i) => values[i % 300]);
  const inputs = { a: long(arrays.a), b: long(arrays.b) };
  const compiled = expr.compile("where(a > b, a * 2 - b, max(a, b, 1))", variables);
  const values = compiled.evaluate(inputs);
  const short = compiled.evaluate({ a: arrays.a, b: arrays.b });
  assert.ok(values instanceof Float32Array);
  values.forEach((value, i) => assert.ok(Object.is(value, short[i % 300])));
});

const error = (text) => {
  try {
    expr.compile(text, variables);
  } catch (caught) {
    assert.equal(caught.code, "invalid");
    return [caught.message, caught.position, caught.suggestion];
  }
  throw new Error(`${text} was understood`);
};

const MESSAGES = {
  "": ["Write an expression, such as a + b or a > 3.", 0, undefined],
  "a +": ["Something is missing at the end.", 3, undefined],
  "(a + b": ["This parenthesis is not closed.", 0, undefined],
  "a + b)": ["This parenthesis closes none.", 5, undefined],
  "a b": ['An operator is missing before "b".', 2, undefined],
  "2a": ["An operator is missing between 2 and a.", 0, "2 * a…"],
  "a = 3": ['"=" is no operator here; write ==.', 2, "=="],
  "1 < a < 3": ["Comparisons cannot be chained; join two of them with &&.", 6, "a < b && b < c"],
  "sqr(a)": ['There is no function "sqr". Did you mean sqrt?', 0, "sqrt"],
  "sea_ice + 1": ['There is no variable "sea_ice". Did you mean sea-ice?', 0, "sea-ice"],
  "where(a, b)": ["where takes 3 arguments, not 2.", 0, "where(condition, a, b)"],
  "min(a)": ["min takes 2 or more arguments, not 1.", 0, "min(a, b)"],
  "flag(q, ice)": ['Flags are asked for as flag(variable, "meaning").', 0, 'flag(variable, "meaning")'],
  'flag(q, "icy")': ['"q" has no flag "icy". It has: ice, low cloud, seven.', 8, "ice"],
  'flag(a, "ice")': ['"a" has no flags.', 8, undefined],
  "a # b": ['"#" has no meaning here.', 2, undefined],
  'a + "x': ["The text is not closed.", 4, undefined],
  'a + "x"': ['Text stands only in flag(variable, "meaning").', 4, undefined],
  "a, b": ["A comma stands only between the arguments of a function.", 1, undefined],
  "* a": ['A value is missing before "*".', 0, undefined],
  "constructor": ['There is no variable "constructor".', 0, undefined],
  "toString(a)": ['There is no function "toString".', 0, undefined],
};

test("mistakes are named where they are, with what may be meant", () => {
  for (const [text, expected] of Object.entries(MESSAGES)) assert.deepEqual(error(text), expected, text);
  error("(".repeat(500));
  error("-".repeat(1500) + "1");
  error("a".repeat(3000));
});

test("names that are no words stand between backquotes, constants are known", () => {
  assert.deepEqual(expr.compile("`sea-ice` * 2 + a", variables).variables, ["sea-ice", "a"]);
  assertNear(expr.compile("pi + E - 1", {}).evaluate({}, new Float64Array(1))[0], Math.PI + Math.E - 1);
});

/** A random tree's text, fully in parentheses, and its value by JavaScript. */
function randomTree(random, depth) {
  if (depth === 0 || random() < 0.2) {
    if (random() < 0.5) return { text: "x", of: (x) => x };
    const value = Math.floor(random() * 10);
    return { text: String(value), of: () => value };
  }
  const operators = { "+": (p, q) => p + q, "-": (p, q) => p - q, "*": (p, q) => p * q, "<": (p, q) => +(p < q), "==": (p, q) => +(p === q) };
  const names = Object.keys(operators);
  const operator = names[Math.floor(random() * names.length)];
  const [left, right] = [randomTree(random, depth - 1), randomTree(random, depth - 1)];
  return { text: `(${left.text} ${operator} ${right.text})`, of: (x) => operators[operator](left.of(x), right.of(x)) };
}

test("random expressions have JavaScript's values, whatever the spaces", () => {
  const random = randomOf(21);
  for (let i = 0; i < 500; i += 1) {
    const { text, of } = randomTree(random, 5);
    for (const form of [text, text.replaceAll(" ", "")]) {
      assert.equal(expr.compile(form, { x: {} }).evaluate({ x: Float64Array.of(3) }, new Float64Array(1))[0], of(3), text);
    }
  }
});

test("whatever is typed ends in a value or in an error of ours", () => {
  const random = randomOf(5);
  const pieces = ["a", "b", "q", "`", "\"", "(", ")", ",", "1", ".5", "e", "1e", "+", "-", "*", "**", "^", "<", "=", "==", "&", "&&", "|", "!", "where", "min(",
    "flag(q,", "not", "and", " ", "é", "\u{1F30D}", "\\", "%", "nan"];
  for (let i = 0; i < 20000; i += 1) {
    const text = Array.from({ length: 1 + Math.floor(random() * 12) }, () => pieces[Math.floor(random() * pieces.length)]).join("");
    try {
      expr.compile(text, variables);
    } catch (caught) {
      assert.equal(caught.code, "invalid", `${text}: ${caught.stack}`);
      assert.ok(caught.position >= 0 && caught.position <= text.length);
    }
  }
});

test("texts in other languages keep the order of operations and the rules for missing values", () => {
  const texts = (text) => {
    const tree = expr.parse(text);
    const naming = expr.namingOf(tree, variables, (name) => name.replace("-", "_"));
    return [expr.toPython(tree, naming), expr.toJulia(tree, naming), expr.toR(tree, naming)];
  };
  assert.deepEqual(texts("-(a + b) ^ 2 - (a - (b - 1)) % 3"), [
    "-(a + b)**2 - (a - (b - 1)) % 3", "-(a + b)^2 - mod(a - (b - 1), 3)", "-(a + b)^2 - ((a - (b - 1)) %% 3)"]);
  assert.deepEqual(texts("where(a > 1, `sea-ice`, nan)"), [
    "choose(compare(np.greater, a, 1), sea_ice, np.nan)", "choose(compare(>, a, 1), sea_ice, NaN)",
    "ifelse((1 * (a > 1)) != 0, sea_ice, NA)"]);
  assert.deepEqual(texts('flag(q, "low cloud")'), ["flag(q, 3, 1)", "flag(q, 3, 1)", "1 * (bitwAnd(q, 3L) == 1)"]);
  assert.deepEqual(expr.helpersIn("choose(x, 1, 2)", expr.PYTHON_HELPERS), [expr.PYTHON_HELPERS.choose]);
});
