// The little Markdown of descriptions: paragraphs, lists, **bold**, *emphasis*, `code`, links.
// Elements are made one by one; nothing of the text is taken as HTML.

import { make } from "./dom.js";

const INLINE = /\*\*(.+?)\*\*|\*(.+?)\*|`(.+?)`|\[([^\]]+)\]\((https?:[^)\s]+)\)/gs;

const inline = (text) => {
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    parts.push(text.slice(at, match.index));
    const [, bold, slanted, code, title, href] = match;
    if (bold) parts.push(make("strong", {}, ...inline(bold)));
    else if (slanted) parts.push(make("em", {}, ...inline(slanted)));
    else if (code) parts.push(make("code", {}, code));
    else parts.push(make("a", { href, rel: "noopener" }, title));
    at = match.index + match[0].length;
  }
  parts.push(text.slice(at));
  return parts.filter(Boolean);
};

/** Elements of a text. */
export const prose = (text) => make("div", { className: "prose" },
  text.split(/\n\s*\n/).filter((one) => one.trim()).map((block) => {
    const lines = block.trim().split("\n");
    if (lines.every((line) => /^\s*[-*] /.test(line))) {
      return make("ul", {}, lines.map((line) => make("li", {}, ...inline(line.replace(/^\s*[-*] /, "")))));
    }
    return make("p", {}, ...inline(lines.join(" ").replace(/^#+ /, "")));
  }));
