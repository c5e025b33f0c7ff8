// Draws the cube by itself, pixel by pixel: the first picture, before the graphics card and its library are ready, and all
// pictures where there is no WebGL 2.

import { paintFaces } from "../lib/cube/index.js";

/** More pixels than these take too long for a picture that follows the hand. */
const MOST = 1.6e6;

/** What draws a view (scene.js) into a canvas. */
export const createPainter = (canvas) => {
  const context = canvas.getContext("2d");
  const outline = ({ camera, outline: { places, colour, opacity } }, ratio) => {
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    // Behind the faces.
    context.globalCompositeOperation = "destination-over";
    context.strokeStyle = `rgb(${colour.join(" ")} / ${opacity})`;
    context.beginPath();
    for (const [from, to] of places.map((edge) => edge.map((place) => camera.project(place)))) {
      context.moveTo(from.x, from.y);
      context.lineTo(to.x, to.y);
    }
    context.stroke();
  };
  return {
    canvas,
    draw(view) {
      const { size, look, faces } = view;
      const ratio = Math.min(view.ratio, Math.sqrt(MOST / (size.width * size.height)));
      // Of a changed size or not, the canvas is empty then.
      canvas.width = Math.round(size.width * ratio);
      canvas.height = Math.round(size.height * ratio);
      if (look && faces.length) {
        const image = context.createImageData(canvas.width, canvas.height);
        paintFaces(image, faces, { ...view, ratio: canvas.width / size.width }, look);
        context.putImageData(image, 0, 0);
      }
      outline(view, ratio);
    },
    remove: () => canvas.remove(),
  };
};
