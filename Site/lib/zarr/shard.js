// The index of a shard (Zarr spec, codec sharding_indexed 1.0): offset and length of each inner chunk.

import { DamagedError } from "../errors.js";
import { withoutChecksum } from "./codecs.js";

/** How many bytes the index of a shard takes. */
export const indexLength = (shard) =>
  shard.chunksIn.reduce((all, n) => all * n, 16) + (shard.indexHasChecksum ? 4 : 0);

/** Where the inner chunks of one shard lie. */
export class ShardIndex {
  #view;
  #chunksIn;

  /**
   * @param {Uint8Array} bytes of the index as stored
   * @param {{chunksIn: number[], indexHasChecksum: boolean}} shard
   * @param {string} where for messages
   * @throws {DamagedError} if its checksum or length is wrong
   */
  constructor(bytes, shard, where) {
    if (bytes.length !== indexLength(shard)) {
      throw new DamagedError(`The index of ${where} has ${bytes.length} bytes instead of ${indexLength(shard)}.`);
    }
    const content = shard.indexHasChecksum ? withoutChecksum(bytes, `The index of ${where}`) : bytes;
    this.#view = new DataView(content.buffer, content.byteOffset, content.length);
    this.#chunksIn = shard.chunksIn;
    this.where = where;
    this.byteLength = content.length;
  }

  /**
   * Where an inner chunk lies.
   *
   * @param {number[]} coords of the chunk within the shard
   * @returns {{offset: number, length: number}|undefined} undefined for a chunk that was not written
   * @throws {DamagedError} if it lies where nothing can be
   */
  place(coords) {
    let number = 0;
    for (let axis = 0; axis < coords.length; axis += 1) number = number * this.#chunksIn[axis] + coords[axis];
    const offset = this.#view.getBigUint64(16 * number, true);
    const length = this.#view.getBigUint64(16 * number + 8, true);
    if (offset === NONE && length === NONE) return undefined;
    if (offset + length > BigInt(Number.MAX_SAFE_INTEGER) || length === 0n || length > 1n << 30n) {
      throw new DamagedError(`The index of ${this.where} is damaged: chunk ${coords} would be ${length} bytes at ${offset}.`);
    }
    return { offset: Number(offset), length: Number(length) };
  }
}

const NONE = 0xffffffffffffffffn;
