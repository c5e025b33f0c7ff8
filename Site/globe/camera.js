// The camera: as a scene describes it (looking at a place from a distance), as the state keeps it (where it is), moved
// by keys.

import { round } from "../viewer/address.js";
import { same } from "../viewer/state.js";

/** How a view looks where a scene says nothing. */
export const viewDefaults = Object.freeze({ lon: 0, lat: 20, distance: 20_000_000, heading: 0, pitch: -90 });

export const createCamera = (app, Cesium, scene) => {
  const { camera } = scene;
  const { toDegrees, toRadians } = Cesium.Math;
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  const state = () => {
    const { longitude, latitude, height } = camera.positionCartographic;
    return {
      lon: round(toDegrees(longitude), 4), lat: round(toDegrees(latitude), 4), height: Math.round(height),
      heading: round(toDegrees(camera.heading), 2), pitch: round(toDegrees(camera.pitch), 2), roll: round(toDegrees(camera.roll), 2),
    };
  };

  /** The place in the middle of the window, or below the camera where that is the sky. */
  const centre = () => {
    const { clientWidth, clientHeight } = scene.canvas;
    const hit = camera.pickEllipsoid(new Cesium.Cartesian2(clientWidth / 2, clientHeight / 2));
    const { longitude, latitude } = hit ? Cesium.Cartographic.fromCartesian(hit) : camera.positionCartographic;
    return { lon: toDegrees(longitude), lat: toDegrees(latitude) };
  };

  /** Where the camera stands to look at a place: what flying needs. */
  const standing = ({ lon, lat, distance, heading, pitch }) => {
    const probe = new Cesium.Camera(scene);
    probe.lookAt(Cesium.Cartesian3.fromDegrees(lon, lat),
      new Cesium.HeadingPitchRange(toRadians(heading), toRadians(pitch), distance));
    const [destination, direction, up] = [probe.positionWC, probe.directionWC, probe.upWC]
      .map((one) => Cesium.Cartesian3.clone(one));
    return { destination, orientation: { direction, up } };
  };

  /** Goes to a view within some seconds; resolves when there, false if something came between. */
  const fly = (view, seconds) => new Promise((resolve) => {
    const target = standing({ ...viewDefaults, ...view });
    camera.cancelFlight();
    if (!(seconds > 0) || still.matches) {
      camera.setView(target);
      scene.requestRender();
      return resolve(true);
    }
    camera.flyTo({ ...target, duration: seconds, complete: () => resolve(true), cancel: () => resolve(false) });
  });

  /** Turns and tilts around what is in the middle, by degrees. */
  const orbit = (turn, tilt) => {
    const { clientWidth, clientHeight } = scene.canvas;
    const ray = camera.getPickRay(new Cesium.Cartesian2(clientWidth / 2, clientHeight / 2));
    const hit = scene.globe.pick(ray, scene) ?? camera.pickEllipsoid(new Cesium.Cartesian2(clientWidth / 2, clientHeight / 2));
    if (!hit) return;
    camera.cancelFlight();
    const frame = Cesium.Transforms.eastNorthUpToFixedFrame(hit);
    camera.lookAtTransform(frame);
    camera.rotateRight(toRadians(turn));
    camera.rotateUp(toRadians(tilt));
    camera.lookAtTransform(Cesium.Matrix4.IDENTITY);
    scene.requestRender();
  };

  /** How far one press of a key goes: a share of what is in view. */
  const reach = () => Math.min(0.25, 0.15 * camera.positionCartographic.height / 6.4e6 + 1e-5);
  const moved = (run) => () => {
    camera.cancelFlight();
    run();
    scene.requestRender();
  };
  const keys = {
    ArrowLeft: moved(() => camera.rotateLeft(reach())), ArrowRight: moved(() => camera.rotateRight(reach())),
    ArrowUp: moved(() => camera.rotateUp(reach())), ArrowDown: moved(() => camera.rotateDown(reach())),
  };
  const shifted = {
    ArrowLeft: () => orbit(-10, 0), ArrowRight: () => orbit(10, 0), ArrowUp: () => orbit(0, 10), ArrowDown: () => orbit(0, -10),
  };
  const zoom = (share) => moved(() => camera.moveForward(share * camera.positionCartographic.height));

  const api = {
    state, centre, fly, orbit, heading: () => toDegrees(camera.heading), zoomIn: zoom(0.3), zoomOut: zoom(-0.45),
    /** The camera as the state has it. */
    set({ lon, lat, height, heading, pitch, roll }) {
      // A flight would go on to where it was bound.
      camera.cancelFlight();
      camera.setView({
        destination: Cesium.Cartesian3.fromDegrees(lon, lat, height),
        orientation: { heading: toRadians(heading), pitch: toRadians(pitch), roll: toRadians(roll ?? 0) },
      });
      scene.requestRender();
    },
  };

  scene.canvas.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const run = (event.shiftKey ? shifted : keys)[event.key] ?? { "+": api.zoomIn, "=": api.zoomIn, "-": api.zoomOut }[event.key];
    if (!run) return;
    event.preventDefault();
    run();
    // Cesium tells of the end of a movement in the next frames.
  });
  camera.percentageChanged = 0.001;
  camera.moveEnd.addEventListener(() => {
    const now = state();
    if (!same(now, app.store.get().camera)) app.store.set({ camera: now });
  });
  app.store.subscribe((all) => all.camera, (wanted) => { if (wanted && !same(wanted, state())) api.set(wanted); });
  return api;
};
