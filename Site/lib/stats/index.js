// Statistics of values, and series of cells and areas.

export { cellSeries, openSeries, pointSeries, regionSeries, regionValues, seriesStatistics } from "./series.js";
export { histogram, percentiles, summarise } from "./summary.js";
