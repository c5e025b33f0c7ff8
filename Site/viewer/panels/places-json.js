// Where a JSON text goes wrong: browsers do not agree on saying so.

const SPACE = /[ \t\n\r]*/y;
const SCALAR = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null/y;

/** The position of the first mistake in a JSON text (RFC 8259), or nothing where there is none. */
export const jsonMistake = (text) => {
  let at = 0;
  const skip = (pattern) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at += found[0].length;
    return Boolean(found);
  };
  const sign = (expected) => {
    skip(SPACE);
    if (text[at] !== expected) return false;
    at += 1;
    return true;
  };
  // What is open, innermost last; brackets are counted rather than recursed into.
  const open = [];
  for (;;) {
    skip(SPACE);
    if (open.at(-1) === "}") {
      if (text[at] !== '"' || !skip(SCALAR) || !sign(":")) return at;
      skip(SPACE);
    }
    const bracket = text[at];
    if (bracket === "{" || bracket === "[") {
      at += 1;
      const close = bracket === "{" ? "}" : "]";
      if (!sign(close)) { open.push(close); continue; }
    } else if (!skip(SCALAR)) return at;
    while (open.length && sign(open.at(-1))) open.pop();
    if (!open.length) {
      skip(SPACE);
      return at < text.length ? at : undefined;
    }
    if (!sign(",")) return at;
  }
};
