// Element types of Zarr arrays (v3 names), and how they lie in bytes.

import { UnsupportedError } from "../errors.js";

const TYPES = {
  bool: { size: 1, view: Uint8Array },
  int8: { size: 1, view: Int8Array },
  uint8: { size: 1, view: Uint8Array },
  int16: { size: 2, view: Int16Array },
  uint16: { size: 2, view: Uint16Array },
  int32: { size: 4, view: Int32Array },
  uint32: { size: 4, view: Uint32Array },
  int64: { size: 8, view: BigInt64Array },
  uint64: { size: 8, view: BigUint64Array },
  float16: { size: 2, view: Float32Array, half: true },
  float32: { size: 4, view: Float32Array },
  float64: { size: 8, view: Float64Array },
};

const V2_KINDS = { b: "bool", i: "int", u: "uint", f: "float" };
const HOST_IS_LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** What is known of an element type, or an `UnsupportedError`. */
export function typeOf(name, where) {
  if (typeof name === "string" && Object.hasOwn(TYPES, name)) return { name, ...TYPES[name] };
  throw new UnsupportedError(
    `${where} holds elements of type ${JSON.stringify(name)}, which this reader does not know.`);
}

/** The v3 name and byte order of a v2 type such as `<i2`. */
export function fromV2(text, where) {
  const match = /^([<>|])([biuf])(\d+)$/.exec(typeof text === "string" ? text : "");
  if (!match) return { type: typeOf(text, where), little: true };
  const [, order, kind, bytes] = match;
  const name = kind === "b" ? "bool" : V2_KINDS[kind] + Number(bytes) * 8;
  return { type: typeOf(name, where), little: order !== ">" };
}

/**
 * Elements from bytes; the bytes are taken over (not copied) where they lie as the machine wants them.
 *
 * @param {Uint8Array} bytes a whole number of elements
 * @param {{name: string, size: number, view: any, half?: boolean}} type
 * @param {boolean} little whether the least byte comes first
 */
export function elements(bytes, type, little) {
  let own = bytes;
  if (type.size > 1 && little !== HOST_IS_LITTLE) own = swapped(bytes, type.size);
  if (type.half) return halves(own);
  if (own.byteOffset % type.size) own = own.slice();
  return new type.view(own.buffer, own.byteOffset, own.length / type.size);
}

function swapped(bytes, size) {
  const result = new Uint8Array(bytes.length);
  for (let start = 0; start < bytes.length; start += size) {
    for (let i = 0; i < size; i += 1) result[start + i] = bytes[start + size - 1 - i];
  }
  return result;
}

function halves(bytes) {
  const source = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const result = new Float32Array(bytes.length / 2);
  for (let i = 0; i < result.length; i += 1) {
    const bits = source.getUint16(2 * i, HOST_IS_LITTLE);
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 0) result[i] = sign * fraction * 2 ** -24;
    else if (exponent === 31) result[i] = fraction ? NaN : sign * Infinity;
    else result[i] = sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
  }
  return result;
}

/** The value of a fill value in metadata: a number, a bigint for 64-bit integers; null has none and is 0. */
export function fillValue(value, type, where) {
  const isWide = type.size === 8 && !type.name.startsWith("float");
  if (value === null || value === undefined) return isWide ? 0n : 0;
  if (type.name === "bool") {
    if (typeof value === "boolean") return value ? 1 : 0;
  } else if (type.name.startsWith("float")) {
    if (typeof value === "number") return value;
    if (value === "NaN") return NaN;
    if (value === "Infinity") return Infinity;
    if (value === "-Infinity") return -Infinity;
    if (typeof value === "string" && new RegExp(`^0x[0-9a-fA-F]{${2 * type.size}}$`).test(value)) {
      const bytes = Uint8Array.from(value.slice(2).match(/../g), (pair) => parseInt(pair, 16));
      return elements(bytes, type, false)[0];
    }
  } else if (typeof value === "number" && Number.isInteger(value)) {
    return isWide ? BigInt(value) : value;
  }
  throw new UnsupportedError(`${where} has the fill value ${JSON.stringify(value)}, which is none of ${type.name}.`);
}
