// A histogram as a drawing, its bars in the colours of the map.

const SPACE = "http://www.w3.org/2000/svg";
const WIDTH = 320;
const HEIGHT = 130;
const FOOT = 20;

const part = (name, attributes, words) => {
  const element = document.createElementNS(SPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (words !== undefined) element.textContent = words;
  return element;
};

/**
 * @param {{edges: ArrayLike<number>, counts: ArrayLike<number>}} histogram
 * @param {object} looks
 * @param {(value: number) => string} looks.colourOf CSS colour of a value
 * @param {(value: number) => string} looks.format
 * @param {string} looks.label what a screen reader says
 * @param {(low: string, high: string, count: number) => string} looks.barLabel hint of a bar
 * @returns {SVGElement}
 */
export const drawHistogram = ({ edges, counts }, { colourOf, format, label, barLabel }) => {
  const svg = part("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "value-histogram", role: "img", "aria-label": label });
  const most = Math.max(1, ...counts);
  const low = edges[0];
  const span = edges[edges.length - 1] - low || 1;
  const x = (value) => ((value - low) / span) * WIDTH;
  const tall = HEIGHT - FOOT - 4;
  for (let index = 0; index < counts.length; index += 1) {
    if (!counts[index]) continue;
    const left = x(edges[index]);
    const height = Math.max(1, (counts[index] / most) * tall);
    const bar = part("rect", {
      x: left + 0.4, y: HEIGHT - FOOT - height, width: Math.max(0.8, x(edges[index + 1]) - left - 0.8), height,
      fill: colourOf((edges[index] + edges[index + 1]) / 2),
    });
    bar.append(part("title", {}, barLabel(format(edges[index]), format(edges[index + 1]), counts[index])));
    svg.append(bar);
  }
  const line = { x1: 0, x2: WIDTH, y1: HEIGHT - FOOT, y2: HEIGHT - FOOT, class: "axis" };
  svg.append(part("line", line));
  const foot = HEIGHT - 5;
  svg.append(
    part("text", { x: 0, y: foot, "text-anchor": "start" }, format(low)),
    part("text", { x: WIDTH / 2, y: foot, "text-anchor": "middle" }, format(low + span / 2)),
    part("text", { x: WIDTH, y: foot, "text-anchor": "end" }, format(low + span)));
  return svg;
};
