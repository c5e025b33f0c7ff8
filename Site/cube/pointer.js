// Hands on the cube: turning, moving, zooming, drawing a rectangle, pushing a face by its knob; what lies under the pointer.

import { icon, make } from "../viewer/dom.js";
import { pushIcon } from "./icons.js";
import { startEye } from "./state.js";

const DEGREES_PER_PIXEL = 0.35;
const NEAREST = 24;
const FARTHEST = 0.35;
/** A press that moves less than this many pixels is a tap. */
const TAP = 4;
/** How far a knob lies from the corner that the seen faces have in common, as a share of the face. */
const KNOB = 0.88;

const limited = (value, low, high) => Math.min(Math.max(value, low), high);

/** Adds eye, tools and knobs to a stage; `tell(point)` is told where the pointer is, null where it is not. */
export const addPointer = (app, stage, host, tell) => {
  const { store } = app;
  const { canvas, scene } = stage;
  const setEye = (change) => store.set(({ eye }) => ({ eye: { ...eye, ...change(eye) } }));

  const eye = {
    turn: (right, up) => setEye(({ turn, tilt }) => ({ turn: ((turn + right + 180) % 360 + 360) % 360 - 180, tilt: limited(tilt + up, -90, 90) })),
    move: (dx, dy) => setEye(({ x, y }) => {
      const { height } = scene.size();
      return { x: limited(x + dx / height, -4, 4), y: limited(y - dy / height, -4, 4) };
    }),
    /** Comes nearer by a factor, to a point of the canvas or the middle. */
    zoom: (factor, point) => setEye(({ zoom, x, y }) => {
      const next = limited(zoom * factor, FARTHEST, NEAREST);
      const { width, height } = scene.size();
      const [px, py] = point ? [(point.x - width / 2) / height, -(point.y - height / 2) / height] : [0, 0];
      const ratio = next / zoom;
      return { zoom: next, x: px + (x - px) * ratio, y: py + (y - py) * ratio };
    }),
    home: () => store.set({ eye: startEye }),
    /** Looks straight at a side. */
    face(side) {
      const { world } = scene.frame.axes[side.axis];
      const way = scene.frame.outward(side);
      const turn = world === 0 ? 90 * way : world === 2 && way < 0 ? 180 : 0;
      store.set({ eye: { ...startEye, turn, tilt: world === 1 ? 90 * way : 0 } });
    },
  };

  const pointOf = (event) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.x, y: event.clientY - box.y };
  };

  // Pressed pointers by id; two of them pinch.
  const pressed = new Map();
  let gesture = null;

  const beginRectangle = (point) => {
    const from = stage.at(point);
    if (!from) return null;
    return {
      move(next) {
        const { origin, direction } = scene.ray(next);
        const { side } = from;
        // Also beyond the face's edge, on its plane.
        const { world } = scene.frame.axes[side.axis];
        const plane = scene.frame.coordinate(side.axis, scene.box[side.axis][side.end]);
        const t = (plane - origin[world]) / direction[world];
        if (!(t > 0)) return;
        const to = scene.frame.positions(origin.map((one, i) => one + t * direction[i]))
          .map((one, axis) => limited(one, ...scene.box[axis]));
        this.to = to;
        stage.overlay.rectangle({ side, from: from.positions, to });
      },
      end(isTap) {
        stage.overlay.rectangle(null);
        if (!this.to || isTap) return;
        const box = stage.box();
        for (const axis of [from.side.across, from.side.down]) {
          const [a, b] = [from.positions[axis], this.to[axis]].sort((p, q) => p - q);
          box[axis] = [Math.floor(a), Math.ceil(b)];
        }
        stage.cut(box);
      },
      cancel: () => stage.overlay.rectangle(null),
    };
  };

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    const point = pointOf(event);
    pressed.set(event.pointerId, { ...point, begun: point, moved: false });
    gesture?.cancel?.();
    gesture = null;
    if (pressed.size > 1) return;
    if (event.button === 0 && !event.shiftKey && store.get().tool === "select") gesture = beginRectangle(point);
    gesture ??= { move: (next, before) => {
      if (event.button !== 0 || event.shiftKey) eye.move(next.x - before.x, next.y - before.y);
      else eye.turn(-(next.x - before.x) * DEGREES_PER_PIXEL, (next.y - before.y) * DEGREES_PER_PIXEL);
    } };
  });
  canvas.addEventListener("pointermove", (event) => {
    const point = pointOf(event);
    const before = pressed.get(event.pointerId);
    if (!before) return tell(point);
    if (Math.hypot(point.x - before.begun.x, point.y - before.begun.y) > TAP) before.moved = true;
    if (pressed.size === 2) {
      const [, other] = [...pressed].find(([id]) => id !== event.pointerId);
      const apart = (one) => Math.max(10, Math.hypot(one.x - other.x, one.y - other.y));
      eye.zoom(apart(point) / apart(before), { x: (point.x + other.x) / 2, y: (point.y + other.y) / 2 });
      eye.move((point.x - before.x) / 2, (point.y - before.y) / 2);
    } else if (before.moved) {
      gesture?.move(point, before);
      tell(gesture?.to ? point : null);
    }
    if (before.moved || pressed.size === 2) Object.assign(before, point);
  });
  const release = (event) => {
    const before = pressed.get(event.pointerId);
    if (!before) return;
    pressed.delete(event.pointerId);
    if (event.type === "pointercancel") gesture?.cancel?.();
    else gesture?.end?.(!before.moved);
    gesture = null;
    // A finger has no other way to ask for a value.
    if (!before.moved) tell(pointOf(event));
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("pointerleave", ({ pointerType }) => { if (pointerType === "mouse") tell(null); });
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    eye.zoom(Math.exp(-limited(event.deltaY * (event.deltaMode ? 16 : 1), -120, 120) / 400), pointOf(event));
  }, { passive: false });
  canvas.addEventListener("dblclick", (event) => {
    const found = stage.at(pointOf(event));
    if (found) eye.face(found.side);
  });

  const keys = {
    ArrowLeft: () => eye.turn(-10, 0), ArrowRight: () => eye.turn(10, 0), ArrowUp: () => eye.turn(0, 10), ArrowDown: () => eye.turn(0, -10),
    "+": () => eye.zoom(1.25), "=": () => eye.zoom(1.25), "-": () => eye.zoom(0.8),
  };
  const shifted = {
    ArrowLeft: () => eye.move(-40, 0), ArrowRight: () => eye.move(40, 0), ArrowUp: () => eye.move(0, -40), ArrowDown: () => eye.move(0, 40),
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape" && gesture) {
      gesture.cancel?.();
      gesture = null;
      return event.preventDefault();
    }
    const run = (event.shiftKey ? shifted[event.key] : undefined) ?? keys[event.key];
    if (!run) return;
    event.preventDefault();
    run();
  });

  addKnobs(app, stage, host);
  const showTool = () => canvas.classList.toggle("selecting", store.get().tool === "select");
  store.subscribe((state) => state.tool, showTool);
  showTool();
  return eye;
};

/** Knobs by which the seen faces are pushed in and pulled out. For pointers only: keys have the sliders of the cuts. */
const addKnobs = (app, stage, host) => {
  const { scene } = stage;
  const layer = make("div", { className: "knobs", "aria-hidden": "true" });
  host.append(layer);
  const knobs = new Map();

  const pushed = (side) => (event) => {
    const box = stage.box();
    const range = stage.range();
    const knob = event.currentTarget;
    knob.setPointerCapture(event.pointerId);
    event.preventDefault();
    const start = { x: event.clientX, y: event.clientY };
    const first = box[side.axis][side.end];
    // One cell's way along the screen at the knob.
    const [a, b] = [knobPlace(side, first), knobPlace(side, first + (side.end ? -1 : 1))].map((place) => scene.project(place));
    const way = { x: b.x - a.x, y: b.y - a.y };
    const length = Math.max(way.x ** 2 + way.y ** 2, 1e-6);
    const move = (next) => {
      const cells = ((next.clientX - start.x) * way.x + (next.clientY - start.y) * way.y) / length;
      const position = Math.round(first + (side.end ? -cells : cells));
      const now = stage.box();
      now[side.axis] = side.end
        ? [now[side.axis][0], limited(position, now[side.axis][0] + 1, range[side.axis][1])]
        : [limited(position, range[side.axis][0], now[side.axis][1] - 1), now[side.axis][1]];
      stage.cut(now);
    };
    const end = () => {
      knob.removeEventListener("pointermove", move);
      knob.classList.remove("pushed");
    };
    knob.classList.add("pushed");
    knob.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) knob.addEventListener(name, end, { once: true });
  };

  const knobPlace = (side, position) => {
    const seen = new Set(stage.sides.map(({ key }) => key));
    const positions = [];
    positions[side.axis] = position;
    for (const axis of [side.across, side.down]) {
      const [low, high] = scene.box[axis];
      // Away from the corner where the seen faces meet, where one looks first.
      const isHighSeen = seen.has(`${["lead", "rows", "columns"][axis]}1`);
      positions[axis] = isHighSeen ? high - KNOB * (high - low) : low + KNOB * (high - low);
    }
    return scene.frame.place(positions);
  };

  const draw = () => {
    const { cube } = stage;
    const { tool } = app.store.get();
    for (const knob of knobs.values()) knob.hidden = true;
    if (!cube || !scene.frame) return;
    for (const side of stage.sides) {
      const [low, high] = stage.range()[side.axis];
      if (high - low < 2 || tool !== "turn") continue;
      let knob = knobs.get(side.key);
      if (!knob) {
        knob = make("div", { className: "knob", title: app.t("cuts.push"), onpointerdown: pushed(side) }, icon(pushIcon));
        knobs.set(side.key, knob);
        layer.append(knob);
      }
      const position = scene.box[side.axis][side.end];
      const at = scene.project(knobPlace(side, position));
      const to = scene.project(knobPlace(side, position + (side.end ? -1 : 1) * (high - low) / 10));
      knob.hidden = false;
      knob.style.left = `${at.x}px`;
      knob.style.top = `${at.y}px`;
      knob.style.setProperty("--way", `${Math.atan2(to.y - at.y, to.x - at.x)}rad`);
    }
  };
  stage.drawing.onRefresh(draw);
  app.store.subscribe((state) => state.tool, draw);
};
