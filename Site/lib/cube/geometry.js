// The cube in space. Axis 0 is time or level, 1 the rows, 2 the columns; a position along an axis is counted in cells of
// level 0 from its beginning. A box has [start, stop) along each axis. In the world x goes right, y up, z to the viewer.

/**
 * The six sides of a box: the axis that is constant on it, at its start (0) or stop (1), and the axes that lie in it,
 * `across` being the one along which values of an array lie side by side.
 */
export const SIDES = Object.freeze([0, 1, 2].flatMap((axis) => [0, 1].map((end) => Object.freeze({
  key: `${["lead", "rows", "columns"][axis]}${end}`, axis, end, across: axis === 2 ? 1 : 2, down: axis === 0 ? 1 : 0,
}))));

/** The side of an axis at its start (0) or stop (1). */
export const sideOf = (axis, end) => SIDES[2 * axis + end];

/** How positions of a range become places in the world, whose origin is the middle of the range. */
export class Frame {
  /**
   * @param {[number, number][]} range start and stop along each axis
   * @param {{world: 0|1|2, sign: 1|-1, length: number}[]} axes for each which way it goes in the world, and how long it is
   */
  constructor(range, axes) {
    this.range = range;
    this.axes = axes;
  }

  /** The coordinate, along the world's axis, of a position. */
  coordinate(axis, position) {
    const { sign, length } = this.axes[axis];
    const [start, stop] = this.range[axis];
    return sign * length * ((position - start) / (stop - start) - 0.5);
  }

  /** A place in the world of positions along the three axes. */
  place(positions) {
    const place = [0, 0, 0];
    positions.forEach((position, axis) => { place[this.axes[axis].world] = this.coordinate(axis, position); });
    return place;
  }

  /** Positions of a place in the world. */
  positions(place) {
    return this.axes.map(({ world, sign, length }, axis) => {
      const [start, stop] = this.range[axis];
      return start + (sign * place[world] / length + 0.5) * (stop - start);
    });
  }

  /** Half of the cube's lengths along x, y and z. */
  get half() {
    const half = [0, 0, 0];
    for (const { world, length } of this.axes) half[world] = length / 2;
    return half;
  }

  /** Which way, along the world's axis, a side of a box looks: 1 or -1. */
  outward({ axis, end }) {
    return this.axes[axis].sign * (end ? 1 : -1);
  }
}

/** The sides of a box that an eye sees. */
export const facing = (frame, box, eye) => SIDES.filter((side) => {
  const plane = frame.coordinate(side.axis, box[side.axis][side.end]);
  return (eye[frame.axes[side.axis].world] - plane) * frame.outward(side) > 0;
});

/**
 * Where a ray meets a box from outside.
 *
 * @param {Frame} frame
 * @param {[number, number][]} box
 * @param {number[]} origin in the world
 * @param {number[]} direction
 * @returns {{side: object, positions: number[]}|undefined} positions within the box; undefined where it passes by
 */
export const hit = (frame, box, origin, direction) => {
  let [near, far, side] = [-Infinity, Infinity, undefined];
  for (let axis = 0; axis < 3; axis += 1) {
    const { world } = frame.axes[axis];
    const planes = box[axis].map((position) => frame.coordinate(axis, position));
    if (direction[world] === 0) {
      if (origin[world] < Math.min(...planes) || origin[world] > Math.max(...planes)) return undefined;
      continue;
    }
    const times = planes.map((plane) => (plane - origin[world]) / direction[world]);
    const first = times[0] <= times[1] ? 0 : 1;
    if (times[first] > near) [near, side] = [times[first], sideOf(axis, first)];
    far = Math.min(far, times[1 - first]);
  }
  if (!side || near > far || near <= 0) return undefined;
  const place = origin.map((one, i) => one + near * direction[i]);
  const positions = frame.positions(place).map((one, axis) => Math.min(Math.max(one, box[axis][0]), box[axis][1]));
  positions[side.axis] = box[side.axis][side.end];
  return { side, positions };
};

/** The twelve edges of a box: the axis that each runs along, and the two sides that meet there. */
export const edgesOf = (axis) => {
  const [one, other] = [0, 1, 2].filter((each) => each !== axis);
  return [0, 1].flatMap((a) => [0, 1].map((b) => ({ axis, sides: [sideOf(one, a), sideOf(other, b)] })));
};

/**
 * From how far away an eye that looks at the origin sees all of a cube.
 *
 * @param {number[]} half lengths of the cube, halved
 * @param {{turn: number, tilt: number}} eye in degrees: around the vertical, above the horizon
 * @param {{vertical: number, horizontal: number}} reach tangents of the half angles that the cube may fill
 */
export const fitDistance = (half, { turn, tilt }, reach) => {
  const { right, up, towards } = eyeAxes(turn, tilt);
  const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
  let distance = 0;
  for (let corner = 0; corner < 8; corner += 1) {
    const place = half.map((one, i) => (corner >> i & 1 ? one : -one));
    const depth = dot(place, towards);
    distance = Math.max(distance,
      depth + Math.abs(dot(place, right)) / reach.horizontal, depth + Math.abs(dot(place, up)) / reach.vertical);
  }
  return distance;
};

/** The directions of an eye that looks at the origin: to its right, up, and from the origin towards it. */
export const eyeAxes = (turn, tilt) => {
  const [t, e] = [turn * Math.PI / 180, tilt * Math.PI / 180];
  return {
    right: [Math.cos(t), 0, -Math.sin(t)],
    up: [-Math.sin(t) * Math.sin(e), Math.cos(e), -Math.cos(t) * Math.sin(e)],
    towards: [Math.sin(t) * Math.cos(e), Math.sin(e), Math.cos(t) * Math.cos(e)],
  };
};
