// A picture of the cube as a file: as of the map, with title, legend, what is left of the data, and attribution.

import { fileName, offer } from "../viewer/panels/export-file.js";
import { attributionOf, legendsOf, titleOf } from "../viewer/panels/export-map.js";
import { compose, withResolution } from "../viewer/panels/export-picture.js";
import { wordsOf } from "./region.js";

/** Pixels of the file per pixel of the page. */
const SCALE = 2;
const PRINT = { ink: "#14211f", soft: "#55635f", halo: "#ffffff", accent: "#0a666b" };

/** The cube as it is seen, on a canvas of so many pixels per pixel of the page, with labels for white paper. */
export const pictureOfCube = (app, scale = SCALE) => {
  const { scene, overlay } = app.map;
  const { width, height } = scene.size();
  const copy = Object.assign(document.createElement("canvas"), { width: Math.round(width * scale), height: Math.round(height * scale) });
  const context = copy.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, copy.width, copy.height);
  try {
    scene.resize(width, height, scale);
    overlay.colours(PRINT);
    scene.render();
    context.drawImage(scene.picture, 0, 0, copy.width, copy.height);
    context.scale(scale, scale);
    overlay.drawInto(context);
  } finally {
    overlay.colours();
    scene.resize(width, height);
  }
  return copy;
};

/** Saves a picture. */
export const savePicture = async (app) => {
  const { scene, cube } = app.map;
  if (!cube) return;
  const { width, height } = scene.size();
  const picture = compose({
    map: pictureOfCube(app), width, height, scale: SCALE, title: titleOf(app),
    subtitle: wordsOf(app.map).map(({ text }) => text).join(" · "), legends: legendsOf(app), attribution: attributionOf(app),
  });
  const blob = await new Promise((resolve) => { picture.toBlob(resolve, "image/png"); });
  const png = withResolution(new Uint8Array(await blob.arrayBuffer()), 96 * SCALE);
  offer(fileName([titleOf(app), app.t("cube.title")], "png"), new Blob([png]), "image/png");
};
