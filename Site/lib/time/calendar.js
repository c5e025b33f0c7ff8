// Days of the CF calendars (1.11, section 4.4.1), numbered from 1970-01-01 of the same calendar.

const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const BEFORE = LENGTHS.map((_, month) => LENGTHS.slice(0, month).reduce((sum, length) => sum + length, 0));

const NAMES = {
  standard: "standard", gregorian: "standard", proleptic_gregorian: "proleptic_gregorian", julian: "julian",
  noleap: "noleap", "365_day": "noleap", all_leap: "all_leap", "366_day": "all_leap", "360_day": "360_day",
};

/** The one name of a calendar that may have two; "standard" for none. */
export const calendarName = (name) => NAMES[String(name ?? "standard").toLowerCase()] ?? "standard";

const divided = (number, divisor) => [Math.floor(number / divisor), number - divisor * Math.floor(number / divisor)];

// Historic calendars go from 1 BC (-1) to 1 AD; the others count astronomically.
const hasYearZero = (calendar) => calendar !== "standard" && calendar !== "julian";
const astronomical = (year, calendar) => (hasYearZero(calendar) || year > 0 ? year : year + 1);
const historic = (year, calendar) => (hasYearZero(calendar) || year > 0 ? year : year - 1);

function isLeap(year, calendar) {
  const isGregorian = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  switch (calendar) {
    case "all_leap": return true;
    case "julian": return year % 4 === 0;
    case "proleptic_gregorian": return isGregorian;
    case "standard": return year > 1582 ? isGregorian : year % 4 === 0;
    default: return false;
  }
}

/** How many days a month (1 … 12) has; October 1582 of the standard calendar counts 31. */
export function daysInMonth(year, month, calendar = "standard") {
  if (calendar === "360_day") return 30;
  return LENGTHS[month - 1] + (month === 2 && isLeap(astronomical(year, calendar), calendar) ? 1 : 0);
}

// Years are counted from March, so that the leap day is the last of its year: then the days before a month follow the
// straight line (153 m + 2) / 5.
function fromMarch(year, month, day) {
  const shifted = month > 2 ? month - 3 : month + 9;
  return [month > 2 ? year : year - 1, Math.floor((153 * shifted + 2) / 5) + day - 1];
}

function toJanuary(marchYear, dayOfYear) {
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return { year: month > 2 ? marchYear : marchYear + 1, month, day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1 };
}

function gregorianDay(year, month, day) {
  const [marchYear, dayOfYear] = fromMarch(year, month, day);
  const [eras, of] = divided(marchYear, 400);
  return eras * 146097 + of * 365 + Math.floor(of / 4) - Math.floor(of / 100) + dayOfYear - 719468;
}

function julianDay(year, month, day) {
  const [marchYear, dayOfYear] = fromMarch(year, month, day);
  const [eras, of] = divided(marchYear, 4);
  return eras * 1461 + of * 365 + dayOfYear - 719470;
}

function gregorianDate(number) {
  const [eras, day] = divided(number + 719468, 146097);
  const of = Math.floor((day - Math.floor(day / 1460) + Math.floor(day / 36524) - Math.floor(day / 146096)) / 365);
  return toJanuary(eras * 400 + of, day - (365 * of + Math.floor(of / 4) - Math.floor(of / 100)));
}

function julianDate(number) {
  const [eras, day] = divided(number + 719470, 1461);
  const of = Math.floor((day - Math.floor(day / 1460)) / 365);
  return toJanuary(eras * 4 + of, day - 365 * of);
}

const REFORM = gregorianDay(1582, 10, 15);
// Both ways of counting share one line of days, on which 1970-01-01 of the Julian calendar is 13 days later.
const JULIAN_START = julianDay(1970, 1, 1);

/** The number of a date; undefined where the calendar has no such date. */
export function dayNumber({ year, month, day }, calendar = "standard") {
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month, calendar)) return undefined;
  if (year === 0 && !hasYearZero(calendar)) return undefined;
  const counted = astronomical(year, calendar);
  switch (calendar) {
    case "360_day": return (counted - 1970) * 360 + (month - 1) * 30 + day - 1;
    case "noleap": return (counted - 1970) * 365 + BEFORE[month - 1] + day - 1;
    case "all_leap": return (counted - 1970) * 366 + BEFORE[month - 1] + (month > 2 ? 1 : 0) + day - 1;
    case "proleptic_gregorian": return gregorianDay(counted, month, day);
    case "julian": return julianDay(counted, month, day) - JULIAN_START;
    default: {
      const stamp = year * 10000 + month * 100 + day;
      if (year > 1582 || (year === 1582 && stamp >= 15821015)) return gregorianDay(counted, month, day);
      return year < 1582 || stamp <= 15821004 ? julianDay(counted, month, day) : undefined;
    }
  }
}

/** The date of a day number. */
export function dateOfDay(number, calendar = "standard") {
  const date = countedDate(number, calendar);
  return { ...date, year: historic(date.year, calendar) };
}

function countedDate(number, calendar) {
  switch (calendar) {
    case "360_day": {
      const [years, rest] = divided(number, 360);
      return { year: 1970 + years, month: Math.floor(rest / 30) + 1, day: (rest % 30) + 1 };
    }
    case "noleap": return inYear(number, 365, false);
    case "all_leap": return inYear(number, 366, true);
    case "proleptic_gregorian": return gregorianDate(number);
    case "julian": return julianDate(number + JULIAN_START);
    default: return number >= REFORM ? gregorianDate(number) : julianDate(number);
  }
}

function inYear(number, length, leap) {
  let [years, rest] = divided(number, length);
  for (let month = 1; month <= 12; month += 1) {
    const days = LENGTHS[month - 1] + (month === 2 && leap ? 1 : 0);
    if (rest < days) return { year: 1970 + years, month, day: rest + 1 };
    rest -= days;
  }
  return { year: 1970 + years, month: 12, day: 31 };
}
