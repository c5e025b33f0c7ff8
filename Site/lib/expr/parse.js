// From the text of an expression to a tree.

import { InvalidError } from "../errors.js";
import { closest } from "./closest.js";
import { CONSTANTS, FUNCTIONS } from "./functions.js";

/**
 * @typedef {{kind: "number", value: number, position: number}
 *   | {kind: "variable", name: string, position: number}
 *   | {kind: "flag", name: string, meaning: string, position: number, meaningPosition: number}
 *   | {kind: "unary", operator: string, operand: Tree, position: number}
 *   | {kind: "binary", operator: string, left: Tree, right: Tree, position: number}
 *   | {kind: "call", name: string, parts: Tree[], position: number}} Tree
 */

const LONGEST = 2000;
const DEEPEST = 100;

/** An expression that cannot be understood: `position` and `length` say where, `suggestion` what may be meant. */
export class ExpressionError extends InvalidError {
  constructor(message, position, length = 1, suggestion = undefined) {
    super(message, { position, length, suggestion });
  }
}

// How strongly operators bind; a power binds to the right, all others to the left.
const BINDING = {
  __proto__: null,
  "||": 1, "&&": 2, "|": 4, "&": 5, "==": 6, "!=": 6, "<": 7, "<=": 7, ">": 7, ">=": 7, "+": 8, "-": 8, "*": 9, "/": 9,
  "%": 9, "^": 11,
};
const NOT_BINDS = 3;
const SIGN_BINDS = 10;
const COMPARISONS = new Set(["==", "!=", "<", "<=", ">", ">="]);
const SAME = { __proto__: null, "**": "^", and: "&&", or: "||", not: "!", "≤": "<=", "≥": ">=", "≠": "!=", "×": "*", "÷": "/", "−": "-", "·": "*" };
const STRANGE = { __proto__: null, "=": "==", "<>": "!=", "=<": "<=", "=>": ">=", "===": "==", "!==": "!=" };

const TOKEN = new RegExp([
  String.raw`(?<space>\s+)`,
  String.raw`(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)`,
  String.raw`(?<name>[\p{L}_][\p{L}\p{N}_.]*)`,
  "`(?<quoted>[^`]*)`",
  String.raw`(?<text>"[^"]*"|'[^']*')`,
  String.raw`(?<operator>===|!==|<>|=<|=>|\*\*|&&|\|\||[<>=!]=|[-+*/%^&|<>!=≤≥≠×÷−·])`,
  String.raw`(?<mark>[(),])`,
].join("|"), "uy");

function tokensOf(text) {
  const tokens = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const position = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) {
      const found = String.fromCodePoint(text.codePointAt(position));
      const what = { "`": "The name after ` is not closed", '"': "The text is not closed", "'": "The text is not closed" }[found];
      throw new ExpressionError(`${what ?? `"${found}" has no meaning here`}.`, position, found.length);
    }
    const { space, number, name, quoted, text: words, operator, mark } = match.groups;
    const length = match[0].length;
    if (space !== undefined) continue;
    if (number !== undefined) {
      const after = text.slice(TOKEN.lastIndex).match(/^[\p{L}_]/u);
      if (after) {
        throw new ExpressionError(
          `An operator is missing between ${number} and ${after[0]}.`, position, length + 1, `${number} * ${after[0]}…`);
      }
      tokens.push({ type: "number", value: Number(number), position, length });
    } else if (name !== undefined && SAME[name] === undefined) {
      tokens.push({ type: "name", value: name, position, length });
    } else if (quoted !== undefined) {
      tokens.push({ type: "name", value: quoted, position, length, isQuoted: true });
    } else if (words !== undefined) {
      tokens.push({ type: "text", value: words.slice(1, -1), position, length });
    } else if (mark !== undefined) {
      tokens.push({ type: mark, value: mark, position, length });
    } else {
      const written = operator ?? name;
      if (STRANGE[written]) {
        throw new ExpressionError(
          `"${written}" is no operator here; write ${STRANGE[written]}.`, position, length, STRANGE[written]);
      }
      tokens.push({ type: "operator", value: SAME[written] ?? written, position, length });
    }
  }
  tokens.push({ type: "end", value: "", position: text.length, length: 1 });
  return tokens;
}

class Parser {
  #tokens;
  #at = 0;
  #depth = 0;

  constructor(text) {
    this.#tokens = tokensOf(text);
  }

  whole() {
    if (this.#peek().type === "end") throw new ExpressionError("Write an expression, such as a + b or a > 3.", 0);
    const tree = this.#expression(0);
    const rest = this.#peek();
    if (rest.type === ")") throw new ExpressionError("This parenthesis closes none.", rest.position);
    if (rest.type === ",") throw new ExpressionError("A comma stands only between the arguments of a function.", rest.position);
    if (rest.type !== "end") {
      throw new ExpressionError(`An operator is missing before "${rest.value}".`, rest.position, rest.length);
    }
    return tree;
  }

  #peek() {
    return this.#tokens[this.#at];
  }

  #take() {
    const token = this.#tokens[this.#at];
    this.#at += 1;
    return token;
  }

  #expression(least) {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw new ExpressionError("The expression is nested too deeply.", this.#peek().position);
    let left = this.#operand();
    for (;;) {
      const { type, value, position, length } = this.#peek();
      const binding = type === "operator" ? BINDING[value] : undefined;
      if (binding === undefined || binding < least) break;
      this.#take();
      const right = this.#expression(value === "^" ? binding : binding + 1);
      if (COMPARISONS.has(value) && left.kind === "binary" && COMPARISONS.has(left.operator) && !left.isEnclosed) {
        throw new ExpressionError(
          "Comparisons cannot be chained; join two of them with &&.", position, length, "a < b && b < c");
      }
      left = { kind: "binary", operator: value, left, right, position };
    }
    this.#depth -= 1;
    return left;
  }

  #operand() {
    const token = this.#take();
    const { type, value, position, length } = token;
    if (type === "number") return { kind: "number", value, position };
    if (type === "operator" && (value === "-" || value === "+" || value === "!")) {
      const operand = this.#expression(value === "!" ? NOT_BINDS : SIGN_BINDS);
      return value === "+" ? operand : { kind: "unary", operator: value, operand, position };
    }
    if (type === "(") {
      const inner = this.#expression(0);
      this.#close(position);
      return { ...inner, isEnclosed: true };
    }
    if (type === "name") return this.#named(token);
    if (type === "end") throw new ExpressionError("Something is missing at the end.", position);
    if (type === "text") {
      throw new ExpressionError("Text stands only in flag(variable, \"meaning\").", position, length);
    }
    throw new ExpressionError(`A value is missing before "${value}".`, position, length);
  }

  #named({ value, position, length, isQuoted }) {
    if (isQuoted || this.#peek().type !== "(") {
      const constant = isQuoted ? undefined : CONSTANTS[value.toLowerCase()];
      if (constant !== undefined) return { kind: "number", value: constant, position, name: value.toLowerCase() };
      return { kind: "variable", name: value, position };
    }
    const open = this.#take().position;
    if (value === "flag") return this.#flag(position, open);
    const known = Object.hasOwn(FUNCTIONS, value) ? FUNCTIONS[value] : undefined;
    if (!known) {
      const suggestion = closest(value, [...Object.keys(FUNCTIONS), "flag"]);
      throw new ExpressionError(
        `There is no function "${value}".${suggestion ? ` Did you mean ${suggestion}?` : ""}`, position, length, suggestion);
    }
    const parts = this.#parts(open);
    const [least, most] = known.arity;
    if (parts.length < least || parts.length > most) {
      const wanted = least === most ? least : most === Infinity ? `${least} or more` : `${least} to ${most}`;
      throw new ExpressionError(
        `${value} takes ${wanted} ${wanted === 1 ? "argument" : "arguments"}, not ${parts.length}.`,
        position, length, known.usage);
    }
    return { kind: "call", name: value, parts, position };
  }

  #parts(open) {
    const parts = [];
    if (this.#peek().type === ")") {
      this.#take();
      return parts;
    }
    for (;;) {
      parts.push(this.#expression(0));
      if (this.#peek().type !== ",") break;
      this.#take();
    }
    this.#close(open);
    return parts;
  }

  #flag(position, open) {
    const usage = 'flag(variable, "meaning")';
    const variable = this.#take();
    const comma = this.#take();
    const meaning = comma?.type === "," ? this.#take() : undefined;
    if (variable.type !== "name" || meaning?.type !== "text") {
      throw new ExpressionError(`Flags are asked for as ${usage}.`, position, 4, usage);
    }
    this.#close(open);
    return { kind: "flag", name: variable.value, meaning: meaning.value, position, meaningPosition: meaning.position };
  }

  #close(open) {
    if (this.#peek().type === ")") {
      this.#take();
      return;
    }
    const { type, value, position, length } = this.#peek();
    if (type === "end") throw new ExpressionError("This parenthesis is not closed.", open);
    throw new ExpressionError(`An operator is missing before "${value}".`, position, length);
  }
}

/**
 * Reads an expression.
 *
 * @param {string} text
 * @returns {Tree}
 * @throws {ExpressionError} which says where and, if it can be guessed, what was meant
 */
export function parse(text) {
  if (text.length > LONGEST) throw new ExpressionError(`An expression has at most ${LONGEST} characters.`, LONGEST);
  return new Parser(text).whole();
}
