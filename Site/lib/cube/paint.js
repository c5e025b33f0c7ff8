// The faces of a cube as pixels, without a graphics card: what Site/cube/shader.js does, for all pixels one after the other.

const CATEGORIES = 3;

/** The palette's entry of a value, as the shader of the map finds it (viewer/layer/shader.js). */
const indexer = ({ thresholds, scale, categories }) => {
  const count = scale === CATEGORIES ? categories : 254;
  return (value) => {
    if (value !== value) return 0;
    // How many thresholds the value has passed.
    let [low, high] = [0, count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value >= thresholds[middle]) low = middle + 1;
      else high = middle;
    }
    if (scale === CATEGORIES) return low > 0 && thresholds[low - 1] === value ? low : 0;
    return low === 0 ? 1 : low === 254 ? 2 : low + 2;
  };
};

/** The 256 colours as words, in the order of bytes that pixels have. */
const wordsOf = (palette, opacity) => {
  const bytes = Uint8ClampedArray.from(palette, (one, i) => (i % 4 === 3 ? one * opacity : one));
  return new Uint32Array(bytes.buffer);
};

/**
 * The value of a face at a position counted in texels: of the cell there, or blended with its neighbours along axes that
 * are smooth. NaN where the cell has none.
 */
const sampler = ({ data, width, height }, [isSmoothAcross, isSmoothDown]) => {
  const [right, bottom] = [width - 1, height - 1];
  const within = (one, last) => (one < 0 ? 0 : one > last ? last : one);
  return (u, v) => {
    const [column, row] = [within(Math.floor(u), right), within(Math.floor(v), bottom)];
    const near = data[row * width + column];
    if (near !== near || !isSmoothAcross && !isSmoothDown) return near;
    let [left, next, across, upper, lower, down] = [column, column, 0, row, row, 0];
    if (isSmoothAcross) {
      const before = Math.floor(u - 0.5);
      [left, next] = [within(before, right), within(before + 1, right)];
      across = Math.min(Math.max(u - 0.5 - left, 0), 1);
    }
    if (isSmoothDown) {
      const before = Math.floor(v - 0.5);
      [upper, lower] = [within(before, bottom), within(before + 1, bottom)];
      down = Math.min(Math.max(v - 0.5 - upper, 0), 1);
    }
    let [sum, weights] = [0, 0];
    const add = (value, weight) => {
      if (value !== value) return;
      sum += value * weight;
      weights += weight;
    };
    add(data[upper * width + left], (1 - across) * (1 - down));
    add(data[upper * width + next], across * (1 - down));
    add(data[lower * width + left], (1 - across) * down);
    add(data[lower * width + next], across * down);
    const value = sum / weights;
    // Endless values are not blended.
    return value === value ? value : near;
  };
};

/** The pixels that corners on the screen reach over: all of them where a corner is behind the eye. */
const reachOf = (corners, camera, ratio, { width, height }) => {
  const isBehind = corners.some((place) =>
    place.reduce((sum, one, i) => sum + (camera.position[i] - one) * camera.towards[i], 0) <= 0.01);
  if (isBehind) return [[0, width], [0, height]];
  const points = corners.map((place) => camera.project(place));
  return [["x", width], ["y", height]].map(([name, length]) => {
    const all = points.map((one) => one[name] * ratio);
    return [Math.max(0, Math.floor(Math.min(...all))), Math.min(length, Math.ceil(Math.max(...all)))];
  });
};

const paintFace = (words, image, { side, face }, { frame, box, camera, ratio }, look, colours) => {
  const { axis, end, across, down } = side;
  const corners = [0, 1, 2, 3].map((corner) => {
    const positions = [];
    positions[axis] = box[axis][end];
    positions[across] = box[across][corner & 1];
    positions[down] = box[down][corner >> 1];
    return frame.place(positions);
  });
  const [[left, right], [top, bottom]] = reachOf(corners, camera, ratio, image);
  const { rays, position } = camera;
  const worlds = [axis, across, down].map((one) => frame.axes[one].world);
  // A position along an axis of the face, in texels: `base + scale · t · direction`, t being how far along the ray.
  const [u, v] = [across, down].map((one, i) => {
    const { world, sign, length } = frame.axes[one];
    const [start, stop] = frame.range[one];
    const cells = (stop - start) / face.cell[i];
    return {
      base: (start - face.first[i]) / face.cell[i] + (sign * position[world] / length + 0.5) * cells, scale: sign * cells / length,
      low: (box[one][0] - face.first[i]) / face.cell[i], high: (box[one][1] - face.first[i]) / face.cell[i],
    };
  });
  const distance = frame.coordinate(axis, box[axis][end]) - position[worlds[0]];
  const valueAt = sampler(face, [look.tables.bilinear, look.tables.bilinear && axis === 0]);
  const indexOf = indexer(look.tables);
  for (let y = top; y < bottom; y += 1) {
    const [away, sideways, downwards] = worlds.map((world) => rays.origin[world] + (y + 0.5) / ratio * rays.down[world]);
    for (let x = left; x < right; x += 1) {
      const step = (x + 0.5) / ratio;
      const t = distance / (away + step * rays.across[worlds[0]]);
      if (!(t > 0)) continue;
      const column = u.base + u.scale * t * (sideways + step * rays.across[worlds[1]]);
      const row = v.base + v.scale * t * (downwards + step * rays.across[worlds[2]]);
      if (column < u.low || column >= u.high || row < v.low || row >= v.high) continue;
      words[y * image.width + x] = colours[indexOf(valueAt(column, row))];
    }
  }
};

/**
 * Paints faces that an eye sees.
 *
 * @param {{data: Uint8ClampedArray, width: number, height: number}} image RGBA, transparent; what no face shows stays so
 * @param {{side: object, face: import("./read.js").FaceValues}[]} faces
 * @param {{frame: import("./geometry.js").Frame, box: [number, number][], camera: import("./camera.js").Camera,
 *   ratio: number}} view ratio: pixels of the image in one of the camera's screen
 * @param {{tables: object, opacity: number}} look tables of viewer/layer/colours.js
 */
export const paintFaces = (image, faces, view, look) => {
  const words = new Uint32Array(image.data.buffer, image.data.byteOffset, image.width * image.height);
  const colours = wordsOf(look.tables.palette, look.opacity);
  for (const one of faces) paintFace(words, image, one, view, look, colours);
};
