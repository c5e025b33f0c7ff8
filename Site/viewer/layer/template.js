// Addresses of what is published for each place of some dimensions: tiles, pictures, terrain.

import { nearestTime } from "./times.js";

/**
 * A template with the places of its dimensions filled in; what else stands in braces ({z}, {x}, {y}) stays.
 *
 * @param {string} template
 * @param {{isTime: boolean, name: string, placeholder: string, values: string[], default?: string}[]} dimensions
 * @param {{time?: string, dims?: object}} at the nearest time there is is taken; of other dimensions the usual place where
 *   `dims` has none
 */
export const filled = (template, dimensions, { time, dims }) =>
  dimensions.reduce((text, { isTime, name, placeholder, values, default: usual }) =>
    text.replaceAll(`{${placeholder}}`, () => encodeURIComponent(
      isTime ? values[nearestTime(values, time)] : dims?.[name] ?? usual ?? values[0])), template);
