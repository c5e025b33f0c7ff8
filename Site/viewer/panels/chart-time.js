// The time axis of a chart: one calendar for all lines. Lines of other calendars are put where as much of
// the year has gone by, so that 30 February stands between its neighbours.

import { calendarName, parseTime, secondsOf, timeTicks } from "../../lib/time/index.js";

const startOf = (year, calendar) => secondsOf({ year, month: 1, day: 1, hour: 0, minute: 0, second: 0 }, calendar);

/** Seconds on the axis of one calendar of a time of another. */
export const timePosition = (label, calendar, axisCalendar = calendar) => {
  const [own, axis] = [calendarName(calendar), calendarName(axisCalendar)];
  const seconds = secondsOf(label, own);
  if (own === axis) return seconds;
  const { year } = parseTime(label);
  const bounds = (of) => [startOf(year, of), startOf(year + 1 || 1, of)];
  const [from, to] = bounds(own);
  const [axisFrom, axisTo] = bounds(axis);
  return axisFrom + ((seconds - from) / (to - from)) * (axisTo - axisFrom);
};

/** How a chart writes times of a calendar. */
export const timeAxis = (calendar, locale) => {
  const labels = new Map();
  return {
    calendar,
    ticks(low, high, width) {
      labels.clear();
      const options = { count: Math.max(2, Math.floor(width / 80)), calendar: calendarName(calendar), locale };
      for (const { seconds, label } of timeTicks(low, high, options)) labels.set(seconds, label);
      return [...labels.keys()];
    },
    text: (position) => labels.get(position) ?? "",
  };
};
