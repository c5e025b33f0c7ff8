// Objects below one address, read by HTTP: whole or in ranges, few requests, each answered once.

import { DamagedError, NetworkError, NotFoundError, ReplacedError, UnsupportedError } from "../errors.js";
import { ByteCache, SharedWork } from "./cache.js";
import { Gate } from "./gate.js";

const NEAR = 8192;
const LONGEST_MERGED = 4 << 20;
const LARGEST_WHOLE = 64 << 20;
const TRIED_AGAIN = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * @typedef {object} ReadOptions
 * @property {AbortSignal} [signal]
 * @property {"high"|"low"} [priority] low: looking ahead, which waits behind everything else
 */

/** What is counted: requests sent, bytes of answers, requests saved by merging, requests sent again. */
class Counters {
  requests = 0;
  bytes = 0;
  merged = 0;
  retries = 0;
}

/**
 * The objects below an address.
 *
 * An object that changes while in use (its ETag, Last-Modified or length differ from its first answer) is a
 * `ReplacedError`. 404 and 410 mean that an object is not there; every other refusal is a `NetworkError`.
 */
export class RangeStore {
  #work = new SharedWork();
  #batches = new Map();
  #marks = new Map();
  #whole = new ByteCache(LARGEST_WHOLE);
  #fetch;
  #gate;
  #attempts;
  #sleep;
  #cacheMode = "default";

  /**
   * @param {string} address of the folder; a slash at the end is added
   * @param {object} [options]
   * @param {typeof fetch} [options.fetch]
   * @param {number} [options.attempts] how often a request is tried, 3
   * @param {number} [options.parallel] requests at a time, 8
   * @param {(milliseconds: number, signal?: AbortSignal) => Promise<void>} [options.sleep] waits between attempts
   */
  constructor(address, { fetch, attempts = 3, parallel = 8, sleep = pause } = {}) {
    this.address = address.endsWith("/") ? address : `${address}/`;
    this.counters = new Counters();
    this.#fetch = fetch ?? ((...args) => globalThis.fetch(...args));
    this.#gate = new Gate(parallel);
    this.#attempts = attempts;
    this.#sleep = sleep;
  }

  /** The full address of an object. */
  url(key) {
    return this.address + key.split("/").map(encodeURIComponent).join("/").replaceAll("%3A", ":");
  }

  /** Forgets every object, and asks the server again instead of a cache: after a `ReplacedError`. */
  refresh() {
    this.#marks.clear();
    this.#whole.clear();
    this.#cacheMode = "no-cache";
  }

  /**
   * A whole object.
   *
   * @param {string} key
   * @param {ReadOptions} [options]
   * @returns {Promise<Uint8Array|undefined>} undefined where there is none
   */
  get(key, { signal, priority } = {}) {
    return this.#work.run(`whole ${key}`, signal, (shared) =>
      this.#request(key, undefined, priority, shared));
  }

  /**
   * A whole JSON object.
   *
   * @returns {Promise<any>} undefined where there is none
   * @throws {DamagedError} if it is not JSON
   */
  async getJSON(key, options) {
    const bytes = await this.get(key, options);
    if (bytes === undefined) return undefined;
    try {
      return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    } catch (cause) {
      throw new DamagedError(`${this.url(key)} is not JSON.`, { cause, address: this.url(key) });
    }
  }

  /**
   * Part of an object. Parts of one object that are asked for together and lie near each other are fetched
   * together.
   *
   * @param {string} key
   * @param {number} start first byte
   * @param {number} length at least 1
   * @param {ReadOptions} [options]
   * @returns {Promise<Uint8Array|undefined>} undefined where there is no such object
   */
  getRange(key, start, length, { signal, priority } = {}) {
    return this.#work.run(`${start}+${length} ${key}`, signal, (shared) =>
      new Promise((resolve, reject) => {
        const id = `${priority ?? "high"} ${key}`;
        let batch = this.#batches.get(id);
        if (!batch) {
          batch = [];
          this.#batches.set(id, batch);
          // After a turn of the event loop all that wait for one index have asked for their parts.
          setTimeout(() => {
            this.#batches.delete(id);
            this.#sendBatch(key, batch, priority);
          }, 0);
        }
        batch.push({ start, end: start + length, signal: shared, resolve, reject });
      }));
  }

  /**
   * The last bytes of an object.
   *
   * @returns {Promise<Uint8Array|undefined>}
   */
  getSuffix(key, length, { signal, priority } = {}) {
    return this.#work.run(`-${length} ${key}`, signal, (shared) =>
      this.#request(key, { suffix: length }, priority, shared));
  }

  /**
   * Turns damage into a `ReplacedError` if the objects named have changed since they were first read.
   *
   * @param {string[]} keys the damaged object, and the metadata it was read by
   * @param {Error} error what was found
   * @returns {Promise<Error>} the error to throw
   */
  async explain(keys, error) {
    for (const key of keys) {
      const before = this.#marks.get(key);
      if (!before) continue;
      try {
        const answer = await this.#fetch(this.url(key), { method: "HEAD", cache: "no-store" });
        this.counters.requests += 1;
        const now = { ...markOf(answer.headers), length: wholeLength(answer) };
        if (answer.status === 404 || (answer.ok && differ(before, now))) return replaced(this.url(key), error);
      } catch {
        // Without an answer the damage stays what it is.
      }
    }
    return error;
  }

  #sendBatch(key, batch, priority) {
    const wanted = batch.filter((part) => {
      if (part.signal.aborted) part.reject(part.signal.reason);
      return !part.signal.aborted;
    });
    wanted.sort((a, b) => a.start - b.start);
    let group = [];
    let end = -Infinity;
    const send = () => group.length && this.#sendGroup(key, group, priority);
    for (const part of wanted) {
      const joins = part.start - end < NEAR && Math.max(end, part.end) - group[0]?.start <= LONGEST_MERGED;
      if (!joins) {
        send();
        group = [];
        end = part.end;
      }
      group.push(part);
      end = Math.max(end, part.end);
    }
    send();
  }

  async #sendGroup(key, parts, priority) {
    this.counters.merged += parts.length - 1;
    const start = parts[0].start;
    const end = Math.max(...parts.map((part) => part.end));
    const controller = new AbortController();
    let waiting = parts.length;
    for (const part of parts) {
      part.signal.addEventListener("abort", () => {
        part.reject(part.signal.reason);
        waiting -= 1;
        if (waiting === 0) controller.abort(part.signal.reason);
      }, { once: true });
    }
    try {
      const bytes = await this.#request(key, { start, end }, priority, controller.signal);
      for (const part of parts) part.resolve(bytes?.subarray(part.start - start, part.end - start));
    } catch (error) {
      for (const part of parts) part.reject(error);
    }
  }

  async #request(key, range, priority, signal) {
    const whole = this.#whole.get(key);
    if (whole) return cut(whole, range, this.url(key));
    await this.#gate.enter(priority, signal);
    try {
      for (let attempt = 1; ; attempt += 1) {
        const outcome = await this.#attempt(key, range, priority, signal);
        if (!outcome.again) return outcome.bytes;
        if (attempt >= this.#attempts) throw outcome.error;
        this.counters.retries += 1;
        const wait = Math.max(200 * 2 ** (attempt - 1) * (0.75 + Math.random() / 2), outcome.wait ?? 0);
        await this.#sleep(wait, signal);
      }
    } finally {
      this.#gate.leave();
    }
  }

  async #attempt(key, range, priority, signal) {
    const url = this.url(key);
    const headers = range ? { Range: rangeText(range) } : {};
    this.counters.requests += 1;
    let answer;
    let body;
    try {
      answer = await this.#fetch(url, {
        headers, signal, cache: this.#cacheMode, ...(priority ? { priority } : {}),
      });
      if (answer.status === 200 && range) refuseHuge(answer, url);
      body = new Uint8Array(await answer.arrayBuffer());
    } catch (cause) {
      if (signal?.aborted) throw signal.reason;
      if (cause instanceof UnsupportedError) throw cause;
      return {
        again: true,
        error: new NetworkError(
          `${url} cannot be reached. Check the network connection and try again.`, { cause, address: url }),
      };
    }
    const { status } = answer;
    if (status === 404 || status === 410) return { bytes: undefined };
    if (status === 416) {
      throw this.#marks.has(key)
        ? replaced(url)
        : new DamagedError(`${url} ends before the part that was asked for (${rangeText(range)}).`, { address: url });
    }
    if (status !== 200 && status !== 206) {
      const error = refusal(url, status);
      if (!TRIED_AGAIN.has(status)) throw error;
      return { again: true, error, wait: retryAfter(answer) };
    }
    this.counters.bytes += body.length;
    this.#compare(key, answer, status === 200 ? body.length : undefined);
    if (!range) return { bytes: body };
    if (status === 200) {
      this.#whole.set(key, body, body.length);
      return { bytes: cut(body, range, url) };
    }
    const length = range.suffix ?? range.end - range.start;
    if (body.length !== length) {
      return {
        again: true,
        error: new DamagedError(
          `${url} answered ${body.length} bytes where ${length} were asked for (${rangeText(range)}).`,
          { address: url }),
      };
    }
    return { bytes: body };
  }

  #compare(key, answer, bodyLength) {
    const now = { ...markOf(answer.headers), length: wholeLength(answer) ?? bodyLength };
    const before = this.#marks.get(key);
    if (before && differ(before, now)) throw replaced(this.url(key));
    if (!before) this.#marks.set(key, now);
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => { clearTimeout(timer); reject(signal.reason); };
    const timer = setTimeout(() => { signal?.removeEventListener("abort", stop); resolve(); }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

const rangeText = ({ start, end, suffix }) =>
  suffix === undefined ? `bytes=${start}-${end - 1}` : `bytes=-${suffix}`;

function cut(bytes, range, url) {
  if (!range) return bytes;
  const [start, end] = range.suffix === undefined
    ? [range.start, range.end]
    : [bytes.length - range.suffix, bytes.length];
  if (start < 0 || end > bytes.length) {
    throw new DamagedError(`${url} has ${bytes.length} bytes; ${rangeText(range)} is not among them.`, { address: url });
  }
  return bytes.subarray(start, end);
}

// Other origins may hide the ETag and Content-Range; what is not seen is not compared. Servers that compress on the way
// weaken an ETag or put the coding behind it; it is the same object.
const markOf = (headers) => ({
  etag: headers.get("ETag")?.replace(/^W\//, "").replace(/-(gzip|br|zstd|deflate)(?="$)/, "") ?? undefined,
  modified: headers.get("Last-Modified") ?? undefined,
});

function wholeLength(answer) {
  const text = answer.status === 206
    ? /\/(\d+)$/.exec(answer.headers.get("Content-Range") ?? "")?.[1]
    // A compressed answer's Content-Length is that of the compressed bytes.
    : answer.headers.get("Content-Encoding") ? undefined : answer.headers.get("Content-Length");
  return text ? Number(text) : undefined;
}

function differ(before, now) {
  const changed = (name) => before[name] !== undefined && now[name] !== undefined && before[name] !== now[name];
  if (changed("length")) return true;
  return before.etag !== undefined && now.etag !== undefined ? changed("etag") : changed("modified");
}

const replaced = (url, cause) => new ReplacedError(
  `${url} was published anew since it was opened. Load the data again.`, { cause, address: url });

function refuseHuge(answer, url) {
  const length = Number(answer.headers.get("Content-Length") ?? 0);
  if (length <= LARGEST_WHOLE) return;
  throw new UnsupportedError(
    `The server of ${url} sends whole files only. Data this large need a server that answers range requests.`,
    { address: url });
}

function refusal(url, status) {
  const reasons = {
    401: "asks for a login",
    403: "refuses to show it. If the file is only missing, let the bucket answer 404 for missing files (it needs the "
      + "right to list), or check that it is public",
    429: "has had too many requests; try again later",
  };
  return new NetworkError(
    `${url} cannot be read: the server ${reasons[status] ?? `answered with status ${status}`}.`,
    { address: url });
}

function retryAfter(answer) {
  const seconds = Number(answer.headers.get("Retry-After"));
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 10) * 1000 : undefined;
}

/** Fails with a `NotFoundError` where a whole JSON object is not there. */
export async function requireJSON(store, key, what, options) {
  const value = await store.getJSON(key, options);
  if (value === undefined) {
    throw new NotFoundError(`${what} is not at ${store.url(key)}.`, { address: store.url(key) });
  }
  return value;
}
