// An expression in other languages, with the same rules for missing values.

import { variablesOf } from "./compile.js";

// Strengths of the operators as written below; what binds less than its place asks for is put in parentheses.
const POWER = 12;
const SIGN = 11;
const TIMES = 9;
const PLUS = 8;
const ATOM = 99;

const COMPARE = { "<": "less", "<=": "less_equal", ">": "greater", ">=": "greater_equal", "==": "equal", "!=": "not_equal" };

/** @typedef {{name: (variable: string) => string, flag: (node: any) => {value?: number, mask?: number}}} Naming */

const wrap = ([text, strength], least) => (strength < least ? `(${text})` : text);
const numberIn = (value, nan) => (Number.isNaN(value) ? nan : String(value));

/** Python with NumPy as `np` and xarray as `xr`; see `PYTHON_HELPERS`. */
export function toPython(tree, naming) {
  const write = (node) => {
    switch (node.kind) {
      case "number":
        return [node.name === "pi" ? "np.pi" : node.name === "e" ? "np.e" : numberIn(node.value, "np.nan"), ATOM];
      case "variable": return [naming.name(node.name), ATOM];
      case "flag": return [flagCall(node, naming, "flag", "None"), ATOM];
      case "unary": {
        if (node.operator === "!") return [`compare(np.equal, ${write(node.operand)[0]}, 0)`, ATOM];
        return [`-${wrap(write(node.operand), SIGN)}`, SIGN];
      }
      case "binary": return pythonBinary(node, write);
      default: return pythonCall(node, write);
    }
  };
  return write(tree)[0];
}

function pythonBinary({ operator, left, right }, write) {
  const [a, b] = [write(left), write(right)];
  if (COMPARE[operator]) return [`compare(np.${COMPARE[operator]}, ${a[0]}, ${b[0]})`, ATOM];
  if (operator === "&&") return [`both(${a[0]}, ${b[0]})`, ATOM];
  if (operator === "||") return [`either(${a[0]}, ${b[0]})`, ATOM];
  if (operator === "&") return [`bits(np.bitwise_and, ${a[0]}, ${b[0]})`, ATOM];
  if (operator === "|") return [`bits(np.bitwise_or, ${a[0]}, ${b[0]})`, ATOM];
  return arithmetic(operator, a, b, "**");
}

function arithmetic(operator, a, b, power) {
  if (operator === "^") return [`${wrap(a, POWER + 1)}${power}${wrap(b, POWER)}`, POWER];
  const strength = operator === "+" || operator === "-" ? PLUS : TIMES;
  return [`${wrap(a, strength)} ${operator} ${wrap(b, strength + 1)}`, strength];
}

const NUMPY = { asin: "arcsin", acos: "arccos", atan: "arctan", atan2: "arctan2" };

function pythonCall({ name, parts }, write) {
  const texts = parts.map((part) => write(part)[0]);
  switch (name) {
    case "where": return [`choose(${texts.join(", ")})`, ATOM];
    case "min": return [folded("np.minimum", texts), ATOM];
    case "max": return [folded("np.maximum", texts), ATOM];
    case "clamp": return [`np.minimum(np.maximum(${texts[0]}, ${texts[1]}), ${texts[2]})`, ATOM];
    case "isnan": return [`xr.where(np.isnan(${texts[0]}), 1.0, 0.0)`, ATOM];
    default: return [`np.${NUMPY[name] ?? name}(${texts.join(", ")})`, ATOM];
  }
}

const folded = (name, texts) => texts.slice(1).reduce((all, text) => `${name}(${all}, ${text})`, texts[0]);

function flagCall(node, naming, name, none) {
  const { value, mask } = naming.flag(node);
  return `${name}(${naming.name(node.name)}, ${mask ?? none}, ${value ?? mask})`;
}

/** Python functions that texts of `toPython` may call: missing values stay missing. */
export const PYTHON_HELPERS = {
  compare: `def compare(test, a, b):
    return xr.where(np.isnan(a) | np.isnan(b), np.nan, test(a, b) * 1.0)`,
  both: `def both(a, b):
    return xr.where((a == 0) | (b == 0), 0.0, xr.where(np.isnan(a) | np.isnan(b), np.nan, 1.0))`,
  either: `def either(a, b):
    true = ((a != 0) & ~np.isnan(a)) | ((b != 0) & ~np.isnan(b))
    return xr.where(true, 1.0, xr.where(np.isnan(a) | np.isnan(b), np.nan, 0.0))`,
  choose: `def choose(condition, a, b):
    return xr.where(np.isnan(condition), np.nan, xr.where(condition != 0, a, b))`,
  bits: `def bits(join, a, b):
    missing = np.isnan(a) | np.isnan(b)
    whole = lambda x: xr.where(np.isnan(x), 0, np.trunc(x)).astype("int64")
    return xr.where(missing, np.nan, join(whole(a), whole(b)) * 1.0)`,
  flag: `def flag(a, mask, value):
    whole = xr.where(np.isnan(a), 0, np.trunc(a)).astype("int64")
    return xr.where(np.isnan(a), np.nan, ((whole if mask is None else whole & mask) == value) * 1.0)`,
};

/** Julia, element by element (for use inside `@.` or `map`); see `JULIA_HELPERS`. */
export function toJulia(tree, naming) {
  const write = (node) => {
    switch (node.kind) {
      case "number": return [node.name === "pi" ? "π" : node.name === "e" ? "ℯ" : numberIn(node.value, "NaN"), ATOM];
      case "variable": return [naming.name(node.name), ATOM];
      case "flag": return [flagCall(node, naming, "flag", "nothing"), ATOM];
      case "unary": {
        if (node.operator === "!") return [`compare(==, ${write(node.operand)[0]}, 0)`, ATOM];
        return [`-${wrap(write(node.operand), SIGN)}`, SIGN];
      }
      case "binary": {
        const [a, b] = [write(node.left), write(node.right)];
        if (COMPARE[node.operator]) return [`compare(${node.operator}, ${a[0]}, ${b[0]})`, ATOM];
        const named = { "&&": "both", "||": "either" }[node.operator];
        if (named) return [`${named}(${a[0]}, ${b[0]})`, ATOM];
        if (node.operator === "&" || node.operator === "|") return [`bits(${node.operator}, ${a[0]}, ${b[0]})`, ATOM];
        if (node.operator === "%") return [`mod(${a[0]}, ${b[0]})`, ATOM];
        return arithmetic(node.operator, a, b, "^");
      }
      default: {
        const texts = node.parts.map((part) => write(part)[0]);
        if (node.name === "where") return [`choose(${texts.join(", ")})`, ATOM];
        if (node.name === "isnan") return [`Float64(isnan(${texts[0]}))`, ATOM];
        const name = node.name === "atan2" ? "atan" : node.name;
        // Julia's functions throw outside their range where others give NaN.
        return [["sqrt", "log", "log10", "asin", "acos"].includes(name) ? `orNaN(${name}, ${texts[0]})` : `${name}(${texts.join(", ")})`, ATOM];
      }
    }
  };
  return write(tree)[0];
}

/** Julia functions that texts of `toJulia` may call. */
export const JULIA_HELPERS = {
  compare: "compare(test, a, b) = isnan(a) || isnan(b) ? NaN : Float64(test(a, b))",
  both: "both(a, b) = a == 0 || b == 0 ? 0.0 : isnan(a) || isnan(b) ? NaN : 1.0",
  either: "either(a, b) = (a != 0 && !isnan(a)) || (b != 0 && !isnan(b)) ? 1.0 : isnan(a) || isnan(b) ? NaN : 0.0",
  choose: "choose(c, a, b) = isnan(c) ? NaN : c != 0 ? a : b",
  bits: "bits(join, a, b) = isnan(a) || isnan(b) ? NaN : Float64(join(trunc(Int64, a), trunc(Int64, b)))",
  flag: "flag(a, mask, value) = isnan(a) ? NaN : Float64((mask === nothing ? trunc(Int64, a) : trunc(Int64, a) & mask) == value)",
  orNaN: "orNaN(f, x) = try f(x) catch; NaN end",
};

/** R, for whole arrays with NA; R's own logic has the same rules. */
export function toR(tree, naming) {
  const write = (node) => {
    switch (node.kind) {
      case "number": return [node.name === "pi" ? "pi" : node.name === "e" ? "exp(1)" : numberIn(node.value, "NA"), ATOM];
      case "variable": return [naming.name(node.name), ATOM];
      case "flag": {
        const { value, mask } = naming.flag(node);
        const tested = mask === undefined ? naming.name(node.name) : `bitwAnd(${naming.name(node.name)}, ${mask}L)`;
        return [`1 * (${tested} == ${value ?? mask})`, TIMES];
      }
      case "unary": {
        if (node.operator === "!") return [`1 * (${wrap(write(node.operand), ATOM)} == 0)`, TIMES];
        return [`-${wrap(write(node.operand), SIGN)}`, SIGN];
      }
      case "binary": {
        const [a, b] = [write(node.left), write(node.right)];
        if (COMPARE[node.operator]) return [`1 * (${wrap(a, PLUS)} ${node.operator} ${wrap(b, PLUS)})`, TIMES];
        if (node.operator === "&&") return [`1 * ((${a[0]} != 0) & (${b[0]} != 0))`, TIMES];
        if (node.operator === "||") return [`1 * ((${a[0]} != 0) | (${b[0]} != 0))`, TIMES];
        if (node.operator === "&") return [`bitwAnd(${a[0]}, ${b[0]})`, ATOM];
        if (node.operator === "|") return [`bitwOr(${a[0]}, ${b[0]})`, ATOM];
        // %% binds more than * in R.
        if (node.operator === "%") return [`(${wrap(a, ATOM)} %% ${wrap(b, ATOM)})`, ATOM];
        return arithmetic(node.operator, a, b, "^");
      }
      default: {
        const texts = node.parts.map((part) => write(part)[0]);
        if (node.name === "where") return [`ifelse((${texts[0]}) != 0, ${texts[1]}, ${texts[2]})`, ATOM];
        if (node.name === "clamp") return [`pmin(pmax(${texts[0]}, ${texts[1]}), ${texts[2]})`, ATOM];
        if (node.name === "isnan") return [`1 * is.na(${texts[0]})`, TIMES];
        const name = { min: "pmin", max: "pmax", ceil: "ceiling" }[node.name] ?? node.name;
        return [`${name}(${texts.join(", ")})`, ATOM];
      }
    }
  };
  return write(tree)[0];
}

/** Those of some helpers that a text calls, each once. */
export const helpersIn = (text, helpers) =>
  Object.entries(helpers).filter(([name]) => new RegExp(`\\b${name}\\(`).test(text)).map(([, code]) => code);

/** What `toPython` and the others need to know, from the variables that an expression may use. */
export function namingOf(tree, variables, rename = (name) => name) {
  const names = new Set(variablesOf(tree));
  return {
    names: [...names],
    name: rename,
    flag: ({ name, meaning }) => (variables[name]?.flags ?? []).find((flag) => flag.meaning === meaning) ?? {},
  };
}
