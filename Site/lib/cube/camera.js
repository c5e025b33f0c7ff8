// An eye in front of the cube: where places are on the screen, and what a point of the screen looks at.

const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** The angle of view from top to bottom, in degrees. */
export const VIEW_ANGLE = 28;
/** How high half of what is seen is, one length away from the eye. */
export const TANGENT = Math.tan(VIEW_ANGLE / 360 * Math.PI);

/** A perspective view; points of the screen are in pixels from its upper left corner. */
export class Camera {
  /**
   * @param {number[]} position of the eye in the world
   * @param {{right: number[], up: number[], towards: number[]}} axes unit vectors of `eyeAxes`
   * @param {{width: number, height: number}} size of the screen
   */
  constructor(position, { right, up, towards }, size) {
    Object.assign(this, { position, right, up, towards, size });
  }

  get #reach() {
    return { across: TANGENT * this.size.width / this.size.height, down: TANGENT };
  }

  /** Where a place of the world is on the screen. */
  project(place) {
    const { position, right, up, towards, size } = this;
    const away = place.map((one, i) => one - position[i]);
    const depth = -dot(away, towards);
    const { across, down } = this.#reach;
    return {
      x: (1 + dot(away, right) / (depth * across)) / 2 * size.width, y: (1 - dot(away, up) / (depth * down)) / 2 * size.height,
    };
  }

  /**
   * The directions of rays through points of the screen: `origin + x · across + y · down`, not of unit length.
   *
   * @returns {{origin: number[], across: number[], down: number[]}}
   */
  get rays() {
    const { right, up, towards, size } = this;
    const { across, down } = this.#reach;
    return {
      origin: towards.map((one, i) => -one - across * right[i] + down * up[i]),
      across: right.map((one) => 2 * across / size.width * one), down: up.map((one) => -2 * down / size.height * one),
    };
  }

  /** The ray through a point of the screen. */
  ray({ x, y }) {
    const { origin, across, down } = this.rays;
    const way = origin.map((one, i) => one + x * across[i] + y * down[i]);
    const length = Math.hypot(...way);
    return { origin: this.position, direction: way.map((one) => one / length) };
  }
}
