// Animated GIF (GIF89a, CompuServe 1990), for browsers that cannot record video.

import { InvalidError } from "../errors.js";
import { nearestTable, paletteOf } from "./quantise.js";

const LARGEST_SIDE = 65535;

/** Bytes that grow. */
class Bytes {
  #buffer = new Uint8Array(1 << 16);
  #length = 0;

  push(...bytes) {
    this.append(bytes);
  }

  append(bytes) {
    if (this.#length + bytes.length > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(2 * this.#buffer.length, this.#length + bytes.length));
      larger.set(this.#buffer);
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  word(value) {
    this.push(value & 255, value >> 8);
  }

  text(text) {
    this.append(Uint8Array.from(text, (c) => c.charCodeAt(0)));
  }

  taken() {
    return this.#buffer.slice(0, this.#length);
  }
}

/**
 * Indices packed by the LZW of GIF (appendix F): codes of 9 to 12 bits for 256 colours, the table begun anew when full.
 *
 * @param {Uint8Array} indices
 * @param {number} bits of an index, 2 … 8
 * @returns {Uint8Array} without the division into blocks
 */
export function packLZW(indices, bits) {
  const clear = 1 << bits;
  const end = clear + 1;
  const out = new Uint8Array(Math.ceil(indices.length * 1.6) + 16);
  let [length, hold, held] = [0, 0, 0];
  let width = bits + 1;
  const put = (code) => {
    hold |= code << held;
    held += width;
    while (held >= 8) {
      out[length] = hold & 255;
      length += 1;
      hold >>>= 8;
      held -= 8;
    }
  };
  // Which code a known string and one more index have: a table of 4096 strings by 256 indices.
  const table = new Uint16Array(4096 * 256);
  const used = [];
  let next = end + 1;
  put(clear);
  let string = indices[0] ?? 0;
  for (let i = 1; i < indices.length; i += 1) {
    const index = indices[i];
    const place = (string << 8) | index;
    const known = table[place];
    if (known) {
      string = known;
      continue;
    }
    put(string);
    if (next < 4096) {
      table[place] = next;
      used.push(place);
      if (next === 1 << width && width < 12) width += 1;
      next += 1;
    } else {
      put(clear);
      for (const one of used) table[one] = 0;
      used.length = 0;
      next = end + 1;
      width = bits + 1;
    }
    string = index;
  }
  if (indices.length) put(string);
  // The decoder has by now made one more string, which may have widened its codes.
  if (next === 1 << width && width < 12) width += 1;
  put(end);
  if (held > 0) {
    out[length] = hold & 255;
    length += 1;
  }
  return out.subarray(0, length);
}

/** Writes an animation frame by frame. */
export class GifWriter {
  #bytes = new Bytes();
  #width;
  #height;

  /**
   * @param {number} width pixels
   * @param {number} height
   * @param {{repeat?: number}} [options] how often it runs again; 0: for ever
   */
  constructor(width, height, { repeat = 0 } = {}) {
    const isFine = [width, height].every((side) => Number.isInteger(side) && side > 0 && side <= LARGEST_SIDE);
    if (!isFine) throw new InvalidError(`A GIF has 1 to ${LARGEST_SIDE} pixels a side, not ${width} x ${height}.`);
    this.#width = width;
    this.#height = height;
    this.#bytes.text("GIF89a");
    this.#bytes.word(width);
    this.#bytes.word(height);
    // No colours for all frames, no background, square pixels.
    this.#bytes.push(0x70, 0, 0);
    this.#bytes.push(0x21, 0xff, 11);
    this.#bytes.text("NETSCAPE2.0");
    this.#bytes.push(3, 1);
    this.#bytes.word(repeat);
    this.#bytes.push(0);
  }

  /**
   * Adds a frame.
   *
   * @param {ArrayLike<number>} pixels RGBA, four bytes each; opacity is not kept
   * @param {number} delay milliseconds it is shown; browsers show none for less than 20
   */
  add(pixels, delay) {
    const count = this.#width * this.#height;
    if (pixels.length !== 4 * count) throw new InvalidError(`A frame has ${4 * count} bytes, not ${pixels.length}.`);
    const colours = paletteOf(pixels, 256);
    const nearest = nearestTable(colours);
    const indices = new Uint8Array(count);
    for (let i = 0; i < count; i += 1) indices[i] = nearest(pixels[4 * i], pixels[4 * i + 1], pixels[4 * i + 2]);
    const bytes = this.#bytes;
    bytes.push(0x21, 0xf9, 4, 4);
    bytes.word(Math.min(65535, Math.max(2, Math.round(delay / 10))));
    bytes.push(0, 0);
    bytes.push(0x2c);
    for (const value of [0, 0, this.#width, this.#height]) bytes.word(value);
    bytes.push(0x87);
    const table = new Uint8Array(768);
    table.set(colours);
    bytes.append(table);
    bytes.push(8);
    const packed = packLZW(indices, 8);
    for (let start = 0; start < packed.length; start += 255) {
      const block = packed.subarray(start, start + 255);
      bytes.push(block.length);
      bytes.append(block);
    }
    bytes.push(0);
  }

  /** The bytes of the file; nothing can be added after. */
  finish() {
    this.#bytes.push(0x3b);
    return this.#bytes.taken();
  }
}

/**
 * An animated GIF of frames, made without holding up the page for longer than a frame takes.
 *
 * @param {Iterable<ArrayLike<number>>} frames RGBA
 * @param {{width: number, height: number, delay: number, repeat?: number, signal?: AbortSignal,
 *   progress?: (frames: number) => void}} options delay in milliseconds
 * @returns {Promise<Uint8Array>}
 */
export async function encodeGif(frames, { width, height, delay, repeat = 0, signal, progress }) {
  const writer = new GifWriter(width, height, { repeat });
  let done = 0;
  for (const frame of frames) {
    signal?.throwIfAborted();
    writer.add(frame, delay);
    done += 1;
    progress?.(done);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  if (!done) throw new InvalidError("A film of no frames cannot be written.");
  return writer.finish();
}
