// Scales: value ↔ position from 0 to 1. The formulas are those by which the image tiles are drawn, in double
// precision, operation for operation (Sources/Images/Scale.swift), so that both cut a range at the same values.

const LINEAR_SHARE = 10 / 9;

function transformed(value, { scale, linearWithin }) {
  if (scale === "log") return Math.log(value);
  if (scale !== "symmetric") return value;
  const size = Math.abs(value);
  if (!(size > linearWithin)) return value * LINEAR_SHARE;
  return Math.sign(value) * linearWithin * (LINEAR_SHARE + Math.log10(size / linearWithin));
}

function restored(position, { scale, linearWithin }) {
  if (scale === "log") return Math.exp(position);
  if (scale !== "symmetric") return position;
  const size = Math.abs(position) / linearWithin;
  if (!(size > LINEAR_SHARE)) return position / LINEAR_SHARE;
  return Math.sign(position) * linearWithin * 10 ** (size - LINEAR_SHARE);
}

/**
 * The place of a value on the scale of a style: 0 at the low end of its range, 1 at the high one; not clamped.
 *
 * @param {number} value
 * @param {{scale: string, range: [number, number], linearWithin?: number}} style
 */
export function positionOf(value, style) {
  const low = transformed(style.range[0], style);
  const high = transformed(style.range[1], style);
  return (transformed(value, style) / 2 - low / 2) / (high / 2 - low / 2);
}

/** The value at a position; the inverse of `positionOf` up to rounding. */
export function valueAt(position, style) {
  const low = transformed(style.range[0], style);
  const high = transformed(style.range[1], style);
  return restored(low * (1 - position) + high * position, style);
}
