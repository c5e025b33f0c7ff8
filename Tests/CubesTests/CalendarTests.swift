import JSON
import Testing

@testable import Cubes

@Suite("Calendars and time units agree with cftime")
struct CalendarTests {
  @Test("every date of the table")
  func table() throws {
    let rows = try #require(try Golden.json("cubes_calendars.json").arrayValue)
    #expect(rows.count > 1000)
    var wrong: [String] = []
    for row in rows {
      let name = try #require(row[0]?.stringValue)
      let text = try #require(row[1]?.stringValue)
      let value = try #require(row[2])
      let expected = try #require(row[3]?.stringValue)
      let calendar = try #require(Calendar(name: name))
      let units = try TimeUnits(text, calendar: calendar)
      let time =
        if case .integer(let whole) = value { units.time(at: Int(whole)) } else {
          try units.time(at: #require(value.doubleValue))
        }
      if time?.iso != expected {
        wrong.append("\(name) \(value) \(text): \(time?.iso ?? "nil"), not \(expected)")
      }
    }
    #expect(wrong.isEmpty, "\(wrong.count) of \(rows.count), first: \(wrong.prefix(5))")
  }

  @Test("a time goes to its value and back", arguments: Calendar.allCases)
  func roundTrips(calendar: Calendar) throws {
    let units = try TimeUnits("hours since 1582-10-03 06:30", calendar: calendar)
    var seed: UInt64 = 42
    for _ in 0..<2000 {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1
      let hours = Int(seed >> 36) - (1 << 27)
      let time = try #require(units.time(at: hours))
      #expect(units.value(of: time) == Double(hours))
      let day = calendar.dayNumber(
        year: time.year, month: time.month, day: time.day, hasYearZero: units.hasYearZero)
      #expect(day != nil)
    }
  }

  @Test("days follow each other without gap", arguments: Calendar.allCases)
  func daysFollow(calendar: Calendar) throws {
    var previous: Int?
    for day in -250_000...20_000 {
      let date = calendar.date(dayNumber: day, hasYearZero: calendar.hasYearZero)
      let back = calendar.dayNumber(
        year: date.year, month: date.month, day: date.day, hasYearZero: calendar.hasYearZero)
      if back != day { Issue.record("\(calendar) \(date) is \(back ?? 0), not \(day)") }
      if let previous, previous + 1 != day { Issue.record("gap") }
      previous = day
    }
  }

  @Test("what is no time unit says so")
  func refusals() {
    let cases: [(String, Calendar, String)] = [
      ("days", .standard, "it does not read `UNIT since DATE`"),
      ("parsecs since 2000-01-01", .standard, "\"parsecs\" is no unit of time"),
      (
        "days since 1582-10-10", .standard,
        "its reference date does not exist in the standard calendar"
      ),
      (
        "days since 2001-02-29", .noleap, "its reference date does not exist in the noleap calendar"
      ),
      ("days since 2000-01-01 25:00", .standard, "its reference time of day does not exist"),
      ("days since yesterday", .standard, "it has no reference date"),
    ]
    for (text, calendar, reason) in cases {
      #expect(throws: TimeUnitsError(text, reason)) { try TimeUnits(text, calendar: calendar) }
    }
  }

  @Test("months outside 360_day are twelfths of a tropical year, with a note")
  func tropicalMonths() throws {
    let units = try TimeUnits("months since 2000-01-01", calendar: .standard)
    #expect(units.oddity != nil)
    // By hand: 365.242198781 days / 12 = 30.436849898 days, and 0.436849898 days are 10:29:03.8.
    #expect(units.time(at: 1)?.wholeSecond.iso == "2000-01-31T10:29:03Z")
  }

  @Test("year 0 of the standard calendar is read, with a note")
  func yearZero() throws {
    let units = try TimeUnits("days since 0000-01-01", calendar: .standard)
    #expect(units.oddity != nil)
    #expect(units.time(at: 0)?.isoDate == "0000-01-01")
    #expect(units.time(at: 366)?.isoDate == "0001-01-01")
  }
}

@Suite("Time axis")
struct TimeAxisTests {
  private func axis(_ seconds: [Double]) throws -> TimeAxis {
    let units = try TimeUnits("seconds since 2017-01-16 10:09:21", calendar: .standard)
    return TimeAxis(
      name: "time", calendar: .standard, units: units.text,
      times: seconds.compactMap { units.time(at: $0) })
  }

  @Test("values and dates beyond all counting are no times")
  func extremes() throws {
    let micros = try TimeUnits("microseconds since 1970-01-01", calendar: .standard)
    #expect(micros.time(at: Int.min) == nil && micros.time(at: Int.max) == nil)
    #expect(micros.time(at: 1e300) == nil && micros.time(at: -Double.infinity) == nil)
    #expect(throws: TimeUnitsError.self) {
      try TimeUnits("days since 999999999-01-01", calendar: .standard)
    }
  }

  @Test("labels are whole seconds unless two steps would look the same")
  func labels() throws {
    #expect(try axis([0.83, 60]).labels == ["2017-01-16T10:09:21Z", "2017-01-16T10:10:21Z"])
    #expect(try axis([0.5, 0.75]).labels == ["2017-01-16T10:09:21.5Z", "2017-01-16T10:09:21.75Z"])
  }

  @Test("steps are found by label, begin, nearness and place")
  func lookups() throws {
    let axis = try axis([0, 86400, 40 * 86400])
    #expect(axis.index(matching: "2017-01-17T10:09:21Z") == 1)
    #expect(axis.index(matching: "2017-01-17 10:09:21") == 1)
    #expect(axis.index(matching: "2017-02") == 2)
    #expect(axis.index(matching: "last") == 2)
    #expect(axis.index(matching: "2018") == nil)
    #expect(axis.index(nearest: CFTime(year: 2017, month: 1, day: 17, hour: 23)) == 1)
    #expect(axis.index(of: axis.times[2]) == 2)
  }
}
