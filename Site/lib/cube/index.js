// Cubes of (time or level, row, column): their six faces in space, what to read for a face, reading it, how it looks.

export { Camera, TANGENT, VIEW_ANGLE } from "./camera.js";
export { edgesOf, eyeAxes, facing, fitDistance, Frame, hit, SIDES, sideOf } from "./geometry.js";
export { paintFaces } from "./paint.js";
export { binOf, chunkCount, facePlan, levelFor } from "./plan.js";
export { binned, readFace } from "./read.js";
