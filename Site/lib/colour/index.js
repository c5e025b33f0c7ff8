// Colours of values: maps, styles, ticks of legends, ranges that suit the data.

export { colourText, ColourMaps, MAP_SIZE, parseColour, parseTable, reversedTable } from "./maps.js";
export { positionOf, valueAt } from "./scale.js";
export { histogramPercentile, percentileStretch, roundedRange } from "./stretch.js";
export {
  ABOVE, BELOW, BINS, checkStyle, Colouriser, edges, entryOfBin, FIRST_BIN, indexOf, MISSING, palette, thresholds,
} from "./style.js";
export { niceTicks, numberText, tickLabels } from "./ticks.js";
