// Times as text: the ISO 8601 labels of a dataset, and how they are shown to people.

import { InvalidError } from "../errors.js";
import { dateOfDay, dayNumber } from "./calendar.js";

/** @typedef {{year: number, month: number, day: number, hour: number, minute: number, second: number}} Fields */
/** @typedef {"year"|"month"|"day"|"minute"|"second"} Precision */

const LABEL = /^([+-]?(?:\d{4}|\d{5,9}(?=-)))(?:-(\d\d)(?:-(\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?)?)?)?Z?$/;

/**
 * The fields of a label such as `2017-01-16T10:09:21Z`; what is left out begins with it.
 *
 * @param {string} label
 * @returns {Fields}
 * @throws {InvalidError} if it is not one
 */
export function parseTime(label) {
  const match = LABEL.exec(String(label).trim());
  const numbers = match?.slice(1).map((text, i) => (text === undefined ? (i < 3 ? 1 : 0) : Number(text)));
  const [year, month, day, hour, minute, second] = numbers ?? [];
  const isFine = match && month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour < 24 && minute < 60 && second < 61;
  if (!isFine) throw new InvalidError(`"${label}" is no time; write it as 2017-01-16 or 2017-01-16T10:09:21Z.`);
  return { year, month, day, hour, minute, second };
}

const SECONDS = 86400;

/** Seconds since 1970-01-01 of the same calendar; a date that does not exist there counts from the start of its month. */
export function secondsOf(time, calendar = "standard") {
  const { year, month, day, hour, minute, second } = typeof time === "string" ? parseTime(time) : time;
  const days = dayNumber({ year, month, day }, calendar)
    ?? (dayNumber({ year, month, day: 1 }, calendar) ?? NaN) + day - 1;
  return days * SECONDS + hour * 3600 + minute * 60 + second;
}

/** The fields of a number of seconds. */
export function timeOf(seconds, calendar = "standard") {
  // To a microsecond; what is finer is rounding.
  const whole = Math.round(seconds * 1e6) / 1e6;
  const days = Math.floor(whole / SECONDS);
  const rest = whole - days * SECONDS;
  return {
    ...dateOfDay(days, calendar), hour: Math.floor(rest / 3600), minute: Math.floor((rest % 3600) / 60),
    second: Math.round((rest % 60) * 1e6) / 1e6,
  };
}

const two = (number) => String(number).padStart(2, "0");

/** The ISO 8601 label of fields, as the builder writes it. */
export function isoText({ year, month, day, hour, minute, second }) {
  const whole = Math.floor(second);
  const part = second > whole ? String(Math.round((second - whole) * 1e6) / 1e6).slice(1) : "";
  const years = (year < 0 ? "-" : "") + String(Math.abs(year)).padStart(4, "0");
  return `${years}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(whole)}${part}Z`;
}

/** The least that tells times apart. */
export function precisionOf(times) {
  const same = (...names) => times.every((time) => names.every((name) => time[name] === times[0][name]));
  if (times.length === 0) return "day";
  const areMidnights = times.every(({ hour, minute, second }) => hour === 0 && minute === 0 && second === 0);
  if (!areMidnights) {
    // The same hour every day (a satellite's, noon) tells nothing apart.
    const isDaily = times.length > 1 && same("hour", "minute", "second");
    if (isDaily) return precisionOf(times.map((time) => ({ ...time, hour: 0, minute: 0, second: 0 })));
    return times.some(({ second }) => second !== 0) ? "second" : "minute";
  }
  if (times.length > 1 && same("day") && times[0].day === 1) {
    return same("month") && times[0].month === 1 ? "year" : "month";
  }
  return "day";
}

const OPTIONS = {
  year: { year: "numeric" },
  month: { year: "numeric", month: "long" },
  day: { year: "numeric", month: "short", day: "numeric" },
  minute: { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  second: {
    year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit",
    hourCycle: "h23",
  },
};

const formatters = new Map();

function formatter(locale, precision) {
  const key = `${locale} ${precision}`;
  if (!formatters.has(key)) {
    formatters.set(key, new Intl.DateTimeFormat(locale, { ...OPTIONS[precision], timeZone: "UTC" }));
  }
  return formatters.get(key);
}

/**
 * A time for people, in the order and words of a language. Dates that no clock knows (30 February) are written too.
 *
 * @param {Fields|string} time
 * @param {string} [locale]
 * @param {Precision} [precision]
 */
export function formatTime(time, locale = "en-GB", precision = "day") {
  const fields = typeof time === "string" ? parseTime(time) : time;
  // The month is the language's; day and year are put in, since this date may not exist there.
  const stand = new Date(Date.UTC(2000, fields.month - 1, 15, fields.hour, fields.minute, Math.floor(fields.second)));
  return formatter(locale, precision).formatToParts(stand).map(({ type, value }) => {
    if (type === "year") return String(fields.year);
    return type === "day" ? String(fields.day) : value;
  }).join("");
}

/** The names of the months, January first. */
export const monthNames = (locale = "en-GB", style = "long") =>
  Array.from({ length: 12 }, (_, month) =>
    new Intl.DateTimeFormat(locale, { month: style, timeZone: "UTC" }).format(new Date(Date.UTC(2001, month, 15))));
