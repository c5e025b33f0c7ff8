// What is written around the cube: its edges, ticks and labels, and the rectangle that is being drawn. A canvas over that
// of the faces, so that letters are sharp and pictures of the cube have them.

import { edgesOf } from "../lib/cube/index.js";

const FONT = "system-ui, -apple-system, 'Segoe UI', Inter, 'Noto Sans', sans-serif";
const TICK = 6;
const GAP = 5;
/** Pixels of an edge for each label, and between two labels at least. */
const ROOM = 50;
const APART = 8;
/** Of a line of letters, in pixels. */
const HEIGHT = 14;

const middleOf = (a, b) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** The edge of a box along an axis on which labels stand: of those at the border of what is seen, the lowest. */
const labelEdge = (scene, sides, axis) => {
  const seen = new Set(sides.map(({ key }) => key));
  const edges = edgesOf(axis).filter((edge) => edge.sides.filter(({ key }) => seen.has(key)).length === 1)
    .map((edge) => {
      const [from, to] = scene.box[axis].map((position) => scene.project(placeOn(scene, edge, position)));
      return { ...edge, from, to, middle: middleOf(from, to) };
    });
  // The tie of two upright edges goes to the left one, beside which the window has room.
  return edges.sort((a, b) => b.middle.y - b.middle.x * 0.1 - (a.middle.y - a.middle.x * 0.1))[0];
};

const placeOn = (scene, { axis, sides }, position) => {
  const positions = [];
  positions[axis] = position;
  for (const side of sides) positions[side.axis] = scene.box[side.axis][side.end];
  return scene.frame.place(positions);
};

/** How a text stands at its place, by the way in which it is moved away from an edge. */
const alignOf = (normal) => ({
  across: normal.x > 0.35 ? "left" : normal.x < -0.35 ? "right" : "center",
  down: normal.y > 0.35 ? "top" : normal.y < -0.35 ? "bottom" : "middle",
});

/** What a label of a width takes on the screen: {left, right, top, bottom}. */
export const boxOf = ({ x, y }, normal, width) => {
  const { across, down } = alignOf(normal);
  const left = x - width * { left: 0, center: 0.5, right: 1 }[across];
  const top = y - HEIGHT * { top: 0, middle: 0.5, bottom: 1 }[down];
  return { left, right: left + width, top, bottom: top + HEIGHT };
};

/** How far the label of a place needs to go aside to lie within a window of a width; places outside keep theirs. */
const asideOf = (at, { left, right }, width) =>
  (at.x < 0 || at.x > width ? 0 : Math.max(0, 2 - left) - Math.max(0, right + 2 - width));

export const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

/** Draws over a scene; `app.map.cube` has the axes. */
export const createOverlay = (app, scene, canvas) => {
  const context = canvas.getContext("2d");
  let colours = { ink: "#000", soft: "#555", halo: "#fff", accent: "#066" };
  let rectangle = null;

  const centre = () => scene.project(scene.frame.place(scene.box.map(([a, b]) => (a + b) / 2)));

  /** A unit vector across an edge, away from the middle of the cube. */
  const outwards = ({ from, to, middle }, origin) => {
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const length = Math.hypot(dx, dy) || 1;
    let normal = { x: -dy / length, y: dx / length };
    if ((middle.x - origin.x) * normal.x + (middle.y - origin.y) * normal.y < 0) normal = { x: -normal.x, y: -normal.y };
    return normal;
  };

  const write = (pen, text, { x, y }, normal, { weight = 450, colour = colours.ink, size = 12.5 } = {}) => {
    pen.font = `${weight} ${size}px ${FONT}`;
    const { across, down } = alignOf(normal);
    pen.textAlign = across;
    pen.textBaseline = down;
    pen.lineWidth = 3;
    pen.lineJoin = "round";
    pen.strokeStyle = colours.halo;
    pen.strokeText(text, x, y);
    pen.fillStyle = colour;
    pen.fillText(text, x, y);
  };

  /** `taken` are the boxes of the labels so far. */
  const drawAxis = (pen, cube, sides, axis, origin, taken) => {
    const edge = labelEdge(scene, sides, axis);
    if (!edge) return;
    const length = Math.hypot(edge.to.x - edge.from.x, edge.to.y - edge.from.y);
    if (length < 24) return;
    const normal = outwards(edge, origin);
    const one = cube.axes[axis];
    pen.font = `450 12.5px ${FONT}`;
    const across = Math.abs(edge.to.y - edge.from.y) / length;
    const ticks = one.ticks(scene.box[axis], Math.max(2, Math.floor(length / (across > 0.8 ? ROOM * 0.7 : ROOM))));
    let last = null;
    let widest = 0;
    for (const { position, text } of ticks) {
      const at = scene.project(placeOn(scene, edge, position));
      pen.beginPath();
      pen.moveTo(at.x, at.y);
      pen.lineTo(at.x + TICK * normal.x, at.y + TICK * normal.y);
      pen.strokeStyle = colours.ink;
      pen.lineWidth = 1.2;
      pen.stroke();
      const { width } = pen.measureText(text);
      const needed = Math.abs(edge.to.x - edge.from.x) / length * (width + APART) + across * 15;
      if (last && Math.hypot(at.x - last.x, at.y - last.y) < needed) continue;
      const label = { x: at.x + (TICK + GAP) * normal.x, y: at.y + (TICK + GAP) * normal.y };
      label.x += asideOf(at, boxOf(label, normal, width), scene.size().width);
      const box = boxOf(label, normal, width);
      if (taken.some((other) => overlap(box, other))) continue;
      taken.push(box);
      last = at;
      widest = Math.max(widest, Math.abs(normal.x) * width + Math.abs(normal.y) * HEIGHT);
      write(pen, text, label, normal);
    }
    const heading = one.heading();
    if (!heading) return;
    // Along the edge, so that it takes no room to the side.
    const off = TICK + GAP + widest + 14;
    const angle = Math.atan2(edge.to.y - edge.from.y, edge.to.x - edge.from.x);
    pen.save();
    pen.translate(edge.middle.x + off * normal.x, edge.middle.y + off * normal.y);
    pen.rotate(Math.abs(angle) > Math.PI / 2 ? angle - Math.sign(angle) * Math.PI : angle);
    write(pen, heading, { x: 0, y: 0 }, { x: 0, y: 0 }, { weight: 600, colour: colours.soft });
    pen.restore();
  };

  const drawEdges = (pen, sides) => {
    const seen = new Set(sides.map(({ key }) => key));
    pen.strokeStyle = colours.ink;
    pen.lineWidth = 1.3;
    pen.lineCap = "round";
    pen.beginPath();
    for (let axis = 0; axis < 3; axis += 1) {
      for (const edge of edgesOf(axis)) {
        if (!edge.sides.some(({ key }) => seen.has(key))) continue;
        const [from, to] = scene.box[axis].map((position) => scene.project(placeOn(scene, edge, position)));
        pen.moveTo(from.x, from.y);
        pen.lineTo(to.x, to.y);
      }
    }
    pen.stroke();
  };

  const drawRectangle = (pen) => {
    const { side, from, to } = rectangle;
    const corner = (a, d) => {
      const positions = [];
      positions[side.axis] = scene.box[side.axis][side.end];
      positions[side.across] = a;
      positions[side.down] = d;
      return scene.project(scene.frame.place(positions));
    };
    const [a, b] = [[from[side.across], to[side.across]], [from[side.down], to[side.down]]];
    const corners = [corner(a[0], b[0]), corner(a[1], b[0]), corner(a[1], b[1]), corner(a[0], b[1])];
    pen.beginPath();
    corners.forEach(({ x, y }, i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
    pen.closePath();
    pen.fillStyle = "rgb(255 255 255 / 28%)";
    pen.fill();
    for (const [width, colour] of [[4, "#fff"], [2, colours.accent]]) {
      pen.lineWidth = width;
      pen.strokeStyle = colour;
      pen.stroke();
    }
  };

  /** Draws into any pen, whose unit is a pixel of the page. */
  const drawInto = (pen) => {
    const { cube } = app.map ?? {};
    if (!cube || !scene.frame) return;
    const sides = scene.facing();
    drawEdges(pen, sides);
    const origin = centre();
    const taken = [];
    for (let axis = 0; axis < 3; axis += 1) drawAxis(pen, cube, sides, axis, origin, taken);
    if (rectangle) drawRectangle(pen);
  };

  return {
    drawInto,
    draw() {
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.clearRect(0, 0, canvas.width, canvas.height);
      context.scale(devicePixelRatio, devicePixelRatio);
      drawInto(context);
    },
    resize(width, height) {
      canvas.width = Math.round(width * devicePixelRatio);
      canvas.height = Math.round(height * devicePixelRatio);
    },
    /** Takes the colours of the page, or those of a picture on white paper. */
    colours(print) {
      const style = getComputedStyle(canvas);
      const page = (name) => {
        canvas.style.color = `var(${name})`;
        return style.color;
      };
      colours = print ?? { ink: page("--ink"), soft: page("--soft"), halo: page("--space"), accent: page("--accent") };
    },
    /** The rectangle that is being drawn on a face; null for none. */
    rectangle(next) {
      rectangle = next;
      scene.schedule();
    },
  };
};
