// Colour maps: 256 colours in order, from the low end of a range to the high one.

import { InvalidError, NotFoundError } from "../errors.js";

/** How many colours a map has. */
export const MAP_SIZE = 256;

/**
 * A colour as four numbers from 0 to 255.
 *
 * @param {string} text `#rrggbb` or `#rrggbbaa`, the `#` may be left out
 * @returns {[number, number, number, number]}
 * @throws {InvalidError} for anything else
 */
export function parseColour(text) {
  const match = /^#?([0-9a-f]{6})([0-9a-f]{2})?$/i.exec(text ?? "");
  if (!match) throw new InvalidError(`${JSON.stringify(text)} is no colour; write #rrggbb or #rrggbbaa.`);
  const bytes = (match[1] + (match[2] ?? "ff")).match(/../g).map((pair) => parseInt(pair, 16));
  return /** @type {any} */ (bytes);
}

/** A colour as `#rrggbb`, or `#rrggbbaa` where it is not opaque. */
export const colourText = ([r, g, b, a = 255]) =>
  `#${[r, g, b, ...(a === 255 ? [] : [a])].map((n) => n.toString(16).padStart(2, "0")).join("")}`;

/**
 * 256 RGBA colours of one hex text.
 *
 * @param {string} hex 256 times rrggbb, or rrggbbaa with alpha
 * @param {boolean} [alpha]
 * @returns {Uint8Array} 1024 bytes
 */
export function parseTable(hex, alpha = hex?.length === MAP_SIZE * 8) {
  const digits = alpha ? 8 : 6;
  if (typeof hex !== "string" || hex.length !== MAP_SIZE * digits || /[^0-9a-f]/i.test(hex)) {
    throw new InvalidError(`A colour map has ${MAP_SIZE} colours of ${digits} hexadecimal digits.`);
  }
  const table = new Uint8Array(MAP_SIZE * 4).fill(255);
  for (let i = 0; i < MAP_SIZE; i += 1) {
    for (let j = 0; j < digits / 2; j += 1) {
      const at = i * digits + j * 2;
      table[4 * i + j] = parseInt(hex.slice(at, at + 2), 16);
    }
  }
  return table;
}

/** The same colours from high to low. */
export function reversedTable(table) {
  const result = new Uint8Array(table.length);
  for (let i = 0; i < MAP_SIZE; i += 1) result.set(table.subarray(4 * i, 4 * i + 4), 4 * (MAP_SIZE - 1 - i));
  return result;
}

/** The built-in maps of a site (`api/colours.json`). */
export class ColourMaps {
  #maps = new Map();
  #tables = new Map();

  /** @param {{groups: {id: string, title: string, maps: {name: string, safe: boolean, colours: string}[]}[]}} document */
  constructor(document) {
    if (!Array.isArray(document?.groups)) throw new InvalidError("The list of colour maps has no groups.");
    /** Groups in order, each with the names of its maps and whether readers with colour blindness can use them. */
    this.groups = document.groups.map(({ id, title, maps }) => ({
      id, title, maps: maps.map(({ name, safe }) => ({ name, safe: safe === true })),
    }));
    for (const { maps } of document.groups) for (const map of maps) this.#maps.set(map.name, map.colours);
  }

  /** Whether there is a map of that name (`_r` at the end reverses one). */
  has(name) {
    return this.#maps.has(baseOf(name).base);
  }

  /**
   * The 256 RGBA colours of a map.
   *
   * @param {string|{name: string, colours: string, alpha?: boolean}} colours a name, or a map with its colours
   * @returns {Uint8Array} 1024 bytes, not to be changed
   * @throws {NotFoundError} for a name that is not known
   */
  table(colours) {
    if (typeof colours !== "string") return parseTable(colours?.colours, colours?.alpha);
    const { base, isReversed } = baseOf(colours);
    const hex = this.#maps.get(base);
    if (hex === undefined) throw new NotFoundError(`There is no colour map "${colours}".`);
    const name = isReversed ? `${base}_r` : base;
    if (!this.#tables.has(name)) {
      const table = parseTable(hex);
      this.#tables.set(name, isReversed ? reversedTable(table) : table);
    }
    return this.#tables.get(name);
  }
}

function baseOf(name) {
  const plain = name.startsWith("cmo.") ? name.slice(4) : name;
  const isReversed = plain.endsWith("_r");
  return { base: isReversed ? plain.slice(0, -2) : plain, isReversed };
}
