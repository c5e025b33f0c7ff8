// A picture of the globe as a file: as of the map, with title, legends, time and attribution.

import { fileName, offer } from "../viewer/panels/export-file.js";
import { attributionOf, legendsOf, subtitleOf } from "../viewer/panels/export-map.js";
import { compose } from "../viewer/panels/export-picture.js";
import { heightsText } from "./surface.js";

/** Who is to be named for what is seen. */
export const creditsOf = (app) => {
  const base = app.scene?.base === "plain" ? [] : ["Natural Earth"];
  return [attributionOf(app), ...base, "CesiumJS"].filter(Boolean).join(" · ");
};

/** What is seen now, on a canvas. */
export const pictureOfGlobe = (app) => {
  const { scene, widget } = app.map;
  // What WebGL has drawn can be read until the next frame only; without a request nothing is drawn.
  scene.requestRender();
  // At the hour of the scene: by itself the sun would stand where it stands today.
  scene.render(widget.clock.currentTime);
  const { canvas } = scene;
  const copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
  copy.getContext("2d").drawImage(canvas, 0, 0);
  return copy;
};

/** Saves a picture. */
export const savePicture = async (app) => {
  const map = pictureOfGlobe(app);
  const { clientWidth, clientHeight } = app.map.scene.canvas;
  const picture = compose({
    map, width: clientWidth, height: clientHeight, scale: map.width / clientWidth, title: app.scene.title,
    subtitle: [subtitleOf(app), heightsText(app)].filter(Boolean).join(" · "), legends: legendsOf(app), attribution: creditsOf(app),
  });
  const blob = await new Promise((resolve) => { picture.toBlob(resolve, "image/png"); });
  offer(fileName([app.scene.title], "png"), blob, "image/png");
};
