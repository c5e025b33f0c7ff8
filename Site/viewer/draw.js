// Draws places on the map: point, polygon, circle, box. Works by pointer, touch and keyboard
// (Enter sets a corner at the middle of the map, Shift+Enter or a double click ends a polygon).

const RADIUS = 6371.0088;
const rad = Math.PI / 180;

const distance = (a, b) => {
  const h = Math.sin((b.lat - a.lat) * rad / 2) ** 2
    + Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin((b.lng - a.lng) * rad / 2) ** 2;
  return 2 * RADIUS * Math.asin(Math.min(1, Math.sqrt(h)));
};

/** A circle on the sphere as a ring of 64 corners; the radius in kilometres. */
export const circleRing = (centre, radius) => {
  const ring = [];
  const arc = radius / RADIUS;
  for (let i = 0; i <= 64; i += 1) {
    const bearing = -2 * Math.PI * (i % 64) / 64;
    const lat = Math.asin(Math.sin(centre.lat * rad) * Math.cos(arc)
      + Math.cos(centre.lat * rad) * Math.sin(arc) * Math.cos(bearing));
    const lng = centre.lng * rad + Math.atan2(
      Math.sin(bearing) * Math.sin(arc) * Math.cos(centre.lat * rad),
      Math.cos(arc) - Math.sin(centre.lat * rad) * Math.sin(lat));
    ring.push([lng / rad, lat / rad]);
  }
  return ring;
};

const near = (lng, other) => lng + 360 * Math.round((other - lng) / 360);

const polygon = (ring) => ({ type: "Polygon", coordinates: [ring] });

const shapes = {
  point: (corners) => ({ type: "Point", coordinates: [corners[0].lng, corners[0].lat] }),
  polygon: (corners) => polygon([...corners, corners[0]].map((one) => [one.lng, one.lat])),
  line: (corners) => ({ type: "LineString", coordinates: corners.map((one) => [one.lng, one.lat]) }),
  circle: ([centre, edge]) => polygon(circleRing(centre, distance(centre, edge))),
  box: ([a, b]) => polygon([
    [a.lng, a.lat], [b.lng, a.lat], [b.lng, b.lat], [a.lng, b.lat], [a.lng, a.lat],
  ]),
};
const needed = { point: 1, circle: 2, box: 2, polygon: Infinity, line: Infinity };
const least = { point: 1, circle: 2, box: 2, polygon: 3, line: 2 };

/** Adds app.draw(mode, {done(feature), cancelled?, once = true}) and app.choosePlace(callback). */
export const addDrawing = (app) => {
  app.draw = (mode, { done, cancelled, once = true } = {}) => {
    let corners = [];
    let stop = () => {};
    const sketch = (geometry) => app.map.sketch(geometry);
    const show = (extra) => {
      const all = extra ? [...corners, extra] : corners;
      if (all.length >= 2) sketch(shapes[all.length >= least[mode] ? mode : "line"](all));
      else if (all.length) sketch(shapes.point(all));
      else sketch(null);
    };
    const end = () => {
      if (corners.length < least[mode]) return;
      const feature = { type: "Feature", properties: {}, geometry: shapes[mode](corners) };
      if (mode === "circle") {
        feature.properties.centre = [corners[0].lng, corners[0].lat];
        feature.properties.radius = distance(...corners);
      }
      corners = [];
      sketch(null);
      if (once) stop();
      done?.(feature);
    };
    const add = (place) => {
      const previous = corners.at(-1);
      const lng = previous ? near(place.lng, previous.lng) : place.lng;
      // The second click of a double click lies where the first one was.
      if (previous && Math.abs(previous.lng - lng) + Math.abs(previous.lat - place.lat) < 1e-9) return;
      corners.push({ lng, lat: place.lat });
      show();
      if (corners.length >= needed[mode]) end();
    };
    const middle = () => {
      const { lng, lat } = app.map.gl.getCenter();
      return { lng, lat };
    };
    stop = app.useTool({
      click: add,
      double: end,
      move: (place) => {
        const previous = corners.at(-1);
        if (previous) show({ lng: near(place.lng, previous.lng), lat: place.lat });
      },
      key(event) {
        if (event.target.closest?.("input, select, textarea, button")) return;
        if (event.key === "Enter" && event.shiftKey) end();
        else if (event.key === "Enter") add(middle());
        else if (event.key === "Backspace") {
          corners.pop();
          show();
        } else return;
        event.preventDefault();
      },
      cancel: () => cancelled?.(),
      stop: () => sketch(null),
    });
    app.announce(app.t(`draw.${mode}`));
    return stop;
  };
  app.choosePlace = (callback) =>
    app.draw("point", {
      done: ({ geometry: { coordinates: [lng, lat] } }) => callback({ lng, lat }),
    });
};
