// Texts that open in Python, Julia or R what the viewer shows.

export { juliaCode } from "./julia.js";
export { pythonCode } from "./python.js";
export { rCode } from "./r.js";
export { regionCode } from "./region.js";
