// Land from coasts: the rings that the lines of a coast make, so that fill and line are one geometry.

const closed = (ring) => ring[0][0] === ring.at(-1)[0] && ring[0][1] === ring.at(-1)[1];

const boxOf = (ring) => {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of ring) {
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return box;
};

/** Whether a place lies within a ring: whether a ray to the east crosses it an odd number of times. */
const holds = ({ ring, box }, [x, y]) => {
  if (x < box[0] || x > box[2] || y < box[1] || y > box[3]) return false;
  let inside = false;
  for (let i = 0; i + 1 < ring.length; i += 1) {
    const [a, b] = [ring[i], ring[i + 1]];
    if (a[1] > y !== b[1] > y && x < a[0] + (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1])) inside = !inside;
  }
  return inside;
};

/** Open lines put together where they meet; what is cut at 180 degrees is closed along it. */
const joined = (lines) => {
  const name = (place) => place.join();
  const open = new Map(lines.map((line) => [name(line[0]), line]));
  const rings = [];
  while (open.size) {
    const [start, line] = open.entries().next().value;
    open.delete(start);
    const ring = [...line];
    for (let next = open.get(name(ring.at(-1))); next; next = open.get(name(ring.at(-1)))) {
      open.delete(name(next[0]));
      ring.push(...next.slice(1));
    }
    if (!closed(ring)) {
      const [from, to] = [ring[0], ring.at(-1)];
      // From one edge of the map to the other: round the pole.
      if (from[0] !== to[0]) {
        const pole = from[1] < 0 ? -90 : 90;
        ring.push([to[0], pole], [from[0], pole]);
      }
      ring.push(from);
    }
    if (ring.length > 3) rings.push(ring);
  }
  return rings;
};

/**
 * The land within the lines of a coast ([[[longitude, latitude]…]…]), as GeoJSON. Rings within
 * the largest one, as that of the Caspian Sea, are holes in it; no other land has any.
 */
export const landWithin = (lines) => {
  const rings = [...lines.filter(closed), ...joined(lines.filter((one) => !closed(one)))]
    .filter((ring) => ring.length > 3);
  const largest = rings.reduce((most, ring) => (ring.length > most.length ? ring : most));
  const around = { ring: largest, box: boxOf(largest) };
  const holes = rings.filter((ring) => ring !== largest && holds(around, ring[1]));
  const others = rings.filter((ring) => ring !== largest && !holes.includes(ring));
  return { type: "MultiPolygon", coordinates: [[largest, ...holes], ...others.map((ring) => [ring])] };
};
