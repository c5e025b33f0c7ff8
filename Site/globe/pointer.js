// The pointer on the globe, told to the read-out as the map tells it (viewer/pointer.js).

/** Tells `app` where the pointer is, by the events that MapLibre's maps have. */
export const attachPointer = (app, world) => {
  const { scene } = world;
  const { canvas } = scene;
  const listeners = new Map();
  const tell = (name, event) => { for (const one of listeners.get(name) ?? []) one(event); };
  let at = null;
  let frame = 0;
  let rest = 0;

  const placeAt = (point) => {
    const found = world.pick(point);
    if (!found) return null;
    const { sheet, ...place } = found;
    return { lngLat: { ...place, wrap: () => place }, point, sheet };
  };

  let found = null;
  const look = () => {
    frame = 0;
    found = at && placeAt(at);
    if (found) tell("mousemove", found);
    else tell("mouseout");
  };
  const lookSoon = () => { if (at) frame ||= requestAnimationFrame(look); };
  /** What was moved is looked at in full once it rests. */
  const moved = () => {
    lookSoon();
    clearTimeout(rest);
    rest = setTimeout(() => { if (found) world.refine(found.lngLat, found.sheet); }, 150);
  };
  // A finger asks for a value by a tap, and what it has asked for stays.
  for (const name of ["pointermove", "pointerup"]) {
    canvas.addEventListener(name, (event) => {
      at = { x: event.offsetX, y: event.offsetY };
      moved();
    });
  }
  canvas.addEventListener("pointerleave", ({ pointerType }) => {
    if (pointerType !== "mouse") return;
    at = null;
    found = null;
    tell("mouseout");
  });
  scene.camera.moveEnd.addEventListener(() => {
    tell("moveend");
    moved();
  });
  // What is drawn anew may be another sheet.
  app.pointerStale = lookSoon;

  const gl = {
    on: (name, callback) => listeners.set(name, [...listeners.get(name) ?? [], callback]),
    getCenter() {
      const { clientWidth, clientHeight } = canvas;
      const point = { x: clientWidth / 2, y: clientHeight / 2 };
      const { lon: lng, lat } = world.camera.centre();
      const middle = placeAt(point);
      return { lng, lat, ...middle?.lngLat, point, sheet: middle?.sheet };
    },
    zoomIn: world.camera.zoomIn, zoomOut: world.camera.zoomOut,
  };
  world.gl = gl;
  app.attachPointer(gl);
  document.dispatchEvent(new CustomEvent("mapready"));
};
