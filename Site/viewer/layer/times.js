// Times as texts of any calendar: which of a list is nearest to one, and how people read them.

import { formatTime, parseTime, precisionOf } from "../../lib/time/index.js";

const keys = new WeakMap();

/** A number that grows with time in every calendar; months count 31 days, which only order needs. */
export const timeKey = (text) => {
  const parts = /^(-?\d+)(?:-(\d\d))?(?:-(\d\d))?(?:T(\d\d):?(\d\d)?:?(\d\d(?:\.\d+)?)?)?/.exec(text ?? "");
  if (!parts) return NaN;
  const [year, month = 1, day = 1, hour = 0, minute = 0, second = 0] =
    parts.slice(1).map((one) => (one === undefined ? undefined : Number(one)));
  return ((year * 12 + month - 1) * 31 + day - 1) * 86400 + hour * 3600 + minute * 60 + second;
};

/** The position in a rising list of times nearest to a text; the last one where it says nothing. */
export const nearestTime = (values, text) => {
  if (!keys.has(values)) keys.set(values, Float64Array.from(values, timeKey));
  const list = keys.get(values);
  const wanted = timeKey(text);
  if (Number.isNaN(wanted)) return list.length - 1;
  let [low, high] = [0, list.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return low > 0 && wanted - list[low - 1] <= list[low] - wanted ? low - 1 : low;
};

const precisions = new WeakMap();

/** A time out of a list in words of a locale, as precise as the list needs: "June 2099", "6 Jun 2017, 12:00". */
export const timeLabel = (locale, values, text) => {
  if (!text) return "";
  if (!precisions.has(values)) precisions.set(values, precisionOf(values.map(parseTime)));
  return formatTime(text, locale, precisions.get(values));
};

/** A time of which nothing else is known: the day, and the hour where it says something. */
export const timeText = (text) => {
  if (!text) return "";
  const [day, hour] = text.replace(/Z$/, "").split("T");
  return hour ? `${day} ${hour.replace(/:00$/, "").replace(/\.0+$/, "")}` : day;
};
