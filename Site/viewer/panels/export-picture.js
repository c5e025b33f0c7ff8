// A picture of the map to print or to show: title, map, legends, time and attribution on one canvas.

import { FIRST_BIN, BINS, niceTicks, positionOf, tickLabels } from "../../lib/colour/index.js";

const FONT = "system-ui, -apple-system, 'Segoe UI', Inter, 'Noto Sans', sans-serif";
const MARGIN = 24;
const LEGEND = { width: 320, height: 62, bar: 14 };
const INK = "#14211f";
const SOFT = "#55635f";

/** Breaks a text into lines that fit a width; `measure` gives the width of a text. */
export const wrapped = (text, width, measure) => {
  const lines = [];
  for (const word of text.split(/\s+/)) {
    const longer = lines.length ? `${lines.at(-1)} ${word}` : word;
    if (lines.length && measure(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
};

/** Where the parts of a picture stand, in CSS pixels: the map keeps its size, the rest is put around it. */
export const layout = ({ width, height, subtitle, legends, notes }) => {
  const top = MARGIN + 26 + (subtitle ? 22 : 0) + 14;
  const columns = Math.max(1, Math.floor((width + 24) / (LEGEND.width + 24)));
  const each = Math.min(LEGEND.width, width);
  const places = legends.map((_, index) => ({
    x: MARGIN + (index % columns) * (each + 24),
    y: top + height + 16 + Math.floor(index / columns) * LEGEND.height, width: each,
  }));
  const rows = Math.ceil(legends.length / columns);
  const notesTop = top + height + 16 + rows * LEGEND.height + 8;
  return {
    map: { x: MARGIN, y: top, width, height }, legends: places, notesTop,
    width: width + 2 * MARGIN, height: Math.ceil(notesTop + notes * 17 + MARGIN - 6),
  };
};

const text = (context, words, x, y, { size = 13, colour = INK, weight = 400, align = "left" } = {}) => {
  context.font = `${weight} ${size}px ${FONT}`;
  context.fillStyle = colour;
  context.textAlign = align;
  context.fillText(words, x, y);
};

const drawCategories = (context, { style }, { x, y, width }) => {
  let left = x;
  for (const { colour, label } of style.categories) {
    context.font = `400 12px ${FONT}`;
    const wide = 20 + context.measureText(label).width + 14;
    if (left > x && left + wide > x + width) {
      text(context, "…", left, y + 32);
      break;
    }
    context.fillStyle = colour;
    context.fillRect(left, y + 22, 14, 12);
    text(context, label, left + 20, y + 32, { size: 12 });
    left += wide;
  }
};

const drawRamp = (context, { style, palette, locale }, { x, y, width }) => {
  const bins = document.createElement("canvas");
  Object.assign(bins, { width: BINS, height: 1 });
  const row = new ImageData(BINS, 1);
  row.data.set(palette.subarray(4 * FIRST_BIN, 4 * (FIRST_BIN + BINS)));
  bins.getContext("2d").putImageData(row, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(bins, x, y + 20, width, LEGEND.bar);
  context.imageSmoothingEnabled = true;
  context.strokeStyle = "#00000040";
  context.lineWidth = 0.5;
  context.strokeRect(x, y + 20, width, LEGEND.bar);
  const ticks = niceTicks(style.range, { scale: style.scale, linearWithin: style.linearWithin, count: 5 });
  const labels = tickLabels(ticks, locale);
  ticks.forEach((tick, index) => {
    const share = positionOf(tick, style);
    const at = x + share * width;
    context.fillStyle = SOFT;
    context.fillRect(at - 0.5, y + 20 + LEGEND.bar, 1, 4);
    // Labels at the very ends do not stick out.
    const align = share < 0.06 ? "left" : share > 0.94 ? "right" : "center";
    text(context, labels[index], align === "center" ? at : x + (align === "left" ? 0 : width), y + 50, { size: 11, colour: SOFT, align });
  });
};

const drawRow = (context, legend, place) => {
  text(context, legend.units ? `${legend.title} (${legend.units})` : legend.title, place.x, place.y + 12, { size: 12.5, weight: 600 });
  if (legend.style.scale === "categorical") drawCategories(context, legend, place);
  else drawRamp(context, legend, place);
};

/**
 * Draws the whole picture.
 *
 * @param {object} parts
 * @param {CanvasImageSource} parts.map the rendered map
 * @param {number} parts.width of the map, in CSS pixels
 * @param {number} parts.height
 * @param {number} parts.scale canvas pixels per CSS pixel: dots per inch / 96
 * @param {string} parts.title
 * @param {string} [parts.subtitle] the time, other dimensions
 * @param {{title: string, units: string, style: object, palette: Uint8Array, locale: string}[]} parts.legends
 * @param {string} parts.attribution
 * @returns {HTMLCanvasElement}
 */
export const compose = (parts) => {
  const { map, width, height, scale, title, subtitle, legends, attribution } = parts;
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d");
  context.font = `400 11px ${FONT}`;
  const notes = wrapped(attribution, width, (words) => context.measureText(words).width);
  const place = layout({ width, height, subtitle, legends, notes: notes.length });
  canvas.width = Math.round(place.width * scale);
  canvas.height = Math.round(place.height * scale);
  context.scale(scale, scale);
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, place.width, place.height);
  text(context, title, MARGIN, MARGIN + 18, { size: 21, weight: 650 });
  if (subtitle) text(context, subtitle, MARGIN, MARGIN + 44, { size: 14, colour: SOFT });
  // Pixel by pixel: half a pixel aside it would be blurred.
  context.save();
  context.resetTransform();
  context.imageSmoothingEnabled = false;
  context.drawImage(map, ...[place.map.x, place.map.y, width, height].map((one) => Math.round(one * scale)));
  context.restore();
  context.strokeStyle = "#00000030";
  context.lineWidth = 1;
  context.strokeRect(place.map.x - 0.5, place.map.y - 0.5, width + 1, height + 1);
  legends.forEach((legend, index) => drawRow(context, legend, place.legends[index]));
  notes.forEach((line, index) => text(context, line, MARGIN, place.notesTop + 11 + index * 17, { size: 11, colour: SOFT }));
  return canvas;
};

/** A PNG's bytes with its resolution written into it (pHYs chunk, PNG specification 11.3.4.3). */
export const withResolution = (png, dotsPerInch) => {
  const chunk = new Uint8Array(21);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, 9);
  chunk.set([0x70, 0x48, 0x59, 0x73], 4);
  const perMetre = Math.round(dotsPerInch / 0.0254);
  view.setUint32(8, perMetre);
  view.setUint32(12, perMetre);
  chunk[16] = 1;
  view.setUint32(17, crc32(chunk.subarray(4, 17)));
  // Behind the signature (8 bytes) and IHDR (25), where it must stand before the image data.
  const result = new Uint8Array(png.length + chunk.length);
  result.set(png.subarray(0, 33));
  result.set(chunk, 33);
  result.set(png.subarray(33), 33 + chunk.length);
  return result;
};

/** CRC-32 (ISO 3309) of bytes. */
const crc32 = (bytes) => {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
};
