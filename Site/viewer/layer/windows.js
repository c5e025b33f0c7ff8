// Windows of values that are held: read once, with a border of one cell from their neighbours so
// that each can be drawn by itself, the least recently used given up first.

import { ENDLESS, MISSING } from "./shader.js";

const BOUND = 256 << 20;
const key = (slice, level, i, j) => `${slice.key}|${level}/${i}/${j}`;

/** A window of one slice: `bands` are (rows + 2) × (columns + 2) values, null where all is missing. */
const bordered = (values, rows, columns) => {
  const wide = columns + 2;
  const data = new Float32Array((rows + 2) * wide).fill(MISSING);
  for (let r = 0; r < rows; r += 1) {
    let from = r * columns;
    let to = (r + 1) * wide + 1;
    for (let c = 0; c < columns; c += 1, from += 1, to += 1) {
      const value = values[from];
      if (value === value) data[to] = Math.min(Math.max(value, -ENDLESS), ENDLESS);
    }
  }
  return data;
};

const allMissing = (values) => {
  for (let i = 0; i < values.length; i += 1) if (values[i] === values[i]) return false;
  return true;
};

/** Copies the edge of `from` that touches `to`, which lies (di, dj) windows away, into its border. */
const patch = (from, to, di, dj) => {
  if (!from.bands || !to.bands) return;
  const side = (step, length) => (step > 0 ? [length, length] : step < 0 ? [1, 1] : [1, length]);
  const [firstRow, lastRow] = side(di, from.rows);
  const [firstColumn, lastColumn] = side(dj, from.columns);
  const row = di > 0 ? 0 : di < 0 ? to.rows + 1 : 1;
  const column = dj > 0 ? 0 : dj < 0 ? to.columns + 1 : 1;
  const [wideFrom, wideTo] = [from.columns + 2, to.columns + 2];
  from.bands.forEach((data, band) => {
    for (let r = firstRow; r <= lastRow && row + r - firstRow <= to.rows + 1; r += 1) {
      const start = r * wideFrom + firstColumn;
      const most = Math.min(lastColumn - firstColumn + 1, to.columns + 2 - column);
      to.bands[band].set(data.subarray(start, start + most),
        (row + r - firstRow) * wideTo + column);
    }
  });
  to.version += 1;
};

/** The windows of all layers and maps; `changed` is called when one has come, `failed` when not. */
export const createWindows = ({ changed, failed }) => {
  const held = new Map();
  const pending = new Map();
  const broken = new Map();
  let bytes = 0;

  const touch = (name) => {
    const entry = held.get(name);
    if (!entry) return undefined;
    held.delete(name);
    held.set(name, entry);
    return entry;
  };

  const drop = (name) => {
    bytes -= held.get(name)?.bytes ?? 0;
    held.delete(name);
  };

  const join = (slice, level, i, j, entry) => {
    const { down, across } = slice.field.counts(level);
    for (let di = -1; di <= 1; di += 1) {
      for (let dj = -1; dj <= 1; dj += 1) {
        if (!di && !dj) continue;
        const row = i + di;
        let column = j + dj;
        if (slice.field.grid.closed) column = (column + across) % across;
        if (row < 0 || row >= down || column < 0 || column >= across) continue;
        const other = held.get(key(slice, level, row, column));
        if (!other) continue;
        patch(other, entry, -di, -dj);
        if (other !== entry) patch(entry, other, di, dj);
      }
    }
  };

  const keep = (slice, level, i, j, bands) => {
    const { rows, columns } = slice.field.extent(level, i, j);
    const empty = bands.every(allMissing);
    const entry = {
      key: key(slice, level, i, j), rows, columns, version: 0, level, i, j,
      bands: empty ? null : bands.map((one) => bordered(one, rows, columns)),
    };
    entry.bytes = empty ? 64 : entry.bands.length * entry.bands[0].byteLength;
    bytes += entry.bytes;
    held.set(entry.key, entry);
    join(slice, level, i, j, entry);
    for (const name of held.keys()) {
      if (bytes <= BOUND) break;
      if (name !== entry.key) drop(name);
    }
  };

  const load = async (slice, level, i, j, low) => {
    const name = key(slice, level, i, j);
    const abort = new AbortController();
    const job = { abort, low, dataset: slice.field.dataset };
    pending.set(name, job);
    try {
      const bands = await slice.read(level, i, j, {
        signal: abort.signal, priority: low ? "low" : "high",
      });
      keep(slice, level, i, j, bands);
    } catch (error) {
      if (abort.signal.aborted) return;
      broken.set(name, { error, dataset: slice.field.dataset });
      failed(error, slice);
    } finally {
      if (pending.get(name) === job) pending.delete(name);
      changed();
    }
  };

  return {
    get: (slice, level, i, j) => touch(key(slice, level, i, j)),
    has: (slice, level, i, j) => held.has(key(slice, level, i, j)),
    isBroken: (slice, level, i, j) => broken.has(key(slice, level, i, j)),
    /** Starts to read a window that is neither held nor on its way nor known to be broken. */
    request(slice, level, i, j, low = false) {
      const name = key(slice, level, i, j);
      const job = pending.get(name);
      if (job) {
        job.wanted = true;
        job.low &&= low;
        return;
      }
      if (held.has(name) || broken.has(name)) return;
      load(slice, level, i, j, low);
      pending.get(name).wanted = true;
    },
    /** Begins a round of requests; `endRound` gives up what nobody asked for in it. */
    beginRound() {
      for (const job of pending.values()) job.wanted = false;
    },
    endRound() {
      for (const [name, job] of [...pending]) {
        if (job.wanted) continue;
        pending.delete(name);
        job.abort.abort();
      }
    },
    /** How many windows are on their way, without those read ahead. */
    get waiting() {
      let count = 0;
      for (const job of pending.values()) if (!job.low) count += 1;
      return count;
    },
    /** Forgets what failed, so that it is tried again. */
    retry: () => broken.clear(),
    /** Forgets all of a dataset. */
    forget(dataset) {
      for (const name of [...held.keys()]) if (name.startsWith(`${dataset}/`)) drop(name);
      for (const [name, one] of [...broken]) if (one.dataset === dataset) broken.delete(name);
      for (const [name, job] of [...pending]) {
        if (job.dataset !== dataset) continue;
        pending.delete(name);
        job.abort.abort();
      }
    },
  };
};
