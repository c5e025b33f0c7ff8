// Statistics of values as rows of a table.

import { percentiles, summarise } from "../../lib/stats/index.js";

const PERCENTS = [5, 25, 75, 95];

/** Statistics of values that count by the areas of their cells: [[key of the text, words to fill in, value, kind]]. */
export const statisticsRows = ({ values, areas }) => {
  const summary = summarise(values, { weights: areas });
  const { count, missing, weight } = summary;
  const between = percentiles(values, PERCENTS, { weights: areas });
  return [
    ["count", {}, count, "whole"],
    ["missing", {}, missing / (count + missing || 1), "share"],
    ["area", {}, weight / 1e6, "area"],
    ["mean", {}, summary.mean], ["median", {}, summary.median], ["deviation", {}, summary.deviation],
    ["minimum", {}, summary.minimum],
    ...PERCENTS.map((percent, index) => ["percentile", { percent }, between[index]]),
    ["maximum", {}, summary.maximum],
  ];
};
