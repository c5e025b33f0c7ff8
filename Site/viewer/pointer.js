// What lies under the pointer, and the tools that take over its clicks.

/** Adds onPointer, draw and choosePlace to `app`; `valuesAt({lng, lat})` asks what is held. */
export const addPointer = (app, host) => {
  const listeners = new Set();
  let frame = 0;
  let last = null;

  const tell = () => {
    frame = 0;
    const found = last && { ...last, values: app.map.valuesAt(last) };
    for (const one of listeners) one(found);
  };
  const moved = (place) => {
    last = place;
    frame ||= requestAnimationFrame(tell);
  };

  app.onPointer = (callback) => {
    listeners.add(callback);
    return () => listeners.delete(callback);
  };
  app.pointer = () => last;

  let tool = null;
  const finish = () => {
    tool?.stop();
    tool = null;
    host.classList.remove("drawing");
  };
  /** A tool has the methods click, move, double, key; at most one is in use. */
  app.useTool = (next) => {
    finish();
    tool = next;
    host.classList.add("drawing");
    return () => { if (tool === next) finish(); };
  };
  app.tool = () => tool;

  app.attachPointer = (gl) => {
    // `sheet` is of the globe (globe/pointer.js).
    const place = ({ lngLat, point, sheet }) => ({ lng: lngLat.wrap().lng, lat: lngLat.lat, point, sheet });
    let mouse = null;
    /** What lies under the mouse now, when the map has moved or changed its size below it. */
    const again = () => {
      const box = gl.getCanvas().getBoundingClientRect();
      const point = { x: mouse.clientX - box.x, y: mouse.clientY - box.y };
      return place({ lngLat: gl.unproject([point.x, point.y]), point });
    };
    gl.on("mousemove", (event) => {
      mouse = event.originalEvent;
      moved(place(event));
      tool?.move?.(place(event), event);
    });
    gl.on("mouseout", () => moved(null));
    gl.on("click", (event) => {
      moved(place(event));
      if (tool) tool.click?.(place(event), event);
      else for (const one of clickers) one(place(event));
    });
    gl.on("dblclick", (event) => {
      if (!tool) return;
      event.preventDefault();
      tool.double?.(place(event), event);
    });
    for (const change of ["move", "resize"]) gl.on(change, () => { if (last && mouse) moved(again()); });
  };
  const clickers = new Set();
  /** Callback on a click that no tool takes. */
  app.onClick = (callback) => {
    clickers.add(callback);
    return () => clickers.delete(callback);
  };
  /** Tells listeners again, because what is drawn has changed. */
  app.pointerStale = () => { if (last) moved(last); };

  window.addEventListener("keydown", (event) => {
    if (!tool) return;
    if (event.key === "Escape") {
      const { cancel } = tool;
      finish();
      cancel?.();
    } else tool.key?.(event);
  });
};
