// Opening a hierarchy: one document where metadata are consolidated.

import { DamagedError, NotFoundError } from "../errors.js";
import { ZarrArray } from "./array.js";
import { ByteCache, SharedWork } from "./cache.js";
import { arrayOfV2, arrayOfV3, attributesOf, consolidated } from "./metadata.js";
import { requireJSON } from "./store.js";

const join = (...parts) => parts.filter(Boolean).join("/");

/** A group of a Zarr hierarchy. */
export class ZarrGroup {
  #context;
  #members;
  #below;

  /** Made by `openGroup`. `members` is undefined where metadata are not consolidated. */
  constructor(context, path, attributes, members, below) {
    this.#context = context;
    this.#members = members;
    this.#below = below;
    this.path = path;
    this.attributes = attributes;
    /** @type {2|3} */
    this.format = context.format;
    this.store = context.store;
  }

  /** Paths of all members known from consolidated metadata, relative to this group; undefined if not consolidated. */
  get members() {
    if (!this.#members) return undefined;
    const prefix = this.#below ? `${this.#below}/` : "";
    return [...this.#members.keys()].filter((path) => path !== "" && path.startsWith(prefix))
      .map((path) => path.slice(prefix.length)).filter(Boolean);
  }

  /**
   * A group below this one.
   *
   * @param {string} path
   * @returns {Promise<ZarrGroup>}
   * @throws {NotFoundError} if there is none
   */
  async group(path) {
    const { document, below } = await this.#document(path, "group");
    const attributes = this.format === 2 ? document.attributes ?? {} : attributesOf(document);
    return new ZarrGroup(this.#context, join(this.path, path), attributes, this.#members, below);
  }

  /**
   * An array below this group.
   *
   * @param {string} path
   * @returns {Promise<ZarrArray>}
   * @throws {NotFoundError} if there is none
   */
  async array(path) {
    const full = join(this.path, path);
    return this.#context.arrays.get(full) ?? this.#makeArray(path, full);
  }

  /** Whether there is an array or group of that path. */
  async has(path) {
    if (this.#members) return this.#members.has(join(this.#below, path));
    return (await this.#fetchDocument(path)) !== undefined;
  }

  async #makeArray(path, full) {
    const { document } = await this.#document(path, "array");
    const where = this.store.url(full);
    const description = this.format === 2
      ? arrayOfV2(document.array, document.attributes, where)
      : arrayOfV3(document, where);
    const array = new ZarrArray(this.#context, full, description);
    this.#context.arrays.set(full, array);
    return array;
  }

  async #document(path, kind) {
    const below = join(this.#below, path);
    const where = this.store.url(join(this.path, path));
    const document = this.#members ? this.#members.get(below) : await this.#fetchDocument(path);
    if (document === undefined || document === null) {
      throw new NotFoundError(`There is no ${kind} at ${where}.`, { address: where });
    }
    const isIt = this.format === 2 ? document[kind] !== undefined : document.node_type === kind;
    if (!isIt) throw new NotFoundError(`${where} is no ${kind}.`, { address: where });
    return { document, below };
  }

  async #fetchDocument(path) {
    const base = join(this.path, path);
    if (this.format === 3) return this.store.getJSON(join(base, "zarr.json"));
    const [array, group, attributes] = await Promise.all(
      [".zarray", ".zgroup", ".zattrs"].map((name) => this.store.getJSON(join(base, name))));
    return array || group ? { array, group, attributes } : undefined;
  }
}

/**
 * Opens a group.
 *
 * @param {import("./store.js").RangeStore} store
 * @param {string} [path] below the store
 * @param {object} [options]
 * @param {AbortSignal} [options.signal]
 * @param {2|3} [options.format] where it is known; else v3 is tried first
 * @param {number} [options.chunkBytes] decoded chunks to keep, 64 MiB
 * @param {number} [options.indexBytes] shard indexes to keep, 16 MiB
 * @returns {Promise<ZarrGroup>}
 * @throws {NotFoundError} if there is no group
 */
export async function openGroup(
  store, path = "", { signal, format, chunkBytes = 64 << 20, indexBytes = 16 << 20 } = {},
) {
  const context = {
    store, format: 3, documents: [join(path, "zarr.json")], arrays: new Map(), work: new SharedWork(),
    chunks: new ByteCache(chunkBytes), indexes: new ByteCache(indexBytes),
  };
  const where = store.url(path);
  const v3 = format === 2 ? undefined : await store.getJSON(join(path, "zarr.json"), { signal });
  if (v3 !== undefined) {
    if (v3?.zarr_format !== 3 || v3.node_type !== "group") {
      throw new DamagedError(`${where} is not a Zarr group of version 3.`, { address: where });
    }
    return new ZarrGroup(context, path, attributesOf(v3), consolidated(v3, where), "");
  }
  context.format = 2;
  context.documents = [join(path, ".zmetadata")];
  const metadata = format === 3 ? undefined : await store.getJSON(join(path, ".zmetadata"), { signal });
  if (metadata !== undefined) {
    const members = consolidated(metadata, where);
    return new ZarrGroup(context, path, members.get("")?.attributes ?? {}, members, "");
  }
  await requireJSON(store, join(path, ".zgroup"), `A Zarr group (zarr.json, .zmetadata or .zgroup)`, { signal });
  const attributes = await store.getJSON(join(path, ".zattrs"), { signal });
  return new ZarrGroup(context, path, attributes ?? {}, undefined, "");
}
