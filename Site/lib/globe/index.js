// Fields of a cube as pictures and surfaces in tiles: arithmetic without page or globe.

export { facets, latticeOf, steepen } from "./facets.js";
export { levelOf, mercatorAxes, Places, pixelAxes, vertexAxes } from "./places.js";
export { paint } from "./paint.js";
export { sampled, windowsOf } from "./sampling.js";
export { fromAbove, sheetHeights, shownSheets, withRoom } from "./sheets.js";
