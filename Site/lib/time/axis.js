// The times of a dataset: order, search, picker, axis ticks.

import { InvalidError } from "../errors.js";
import { calendarName, daysInMonth } from "./calendar.js";
import { formatTime, isoText, monthNames, parseTime, precisionOf, secondsOf, timeOf } from "./label.js";

/** The time steps of a variable, as they are stored (rising, mostly). */
export class TimeAxis {
  #indices;
  #order;

  /**
   * @param {string[]} labels ISO 8601
   * @param {string} [calendar] a CF name
   */
  constructor(labels, calendar) {
    /** @type {string} */
    this.calendar = calendarName(calendar);
    this.labels = labels;
    /** @type {import("./label.js").Fields[]} */
    this.times = labels.map(parseTime);
    /** Seconds since 1970-01-01 of this calendar: places on an axis. */
    this.seconds = Float64Array.from(this.times, (time) => secondsOf(time, this.calendar));
    this.precision = precisionOf(this.times);
    this.#indices = new Map(labels.map((label, i) => [label, i]));
    this.#order = Uint32Array.from(labels.keys()).sort((a, b) => this.seconds[a] - this.seconds[b]);
  }

  get length() {
    return this.labels.length;
  }

  /** The index of a label, or -1. */
  indexOf(label) {
    return this.#indices.get(label) ?? -1;
  }

  /**
   * The index of the nearest step (the earlier of two at the same distance).
   *
   * @param {string|number} time a label, also a shortened one or one of another axis, or seconds
   */
  nearest(time) {
    if (!this.length) throw new InvalidError("There are no times to choose from.");
    const wanted = typeof time === "number" ? time : secondsOf(time, this.calendar);
    let [low, high] = [0, this.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.seconds[this.#order[middle]] < wanted) low = middle + 1;
      else high = middle;
    }
    const [after, before] = [this.#order[low], this.#order[Math.max(low - 1, 0)]];
    return wanted - this.seconds[before] <= this.seconds[after] - wanted ? before : after;
  }

  /** The text of a step for people. */
  format(index, locale) {
    return formatTime(this.times[index], locale, this.precision);
  }

  /** The years that have steps, rising. */
  years() {
    return [...new Set(this.times.map(({ year }) => year))].sort((a, b) => a - b);
  }

  /** For a picker: the months of a year that have steps, 1 … 12, rising. */
  months(year) {
    return [...new Set(this.times.filter((time) => time.year === year).map(({ month }) => month))].sort((a, b) => a - b);
  }

  /**
   * For a picker: the days of a month in order, each with its steps.
   *
   * @returns {{day: number, indices: number[]}[]}
   */
  days(year, month) {
    const days = Array.from({ length: daysInMonth(year, month, this.calendar) }, (_, i) => ({ day: i + 1, indices: [] }));
    for (const index of this.#order) {
      const time = this.times[index];
      if (time.year === year && time.month === month) days[time.day - 1]?.indices.push(index);
    }
    return days;
  }
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;
const YEAR = 365.25 * DAY;

/** Steps between ticks, in the unit that they are counted in. */
const STEPS = [
  ...[1, 5, 15, 30].map((n) => ({ unit: "second", every: n, size: n })),
  ...[1, 5, 15, 30].map((n) => ({ unit: "minute", every: n, size: n * MINUTE })),
  ...[1, 3, 6, 12].map((n) => ({ unit: "hour", every: n, size: n * HOUR })),
  ...[1, 2, 5, 10].map((n) => ({ unit: "day", every: n, size: n * DAY })),
  ...[1, 3, 6].map((n) => ({ unit: "month", every: n, size: (n * YEAR) / 12 })),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000].map((n) => ({ unit: "year", every: n, size: n * YEAR })),
];

/**
 * Ticks of a time axis at round times of its calendar.
 *
 * @param {number} from seconds, see `TimeAxis.seconds`
 * @param {number} to
 * @param {{count?: number, calendar?: string, locale?: string}} [options] about how many, at most
 * @returns {{seconds: number, label: string}[]} in the range, rising
 */
export function timeTicks(from, to, { count = 6, calendar = "standard", locale = "en-GB" } = {}) {
  if (!(to > from)) return [];
  const step = STEPS.find(({ size }) => (to - from) / size <= count) ?? STEPS.at(-1);
  const ticks = [];
  for (let time = floorTo(timeOf(from, calendar), step); ticks.length < 1000; time = next(time, step, calendar)) {
    const seconds = secondsOf(time, calendar);
    if (seconds > to) break;
    if (seconds >= from) ticks.push({ seconds, label: tickText(time, step, locale) });
  }
  return ticks;
}

function floorTo(time, { unit, every }) {
  const start = { ...time, second: 0 };
  const down = (value, first = 0) => first + Math.floor((value - first) / every) * every;
  if (unit === "second") return { ...start, second: down(time.second) };
  if (unit === "minute") return { ...start, minute: down(time.minute) };
  const hourly = { ...start, minute: 0 };
  if (unit === "hour") return { ...hourly, hour: down(time.hour) };
  const daily = { ...hourly, hour: 0 };
  if (unit === "day") return { ...daily, day: down(time.day, 1) };
  const monthly = { ...daily, day: 1 };
  if (unit === "month") return { ...monthly, month: down(time.month, 1) };
  // There is no year 0 in some calendars; year 1 stands for it.
  return { ...monthly, month: 1, year: down(time.year) || 1 };
}

function next(time, { unit, every, size }, calendar) {
  if (unit === "year") {
    const year = (time.year === 1 && every > 1 ? 0 : time.year) + every;
    return { ...time, year: year === 0 ? 1 : year };
  }
  if (unit === "month") {
    const month = time.month + every;
    return month > 12 ? { ...time, month: month - 12, year: time.year + 1 || 1 } : { ...time, month };
  }
  if (unit === "day") {
    // Days are counted from the first of each month; a last short stretch is left out.
    const day = time.day + every;
    const length = daysInMonth(time.year, time.month, calendar);
    if (day <= length - (every > 1 ? every / 2 : 0)) return { ...time, day };
    return next({ ...time, day: 1 }, { unit: "month", every: 1 }, calendar);
  }
  return timeOf(secondsOf(time, calendar) + size, calendar);
}

function tickText(time, { unit }, locale) {
  if (unit === "year") return String(time.year);
  const iso = isoText(time);
  if (unit === "month") return time.month === 1 ? String(time.year) : monthNames(locale, "short")[time.month - 1];
  if (unit === "day" || (time.hour === 0 && time.minute === 0 && time.second === 0)) return formatTime(time, locale, "day");
  return unit === "second" ? iso.slice(-9, -1) : iso.slice(-9, -4);
}
