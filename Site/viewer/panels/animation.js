// A film of the map over time: WebM where the browser can record, GIF everywhere.

import { GifWriter } from "../../lib/image/index.js";

/** The formats this browser can make, the better one first. */
export const filmFormats = () => {
  const type = ["video/webm;codecs=vp9", "video/webm;codecs=vp8", "video/webm"]
    .find((one) => globalThis.MediaRecorder?.isTypeSupported?.(one));
  const canCapture = type && "captureStream" in HTMLCanvasElement.prototype;
  return [...(canCapture ? [{ id: "webm", type }] : []), { id: "gif", type: "image/gif" }];
};

const pause = (milliseconds, signal) => new Promise((resolve, reject) => {
  const timer = setTimeout(resolve, milliseconds);
  signal?.addEventListener("abort", () => { clearTimeout(timer); reject(signal.reason); }, { once: true });
});

/** Records canvases as they come, each shown for its time. A recorder keeps real time, so this takes as long as the film. */
class WebmFilm {
  constructor(width, height, type, perSecond) {
    this.canvas = Object.assign(document.createElement("canvas"), { width, height });
    this.context = this.canvas.getContext("2d");
    this.frameTime = 1000 / perSecond;
    const stream = this.canvas.captureStream(0);
    [this.track] = stream.getVideoTracks();
    this.recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: 8_000_000 });
    this.parts = [];
    this.recorder.ondataavailable = ({ data }) => { if (data.size) this.parts.push(data); };
    this.type = type;
  }

  async add(frame, signal) {
    this.context.drawImage(frame, 0, 0);
    if (this.recorder.state === "inactive") this.recorder.start();
    else this.recorder.resume();
    this.track.requestFrame();
    await pause(this.frameTime, signal);
    // The film stands still while the next frame is made.
    this.recorder.pause();
  }

  async finish() {
    const stopped = new Promise((resolve) => { this.recorder.onstop = resolve; });
    this.recorder.stop();
    await stopped;
    return new Blob(this.parts, { type: this.type.split(";")[0] });
  }

  cancel() {
    if (this.recorder.state !== "inactive") this.recorder.stop();
    this.track.stop();
  }
}

/** Writes frames into a GIF as they come. */
class GifFilm {
  constructor(width, height, perSecond) {
    this.canvas = Object.assign(document.createElement("canvas"), { width, height });
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
    this.writer = new GifWriter(width, height);
    this.frameTime = 1000 / perSecond;
  }

  async add(frame) {
    const { width, height } = this.canvas;
    this.context.drawImage(frame, 0, 0, width, height);
    this.writer.add(this.context.getImageData(0, 0, width, height).data, this.frameTime);
    // Encoding takes a while; the page must stay alive.
    await pause(0);
  }

  async finish() {
    return new Blob([this.writer.finish()], { type: "image/gif" });
  }

  cancel() {}
}

/**
 * Makes a film: for every step a frame is made by `frame(step)` (a canvas, all of one size).
 *
 * @param {object} order
 * @param {string} order.format "webm" or "gif"
 * @param {string} order.type
 * @param {string[]} order.steps
 * @param {number} order.perSecond frames
 * @param {number} order.longest pixels of the longer side of a GIF
 * @param {(step: string) => Promise<HTMLCanvasElement>} order.frame
 * @param {(done: number, all: number) => void} order.progress
 * @param {AbortSignal} order.signal
 * @returns {Promise<Blob>}
 */
export const makeFilm = async ({ format, type, steps, perSecond, longest, frame, progress, signal }) => {
  let film;
  try {
    for (let index = 0; index < steps.length; index += 1) {
      signal.throwIfAborted();
      progress(index, steps.length);
      const canvas = await frame(steps[index]);
      const shrink = format === "gif" ? Math.min(1, longest / Math.max(canvas.width, canvas.height)) : 1;
      // Codecs want even sizes.
      const even = (length) => 2 * Math.round((length * shrink) / 2);
      film ??= format === "webm" ? new WebmFilm(canvas.width, canvas.height, type, perSecond)
        : new GifFilm(even(canvas.width), even(canvas.height), perSecond);
      await film.add(canvas, signal);
    }
    progress(steps.length, steps.length);
    return await film.finish();
  } catch (error) {
    film?.cancel();
    throw error;
  }
};
