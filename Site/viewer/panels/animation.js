// A film of the map over time: WebM where the browser can encode video, GIF everywhere.

import { GifWriter } from "../../lib/image/index.js";
import { WebmWriter } from "./film-webm.js";

const CODECS = [["vp09.00.51.08", "V_VP9"], ["vp8", "V_VP8"]];
const BITS_A_FRAME = 1_500_000;
const KEY_EVERY = 20;

const configOf = (codec, width, height, perSecond) => ({
  codec, width, height, bitrate: BITS_A_FRAME * perSecond, framerate: perSecond, latencyMode: "quality" });

/** The formats this browser can make, the better one first: "webm", "gif". */
export const filmFormats = async () => {
  for (const [codec] of CODECS) {
    const supported = await globalThis.VideoEncoder?.isConfigSupported(configOf(codec, 640, 480, 5)).catch(() => null);
    if (supported?.supported) return ["webm", "gif"];
  }
  return ["gif"];
};

const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/** Encodes frames as they come; every one gets the time it should have, however long it took to make. */
class WebmFilm {
  #encoder;
  #writer;
  #count = 0;
  #frameTime;
  #failure;

  static async open(width, height, perSecond) {
    for (const [codec, name] of CODECS) {
      const config = configOf(codec, width, height, perSecond);
      const supported = await VideoEncoder.isConfigSupported(config).catch(() => null);
      if (supported?.supported) return new WebmFilm(config, name, perSecond);
    }
    throw new Error(`${width} × ${height}`);
  }

  constructor(config, name, perSecond) {
    this.#frameTime = 1000 / perSecond;
    this.#writer = new WebmWriter({ width: config.width, height: config.height, codec: name });
    this.#encoder = new VideoEncoder({
      output: (chunk) => {
        const bytes = new Uint8Array(chunk.byteLength);
        chunk.copyTo(bytes);
        this.#writer.add(bytes, chunk.timestamp / 1000, chunk.type === "key");
      },
      error: (error) => { this.#failure = error; },
    });
    this.#encoder.configure(config);
  }

  async add(canvas) {
    const frame = new VideoFrame(canvas, {
      timestamp: Math.round(this.#count * this.#frameTime * 1000), duration: Math.round(this.#frameTime * 1000) });
    if (this.#failure) throw this.#failure;
    this.#encoder.encode(frame, { keyFrame: this.#count % KEY_EVERY === 0 });
    frame.close();
    this.#count += 1;
    while (this.#encoder.encodeQueueSize > 2) await pause(10);
  }

  async finish() {
    await this.#encoder.flush();
    this.#encoder.close();
    if (this.#failure) throw this.#failure;
    return new Blob([this.#writer.finish(this.#count * this.#frameTime)], { type: "video/webm" });
  }

  cancel() {
    if (this.#encoder.state !== "closed") this.#encoder.close();
  }
}

/** Writes frames into a GIF as they come. */
class GifFilm {
  #writer;
  #size;
  #frameTime;

  static async open(width, height, perSecond) {
    return new GifFilm(width, height, perSecond);
  }

  constructor(width, height, perSecond) {
    this.#size = [width, height];
    this.#writer = new GifWriter(width, height);
    this.#frameTime = 1000 / perSecond;
  }

  async add(canvas) {
    const pixels = canvas.getContext("2d").getImageData(0, 0, ...this.#size).data;
    this.#writer.add(pixels, this.#frameTime);
    // Encoding takes a while; the page must stay alive.
    await pause(0);
  }

  async finish() {
    return new Blob([this.#writer.finish()], { type: "image/gif" });
  }

  cancel() {}
}

const FILMS = { webm: WebmFilm, gif: GifFilm };

/**
 * Makes a film: for every step a frame is made by `frame(step)` (a canvas, all of one size).
 *
 * @param {object} order
 * @param {"webm"|"gif"} order.format
 * @param {string[]} order.steps
 * @param {number} order.perSecond frames
 * @param {number} order.longest pixels of the longer side at most
 * @param {(step: string) => Promise<HTMLCanvasElement>} order.frame
 * @param {(done: number, all: number) => void} order.progress
 * @param {AbortSignal} order.signal
 * @returns {Promise<Blob>}
 */
export const makeFilm = async ({ format, steps, perSecond, longest, frame, progress, signal }) => {
  let film;
  let canvas;
  let context;
  try {
    for (let index = 0; index < steps.length; index += 1) {
      signal.throwIfAborted();
      progress(index, steps.length);
      const picture = await frame(steps[index]);
      if (!film) {
        const shrink = Math.min(1, longest / Math.max(picture.width, picture.height));
        // Codecs want even sizes.
        const [width, height] = [picture.width, picture.height].map((length) => 2 * Math.round((length * shrink) / 2));
        canvas = Object.assign(document.createElement("canvas"), { width, height });
        context = canvas.getContext("2d", { willReadFrequently: true });
        film = await FILMS[format].open(width, height, perSecond);
      }
      context.drawImage(picture, 0, 0, canvas.width, canvas.height);
      await film.add(canvas);
    }
    progress(steps.length, steps.length);
    return await film.finish();
  } catch (error) {
    film?.cancel();
    throw error;
  }
};
