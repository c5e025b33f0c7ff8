/// A date and time of day in some CF calendar, UTC.
///
/// It is plain fields, since the calendars of climate models have dates such as 30 February that no
/// date type of an operating system holds. Fields alone order times of one calendar.
public struct CFTime: Sendable, Hashable {
  /// The year; in calendars without a year 0 the year before 1 is -1.
  public let year: Int
  /// The month, 1 to 12.
  public let month: Int
  /// The day of the month, from 1.
  public let day: Int
  /// The hour, 0 to 23.
  public let hour: Int
  /// The minute, 0 to 59.
  public let minute: Int
  /// The second, 0 to 59.
  public let second: Int
  /// The part of a second, in nanoseconds.
  public let nanosecond: Int

  /// Makes a time of its fields; whether the date exists is a matter of the calendar.
  public init(
    year: Int, month: Int = 1, day: Int = 1, hour: Int = 0, minute: Int = 0, second: Int = 0,
    nanosecond: Int = 0
  ) {
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
    self.nanosecond = nanosecond
  }

  /// ISO 8601 text in UTC such as `2017-01-16T10:09:21Z`; a part of a second only where there is one.
  public var iso: String {
    guard nanosecond != 0 else { return "\(isoDate)T\(isoClock)Z" }
    var digits = Self.padded(nanosecond, 9)
    while digits.last == "0" { digits.removeLast() }
    return "\(isoDate)T\(isoClock).\(digits)Z"
  }

  /// The date alone, such as `1860-02-30`.
  public var isoDate: String {
    let years = (year < 0 ? "-" : "") + Self.padded(abs(year), 4)
    return "\(years)-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
  }

  /// The same time without its part of a second.
  public var wholeSecond: CFTime {
    CFTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
  }

  private var isoClock: String {
    "\(Self.padded(hour, 2)):\(Self.padded(minute, 2)):\(Self.padded(second, 2))"
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

extension CFTime: Comparable {
  /// Whether one time is before another of the same calendar.
  public static func < (first: CFTime, second: CFTime) -> Bool {
    (first.year, first.month, first.day, first.hour, first.minute, first.second)
      == (second.year, second.month, second.day, second.hour, second.minute, second.second)
      ? first.nanosecond < second.nanosecond
      : (first.year, first.month, first.day, first.hour, first.minute, first.second)
        < (second.year, second.month, second.day, second.hour, second.minute, second.second)
  }
}

extension CFTime: CustomStringConvertible {
  /// The ISO 8601 text.
  public var description: String { iso }
}
