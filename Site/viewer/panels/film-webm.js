// WebM files of one video track (Matroska, RFC 9559; the subset of https://www.webmproject.org/docs/container).

const TICKS = 1_000_000;
const LONGEST_CLUSTER = 30_000;

const text = (words) => new TextEncoder().encode(words);

const joined = (parts) => {
  const bytes = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  parts.reduce((at, one) => {
    bytes.set(one, at);
    return at + one.length;
  }, 0);
  return bytes;
};

/** A number as few bytes as hold it, most significant first. */
const unsigned = (value) => {
  const bytes = [];
  for (let rest = value; rest > 0 || !bytes.length; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.from(bytes);
};

/** A length in eight bytes (RFC 8794, section 4). */
const size = (length) => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length));
  bytes[0] = 1;
  return bytes;
};

/** An element: its identifier, length and content (numbers, text, bytes or elements). */
const element = (id, content) => {
  const data = Array.isArray(content) ? joined(content) : typeof content === "number" ? unsigned(content)
    : typeof content === "string" ? text(content) : content;
  return joined([unsigned(id), size(data.length), data]);
};

const float = (value) => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value);
  return bytes;
};

/** Collects encoded frames, each at its time in milliseconds, and writes them as one file. */
export class WebmWriter {
  #clusters = [];
  #options;

  /** @param {{width: number, height: number, codec: "V_VP8"|"V_VP9"}} options */
  constructor(options) {
    this.#options = options;
  }

  /** Adds a frame; a key frame begins a new cluster. */
  add(bytes, milliseconds, isKey) {
    const time = Math.round(milliseconds);
    const last = this.#clusters.at(-1);
    const isNew = !last || isKey || time - last.start > LONGEST_CLUSTER;
    const cluster = isNew ? { start: time, blocks: [] } : last;
    if (isNew) this.#clusters.push(cluster);
    const head = Uint8Array.of(0x81, 0, 0, isKey ? 0x80 : 0);
    new DataView(head.buffer).setInt16(1, time - cluster.start);
    cluster.blocks.push(element(0xa3, joined([head, bytes])));
  }

  /** The file; `milliseconds` is how long it lasts. */
  finish(milliseconds) {
    const { width, height, codec } = this.#options;
    const head = element(0x1a45dfa3, [
      element(0x4286, 1), element(0x42f7, 1), element(0x42f2, 4), element(0x42f3, 8),
      element(0x4282, "webm"), element(0x4287, 4), element(0x4285, 2)]);
    const info = element(0x1549a966, [
      element(0x2ad7b1, TICKS), element(0x4489, float(milliseconds)), element(0x4d80, "Cubepress"), element(0x5741, "Cubepress")]);
    const track = element(0xae, [
      element(0xd7, 1), element(0x73c5, 1), element(0x83, 1), element(0x86, codec),
      element(0xe0, [element(0xb0, width), element(0xba, height)])]);
    const clusters = this.#clusters.map(({ start, blocks }) => element(0x1f43b675, [element(0xe7, start), ...blocks]));
    return joined([head, element(0x18538067, [info, element(0x1654ae6b, track), ...clusters])]);
  }
}
