// The state in the fragment of the address: `#1.` + deflated JSON in base64url, of what differs
// from the defaults. Pages link with plain words instead: `#dataset=ID&variable=KEY&time=…`.

import { defaults, layerDefaults, same } from "./state.js";

const VERSION = "1";
/** Longer addresses break in mail and chat programs. */
export const LONGEST = 24_000;

const pipe = async (bytes, through) => {
  const stream = new Blob([bytes]).stream().pipeThrough(through);
  return new Uint8Array(await new Response(stream).arrayBuffer());
};

const toText = (bytes) => {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
};

const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));

/** A plain value as a fragment, without `#`. */
export const pack = async (value) => {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return `${VERSION}.${toText(await pipe(bytes, new CompressionStream("deflate-raw")))}`;
};

/** The value of a packed fragment; null if it is written in plain words. */
export const unpack = async (fragment) => {
  const packed = fragment.replace(/^#/, "").match(/^(\d+)\.([\w-]+)$/);
  if (!packed) return null;
  if (packed[1] !== VERSION) throw new Error(`version ${packed[1]}`);
  const bytes = await pipe(toBytes(packed[2]), new DecompressionStream("deflate-raw"));
  return JSON.parse(new TextDecoder().decode(bytes));
};

/** What of a value differs from a base. */
export const without = (value, base) =>
  Object.fromEntries(Object.entries(value).filter(([key, one]) =>
    one !== undefined && !same(one, base[key])));

export const round = (value, digits) => Math.round(value * 10 ** digits) / 10 ** digits;

const compact = (state) => {
  const { view } = state;
  const rounded = {
    lon: round(view.lon, 5), lat: round(view.lat, 5), zoom: round(view.zoom, 2),
    bearing: round(view.bearing, 1), pitch: round(view.pitch, 1), projection: view.projection,
  };
  return without({
    ...state, view: rounded, layers: state.layers.map((one) => without(one, layerDefaults)),
  }, defaults);
};

/** The fragment of a state. Places are left out where they are too many; `shortened` says so. */
export const encode = async (state) => {
  const whole = await pack(compact(state));
  if (whole.length <= LONGEST) return { fragment: whole, shortened: false };
  return { fragment: await pack(compact({ ...state, places: [], series: [] })), shortened: true };
};

/** What a fragment says: a patch of the defaults; null where it says nothing. */
export const decode = async (fragment) => {
  const text = fragment.replace(/^#/, "");
  if (!text) return null;
  const state = await unpack(text);
  if (state) {
    const layers = (state.layers ?? []).map((one) => ({ ...layerDefaults, ...one }));
    return { ...state, view: { ...defaults.view, ...state.view }, layers };
  }
  const words = new URLSearchParams(text);
  const dataset = words.get("dataset");
  if (!dataset) return null;
  const number = (name, other) => {
    const value = Number.parseFloat(words.get(name));
    return Number.isFinite(value) ? value : other;
  };
  const layer = {
    ...layerDefaults, id: "l1", dataset, variable: words.get("variable") ?? undefined,
    style: words.get("style") ?? undefined,
  };
  const patch = { layers: [layer], active: "l1", time: words.get("time") };
  if (["lon", "lat", "zoom", "globe"].some((word) => words.has(word))) {
    patch.view = {
      ...defaults.view, lon: number("lon", 0), lat: number("lat", 20), zoom: number("zoom", 1.2),
      projection: words.has("globe") ? "globe" : "mercator",
    };
  }
  return patch;
};

/** What makes a new step of "back"; other changes replace the last one. */
const step = (state) => [
  state.layers.map((one) => [one.id, one.dataset, one.variable, one.kind]),
  state.compare?.mode, state.view.projection, state.relief, state.panel,
];

/** How the map writes its state. */
export const mapAddress = { encode, decode, step, defaults };

/**
 * Keeps the address and the store alike, both ways; `form` is how the page writes its state, `begun` the fragment that the
 * store began with. `restore(state)` shows what an address says, and may take a while.
 */
export const keepAddress = (store, { shortened, damaged, restore }, form, begun = location.hash.slice(1)) => {
  let timer;
  let last = form.step(store.get());
  let written = begun;
  let told = false;
  const write = async () => {
    const state = store.get();
    const before = written;
    const { fragment, shortened: cut } = await form.encode(state);
    // Meanwhile a newer state may be on its way into the address, or one went back and what is there now is on its way
    // into the state: that goes before.
    if (state !== store.get() || written !== before) return;
    if (cut && !told) shortened();
    told = cut;
    if (fragment === written) return;
    written = fragment;
    const next = form.step(state);
    const address = `${location.pathname}${location.search}#${fragment}`;
    if (same(next, last)) history.replaceState(null, "", address);
    else history.pushState(null, "", address);
    last = next;
  };
  store.subscribe((state) => state, () => {
    clearTimeout(timer);
    timer = setTimeout(write, 300);
  });
  const follow = async () => {
    const fragment = location.hash.slice(1);
    if (fragment === written) return;
    clearTimeout(timer);
    written = fragment;
    try {
      const state = await form.decode(fragment);
      // Meanwhile one may have gone back once more.
      if (written !== fragment) return;
      await restore({ ...form.defaults, ...state });
    } catch (error) {
      damaged(error);
    }
    last = form.step(store.get());
  };
  window.addEventListener("popstate", follow);
  // While the page was loading one may have gone back already.
  follow();
  return { write };
};
