// Where light comes from: the sun of a date, a lamp that stands somewhere, a lamp beside the camera, or nowhere (every
// colour as in the legend).

import { parseTime } from "../lib/time/index.js";

export const kinds = ["none", "camera", "fixed", "sun"];

/** What a light has where a scene says nothing. */
export const lightDefaults = Object.freeze({
  kind: "camera", azimuth: 315, elevation: 45, ambient: 0.3, lon: 0, lat: 0, date: null,
});

const RADIANS = Math.PI / 180;

/** Towards a light at a place of the earth: a unit vector in earth-centred axes; azimuth from north over east. */
export const towards = ({ lon, lat, azimuth, elevation }) => {
  const [a, e] = [azimuth * RADIANS, elevation * RADIANS];
  const [east, north, up] = [Math.sin(a) * Math.cos(e), Math.cos(a) * Math.cos(e), Math.sin(e)];
  const [l, p] = [lon * RADIANS, lat * RADIANS];
  return [
    -Math.sin(l) * east - Math.sin(p) * Math.cos(l) * north + Math.cos(p) * Math.cos(l) * up,
    Math.cos(l) * east - Math.sin(p) * Math.sin(l) * north + Math.cos(p) * Math.sin(l) * up,
    Math.cos(p) * north + Math.sin(p) * up,
  ];
};

/** A date of any calendar as one that the sun knows: days beyond the end of a month are its last. */
export const sunDate = (text) => {
  const { year, month, day, hour, minute, second } = parseTime(text);
  const last = new Date(Date.UTC(2000, month, 0)).getUTCDate();
  const date = new Date(Date.UTC(2000, month - 1, Math.min(day, last), hour, minute, Math.floor(second)));
  date.setUTCFullYear(year);
  return date;
};

/** Keeps the light of the globe as the state says. */
export const createLight = (app, Cesium, widget, camera) => {
  const { scene, clock } = widget;
  clock.shouldAnimate = false;
  const lamp = new Cesium.DirectionalLight({ direction: new Cesium.Cartesian3(1, 0, 0) });
  const sun = new Cesium.SunLight();

  const place = (from) => {
    const [x, y, z] = towards(from);
    lamp.direction = new Cesium.Cartesian3(-x, -y, -z);
  };

  const update = () => {
    const { light: said, time } = app.store.get();
    const light = { ...lightDefaults, ...said };
    const { globe } = scene;
    globe.enableLighting = light.kind !== "none";
    // What the light adds to the ambient share; level ground under a lamp of 45° is as bright as without a light.
    globe.vertexShadowDarkness = light.ambient;
    globe.lambertDiffuseMultiplier = Math.SQRT2 * (1 - light.ambient);
    scene.light = light.kind === "sun" ? sun : lamp;
    const date = light.date ?? time;
    if (light.kind === "sun" && date) clock.currentTime = Cesium.JulianDate.fromDate(sunDate(date));
    if (light.kind === "fixed") place(light);
    scene.requestRender();
  };
  scene.preRender.addEventListener(() => {
    const light = { ...lightDefaults, ...app.store.get().light };
    if (light.kind === "camera") place({ ...light, ...camera.centre(), azimuth: light.azimuth + camera.heading() });
  });
  app.store.subscribe((state) => [state.light, state.light?.kind === "sun" && !state.light.date && state.time], update);
  update();
};
