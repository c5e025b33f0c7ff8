/** A file of places that cannot be read: the key of a sentence and what goes into it (the line). */
export class PlaceError extends Error {
  constructor(key, values = {}) {
    super(`${key} ${JSON.stringify(values)}`);
    this.key = key;
    this.values = values;
  }
}
