// The pointer on the globe, told to the read-out as the map tells it (viewer/pointer.js).

/** Tells `app` where the pointer is, by the events that MapLibre's maps have. */
export const attachPointer = (app, Cesium, world) => {
  const { scene } = world;
  const { canvas } = scene;
  const listeners = new Map();
  const tell = (name, event) => { for (const one of listeners.get(name) ?? []) one(event); };
  let at = null;
  let frame = 0;
  let rest = 0;

  const placeAt = ({ x, y }) => {
    const point = new Cesium.Cartesian2(x, y);
    const hit = scene.globe.pick(scene.camera.getPickRay(point), scene);
    if (!hit) return null;
    const { longitude, latitude } = Cesium.Cartographic.fromCartesian(hit);
    const place = { lng: Cesium.Math.toDegrees(longitude), lat: Cesium.Math.toDegrees(latitude) };
    return { lngLat: { ...place, wrap: () => place }, point: { x, y } };
  };

  const look = () => {
    frame = 0;
    const found = at && placeAt(at);
    if (!found) return tell("mouseout");
    tell("mousemove", found);
    clearTimeout(rest);
    rest = setTimeout(() => world.refine(found.lngLat), 150);
  };
  canvas.addEventListener("pointermove", (event) => {
    at = { x: event.offsetX, y: event.offsetY };
    frame ||= requestAnimationFrame(look);
  });
  canvas.addEventListener("pointerleave", () => {
    at = null;
    tell("mouseout");
  });
  scene.camera.moveEnd.addEventListener(() => {
    tell("moveend");
    if (at) frame ||= requestAnimationFrame(look);
  });

  const gl = {
    on: (name, callback) => listeners.set(name, [...listeners.get(name) ?? [], callback]),
    getCenter() {
      const { clientWidth, clientHeight } = canvas;
      const place = placeAt({ x: clientWidth / 2, y: clientHeight / 2 })?.lngLat;
      if (place) return { lng: place.lng, lat: place.lat };
      const { lon, lat } = world.camera.centre();
      return { lng: lon, lat };
    },
    zoomIn: world.camera.zoomIn, zoomOut: world.camera.zoomOut,
  };
  world.gl = gl;
  app.attachPointer(gl);
  document.dispatchEvent(new CustomEvent("mapready"));
};
