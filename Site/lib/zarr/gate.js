// Who may send a request now.

/** At most so many requests at a time; those of low priority leave some places to the others. */
export class Gate {
  #free;
  #reserve = 2;
  #high = [];
  #low = [];

  constructor(places) {
    this.#free = places;
  }

  enter(priority, signal) {
    return new Promise((resolve, reject) => {
      const place = { resolve, reject, signal };
      (priority === "low" ? this.#low : this.#high).push(place);
      this.#next();
    });
  }

  leave() {
    this.#free += 1;
    this.#next();
  }

  #next() {
    for (;;) {
      const queue = this.#high.length ? this.#high : this.#low;
      const least = this.#high.length ? 1 : 1 + this.#reserve;
      if (!queue.length) return;
      if (queue[0].signal?.aborted) {
        const place = queue.shift();
        place.reject(place.signal.reason);
        continue;
      }
      if (this.#free < least) return;
      this.#free -= 1;
      queue.shift().resolve();
    }
  }
}
