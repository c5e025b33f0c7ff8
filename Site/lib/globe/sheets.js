// The places of a dimension as sheets one above the other.

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

/** Pixels that a name takes on the screen. */
const NAME = { x: 52, y: 16 };

/**
 * Which of some names have room beside those before them.
 *
 * @param {({x: number, y: number}|undefined)[]} points where they would stand on the screen; undefined where they are not seen
 * @returns {boolean[]}
 */
export const withRoom = (points) => {
  const taken = [];
  return points.map((one) => {
    const isFree = one !== undefined && taken.every(({ x, y }) => Math.abs(one.x - x) >= NAME.x || Math.abs(one.y - y) >= NAME.y);
    if (isFree) taken.push(one);
    return isFree;
  });
};
