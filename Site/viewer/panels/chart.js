// A line chart with zoom, a readout under the pointer and a mark at what the map shows.

import { make } from "../dom.js";
import { axesOf, drawable, nearest, zoomed } from "./chart-scales.js";

const HEIGHT = 220;

/** What a colour variable of the style sheet comes to; a canvas knows nothing of variables. */
const colourIn = (element, name) => {
  const probe = make("i", { style: { color: `var(${name})` } });
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
};

/**
 * Lines over one axis. A line is {id, label, units, colour, dash, x: increasing positions, y: values};
 * `axis` says how positions are written: {ticks(low, high, width) -> [positions], text(position, step)}.
 */
export class Chart {
  /** `onPick(x)` when a position is clicked or entered, `onHover(x | undefined)` under the pointer. */
  constructor(host, { uPlot, axis, label, onPick, onHover, format }) {
    Object.assign(this, { host, uPlot, axis, onPick, onHover, format });
    host.tabIndex = 0;
    host.setAttribute("role", "application");
    host.setAttribute("aria-label", label);
    host.classList.add("chart");
    host.addEventListener("keydown", (event) => this.key(event));
    this.sizes = new ResizeObserver(() => this.resize());
    this.sizes.observe(host);
    this.schemes = matchMedia("(prefers-color-scheme: dark)");
    this.onScheme = () => this.repaint();
    this.schemes.addEventListener("change", this.onScheme);
  }

  /** Takes the colours of the page again. */
  repaint() {
    if (this.lines) this.draw();
  }

  destroy() {
    this.sizes.disconnect();
    this.schemes.removeEventListener("change", this.onScheme);
    this.plot?.destroy();
    this.plot = undefined;
  }

  /** Draws lines; the zoom stays where the axis still holds it. */
  show(lines, { log = false, mark } = {}) {
    Object.assign(this, { lines, log, markAt: mark });
    this.draw();
  }

  /** Moves the mark (what the map shows). */
  mark(x) {
    this.markAt = x;
    this.plot?.redraw(false);
  }

  draw() {
    const { uPlot, lines, host } = this;
    const kept = this.zoom;
    this.plot?.destroy();
    this.plot = undefined;
    host.replaceChildren();
    if (!lines.length) return;
    const joined = uPlot.join(lines.map((line) => [line.x, drawable(line.y, this.log)]));
    this.positions = joined[0];
    this.plot = new uPlot(this.options(), joined, host);
    const [low, high] = this.whole();
    if (kept && kept[0] >= low && kept[1] <= high) this.plot.setScale("x", { min: kept[0], max: kept[1] });
  }

  options() {
    const { lines, host } = this;
    const [ink, soft, grid] = ["--ink", "--soft", "--line"].map((name) => colourIn(host, name));
    const font = `12px ${getComputedStyle(host).fontFamily}`;
    const axes = axesOf(lines);
    const keyOf = (line) => axes.find((one) => one.units === (line.units ?? "")).key;
    return {
      width: this.width(), height: HEIGHT, padding: [10, axes.length > 1 ? 0 : 12, 0, 0],
      legend: { show: false },
      cursor: {
        points: { size: 7 }, drag: { x: true, y: false, setScale: true, dist: 6 },
        focus: { prox: 24 },
      },
      scales: {
        x: { time: false, range: (_, low, high) => (low === high ? [low - 0.5, high + 0.5] : [low, high]) },
        ...Object.fromEntries(axes.map(({ key }) => [key, this.log ? { distr: 3, log: 10 } : { distr: 1 }])),
      },
      axes: [
        {
          stroke: soft, font, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid }, size: 34,
          splits: (plot, _, low, high) => this.axis.ticks(low, high, plot.bbox.width / devicePixelRatio),
          values: (_, splits) => splits.map((one) => this.axis.text(one, (splits[1] ?? one + 1) - splits[0])),
        },
        ...axes.map(({ key, units, right, colour }, index) => ({
          scale: key, side: right ? 1 : 3, stroke: colour ?? soft, font, labelFont: font,
          label: units || " ", labelSize: 18, labelGap: 0, gap: 4,
          grid: { show: index === 0, stroke: grid, width: 1 }, ticks: { stroke: grid },
          size: (plot, values) => 14 + Math.max(26, ...(values ?? []).map((one) => 7 * (one?.length ?? 0))),
          values: (_, splits) => splits.map((one) => (one === null ? "" : this.format(one))),
        })),
      ],
      series: [{}, ...lines.map((line) => ({
        label: line.label, scale: keyOf(line), stroke: line.colour, width: 1.75, dash: line.dash,
        show: !line.hidden, spanGaps: false,
        points: { show: (plot, _, from, to) => (to - from) * 9 < plot.bbox.width / devicePixelRatio, size: 5,
          fill: line.colour },
      }))],
      hooks: {
        draw: [(plot) => this.drawMark(plot, ink)],
        setCursor: [(plot) => this.hover(plot.cursor.idx)],
        setScale: [(plot, key) => { if (key === "x") this.keepZoom(plot.scales.x); }],
        ready: [(plot) => plot.over.addEventListener("click", () => {
          if (plot.cursor.idx !== null && plot.cursor.idx !== undefined) this.onPick?.(this.positions[plot.cursor.idx]);
        })],
      },
    };
  }

  drawMark(plot, ink) {
    if (this.markAt === undefined) return;
    const x = Math.round(plot.valToPos(this.markAt, "x", true));
    const { left, top, width, height } = plot.bbox;
    if (x < left || x > left + width) return;
    const { ctx } = plot;
    ctx.save();
    ctx.strokeStyle = ink;
    ctx.globalAlpha = 0.75;
    ctx.lineWidth = 1.5 * devicePixelRatio;
    ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, top);
    ctx.lineTo(x, top + height);
    ctx.stroke();
    ctx.restore();
  }

  hover(index) {
    this.at = index ?? undefined;
    this.onHover?.(index === null || index === undefined ? undefined : this.positions[index]);
  }

  whole() {
    return [this.positions[0], this.positions.at(-1)];
  }

  keepZoom({ min, max }) {
    const [low, high] = this.whole();
    this.zoom = min <= low && max >= high ? undefined : [min, max];
  }

  /** Zooms by a factor about the middle, or back to everything without one. */
  zoomBy(factor) {
    if (!this.plot) return;
    const { min, max } = this.plot.scales.x;
    const [from, to] = factor ? zoomed([min, max], this.whole(), factor, this.markAt >= min && this.markAt <= max ? this.markAt : undefined)
      : this.whole();
    this.plot.setScale("x", { min: from, max: to });
  }

  /** Arrows walk along the positions, Enter picks one, plus and minus zoom, 0 shows everything. */
  key(event) {
    if (!this.plot || event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };
    const zooms = { "+": 0.5, "=": 0.5, "-": 2, 0: 0 };
    if (event.key in steps) {
      const start = this.at ?? (this.markAt === undefined ? 0 : nearest(this.positions, this.markAt));
      const index = Math.min(Math.max(start + steps[event.key], 0), this.positions.length - 1);
      const left = this.plot.valToPos(this.positions[index], "x");
      this.plot.setCursor({ left, top: this.plot.over.clientHeight / 2 });
    } else if (event.key in zooms) this.zoomBy(zooms[event.key]);
    else if (event.key === "Enter" && this.at !== undefined) this.onPick?.(this.positions[this.at]);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  width() {
    return Math.max(200, Math.floor(this.host.clientWidth));
  }

  resize() {
    if (this.plot && this.plot.width !== this.width()) this.plot.setSize({ width: this.width(), height: HEIGHT });
  }
}
