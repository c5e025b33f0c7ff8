// Pictures that a browser cannot write by itself.

export { encodeGif, GifWriter } from "./gif.js";
