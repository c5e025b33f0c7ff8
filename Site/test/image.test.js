// GIFs, read back by a decoder written from the specification for this test alone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeGif, GifWriter } from "../lib/image/index.js";
import { packLZW } from "../lib/image/gif.js";
import { randomOf } from "./support.js";

/** Indices from LZW codes (GIF89a, appendix F); strings are kept whole. */
function unpack(bytes, bits) {
  const [clear, end] = [1 << bits, (1 << bits) + 1];
  let [width, at, table, last] = [bits + 1, 0, [], undefined];
  const result = [];
  const code = () => {
    let value = 0;
    for (let i = 0; i < width; i += 1, at += 1) value |= ((bytes[at >> 3] >> (at & 7)) & 1) << i;
    return value;
  };
  for (;;) {
    const next = code();
    if (next === end) return result;
    if (next === clear) {
      table = Array.from({ length: end + 1 }, (_, i) => [i]);
      width = bits + 1;
      last = undefined;
      continue;
    }
    assert.ok(next < table.length || (next === table.length && last), `code ${next} of ${table.length}`);
    const string = table[next] ?? [...last, last[0]];
    if (last && table.length < 4096) table.push([...last, string[0]]);
    if (table.length === 1 << width && width < 12) width += 1;
    result.push(...string);
    last = string;
  }
}

/** The frames of a GIF as RGB, and their delays. */
function frames(bytes) {
  assert.equal(String.fromCharCode(...bytes.subarray(0, 6)), "GIF89a");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [width, height] = [view.getUint16(6, true), view.getUint16(8, true)];
  const found = [];
  let [at, delay, repeat] = [13, 0, undefined];
  const blocks = () => {
    const parts = [];
    for (let size = bytes[at]; size; size = bytes[at]) {
      parts.push(...bytes.subarray(at + 1, at + 1 + size));
      at += size + 1;
    }
    at += 1;
    return parts;
  };
  for (;;) {
    const kind = bytes[at];
    if (kind === 0x3b) {
      assert.equal(at, bytes.length - 1);
      return { width, height, found, repeat };
    }
    if (kind === 0x21) {
      const label = bytes[at + 1];
      at += 2;
      const data = blocks();
      if (label === 0xf9) delay = (data[1] | (data[2] << 8)) * 10;
      else repeat = data[12] | (data[13] << 8);
    } else {
      assert.equal(kind, 0x2c);
      const flags = bytes[at + 9];
      const colours = bytes.subarray(at + 10, at + 10 + 3 * (2 << (flags & 7)));
      at += 10 + colours.length;
      const bits = bytes[at];
      at += 1;
      const indices = unpack(blocks(), bits);
      found.push({ delay, pixels: Uint8Array.from(indices.flatMap((i) => [...colours.subarray(3 * i, 3 * i + 3), 255])) });
    }
  }
}

const picture = (width, height, of) =>
  Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) => (i % 4 === 3 ? 255 : of(Math.floor(i / 4), i % 4)));

test("few colours come back exactly, with their times", async () => {
  const colours = [[0, 0, 0], [255, 128, 3], [7, 200, 90]];
  const made = [0, 1, 2].map((shift) => picture(37, 23, (pixel, channel) => colours[(pixel * 7 + shift) % 3][channel]));
  const gif = frames(await encodeGif(made, { width: 37, height: 23, delay: 120 }));
  assert.deepEqual([gif.width, gif.height, gif.repeat, gif.found.length], [37, 23, 0, 3]);
  gif.found.forEach(({ delay, pixels }, i) => {
    assert.equal(delay, 120);
    assert.deepEqual(pixels, Uint8Array.from(made[i]));
  });
});

test("many colours come back nearly", async () => {
  const smooth = picture(200, 100, (pixel, channel) =>
    [(pixel % 200) * 1.2, Math.floor(pixel / 200) * 2.5, 255 - (pixel % 200)][channel]);
  const { found: [{ pixels }] } = frames(await encodeGif([smooth], { width: 200, height: 100, delay: 50 }));
  let sum = 0;
  pixels.forEach((value, i) => { sum += Math.abs(value - smooth[i]); });
  assert.ok(sum / pixels.length < 5, `${sum / pixels.length} off on the mean`);
});

test("any indices come back, also when the table is full many times", () => {
  const random = randomOf(6);
  for (const length of [0, 1, 2, 255, 256, 257, 4000, 4096, 60000]) {
    for (const colours of [1, 2, 16, 256]) {
      const indices = Uint8Array.from({ length }, () => Math.floor(random() ** 2 * colours));
      assert.deepEqual(unpack(packLZW(indices, 8), 8), [...indices]);
    }
  }
});

test("what cannot be a GIF is refused", async () => {
  assert.throws(() => new GifWriter(0, 4), { code: "invalid" });
  assert.throws(() => new GifWriter(4, 70000), { code: "invalid" });
  assert.throws(() => new GifWriter(2, 2).add(new Uint8Array(3), 10), { code: "invalid" });
  await assert.rejects(encodeGif([], { width: 2, height: 2, delay: 10 }), { code: "invalid" });
  const gone = AbortSignal.abort();
  await assert.rejects(encodeGif([new Uint8Array(16)], { width: 2, height: 2, delay: 10, signal: gone }), { name: "AbortError" });
});
