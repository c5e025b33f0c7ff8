// Statistics of values, and series of cells and areas.

export { cellSeries, pointSeries, regionSeries, regionValues, seriesStatistics } from "./series.js";
export { openSeries } from "./open.js";
export { histogram, percentiles, summarise } from "./summary.js";
