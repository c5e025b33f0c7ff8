// Metadata documents of Zarr v3 (spec 3.1) and v2, checked whole and turned into one description.

import { DamagedError, UnsupportedError } from "../errors.js";
import { fillValue, fromV2, typeOf } from "./types.js";

const MOST_DIMENSIONS = 32;
const LARGEST_CHUNK = 512 << 20;
const MOST_IN_SHARD = 1 << 20;

/**
 * @typedef {object} Layout how a chunk's bytes become elements
 * @property {boolean} little
 * @property {number[]|undefined} order the transposition, undefined for C order
 * @property {{name: "gzip"|"zlib"|"crc32c"}[]} bytes codecs of bytes, in the order of encoding
 */

/**
 * @typedef {object} ArrayDescription
 * @property {2|3} format
 * @property {number[]} shape
 * @property {{name: string, size: number, view: any}} type
 * @property {number|bigint} fillValue
 * @property {boolean} fillIsMissing whether the fill value marks missing values (v2, as xarray reads it)
 * @property {Record<string, any>} attributes
 * @property {string[]|undefined} dimensionNames
 * @property {number[]} chunkShape of what is decoded at once: the inner chunks where there are shards
 * @property {Layout} layout of such a chunk
 * @property {{shape: number[], chunksIn: number[], indexAt: "start"|"end", indexHasChecksum: boolean}|undefined} shard
 * @property {(coords: number[]) => string} keyOf the key of an object (chunk or shard) below the array
 */

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Attributes of a document, empty if it has none. */
export const attributesOf = (document) => isObject(document?.attributes) ? document.attributes : {};

/**
 * Reads the `zarr.json` of an array.
 *
 * @param {any} document
 * @param {string} where its address, for messages
 * @returns {ArrayDescription}
 * @throws {DamagedError} if it breaks the specification
 * @throws {UnsupportedError} if it uses what is not known here
 */
export function arrayOfV3(document, where) {
  const bad = (what) => new DamagedError(`${where} is not valid Zarr metadata: ${what}.`, { address: where });
  if (!isObject(document) || document.zarr_format !== 3) throw bad("it is not of Zarr version 3");
  if (document.node_type !== "array") throw bad("it is not that of an array");
  for (const [name, value] of Object.entries(document)) {
    if (KNOWN.has(name) || (isObject(value) && value.must_understand === false)) continue;
    throw new UnsupportedError(`${where} uses "${name}", which this reader does not know.`, { address: where });
  }
  const shape = wholeNumbers(document.shape, 0, bad, "shape");
  const type = typeOf(document.data_type, where);
  const grid = document.chunk_grid;
  if (!isObject(grid) || grid.name !== "regular") {
    throw new UnsupportedError(`${where} has a chunk grid that is not regular.`, { address: where });
  }
  const outer = wholeNumbers(grid.configuration?.chunk_shape, 1, bad, "chunk shape");
  if (outer.length !== shape.length) throw bad("its chunks have another number of dimensions than it has");
  if (document.storage_transformers?.length) {
    throw new UnsupportedError(`${where} uses storage transformers.`, { address: where });
  }
  const codecs = codecList(document.codecs, bad);
  const sharding = codecs.find((codec) => codec.name === "sharding_indexed");
  let shard;
  let chunkShape = outer;
  let layout;
  if (sharding) {
    if (codecs.length > 1) {
      throw new UnsupportedError(`${where} has codecs around its shards, so that parts cannot be read.`, { address: where });
    }
    ({ shard, chunkShape, layout } = shardOf(sharding.configuration, outer, type, where, bad));
  } else {
    layout = layoutOf(codecs, shape.length, type, where, bad);
  }
  checkSize(chunkShape, type, bad);
  const names = document.dimension_names;
  const hasNames = Array.isArray(names) && names.length === shape.length && names.every((n) => typeof n === "string");
  return {
    format: 3, shape, type, chunkShape, layout, shard,
    fillValue: fillValue(document.fill_value, type, where), fillIsMissing: false,
    attributes: attributesOf(document),
    dimensionNames: hasNames ? names : undefined,
    keyOf: keysOfV3(document.chunk_key_encoding, where, bad),
  };
}

const KNOWN = new Set([
  "zarr_format", "node_type", "shape", "data_type", "chunk_grid", "chunk_key_encoding", "fill_value", "codecs",
  "attributes", "storage_transformers", "dimension_names", "consolidated_metadata",
]);

/**
 * Reads the `.zarray` and `.zattrs` of an array.
 *
 * @param {any} document of `.zarray`
 * @param {any} attributes of `.zattrs`, or undefined
 * @param {string} where
 * @returns {ArrayDescription}
 */
export function arrayOfV2(document, attributes, where) {
  const bad = (what) => new DamagedError(`${where} is not valid Zarr metadata: ${what}.`, { address: where });
  if (!isObject(document) || document.zarr_format !== 2) throw bad("it is not of Zarr version 2");
  const shape = wholeNumbers(document.shape, 0, bad, "shape");
  const chunkShape = wholeNumbers(document.chunks, 1, bad, "chunk shape");
  if (chunkShape.length !== shape.length) throw bad("its chunks have another number of dimensions than it has");
  const { type, little } = fromV2(document.dtype, where);
  checkSize(chunkShape, type, bad);
  if (document.filters?.length) {
    throw new UnsupportedError(`${where} uses filters, which this reader does not know.`, { address: where });
  }
  const compressor = document.compressor ?? undefined;
  if (compressor && !["gzip", "zlib"].includes(compressor.id)) {
    throw unknownCodec(compressor.id, where);
  }
  if (!["C", "F", undefined].includes(document.order)) throw bad(`its order is ${JSON.stringify(document.order)}`);
  const separator = document.dimension_separator ?? ".";
  if (separator !== "." && separator !== "/") throw bad("its dimension separator is neither . nor /");
  const order = document.order === "F" ? shape.map((_, i) => shape.length - 1 - i) : undefined;
  const given = isObject(attributes) ? attributes : {};
  const names = given._ARRAY_DIMENSIONS;
  return {
    format: 2, shape, type, chunkShape, shard: undefined,
    layout: { little, order: isIdentity(order) ? undefined : order, bytes: compressor ? [{ name: compressor.id }] : [] },
    fillValue: fillValue(document.fill_value, type, where),
    fillIsMissing: (document.fill_value ?? null) !== null,
    attributes: given,
    dimensionNames: Array.isArray(names) && names.length === shape.length ? names.map(String) : undefined,
    keyOf: (coords) => (coords.length ? coords.join(separator) : "0"),
  };
}

/**
 * The documents of all members of a group, from consolidated metadata.
 *
 * @param {any} document of the group: `zarr.json`, or `.zmetadata`
 * @returns {Map<string, any>|undefined} path to document; for v2 {array?, group?, attributes?}
 */
export function consolidated(document, where) {
  if (document?.zarr_format === 3 || document?.node_type) {
    const members = document.consolidated_metadata?.metadata;
    if (members === undefined || members === null) return undefined;
    if (!isObject(members)) {
      throw new DamagedError(`${where} has consolidated metadata that are not an object.`, { address: where });
    }
    return new Map(Object.entries(members));
  }
  const members = document?.metadata;
  if (!isObject(members)) {
    throw new DamagedError(`${where} has no consolidated metadata in it.`, { address: where });
  }
  const found = new Map();
  const parts = { ".zarray": "array", ".zgroup": "group", ".zattrs": "attributes" };
  for (const [key, value] of Object.entries(members)) {
    const slash = key.lastIndexOf("/");
    const part = parts[key.slice(slash + 1)];
    if (!part) continue;
    const path = key.slice(0, Math.max(slash, 0));
    if (!found.has(path)) found.set(path, {});
    found.get(path)[part] = value;
  }
  return found;
}

function wholeNumbers(value, least, bad, what) {
  const isFine = Array.isArray(value) && value.length <= MOST_DIMENSIONS
    && value.every((n) => Number.isSafeInteger(n) && n >= least);
  if (!isFine) throw bad(`its ${what} is ${JSON.stringify(value)?.slice(0, 80)}`);
  return [...value];
}

const product = (numbers) => numbers.reduce((all, n) => all * n, 1);

function checkSize(chunkShape, type, bad) {
  const bytes = product(chunkShape) * type.size;
  if (bytes > LARGEST_CHUNK) throw bad(`a chunk of it would take ${bytes} bytes`);
}

function codecList(value, bad) {
  if (!Array.isArray(value) || !value.length || value.length > 16) throw bad("it has no list of codecs");
  return value.map((codec) => {
    if (typeof codec === "string") return { name: codec, configuration: {} };
    if (!isObject(codec) || typeof codec.name !== "string") throw bad("one of its codecs has no name");
    return { name: codec.name, configuration: isObject(codec.configuration) ? codec.configuration : {} };
  });
}

const unknownCodec = (name, where) => new UnsupportedError(
  `${where} is coded with "${String(name).slice(0, 40)}". A browser can read gzip and zlib; publish it with one of these.`,
  { address: where });

function layoutOf(codecs, dimensions, type, where, bad) {
  let order;
  let little;
  const bytes = [];
  for (const { name, configuration } of codecs) {
    const isAfter = little !== undefined;
    if (name === "transpose" && !isAfter) {
      const step = transposition(configuration.order, dimensions, bad);
      order = order ? step.map((axis) => order[axis]) : step;
    } else if (name === "bytes" && !isAfter) {
      little = configuration.endian !== "big";
      if (!["little", "big", undefined].includes(configuration.endian)) throw bad("its byte order is unknown");
      if (configuration.endian === undefined && type.size > 1) throw bad("its byte order is missing");
    } else if (["gzip", "zlib", "numcodecs.zlib", "numcodecs.gzip", "crc32c"].includes(name) && isAfter) {
      bytes.push({ name: name.replace("numcodecs.", "") });
    } else if (["transpose", "bytes", "gzip", "zlib", "crc32c"].includes(name)) {
      throw bad(`its codec "${name}" is out of place`);
    } else {
      throw unknownCodec(name, where);
    }
  }
  if (little === undefined) throw bad("it has no codec from elements to bytes");
  return { little, order: isIdentity(order) ? undefined : order, bytes };
}

const isIdentity = (order) => !order || order.every((axis, i) => axis === i);

function transposition(order, dimensions, bad) {
  const isFine = Array.isArray(order) && order.length === dimensions
    && [...order].sort((a, b) => a - b).every((axis, i) => axis === i);
  if (!isFine) throw bad(`its transposition is ${JSON.stringify(order)?.slice(0, 80)}`);
  return order;
}

function shardOf(configuration, outer, type, where, bad) {
  const inner = wholeNumbers(configuration.chunk_shape, 1, bad, "inner chunk shape");
  if (inner.length !== outer.length || inner.some((n, i) => outer[i] % n)) {
    throw bad("its shards do not hold a whole number of chunks");
  }
  const chunksIn = outer.map((n, i) => n / inner[i]);
  if (product(chunksIn) > MOST_IN_SHARD) throw bad(`its shards hold ${product(chunksIn)} chunks`);
  const codecs = codecList(configuration.codecs, bad);
  if (codecs.some((codec) => codec.name === "sharding_indexed")) {
    throw new UnsupportedError(`${where} has shards within shards.`, { address: where });
  }
  const index = codecList(configuration.index_codecs, bad);
  const isKnown = index[0].name === "bytes" && index[0].configuration.endian === "little"
    && (index.length === 1 || (index.length === 2 && index[1].name === "crc32c"));
  if (!isKnown) throw new UnsupportedError(`${where} has a shard index coded in a way unknown here.`, { address: where });
  const indexAt = configuration.index_location ?? "end";
  if (indexAt !== "start" && indexAt !== "end") throw bad("the place of its shard index is unknown");
  return {
    shard: { shape: outer, chunksIn, indexAt, indexHasChecksum: index.length === 2 },
    chunkShape: inner,
    layout: layoutOf(codecs, outer.length, type, where, bad),
  };
}

function keysOfV3(encoding, where, bad) {
  const { name, configuration } = isObject(encoding) ? encoding : { name: encoding };
  const separator = configuration?.separator;
  if (separator !== undefined && separator !== "." && separator !== "/") throw bad("its chunk keys have a strange separator");
  if (name === "default") return (coords) => ["c", ...coords].join(separator ?? "/");
  if (name === "v2") return (coords) => (coords.length ? coords.join(separator ?? ".") : "0");
  throw new UnsupportedError(`${where} names its chunks in a way unknown here.`, { address: where });
}
