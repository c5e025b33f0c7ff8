// Drawing on the map: with mouse or finger by setting positions, with the keyboard by a crosshair.

import { make } from "../dom.js";
import { SHAPES, shapeOf, sketch } from "./draw-shapes.js";

const CLOSE = 10;

class Drawing {
  constructor(app, kind, done) {
    Object.assign(this, { app, map: app.map.gl, kind, t: app.t, done, positions: [] });
    this.host = this.map.getContainer();
    this.cross = make("div", { className: "crosshair", hidden: true, "aria-hidden": "true" });
    this.hint = make("p", { role: "status" });
    const button = (key, act, more = {}) =>
      make("button", { type: "button", className: "plain", textContent: app.t(key), onclick: act, ...more });
    this.finishButton = button("draw.finish", () => this.finish(), { className: "plain primary" });
    this.undoButton = button("draw.undo", () => this.undo());
    this.bar = make("div", { className: "draw-bar" }, this.hint,
      make("div", { className: "buttons" }, this.finishButton, this.undoButton,
        button("draw.cancel", () => this.end())));
    this.host.append(this.cross, this.bar);
    this.onKey = (event) => this.key(event);
    // Before the map's own keys and before the viewer's.
    window.addEventListener("keydown", this.onKey, true);
    this.release = app.useTool({
      click: ({ lng, lat, point }) => this.click({ lng, lat }, point),
      double: () => this.finish(),
      move: ({ lng, lat }) => { this.pointer = [lng, lat]; this.show(); },
      stop: () => this.end(),
    });
    this.show();
    this.map.getCanvas().focus({ preventScroll: true });
  }

  get shape() {
    return SHAPES[this.kind];
  }

  click({ lng, lat }, point) {
    const { positions } = this;
    const near = (position) => {
      const on = this.map.project(position);
      return Math.hypot(on.x - point.x, on.y - point.y) < CLOSE;
    };
    // The first position again closes a polygon; the last again ends a line.
    if (this.shape.more && positions.length >= this.shape.least && (near(positions[0]) || near(positions.at(-1)))) {
      this.finish();
      return;
    }
    if (positions.length && near(positions.at(-1))) return;
    positions.push([lng, lat]);
    if (!this.shape.more && positions.length === this.shape.least) this.finish();
    else this.show();
  }

  undo() {
    this.positions.pop();
    this.show();
  }

  finish() {
    const geometry = shapeOf(this.kind, this.positions);
    if (geometry) this.end(geometry);
  }

  show() {
    const { positions, kind, shape } = this;
    const step = positions.length === 0 ? "first" : positions.length < shape.least || !shape.more ? "next" : "end";
    this.say(this.t(`draw.${kind}.${step}`));
    this.undoButton.hidden = !positions.length;
    this.finishButton.hidden = !shape.more || positions.length < shape.least;
    this.app.map.sketch(sketch(kind, positions, this.pointer));
  }

  say(text) {
    if (this.hint.textContent !== text) this.hint.textContent = text;
  }

  /** The crosshair's place on the map, in pixels; it appears in the middle. */
  get spot() {
    const { clientWidth, clientHeight } = this.host;
    this.crossAt ??= { x: clientWidth / 2, y: clientHeight / 2 };
    return this.crossAt;
  }

  moveCross(dx, dy) {
    const { clientWidth, clientHeight } = this.host;
    const { x, y } = this.spot;
    this.crossAt = {
      x: Math.min(Math.max(x + dx, 0), clientWidth), y: Math.min(Math.max(y + dy, 0), clientHeight) };
    this.placeCross();
    const { lng, lat } = this.map.unproject([this.crossAt.x, this.crossAt.y]);
    this.pointer = [lng, lat];
    this.show();
    this.say(`${this.t("draw.at", { longitude: lng.toFixed(2), latitude: lat.toFixed(2) })} ${this.t("draw.keys")}`);
  }

  placeCross() {
    this.cross.hidden = false;
    this.cross.style.translate = `${this.spot.x}px ${this.spot.y}px`;
  }

  key(event) {
    // Buttons and fields keep their keys.
    const inField = event.target.closest?.("button, input, select, textarea, a");
    const size = event.shiftKey ? 60 : 12;
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key === "Escape") this.end();
    else if (inField && !this.host.contains(event.target)) return;
    else if (inField && (event.key === "Enter" || event.key === " ")) return;
    else if (event.key in moves) this.moveCross(moves[event.key][0] * size, moves[event.key][1] * size);
    else if (event.key === "Enter" || event.key === " ") {
      this.placeCross();
      this.click(this.map.unproject([this.spot.x, this.spot.y]), this.spot);
    } else if (event.key === "Backspace" || event.key === "Delete") this.undo();
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  end(geometry) {
    if (this.ended) return;
    this.ended = true;
    window.removeEventListener("keydown", this.onKey, true);
    this.release();
    this.app.map.sketch(null);
    this.cross.remove();
    this.bar.remove();
    this.done(geometry);
  }
}

/**
 * Lets a person draw one shape ("point", "line", "polygon", "circle" or "box") on the map.
 * Gives a GeoJSON geometry, or nothing when it was given up or another tool took over.
 */
export const draw = (app, kind) => new Promise((resolve) => { new Drawing(app, kind, resolve); });
