// From stored numbers to values (CF conventions 1.11, sections 2.5.1 and 8.1).

/** CF attributes may be written as a list of one, and NaN as text, since JSON has none. */
function plainNumber(value) {
  const one = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (one === "NaN") return NaN;
  if (typeof one === "string" && /^[A-Za-z0-9+/]{11}=$/.test(one)) {
    // xarray writes the _FillValue of floats as base64 of its little-endian Float64.
    const bytes = Uint8Array.from(atob(one), (c) => c.charCodeAt(0));
    return new DataView(bytes.buffer).getFloat64(0, true);
  }
  return typeof one === "number" ? one : undefined;
}

/**
 * How stored numbers of an array become values: value = raw · scale + offset, missing where raw is one of
 * `missing` or NaN.
 *
 * @param {Record<string, any>} attributes
 * @param {number|bigint} [fill] the array's fill value where it means missing (Zarr v2)
 * @returns {{scale: number, offset: number, missing: number[], isPacked: boolean}}
 */
export function decodingOf(attributes, fill) {
  const scale = plainNumber(attributes.scale_factor) ?? 1;
  const offset = plainNumber(attributes.add_offset) ?? 0;
  const listed = [attributes._FillValue, attributes.missing_value].flat().map(plainNumber);
  if (fill !== undefined) listed.push(Number(fill));
  const missing = [...new Set(listed.filter((value) => value !== undefined && !Number.isNaN(value)))];
  return { scale, offset, missing, isPacked: scale !== 1 || offset !== 0 };
}

/**
 * Values of stored numbers, NaN where missing.
 *
 * @param {any} raw typed array
 * @param {{scale: number, offset: number, missing: number[]}} decoding
 * @param {Float32Array|Float64Array} [out] takes the values; a new Float32Array if left out
 */
export function decodeValues(raw, { scale, offset, missing }, out = new Float32Array(raw.length)) {
  if (raw instanceof BigInt64Array || raw instanceof BigUint64Array) {
    return decodeValues(Float64Array.from(raw, Number), { scale, offset, missing }, out);
  }
  const isPlain = scale === 1 && offset === 0;
  // Metadata have a fill value in double precision, 1e20 for instance, whatever is stored.
  if (raw instanceof Float32Array) missing = missing.map(Math.fround);
  if (isPlain && missing.length === 0) {
    out.set(raw);
    return out;
  }
  const [first = NaN, second = NaN] = missing;
  // Two at most (fill and missing_value) in practice; the rest is looked up.
  const rest = missing.length > 2 ? new Set(missing.slice(2)) : undefined;
  for (let i = 0; i < raw.length; i += 1) {
    const stored = raw[i];
    const isMissing = stored === first || stored === second || rest?.has(stored);
    out[i] = isMissing ? NaN : isPlain ? stored : stored * scale + offset;
  }
  return out;
}
