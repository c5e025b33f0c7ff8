// A reader of Zarr v3 and v2 over HTTP, for arrays with regular chunk grids whose bytes a browser can unpack.

export { ZarrArray } from "./array.js";
export { ByteCache, SharedWork } from "./cache.js";
export { crc32c } from "./codecs.js";
export { decodeValues, decodingOf } from "./decode.js";
export { openGroup, ZarrGroup } from "./group.js";
export { RangeStore } from "./store.js";
