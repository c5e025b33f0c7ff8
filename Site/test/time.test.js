// Calendars beside cftime, and laws of labels, order and ticks.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as time from "../lib/time/index.js";
import { fixture, randomOf } from "./support.js";

const golden = fixture("times");
const calendars = Object.keys(golden);

for (const calendar of calendars) {
  test(`days of the ${calendar} calendar are cftime's`, () => {
    for (const [number, year, month, day] of golden[calendar]) {
      assert.deepEqual(time.dateOfDay(number, calendar), { year, month, day });
      assert.equal(time.dayNumber({ year, month, day }, calendar), number);
    }
  });

  test(`seconds and labels of the ${calendar} calendar are each other's inverse and rise together`, () => {
    const random = randomOf(calendar.length);
    let last = -Infinity;
    let label = "";
    const seconds = Array.from({ length: 300 }, () => Math.floor((random() - 0.6) * 1e11)).sort((a, b) => a - b);
    for (const value of seconds) {
      const fields = time.timeOf(value, calendar);
      label = time.isoText(fields);
      assert.deepEqual(time.parseTime(label), fields);
      assert.equal(time.secondsOf(label, calendar), value);
      assert.ok(value >= last);
      last = value;
    }
  });

  test(`ticks of the ${calendar} calendar rise within their range and are few`, () => {
    const random = randomOf(3);
    for (let i = 0; i < 300; i += 1) {
      const from = (random() - 0.5) * 5e10;
      const to = from + 10 ** (1 + random() * 9.5);
      const ticks = time.timeTicks(from, to, { count: 6, calendar });
      assert.ok(ticks.length <= 9, `${ticks.length} ticks`);
      ticks.forEach(({ seconds, label }, n) => {
        assert.ok(seconds >= from && seconds <= to && label.length > 0);
        assert.ok(n === 0 || seconds > ticks[n - 1].seconds);
      });
    }
  });
}

test("the calendar's names are CF's", () => {
  assert.deepEqual(["gregorian", "365_day", "366_DAY", undefined].map(time.calendarName), ["standard", "noleap", "all_leap", "standard"]);
  assert.equal(time.daysInMonth(1900, 2, "standard"), 28);
  assert.equal(time.daysInMonth(1900, 2, "julian"), 29);
  assert.equal(time.daysInMonth(1900, 2, "360_day"), 30);
  assert.equal(time.dayNumber({ year: 1582, month: 10, day: 10 }, "standard"), undefined);
  assert.equal(time.dayNumber({ year: 2001, month: 2, day: 29 }, "noleap"), undefined);
});

test("the nearest step is the nearest, the earlier of two", () => {
  const random = randomOf(9);
  const seconds = Array.from({ length: 60 }, () => Math.floor(random() * 1e9));
  const axis = new time.TimeAxis(seconds.map((value) => time.isoText(time.timeOf(value, "noleap"))), "noleap");
  for (let i = 0; i < 500; i += 1) {
    const wanted = random() * 1.2e9 - 1e8;
    const least = Math.min(...seconds.map((value) => Math.abs(value - wanted)));
    assert.equal(Math.abs(axis.seconds[axis.nearest(wanted)] - wanted), least);
  }
  axis.labels.forEach((label, i) => assert.equal(axis.seconds[axis.nearest(label)], axis.seconds[i]));
  const two = new time.TimeAxis(["2000-01-01", "2000-01-03"]);
  assert.equal(two.nearest("2000-01-02"), 0);
  assert.equal(two.indexOf("2000-01-03"), 1);
  assert.equal(two.indexOf("2000-01-02"), -1);
  assert.throws(() => new time.TimeAxis([]).nearest(0), { code: "invalid" });
});

test("the picker has every step once", () => {
  const labels = ["1860-01-30T12:00:00Z", "1860-02-30T12:00:00Z", "1860-02-30T18:00:00Z", "1861-12-01T00:00:00Z"];
  const axis = new time.TimeAxis(labels, "360_day");
  assert.deepEqual(axis.years(), [1860, 1861]);
  assert.deepEqual(axis.months(1860), [1, 2]);
  const days = axis.days(1860, 2);
  assert.equal(days.length, 30);
  assert.deepEqual(days.at(-1), { day: 30, indices: [1, 2] });
  const all = axis.years().flatMap((year) => axis.months(year).flatMap((month) => axis.days(year, month).flatMap((day) => day.indices)));
  assert.deepEqual(all.sort(), [0, 1, 2, 3]);
});

test("times are shown as precisely as tells them apart", () => {
  const precision = (...labels) => time.precisionOf(labels.map(time.parseTime));
  assert.equal(precision("2001-01-01", "2002-01-01"), "year");
  assert.equal(precision("2001-01-01", "2001-02-01"), "month");
  assert.equal(precision("2001-01-01", "2001-01-02"), "day");
  assert.equal(precision("2001-01-01T12:00:00Z", "2001-01-02T12:00:00Z"), "day");
  assert.equal(precision("2001-01-01T06:00:00Z", "2001-01-01T12:00:00Z"), "minute");
  assert.equal(precision("2001-01-01T06:00:30Z", "2001-01-01T12:00:00Z"), "second");
  assert.equal(precision("2001-01-01T06:30:00Z"), "minute");
});

test("dates that no clock knows are written in the order of the language", () => {
  assert.equal(time.formatTime("1860-02-30", "de"), "30. Feb. 1860");
  assert.equal(time.formatTime("1860-02-30", "en-GB"), "30 Feb 1860");
  assert.equal(time.formatTime("2017-01-16T10:09:21Z", "en-GB", "second"), "16 Jan 2017, 10:09:21");
  assert.equal(time.formatTime("2017-01-16", "de", "month"), "Januar 2017");
  assert.equal(time.monthNames("de")[2], "März");
});

test("what is no time is refused", () => {
  for (const label of ["", "yesterday", "2001-13-01", "2001-01-32", "2001-01-01T25:00:00Z", "20010101", "2001-1-1"]) {
    assert.throws(() => time.parseTime(label), { code: "invalid" }, label);
  }
});
