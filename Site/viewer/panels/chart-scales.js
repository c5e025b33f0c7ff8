// What a chart needs to know before it is drawn: one axis per unit, one list of positions.

/** Colours of lines, told apart by people with any colour vision, on light and dark (after Okabe and Ito). */
export const PALETTE = [
  "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a6cd1", "#7f8c1f",
];

/** A colour for one more line: the wanted one if no line has it, else the first that is free. */
export const freeColour = (used, wanted) => {
  if (wanted && !used.includes(wanted)) return wanted;
  return PALETTE.find((one) => !used.includes(one)) ?? PALETTE[used.length % PALETTE.length];
};

/** The axes of lines: each unit its own scale, left and right in turn. */
export const axesOf = (lines) => {
  const units = [...new Set(lines.map((line) => line.units ?? ""))];
  return units.map((units, index) => ({
    key: `y${index}`, units, right: index % 2 === 1,
    colour: lines.filter((line) => (line.units ?? "") === units).length === 1
      ? lines.find((line) => (line.units ?? "") === units).colour : undefined,
  }));
};

/** Values for drawing: what is missing, or cannot stand on a logarithmic axis, becomes a gap. */
export const drawable = (values, log) =>
  Array.from(values, (value) => (Number.isFinite(value) && (!log || value > 0) ? value : null));

/** The index of the position nearest to x in an increasing list. */
export const nearest = (positions, x) => {
  let low = 0;
  let high = positions.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (positions[middle] < x) low = middle + 1; else high = middle;
  }
  return low > 0 && x - positions[low - 1] <= positions[low] - x ? low - 1 : low;
};

/** A window of the whole [low, high], narrowed or widened about a centre, kept inside. */
export const zoomed = ([from, to], [low, high], factor, centre = (from + to) / 2) => {
  const width = Math.min(high - low, (to - from) * factor);
  const start = Math.min(Math.max(centre - (centre - from) * (width / (to - from || 1)), low), high - width);
  return [start, start + width];
};
