/// A calendar of the CF conventions (1.11, section 4.4.1).
public enum Calendar: String, Sendable, Hashable, CaseIterable {
  /// Julian dates until 4 October 1582, Gregorian ones from 15 October on; what CF assumes.
  case standard
  /// The Gregorian rules for all time.
  case prolepticGregorian = "proleptic_gregorian"
  /// A leap year every four years for all time.
  case julian
  /// Every year has 365 days.
  case noleap
  /// Every year has 366 days.
  case allLeap = "all_leap"
  /// Every month has 30 days.
  case day360 = "360_day"

  /// The calendar of that name in any case; `nil` for a name that CF does not have.
  public init?(name: String) {
    switch name.lowercased() {
    case "standard", "gregorian": self = .standard
    case "proleptic_gregorian": self = .prolepticGregorian
    case "julian": self = .julian
    case "noleap", "365_day": self = .noleap
    case "all_leap", "366_day": self = .allLeap
    case "360_day": self = .day360
    default: return nil
    }
  }

  /// Whether the year 0 exists, where a source does not say otherwise.
  ///
  /// Historic calendars go from 1 BC (-1) to 1 AD; the others count astronomically.
  public var hasYearZero: Bool { self != .standard && self != .julian }

  /// How many days a month has; `nil` for a month that does not exist.
  ///
  /// October 1582 of the standard calendar counts 31, although ten of its dates do not exist.
  public func days(inMonth month: Int, year: Int, hasYearZero: Bool? = nil) -> Int? {
    guard (1...12).contains(month) else { return nil }
    if self == .day360 { return 30 }
    let leap = isLeap(astronomical: astronomical(year, hasYearZero ?? self.hasYearZero))
    return Self.lengths[month - 1] + (month == 2 && leap ? 1 : 0)
  }

  private static let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  private static let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
}

extension Calendar {
  /// The number of a date, counted in days from 1970-01-01 of the same calendar; `nil` where the
  /// calendar has no such date.
  func dayNumber(year: Int, month: Int, day: Int, hasYearZero: Bool) -> Int? {
    guard abs(year) < 1_000_000_000, hasYearZero || year != 0,
      let length = days(inMonth: month, year: year, hasYearZero: hasYearZero),
      (1...length).contains(day)
    else { return nil }
    let year = astronomical(year, hasYearZero)
    switch self {
    case .day360: return (year - 1970) * 360 + (month - 1) * 30 + day - 1
    case .noleap: return (year - 1970) * 365 + Self.before[month - 1] + day - 1
    case .allLeap:
      return (year - 1970) * 366 + Self.before[month - 1] + (month > 2 ? 1 : 0) + day - 1
    case .prolepticGregorian: return Self.gregorianDay(year, month, day)
    case .julian: return Self.julianDay(year, month, day)
    case .standard:
      if (year, month, day) >= (1582, 10, 15) { return Self.gregorianDay(year, month, day) }
      if (year, month, day) <= (1582, 10, 4) { return Self.julianDay(year, month, day) }
      return nil
    }
  }

  /// The date of a day number.
  func date(dayNumber: Int, hasYearZero: Bool) -> (year: Int, month: Int, day: Int) {
    let date: (year: Int, month: Int, day: Int)
    switch self {
    case .day360:
      let (years, rest) = Self.floorDivide(dayNumber, 360)
      date = (1970 + years, rest / 30 + 1, rest % 30 + 1)
    case .noleap:
      let (years, rest) = Self.floorDivide(dayNumber, 365)
      date = Self.monthAndDay(year: 1970 + years, dayOfYear: rest, leap: false)
    case .allLeap:
      let (years, rest) = Self.floorDivide(dayNumber, 366)
      date = Self.monthAndDay(year: 1970 + years, dayOfYear: rest, leap: true)
    case .prolepticGregorian: date = Self.gregorianDate(dayNumber)
    case .julian: date = Self.julianDate(dayNumber)
    case .standard:
      let reform = Self.gregorianDay(1582, 10, 15)
      date = dayNumber >= reform ? Self.gregorianDate(dayNumber) : Self.julianDate(dayNumber)
    }
    return (hasYearZero || date.year > 0 ? date.year : date.year - 1, date.month, date.day)
  }

  private func astronomical(_ year: Int, _ hasYearZero: Bool) -> Int {
    hasYearZero || year > 0 ? year : year + 1
  }

  private func isLeap(astronomical year: Int) -> Bool {
    switch self {
    case .noleap, .day360: false
    case .allLeap: true
    case .julian: year % 4 == 0
    case .prolepticGregorian: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    case .standard: year % 4 == 0 && (year <= 1582 || year % 100 != 0 || year % 400 == 0)
    }
  }

  // Years are counted from March, so that the leap day is the last of its year: then the days
  // before a month follow the straight line (153 m + 2) / 5.

  private static func gregorianDay(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let (marchYear, dayOfYear) = fromMarch(year, month, day)
    let (eras, yearOfEra) = floorDivide(marchYear, 400)
    return eras * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
      - 719_468
  }

  private static func julianDay(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let (marchYear, dayOfYear) = fromMarch(year, month, day)
    let (eras, yearOfEra) = floorDivide(marchYear, 4)
    return eras * 1461 + yearOfEra * 365 + dayOfYear - 719_470
  }

  private static func gregorianDate(_ dayNumber: Int) -> (year: Int, month: Int, day: Int) {
    let (eras, day) = floorDivide(dayNumber + 719_468, 146_097)
    let yearOfEra = (day - day / 1460 + day / 36_524 - day / 146_096) / 365
    let dayOfYear = day - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    return toJanuary(eras * 400 + yearOfEra, dayOfYear)
  }

  private static func julianDate(_ dayNumber: Int) -> (year: Int, month: Int, day: Int) {
    let (eras, day) = floorDivide(dayNumber + 719_470, 1461)
    let yearOfEra = (day - day / 1460) / 365
    return toJanuary(eras * 4 + yearOfEra, day - 365 * yearOfEra)
  }

  private static func fromMarch(_ year: Int, _ month: Int, _ day: Int) -> (Int, Int) {
    (month > 2 ? year : year - 1, (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1)
  }

  private static func toJanuary(
    _ marchYear: Int, _ dayOfYear: Int
  ) -> (year: Int, month: Int, day: Int) {
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (month > 2 ? marchYear : marchYear + 1, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }

  private static func monthAndDay(
    year: Int, dayOfYear: Int, leap: Bool
  ) -> (year: Int, month: Int, day: Int) {
    var rest = dayOfYear
    for (index, length) in lengths.enumerated() {
      let days = length + (index == 1 && leap ? 1 : 0)
      if rest < days { return (year, index + 1, rest + 1) }
      rest -= days
    }
    return (year, 12, 31)
  }

  /// Quotient rounded down and the rest, which is never negative.
  static func floorDivide(_ number: Int, _ divisor: Int) -> (quotient: Int, rest: Int) {
    let (quotient, rest) = number.quotientAndRemainder(dividingBy: divisor)
    return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
  }
}
