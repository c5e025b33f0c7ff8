// Keeping what was read, within bounds, and reading it once.

/** The least recently used entries go first once their sizes sum to more than a bound. */
export class ByteCache {
  #entries = new Map();
  #bound;
  #bytes = 0;

  /** @param {number} bound bytes to keep at most */
  constructor(bound) {
    this.#bound = bound;
  }

  /** Bytes kept now. */
  get bytes() {
    return this.#bytes;
  }

  /** Entries kept now. */
  get size() {
    return this.#entries.size;
  }

  /** Whether a key is kept; does not count as use. */
  has(key) {
    return this.#entries.has(key);
  }

  /** The value of a key, now the most recently used. */
  get(key) {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Keeps a value of a size; one larger than the whole bound is not kept. */
  set(key, value, bytes) {
    this.delete(key);
    if (bytes > this.#bound) return;
    this.#entries.set(key, { value, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#bound) break;
      this.delete(oldest);
    }
  }

  delete(key) {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }

  clear() {
    this.#entries.clear();
    this.#bytes = 0;
  }
}

/**
 * Work that several callers wait for is done once. It is aborted only when every one of them has aborted.
 */
export class SharedWork {
  #pending = new Map();

  /** How many pieces of work are under way. */
  get size() {
    return this.#pending.size;
  }

  /**
   * Joins work under way, or starts it.
   *
   * @template T
   * @param {string} key what work it is
   * @param {AbortSignal|undefined} signal of this caller
   * @param {(signal: AbortSignal) => Promise<T>} start begins the work
   * @returns {Promise<T>} rejects with the signal's reason once this caller aborts
   */
  run(key, signal, start) {
    if (signal?.aborted) return Promise.reject(signal.reason);
    let work = this.#pending.get(key);
    if (!work || work.controller.signal.aborted) {
      const controller = new AbortController();
      work = { controller, callers: 0, promise: undefined };
      this.#pending.set(key, work);
      const forget = () => {
        if (this.#pending.get(key) === work) this.#pending.delete(key);
      };
      work.promise = start(controller.signal).finally(forget);
      // Whoever still listens sees the failure; when nobody does, it is not an error.
      work.promise.catch(() => {});
    }
    work.callers += 1;
    if (!signal) return work.promise;
    return new Promise((resolve, reject) => {
      const leave = () => {
        work.callers -= 1;
        if (work.callers === 0) work.controller.abort(signal.reason);
        reject(signal.reason);
      };
      signal.addEventListener("abort", leave, { once: true });
      const done = () => signal.removeEventListener("abort", leave);
      work.promise.then(
        (value) => { done(); resolve(value); },
        (error) => { done(); reject(error); });
    });
  }
}
