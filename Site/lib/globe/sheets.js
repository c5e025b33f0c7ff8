// The places of a dimension as sheets one above the other.

/** How far apart sheets are that both have a name beside them, as a share of the height of all. */
const APART = 0.07;

/**
 * The heights of the sheets in metres: base + scale × value, or × number where they lie evenly or values are no numbers.
 *
 * @param {string[]} values
 * @param {{scale: number, base?: number, spacing?: "values"|"even"}} stack
 */
export const sheetHeights = (values, { scale, base = 0, spacing }) =>
  values.map((text, i) => base + scale * (spacing !== "even" && Number.isFinite(Number(text)) ? Number(text) : i));

/** The values of a stack from the uppermost sheet to the lowest. */
export const fromAbove = (values, stack) => {
  const heights = sheetHeights(values, stack);
  return values.map((value, i) => [value, heights[i]]).sort(([, a], [, b]) => b - a).map(([value]) => value);
};

/** The values whose sheets are shown: those from the one on that a reader has chosen, from above. */
export const shownSheets = (values, stack) => {
  const list = fromAbove(values, stack);
  return list.slice(Math.max(0, list.indexOf(stack.from)));
};

/** Which of some heights have names beside them, so that no two lie too close: the uppermost has. */
export const namedHeights = (heights) => {
  const sorted = [...heights].sort((a, b) => b - a);
  const gap = APART * (sorted[0] - sorted.at(-1));
  const named = new Set();
  let last = Infinity;
  for (const height of sorted) {
    if (last - height < gap) continue;
    named.add(height);
    last = height;
  }
  return named;
};
