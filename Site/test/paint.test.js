// The cube as the page itself draws it: an eye's view, and the colour of each pixel.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Camera, eyeAxes, facing, Frame, hit, paintFaces, TANGENT } from "../lib/cube/index.js";
import { assertNear, randomOf } from "./support.js";

const size = { width: 200, height: 100 };
const cameraAt = (turn, tilt, distance, aside = 0) => {
  const axes = eyeAxes(turn, tilt);
  return new Camera(axes.towards.map((one, i) => distance * one + aside * axes.right[i]), axes, size);
};
const counts = [6, 5, 8];
const range = counts.map((count) => [0, count]);
const frame = new Frame(range, [{ world: 2, sign: 1, length: 1.5 }, { world: 1, sign: -1, length: 1 }, { world: 0, sign: 1, length: 2 }]);

/** A face of a side with values of a function of its positions, a texel for each cell. */
const faceOf = (side, valueOf) => {
  const [width, height] = [counts[side.across], counts[side.down]];
  const data = Float32Array.from({ length: width * height }, (_, i) => valueOf(i % width + 0.5, Math.floor(i / width) + 0.5));
  return { side, face: { data, width, height, first: [0, 0], cell: [1, 1], level: 0 } };
};
/** 253 bins from 0 to 253, each with a colour of its own. */
const tables = (more = {}) => ({
  thresholds: Float32Array.from({ length: 254 }, (_, i) => i), scale: 0, categories: 0, bilinear: false,
  palette: Uint8Array.from({ length: 1024 }, (_, i) => (i < 4 ? 0 : i % 4 === 3 ? 255 : i % 4 === 0 ? i >> 2 : 7)), ...more,
});
const painted = (camera, box, valueOf, look, ratio = 1) => {
  const image = { width: size.width * ratio, height: size.height * ratio };
  image.data = new Uint8ClampedArray(4 * image.width * image.height);
  paintFaces(image, facing(frame, box, camera.position).map((side) => faceOf(side, valueOf)), { frame, box, camera, ratio }, look);
  return image;
};

test("what is at the edge of the angle of view is at the edge of the screen", () => {
  const camera = cameraAt(0, 0, 10);
  assert.deepEqual(camera.project([0, 0, 0]), { x: 100, y: 50 });
  const up = camera.project([0, 10 * TANGENT, 0]);
  const right = camera.project([20 * TANGENT, 0, 0]);
  assertNear(up.y, 0, 1e-9);
  assertNear(right.x, 200, 1e-9);
  // What is twice as far away is half as large.
  assertNear(camera.project([0, 10 * TANGENT, -10]).y, 25, 1e-9);
});

test("a ray goes through every place that is seen at its point", () => {
  const random = randomOf(3);
  for (let i = 0; i < 200; i += 1) {
    const camera = cameraAt(360 * random(), 180 * random() - 90, 4 + 4 * random(), random() - 0.5);
    const place = [random() - 0.5, random() - 0.5, random() - 0.5];
    const { origin, direction } = camera.ray(camera.project(place));
    const along = place.reduce((sum, one, axis) => sum + (one - origin[axis]) * direction[axis], 0);
    place.forEach((one, axis) => assertNear(origin[axis] + along * direction[axis], one, 1e-9));
  }
});

test("every pixel shows the cell that a ray through it meets, and no other pixel is painted", () => {
  const random = randomOf(11);
  const valueOf = (u, v) => 3 + 11 * Math.floor(u) + 17 * Math.floor(v);
  for (let i = 0; i < 12; i += 1) {
    const box = range.map(([, stop]) => [Math.floor(random() * stop / 2), stop - Math.floor(random() * stop / 3)]);
    const camera = cameraAt(360 * random() - 180, 170 * random() - 85, 4 + 3 * random(), random() - 0.5);
    const ratio = i % 2 ? 2 : 1;
    const image = painted(camera, box, valueOf, { tables: tables(), opacity: 1 }, ratio);
    let [seen, off] = [0, 0];
    for (let y = 0; y < image.height; y += 1) {
      for (let x = 0; x < image.width; x += 1) {
        const { origin, direction } = camera.ray({ x: (x + 0.5) / ratio, y: (y + 0.5) / ratio });
        const found = hit(frame, box, origin, direction);
        const [red, , , alpha] = image.data.subarray(4 * (y * image.width + x));
        if (found) {
          seen += 1;
          const { side: { across, down }, positions } = found;
          off += Number(alpha !== 255 || red !== valueOf(positions[across], positions[down]) + 3);
        } else off += Number(alpha !== 0);
      }
    }
    // A ray along the edge of a cell or of the cube may fall to either side.
    assert.ok(seen > 500 && off <= seen / 500, `${off} of ${seen} pixels are wrong`);
  }
});

test("between the middles of cells a linear field is what it is, on maps alone", () => {
  const camera = cameraAt(20, 25, 5);
  const valueOf = (u, v) => 10 * u + 20 * v;
  const image = painted(camera, range, valueOf, { tables: tables({ bilinear: true }), opacity: 1 });
  let seen = 0;
  for (let y = 0; y < size.height; y += 1) {
    for (let x = 0; x < size.width; x += 1) {
      const { origin, direction } = camera.ray({ x: x + 0.5, y: y + 0.5 });
      const found = hit(frame, range, origin, direction);
      if (!found) continue;
      const { side: { axis, across, down }, positions } = found;
      const [u, v] = [positions[across], positions[down]];
      if (u < 0.5 || u > counts[across] - 0.5 || v < 0.5 || v > counts[down] - 0.5) continue;
      // Along time nothing is blended.
      const value = valueOf(u, axis === 0 ? v : Math.floor(v) + 0.5);
      if (Math.abs(value - Math.round(value)) < 1e-3) continue;
      seen += 1;
      assert.equal(image.data[4 * (y * size.width + x)], Math.floor(value) + 3);
    }
  }
  assert.ok(seen > 1000, `${seen} pixels`);
});

test("what is missing stays clear, ends and classes have their own colours, opacity is that of the layer", () => {
  const camera = cameraAt(0, 0, 5);
  const colours = (value, look) => {
    const { data } = painted(camera, range, () => value, look);
    const at = 4 * (50 * size.width + 100);
    return [data[at], data[at + 3]];
  };
  assert.deepEqual(colours(NaN, { tables: tables(), opacity: 1 }), [0, 0]);
  assert.deepEqual(colours(-1, { tables: tables(), opacity: 1 }), [1, 255]);
  assert.deepEqual(colours(Infinity, { tables: tables({ bilinear: true }), opacity: 1 }), [2, 255]);
  assert.deepEqual(colours(0, { tables: tables(), opacity: 0.4 }), [3, 102]);
  const classes = tables({ scale: 3, categories: 3, thresholds: Float32Array.of(2, 5, 9) });
  assert.deepEqual([2, 5, 9, 4, 1, 10].map((value) => colours(value, { tables: classes, opacity: 1 })[0]), [1, 2, 3, 0, 0, 0]);
});

test("a face is seen also where a corner of it lies behind the eye", () => {
  const camera = cameraAt(45, 0, 1.2);
  const image = painted(camera, range, () => 100, { tables: tables(), opacity: 1 });
  const isMet = (i) => hit(frame, range, camera.position, camera.ray({ x: i % size.width + 0.5, y: Math.floor(i / size.width) + 0.5 }).direction);
  const off = Array.from({ length: size.width * size.height }, (_, i) => Boolean(isMet(i)) !== (image.data[4 * i] === 103));
  assert.ok(image.data.some((one) => one === 103) && off.filter(Boolean).length < 20);
});
