// What the texts are made from, and what they have in common.

/**
 * What is shown of one dataset.
 *
 * @typedef {object} CodeView
 * @property {string} title of what is shown, for the first line
 * @property {string} cube full address of `cube.zarr`
 * @property {string} [series] full address of `series.zarr`, where a series is wanted
 * @property {boolean} [hasRecent] whether the series go on below `recent`
 * @property {2|3} [format] of Zarr, 3
 * @property {number} level
 * @property {CodeVariable[]} variables shown, or used by the expression
 * @property {string} [expression] of the variables' keys
 * @property {{rows: [number, number], columns: [number, number]}} [window] of the level's cells on the map
 * @property {{row: number, column: number, longitude: number, latitude: number, level?: number}} [cell] whose series is
 *   wanted; of its own level, or of that of the map
 * @property {{range?: [number, number], colours?: string, group?: string}} [style] group: the colour map's, in `colours.json`
 */

/**
 * @typedef {object} CodeVariable
 * @property {string} key
 * @property {string[]} dimensions of the array, in order: time and others, then rows, then columns
 * @property {boolean} [hasTime] whether the first of them is time
 * @property {{index: number, label: string}[]} picked along the dimensions before rows, in order
 * @property {{scale: number, offset: number, missing: number[]}} [decoding] of the array
 * @property {{meaning: string, value?: number, mask?: number}[]} [flags]
 */

/** A text that fits into one line of a comment. */
export const comment = (text) => String(text).replace(/\s+/g, " ").replace(/[\p{Cc}\p{Cf}]/gu, "").trim().slice(0, 160);

const KEYWORDS = new Set(
  ("and as assert async await begin break class const continue def del do else elseif end except export false finally for from "
    + "function global if import in is lambda let local macro module mutable next nonlocal not or pass print raise repeat return "
    + "struct true try using while with yield TRUE FALSE NULL NA NaN Inf T F c cube field series xr np plt values").split(" "));

/** A name for each key that can stand in Python, Julia and R; no two alike. */
export function namesOf(variables) {
  const taken = new Set();
  return Object.fromEntries(variables.map(({ key }) => {
    let name = key.replace(/[^A-Za-z0-9_]/g, "_").replace(/^_+/, "");
    if (!/^[A-Za-z]/.test(name) || KEYWORDS.has(name)) name = `v_${name}`;
    while (taken.has(name)) name += "_";
    taken.add(name);
    return [key, name];
  }));
}

/** Flags by variable, as expressions ask for them. */
export const flagsOf = (variables) => Object.fromEntries(variables.map(({ key, flags }) => [key, { flags }]));

/** The picked positions in words: `time 2017-06-05, level 500`. */
export const pickedText = ({ picked, dimensions }) => picked.map(({ label }, i) => `${dimensions[i]} ${label}`).join(", ");

/** Lines without those that are not needed. */
export const lines = (...parts) => `${parts.flat(Infinity).filter((part) => part !== undefined && part !== false).join("\n")}\n`;

/** The level of the series. */
export const seriesLevel = ({ cell, level }) => cell.level ?? level;

export const placeText = ({ longitude, latitude }) =>
  `${Math.abs(latitude).toFixed(4)}° ${latitude < 0 ? "S" : "N"}, ${Math.abs(longitude).toFixed(4)}° ${longitude < 0 ? "W" : "E"}`;
