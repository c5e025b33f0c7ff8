// From the bytes of a chunk to its elements.

import { DamagedError } from "../errors.js";
import { elements } from "./types.js";

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc >>> 0;
});

/** The CRC-32C (Castagnoli, RFC 3720 appendix B.4) of bytes. */
export function crc32c(bytes) {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i += 1) crc = CRC_TABLE[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/**
 * Bytes without their checksum.
 *
 * @throws {DamagedError} if it is not theirs
 */
export function withoutChecksum(bytes, where) {
  const length = bytes.length - 4;
  if (length < 0) throw new DamagedError(`${where} is too short to have a checksum.`);
  const stored = new DataView(bytes.buffer, bytes.byteOffset + length, 4).getUint32(0, true);
  const content = bytes.subarray(0, length);
  if (crc32c(content) !== stored) throw new DamagedError(`${where} is damaged: its checksum is wrong.`);
  return content;
}

/** Bytes unpacked by the browser, at most `most` of them: a small damaged chunk cannot fill the memory. */
async function inflated(bytes, format, most, where) {
  const result = new Uint8Array(most);
  let length = 0;
  const stream = new DecompressionStream(format);
  const writer = stream.writable.getWriter();
  const written = writer.write(bytes).then(() => writer.close());
  // A failure shows on the reading side too.
  written.catch(() => {});
  const reader = stream.readable.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (length + value.length > most) {
        throw new DamagedError(`${where} unpacks to more than the ${most} bytes it should have.`);
      }
      result.set(value, length);
      length += value.length;
    }
  } catch (cause) {
    reader.cancel().catch(() => {});
    if (cause instanceof DamagedError) throw cause;
    throw new DamagedError(`${where} is damaged: it cannot be unpacked.`, { cause });
  }
  return result.subarray(0, length);
}

const FORMATS = { gzip: "gzip", zlib: "deflate" };

/**
 * Decodes one chunk.
 *
 * @param {Uint8Array} bytes as stored
 * @param {import("./metadata.js").Layout} layout
 * @param {number[]} shape of the chunk
 * @param {{size: number, view: any}} type
 * @param {string} where for messages
 * @returns {Promise<any>} a typed array in C order, as many elements as the shape has
 * @throws {DamagedError} if the bytes are not such a chunk
 */
export async function decodeChunk(bytes, layout, shape, type, where) {
  const size = shape.reduce((all, n) => all * n, type.size);
  let plain = bytes;
  for (let i = layout.bytes.length - 1; i >= 0; i -= 1) {
    const { name } = layout.bytes[i];
    if (name === "crc32c") plain = withoutChecksum(plain, where);
    // Codecs outside the innermost one add some bytes.
    else plain = await inflated(plain, FORMATS[name], size + (i > 0 ? 1024 + size / 64 : 0), where);
  }
  if (plain.length !== size) {
    throw new DamagedError(`${where} is damaged: it has ${plain.length} bytes instead of ${size}.`);
  }
  const values = elements(plain, type, layout.little);
  return layout.order ? untransposed(values, shape, layout.order) : values;
}

/** Elements stored with their axes in another order (`order[i]` is the axis stored as the i-th) back in C order. */
function untransposed(values, shape, order) {
  const result = new values.constructor(values.length);
  const stored = order.map((axis) => shape[axis]);
  const strides = new Array(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis -= 1) strides[axis] = strides[axis + 1] * shape[axis + 1];
  const steps = order.map((axis) => strides[axis]);
  const position = new Array(shape.length).fill(0);
  let target = 0;
  for (let i = 0; i < values.length; i += 1) {
    result[target] = values[i];
    for (let axis = stored.length - 1; axis >= 0; axis -= 1) {
      position[axis] += 1;
      target += steps[axis];
      if (position[axis] < stored[axis]) break;
      target -= steps[axis] * stored[axis];
      position[axis] = 0;
    }
  }
  return result;
}
