/// A CF time unit: how long a step is and from when steps are counted, in one calendar.
///
/// `days since 1970-01-01`, `hours since 1900-01-01 00:00:00 +02:00`; CF 1.11 section 4.4, UDUNITS-2
/// grammar for the reference. Decoding is exact to the microsecond and agrees with cftime.
public struct TimeUnits: Sendable, Hashable {
  /// The text that was read.
  public let text: String
  /// The calendar of reference and results.
  public let calendar: Calendar
  /// Whether there is a year 0 between -1 and 1.
  public let hasYearZero: Bool
  /// What is odd about the text and how it was taken, in a sentence.
  public let oddity: String?

  /// The length of one unit.
  private let length: Length
  /// The reference, in microseconds from 1970-01-01 of the calendar.
  private let reference: Int

  private enum Length: Hashable {
    /// A whole number of microseconds.
    case microseconds(Int)
    case nanosecond
  }

  /// Reads a unit.
  ///
  /// - Throws: `TimeUnitsError` for a text that is no time unit or whose reference does not exist
  ///   in the calendar.
  public init(_ text: String, calendar: Calendar) throws(TimeUnitsError) {
    self.text = text
    self.calendar = calendar
    let words = text.split { $0 == " " || $0 == "\t" }
    guard let since = words.firstIndex(where: { Self.prepositions.contains($0.lowercased()) }),
      since == 1, since + 1 < words.count
    else { throw TimeUnitsError(text, "it does not read `UNIT since DATE`") }
    var oddity: String?
    length = try Self.length(of: String(words[0]), calendar: calendar, oddity: &oddity, in: text)
    let reference = try ReferenceDate(words[2...].joined(separator: " "), in: text)
    hasYearZero = calendar.hasYearZero || reference.year == 0
    if reference.year == 0 && !calendar.hasYearZero {
      oddity =
        "it counts from the year 0, which the \(calendar.rawValue) calendar lacks; taken as the "
        + "year before 1"
    }
    self.oddity = oddity
    guard
      let day = calendar.dayNumber(
        year: reference.year, month: reference.month, day: reference.day,
        hasYearZero: hasYearZero)
    else {
      throw TimeUnitsError(
        text, "its reference date does not exist in the \(calendar.rawValue) calendar")
    }
    let (micros, overflow) = day.multipliedReportingOverflow(by: Self.microsecondsPerDay)
    guard !overflow, micros.magnitude < Int.max / 4 else {
      throw TimeUnitsError(text, "its reference date is too far away")
    }
    self.reference = micros + reference.microsecondsOfDay - reference.zoneMicroseconds
  }

  static let microsecondsPerDay = 86_400_000_000
  private static let prepositions: Set<String> = ["since", "after", "from", "ref"]

  private static func length(
    of unit: String, calendar: Calendar, oddity: inout String?, in text: String
  ) throws(TimeUnitsError) -> Length {
    let second = 1_000_000
    switch unit.lowercased() {
    case "nanoseconds", "nanosecond", "nsec", "nsecs", "ns": return .nanosecond
    case "microseconds", "microsecond", "microsec", "microsecs", "us", "usec":
      return .microseconds(1)
    case "milliseconds", "millisecond", "millisec", "millisecs", "msec", "msecs", "ms":
      return .microseconds(1000)
    case "seconds", "second", "sec", "secs", "s": return .microseconds(second)
    case "minutes", "minute", "min", "mins": return .microseconds(60 * second)
    case "hours", "hour", "hr", "hrs", "h": return .microseconds(3600 * second)
    case "days", "day", "d": return .microseconds(microsecondsPerDay)
    case "weeks", "week": return .microseconds(7 * microsecondsPerDay)
    case "common_years", "common_year": return .microseconds(365 * microsecondsPerDay)
    case "months", "month", "mon", "mons":
      if calendar == .day360 { return .microseconds(30 * microsecondsPerDay) }
      oddity = "a month is taken as the twelfth of a tropical year, 30.436849 days, as UDUNITS does"
      return .microseconds(31_556_925_974_679 / 12)
    case "years", "year", "yr", "yrs":
      if calendar == .day360 { return .microseconds(360 * microsecondsPerDay) }
      oddity = "a year is taken as a tropical year, 365.242199 days, as UDUNITS does"
      return .microseconds(31_556_925_974_679)
    default: throw TimeUnitsError(text, "\"\(unit)\" is no unit of time")
    }
  }
}

extension TimeUnits {
  /// The time of a coordinate value; `nil` for NaN and for what is hundreds of thousands of years
  /// away.
  public func time(at value: Double) -> CFTime? {
    guard value.isFinite else { return nil }
    switch length {
    case .nanosecond:
      guard let whole = Int(exactly: value.rounded(.toNearestOrEven)) else { return nil }
      return time(at: whole)
    case .microseconds(let length):
      // The exact product is the rounded one plus its rounding error: no digit is lost.
      let product = value * Double(length)
      guard abs(product) < 4e18 else { return nil }
      let whole = product.rounded(.toNearestOrEven)
      let error = (-product).addingProduct(value, Double(length))
      let rest = ((product - whole) + error).rounded(.toNearestOrEven)
      return time(microseconds: reference + Int(whole) + Int(rest), nanoseconds: 0)
    }
  }

  /// The time of a whole coordinate value, without going through a `Double`.
  public func time(at value: Int) -> CFTime? {
    switch length {
    case .nanosecond:
      let (micros, nanos) = Calendar.floorDivide(value, 1000)
      return time(microseconds: reference + micros, nanoseconds: nanos)
    case .microseconds(let length):
      let (product, overflow) = value.multipliedReportingOverflow(by: length)
      guard !overflow, product.magnitude < Int.max / 2 else { return nil }
      return time(microseconds: reference + product, nanoseconds: 0)
    }
  }

  /// The coordinate value of a time; `nil` for a date that the calendar does not have.
  public func value(of time: CFTime) -> Double? {
    guard
      let day = calendar.dayNumber(
        year: time.year, month: time.month, day: time.day, hasYearZero: hasYearZero)
    else { return nil }
    let clock = (time.hour * 60 + time.minute) * 60 + time.second
    let micros =
      day * Self.microsecondsPerDay + clock * 1_000_000 + time.nanosecond / 1000 - reference
    switch length {
    case .nanosecond: return Double(micros) * 1000 + Double(time.nanosecond % 1000)
    case .microseconds(let length): return Double(micros) / Double(length)
    }
  }

  private func time(microseconds: Int, nanoseconds: Int) -> CFTime {
    let (day, micros) = Calendar.floorDivide(microseconds, Self.microsecondsPerDay)
    let date = calendar.date(dayNumber: day, hasYearZero: hasYearZero)
    let seconds = micros / 1_000_000
    return CFTime(
      year: date.year, month: date.month, day: date.day, hour: seconds / 3600,
      minute: seconds / 60 % 60, second: seconds % 60,
      nanosecond: micros % 1_000_000 * 1000 + nanoseconds)
  }
}

/// A text that is not a CF time unit.
public struct TimeUnitsError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The text.
  public let units: String
  /// What is wrong with it.
  public let reason: String

  init(_ units: String, _ reason: String) {
    self.units = units
    self.reason = reason
  }

  /// One sentence for people.
  public var description: String { "\"\(units)\" is not a CF time unit: \(reason)" }
}
