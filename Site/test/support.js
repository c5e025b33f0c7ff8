// What several tests need: fixtures, random numbers that are the same every time. Not a test itself.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

/** A fixture made by make_fixtures.py. */
export const fixture = (name) =>
  JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), "utf8"));

/** Objects of a fixture, by key. */
export const objectsOf = (record) =>
  new Map(Object.entries(record).map(([key, text]) => [key, Buffer.from(text, "base64")]));

/** Random numbers from 0 to 1 of a seed (mulberry32). */
export function randomOf(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A number of a fixture, where null is NaN and infinities are text. */
export const numberOf = (value) =>
  (value === null ? NaN : value === "inf" ? Infinity : value === "-inf" ? -Infinity : Number(value));

/** Fails unless two numbers are both NaN or differ by no more than a share of the larger. */
export function assertNear(actual, expected, tolerance = 1e-12, message = "") {
  if (Object.is(actual, expected) || actual === expected) return;
  const scale = Math.max(Math.abs(actual), Math.abs(expected), 1);
  assert.ok(Math.abs(actual - expected) <= tolerance * scale, `${actual} is not ${expected} ${message}`);
}
