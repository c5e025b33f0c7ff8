// The colours that stand for a picture's: by cutting the box of its colours where it is longest (median cut,
// Heckbert 1982), on 5 bits a channel; few colours are kept exactly.

const keyOf = (r, g, b) => ((r >> 3) << 10) | ((g >> 3) << 5) | (b >> 3);

/**
 * The palette of a picture.
 *
 * @param {ArrayLike<number>} pixels RGBA
 * @param {number} most colours, 2 … 256
 * @returns {Uint8Array} red, green, blue of each colour
 */
export function paletteOf(pixels, most) {
  return exactColours(pixels, most) ?? medianCut(pixels, most);
}

function exactColours(pixels, most) {
  const seen = new Set();
  let last = -1;
  for (let i = 0; i < pixels.length; i += 4) {
    const colour = (pixels[i] << 16) | (pixels[i + 1] << 8) | pixels[i + 2];
    if (colour === last) continue;
    last = colour;
    seen.add(colour);
    if (seen.size > most) return undefined;
  }
  return Uint8Array.from([...seen].flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
}

function medianCut(pixels, most) {
  // Per cell of 8 x 8 x 8 colours: how many pixels, and the sums of their channels.
  const counts = new Uint32Array(32768);
  const sums = new Float64Array(3 * 32768);
  for (let i = 0; i < pixels.length; i += 4) {
    const key = keyOf(pixels[i], pixels[i + 1], pixels[i + 2]);
    counts[key] += 1;
    for (let channel = 0; channel < 3; channel += 1) sums[3 * key + channel] += pixels[i + channel];
  }
  const cells = [];
  for (let key = 0; key < counts.length; key += 1) {
    if (!counts[key]) continue;
    cells.push({ count: counts[key], colour: [0, 1, 2].map((channel) => sums[3 * key + channel] / counts[key]) });
  }
  const boxes = [boxOf(cells)];
  while (boxes.length < most) {
    const widest = boxes.reduce((best, box) => (box.worth > best.worth ? box : best));
    if (widest.worth === 0) break;
    boxes.splice(boxes.indexOf(widest), 1, ...cut(widest));
  }
  return Uint8Array.from(boxes.flatMap(meanOf));
}

function boxOf(cells) {
  const low = [255, 255, 255];
  const high = [0, 0, 0];
  let count = 0;
  for (const cell of cells) {
    count += cell.count;
    for (let channel = 0; channel < 3; channel += 1) {
      low[channel] = Math.min(low[channel], cell.colour[channel]);
      high[channel] = Math.max(high[channel], cell.colour[channel]);
    }
  }
  const widths = high.map((value, channel) => value - low[channel]);
  const axis = widths.indexOf(Math.max(...widths));
  // Many pixels count, but not so much that rare colours get none.
  return { cells, axis, worth: cells.length > 1 ? widths[axis] * Math.sqrt(count) : 0 };
}

function cut({ cells, axis }) {
  const sorted = [...cells].sort((a, b) => a.colour[axis] - b.colour[axis]);
  const half = sorted.reduce((sum, cell) => sum + cell.count, 0) / 2;
  let [at, passed] = [0, 0];
  while (at < sorted.length - 1 && (at === 0 || passed + sorted[at].count <= half)) {
    passed += sorted[at].count;
    at += 1;
  }
  return [boxOf(sorted.slice(0, at)), boxOf(sorted.slice(at))];
}

function meanOf({ cells }) {
  const count = cells.reduce((sum, cell) => sum + cell.count, 0);
  return [0, 1, 2].map((channel) =>
    Math.round(cells.reduce((sum, cell) => sum + cell.count * cell.colour[channel], 0) / count));
}

/**
 * A function from a colour to the index of the nearest in a palette; remembers what it found.
 *
 * @param {Uint8Array} palette
 * @returns {(r: number, g: number, b: number) => number}
 */
export function nearestTable(palette) {
  const known = new Map();
  return (r, g, b) => {
    const key = (r << 16) | (g << 8) | b;
    let found = known.get(key);
    if (found !== undefined) return found;
    let least = Infinity;
    for (let i = 0; i < palette.length; i += 3) {
      const far = (palette[i] - r) ** 2 + (palette[i + 1] - g) ** 2 + (palette[i + 2] - b) ** 2;
      if (far < least) [least, found] = [far, i / 3];
    }
    known.set(key, found);
    return found;
  };
}
