// Values as pictures: painted here in their colours, for globes and maps that drape pictures over a surface.

import { paint } from "../../lib/globe/index.js";
import { lookOf, tablesOf } from "./colours.js";

/** The look of a layer: its style as it is drawn, and its colours. */
export const lookFor = (layer, field, colours) => {
  const style = lookOf(layer, field.variable);
  if (style.scale === "categorical") style.categories = [...style.categories].sort((a, b) => a.value - b.value);
  return { ...tablesOf(style, colours), style };
};

const canvasOf = (width, height) => Object.assign(document.createElement("canvas"), { width, height });

/** Where nothing is to be seen, one pixel of it is enough. */
export const nothing = canvasOf(1, 1);

/** Values in their colours on a canvas, `nothing` where none is to be seen. */
export const painted = (values, look, width, height) => {
  const image = values && new ImageData(width, height);
  if (!values || !paint(values, look, image.data)) return nothing;
  const canvas = canvasOf(width, height);
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
};
