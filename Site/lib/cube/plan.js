// What to read for a face: from which store, at which level, so that it takes few requests and has no more texels than
// the screen shows.

/** Texels along an axis that is not made coarser by levels, at most: what every graphics card holds. */
const LONGEST = 4096;

/**
 * One level of an array of a cube: its chunks along the three axes.
 *
 * @typedef {object} FaceLevel
 * @property {number} level cells are 2^level by 2^level of the finest
 * @property {[number, number, number]} chunks how many times or levels, rows and columns a chunk has
 */

/** The cells of a level that a range of cells of level 0 touches. */
export const cellsAt = ([start, stop], level) => [Math.floor(start / 2 ** level), Math.ceil(stop / 2 ** level)];

/** What is read of a level for a face: the range along each axis. */
export const rangesAt = (side, index, range, level) => range.map((each, axis) => {
  const own = axis === side.axis ? [index, index + 1] : each;
  return axis === 0 ? own : cellsAt(own, level);
});

/** How many chunks a face takes at a level. */
export const chunkCount = ({ level, chunks }, side, index, range) =>
  rangesAt(side, index, range, level).reduce((all, [start, stop], axis) =>
    all * (Math.ceil(stop / chunks[axis]) - Math.floor(start / chunks[axis])), 1);

/**
 * The level to read a face from: the coarsest that has about a texel for each pixel, and coarser where that takes too many
 * chunks.
 *
 * @param {FaceLevel[]} levels from fine to coarse
 * @param {object} side
 * @param {number} index of the cell that it shows, along its axis
 * @param {[number, number][]} range
 * @param {{pixels: number[], most: number}} limits pixels along each axis on the screen; how many chunks at most
 * @returns {FaceLevel}
 */
export const levelFor = (levels, side, index, range, { pixels, most }) => {
  const isFine = (one) => [side.across, side.down].filter((axis) => axis !== 0).every((axis) => {
    const [start, stop] = cellsAt(range[axis], one.level);
    return stop - start >= pixels[axis] / 1.5;
  });
  const wanted = levels.findLastIndex(isFine);
  return levels.slice(Math.max(wanted, 0)).find((one) => chunkCount(one, side, index, range) <= most) ?? levels.at(-1);
};

/** How many times or levels are put into one texel, where there are more than the screen or a texture has room for. */
export const binOf = (count, pixels) => Math.max(1, Math.ceil(count / LONGEST), Math.floor(count / Math.max(1, pixels) / 1.5));

/**
 * What to read for a face, the last one being what it shows in the end; before that a coarser one where it comes much
 * sooner.
 *
 * @param {FaceLevel[]} levels
 * @param {{pixels: number[], most?: number, first?: number}} limits most, first: chunks for the face, and for its first picture
 * @returns {{level: number, bin: number}[]}
 */
export const facePlan = (levels, side, index, range, { pixels, most = 160, first = 24 }) => {
  const bin = side.axis === 0 ? 1 : binOf(range[0][1] - range[0][0], pixels[0]);
  const last = levelFor(levels, side, index, range, { pixels, most });
  const sooner = levelFor(levels, side, index, range, { pixels, most: first });
  return [...(sooner === last ? [] : [sooner]), last].map(({ level }) => ({ level, bin }));
};
