// The picture of the cube: where its faces stand, what they show, from where they are seen. Frames are drawn when something
// has changed: first by the page itself (painter.js), then by the graphics card (gl.js).

import { Camera, edgesOf, eyeAxes, facing, fitDistance, Frame, TANGENT } from "../lib/cube/index.js";
import { createPainter } from "./painter.js";
import { startEye } from "./state.js";

/** Pixels that labels need beside the cube, on both sides together, when all of it is in view. */
const LABELS = { horizontal: 150, vertical: 190 };
/** Pixels at the bottom that the legend takes. */
const LEGEND = 70;
const OUTLINE = 0.55;
/** The least and the largest share of the window that the cube takes; on a phone it is the width that is scarce. */
const SHARES = { horizontal: [0.72, 0.86], vertical: [0.4, 0.86] };
const filled = (pixels, way) => Math.min(SHARES[way][1], Math.max(SHARES[way][0], 1 - LABELS[way] / pixels));

/** The edges of a box from corner to corner, without those that an eye sees in front of the box. */
const outlinePlaces = (frame, box, eye) => {
  const near = new Set(facing(frame, box, eye).map(({ key }) => key));
  return [0, 1, 2].flatMap(edgesOf).filter(({ sides }) => !sides.every(({ key }) => near.has(key)))
    .map(({ axis, sides }) => box[axis].map((position) => {
      const positions = [];
      positions[axis] = position;
      for (const side of sides) positions[side.axis] = box[side.axis][side.end];
      return frame.place(positions);
    }));
};

/** How an eye of the state looks at a frame on a screen of a size. */
const cameraOf = (frame, eye, size) => {
  const reach = {
    vertical: TANGENT * filled(size.height, "vertical"),
    horizontal: TANGENT * size.width / size.height * filled(size.width, "horizontal"),
  };
  // The size stays while the eye goes around, so it is that of the first view.
  const distance = fitDistance(frame.half, startEye, reach) / eye.zoom;
  const axes = eyeAxes(eye.turn, eye.tilt);
  const span = 2 * distance * TANGENT;
  const position = axes.right.map((_, i) =>
    distance * axes.towards[i] - span * (eye.x * axes.right[i] + (eye.y + LEGEND / 2 / size.height) * axes.up[i]));
  return new Camera(position, axes, size);
};

/**
 * Draws into a canvas, at first into one that is painted and gone later.
 *
 * @param {HTMLCanvasElement} canvas for the graphics card
 * @param {HTMLCanvasElement} painted
 * @param {() => void} drawn called after each frame
 */
export const createScene = (canvas, painted, drawn) => {
  let renderer = createPainter(painted);
  const shown = new Map();
  let [size, ratio, frame, box, eye, camera, requested] = [{ width: 1, height: 1 }, devicePixelRatio, null, null, null, null, 0];
  let [look, outline, isLasting] = [null, [0, 0, 0], false];

  const view = () => ({
    frame, box, camera, size, ratio, look, faces: [...shown.values()].filter(({ face }) => face),
    outline: {
      places: JSON.stringify(frame.range) === JSON.stringify(box) ? [] : outlinePlaces(frame, frame.range, camera.position),
      colour: outline, opacity: OUTLINE,
    },
  });
  const render = () => {
    cancelAnimationFrame(requested);
    requested = 0;
    if (!frame) return;
    renderer.draw(view());
    drawn();
  };
  const schedule = () => { requested ||= requestAnimationFrame(render); };
  const aim = () => { camera = cameraOf(frame, eye, size); };

  return {
    schedule, render,
    get frame() { return frame; },
    get box() { return box; },
    /** The canvas that holds the picture; what the graphics card has drawn can be read until the next frame only. */
    get picture() { return renderer.canvas; },
    /** Whether what draws is what will draw from now on. */
    get isLasting() { return isLasting; },
    /** Lets the graphics card draw from now on, where there is WebGL 2. */
    async accelerate() {
      try {
        const { createGL } = await import("./gl.js");
        const next = createGL(canvas);
        if (frame) next.draw(view());
        renderer.remove();
        renderer = next;
        canvas.addEventListener("webglcontextrestored", schedule);
      } catch (error) {
        console.warn(error);
      }
      isLasting = true;
      schedule();
    },
    resize(width, height, pixels = devicePixelRatio) {
      size = { width: Math.max(1, width), height: Math.max(1, height) };
      ratio = pixels;
      if (frame) aim();
      schedule();
    },
    /** Where things stand: `range` and `standing` as of `Frame`, what is left of the cube, the eye. */
    set(range, standing, nextBox, nextEye) {
      frame = new Frame(range, standing);
      box = nextBox;
      eye = nextEye;
      aim();
      schedule();
    },
    /** The sides of the box that are seen. */
    facing: () => facing(frame, box, camera.position),
    /** Shows these faces, each on its side: {side, face}; where a face is null nothing is to be seen. */
    show(faces) {
      shown.clear();
      for (const one of faces) shown.set(one.side.key, one);
      schedule();
    },
    /** The colours: tables as of viewer/layer/colours.js. */
    colour(tables, opacity) {
      look = { tables, opacity };
      schedule();
    },
    outlineColour(colour) {
      outline = colour;
      schedule();
    },
    /** Where a place of the world is on the canvas, in CSS pixels. */
    project: (place) => camera.project(place),
    /** The ray through a point of the canvas. */
    ray: (point) => camera.ray(point),
    /** How long an axis of the frame is on the screen where it is nearest, in pixels of the device. */
    pixels() {
      const distance = Math.max(0.5, Math.hypot(...camera.position) - Math.max(...frame.half));
      const scale = size.height / (2 * TANGENT * distance) * ratio;
      return frame.axes.map(({ length }) => Math.ceil(length * scale));
    },
    size: () => size,
  };
};
