// Reading chunks and windows of one array.

import { DamagedError, InvalidError } from "../errors.js";
import { decodeChunk } from "./codecs.js";
import { decodeValues, decodingOf } from "./decode.js";
import { indexLength, ShardIndex } from "./shard.js";

/**
 * @typedef {object} Window
 * @property {any} data typed array in C order
 * @property {number[]} shape without the dimensions that were picked by one index
 * @property {boolean} missing whether no chunk of it is in the store
 */

/** An array of a Zarr group. Chunks are read once, kept in the group's cache and shared by callers. */
export class ZarrArray {
  #context;
  #description;
  #fill;

  /**
   * @param {object} context what arrays of one hierarchy share: {store, chunks, indexes, work, documents}
   * @param {string} path below the store
   * @param {import("./metadata.js").ArrayDescription} description
   */
  constructor(context, path, description) {
    this.#context = context;
    this.#description = description;
    this.path = path;
    const { shape, chunkShape, attributes, dimensionNames, type, fillValue, shard, fillIsMissing } = description;
    /** @type {number[]} */
    this.shape = shape;
    /** @type {number[]} what is decoded at once */
    this.chunkShape = chunkShape;
    /** @type {number[]|undefined} */
    this.shardShape = shard?.shape;
    /** How many chunks lie along each axis. */
    this.chunkCounts = shape.map((n, i) => Math.ceil(n / chunkShape[i]));
    this.attributes = attributes;
    const listed = attributes._ARRAY_DIMENSIONS;
    /** @type {string[]|undefined} */
    this.dimensions = dimensionNames ?? (Array.isArray(listed) ? listed : undefined);
    this.dataType = type.name;
    this.fillValue = fillValue;
    /** How stored numbers become values. */
    this.decoding = decodingOf(attributes, fillIsMissing ? fillValue : undefined);
  }

  /** Bytes of one decoded chunk. */
  get chunkBytes() {
    return this.chunkShape.reduce((all, n) => all * n, this.#description.type.size);
  }

  /** Whether a chunk is at hand, so that `getChunk` needs no request. */
  hasChunk(coords) {
    return this.#context.chunks.has(this.#chunkKey(coords));
  }

  /**
   * The stored numbers of one chunk, shared by all callers and not to be changed; those of an edge chunk that lie outside
   * the array have any value.
   *
   * @param {number[]} coords of the chunk, one for each axis
   * @param {import("./store.js").ReadOptions} [options]
   * @returns {Promise<{data: any, shape: number[], missing: boolean}>} `missing`: not in the store, all fill value
   */
  async getChunk(coords, options = {}) {
    this.#checkCoords(coords);
    const { chunks, work } = this.#context;
    const key = this.#chunkKey(coords);
    const kept = chunks.get(key);
    const data = kept !== undefined ? kept : await work.run(key, options.signal, async (signal) => {
      const read = await this.#readChunk(coords, { ...options, signal });
      chunks.set(key, read, read?.byteLength ?? 64);
      return read;
    });
    return data
      ? { data, shape: this.chunkShape, missing: false }
      : { data: this.#filled(), shape: this.chunkShape, missing: true };
  }

  /**
   * The stored numbers of a window.
   *
   * @param {(number|[number, number]|null)[]} selection for each axis an index, [start, stop), or null for all
   * @param {import("./store.js").ReadOptions} [options]
   * @returns {Promise<Window>}
   * @throws {InvalidError} if it is not within the array
   */
  async getWindow(selection, options = {}) {
    const ranges = this.#ranges(selection);
    const shape = ranges.map(([start, stop]) => stop - start);
    const data = new this.#description.type.view(shape.reduce((all, n) => all * n, 1));
    const chunks = ranges.map(([start, stop], axis) => {
      const first = Math.floor(start / this.chunkShape[axis]);
      return { first, count: stop > start ? Math.ceil(stop / this.chunkShape[axis]) - first : 0 };
    });
    const total = chunks.reduce((all, { count }) => all * count, 1);
    let missing = true;
    await Promise.all(Array.from({ length: total }, async (_, number) => {
      const coords = coordsOf(number, chunks);
      const chunk = await this.getChunk(coords, options);
      if (!chunk.missing) missing = false;
      copyPart(chunk.data, this.chunkShape, coords, data, shape, ranges);
    }));
    const kept = shape.filter((_, axis) => typeof selection[axis] !== "number");
    return { data, shape: kept, missing };
  }

  /**
   * The values of a window: scale, offset and missing values applied (NaN where missing).
   *
   * @param {(number|[number, number]|null)[]} selection as for `getWindow`
   * @param {import("./store.js").ReadOptions & {wide?: boolean}} [options] wide: in double precision
   * @returns {Promise<Window>} with a Float32Array, or Float64Array if wide
   */
  async getValues(selection, { wide = false, ...options } = {}) {
    const { data, shape, missing } = await this.getWindow(selection, options);
    return { data: this.values(data, wide), shape, missing };
  }

  /** Stored numbers as values, NaN where missing. */
  values(raw, wide = false) {
    return decodeValues(raw, this.decoding, wide ? new Float64Array(raw.length) : undefined);
  }

  #chunkKey(coords) {
    return `${this.path}/${coords.join(".")}`;
  }

  #filled() {
    const { type, fillValue } = this.#description;
    const length = this.chunkShape.reduce((all, n) => all * n, 1);
    this.#fill ??= new type.view(length).fill(fillValue);
    return this.#fill;
  }

  #objectKey(coords) {
    return [this.path, this.#description.keyOf(coords)].filter(Boolean).join("/");
  }

  /** undefined is not kept by caches, so null stands for a chunk that is not in the store. */
  async #readChunk(coords, options) {
    const { shard, layout, type } = this.#description;
    const { store } = this.#context;
    const shardCoords = shard && coords.map((n, i) => Math.floor(n / shard.chunksIn[i]));
    const key = this.#objectKey(shardCoords ?? coords);
    const where = `Chunk ${coords.join(",")} of ${store.url(this.path)}`;
    try {
      const bytes = shard
        ? await this.#readFromShard(key, coords.map((n, i) => n % shard.chunksIn[i]), options)
        : await store.get(key, options);
      return bytes ? await decodeChunk(bytes, layout, this.chunkShape, type, where) : null;
    } catch (error) {
      throw error instanceof DamagedError ? await store.explain([key, ...this.#context.documents], error) : error;
    }
  }

  async #readFromShard(key, coords, options) {
    const { store } = this.#context;
    const index = await this.#index(key, options);
    const place = index?.place(coords);
    if (!place) return undefined;
    const bytes = await store.getRange(key, place.offset, place.length, options);
    if (bytes) return bytes;
    throw await store.explain([key, ...this.#context.documents],
      new DamagedError(`${store.url(key)} was there and is no longer.`, { address: store.url(key) }));
  }

  async #index(key, options) {
    const { shard } = this.#description;
    const { store, indexes, work } = this.#context;
    const kept = indexes.get(key);
    if (kept !== undefined) return kept;
    return work.run(`index ${key}`, options.signal, async (signal) => {
      const length = indexLength(shard);
      const bytes = shard.indexAt === "start"
        ? await store.getRange(key, 0, length, { ...options, signal })
        : await store.getSuffix(key, length, { ...options, signal });
      // The bytes may be part of a larger answer, which need not be kept.
      const index = bytes ? new ShardIndex(bytes.slice(), shard, store.url(key)) : null;
      indexes.set(key, index, index?.byteLength ?? 64);
      return index;
    });
  }

  #checkCoords(coords) {
    const isFine = coords.length === this.shape.length
      && coords.every((n, axis) => Number.isInteger(n) && n >= 0 && n < this.chunkCounts[axis]);
    if (!isFine) throw new InvalidError(`${this.path} has no chunk ${coords}: it has ${this.chunkCounts.join(" x ")}.`);
  }

  #ranges(selection) {
    const { shape } = this;
    if (selection.length !== shape.length) {
      throw new InvalidError(`${this.path} has ${shape.length} dimensions; ${selection.length} were selected from.`);
    }
    return selection.map((one, axis) => {
      const [start, stop] = one === null ? [0, shape[axis]] : typeof one === "number" ? [one, one + 1] : one;
      if (Number.isInteger(start) && Number.isInteger(stop) && start >= 0 && start <= stop && stop <= shape[axis]) {
        return [start, stop];
      }
      throw new InvalidError(`${start} to ${stop} is not within axis ${axis} of ${this.path}, which has ${shape[axis]}.`);
    });
  }
}

function coordsOf(number, chunks) {
  const coords = new Array(chunks.length);
  for (let axis = chunks.length - 1; axis >= 0; axis -= 1) {
    coords[axis] = chunks[axis].first + (number % chunks[axis].count);
    number = Math.floor(number / chunks[axis].count);
  }
  return coords;
}

/** Copies what a chunk and a window have in common, row by row. */
function copyPart(chunk, chunkShape, coords, target, shape, ranges) {
  const last = shape.length - 1;
  if (last < 0) {
    target[0] = chunk[0];
    return;
  }
  // Per axis: first index within the chunk, first within the window, how many.
  const parts = shape.map((_, axis) => {
    const origin = coords[axis] * chunkShape[axis];
    const start = Math.max(origin, ranges[axis][0]);
    const stop = Math.min(origin + chunkShape[axis], ranges[axis][1]);
    return { from: start - origin, to: start - ranges[axis][0], count: stop - start };
  });
  const copy = (axis, from, to) => {
    const part = parts[axis];
    if (axis === last) {
      target.set(chunk.subarray(from + part.from, from + part.from + part.count), to + part.to);
      return;
    }
    for (let i = 0; i < part.count; i += 1) {
      copy(axis + 1, (from + part.from + i) * chunkShape[axis + 1], (to + part.to + i) * shape[axis + 1]);
    }
  };
  copy(0, 0, 0);
}
