import Pyramids

/// The times of a dataset as places on a line: how far they lie apart, and where some are missing.
struct TimeLine {
  /// A time without values between two others.
  struct Gap {
    let after: String
    let before: String
    let days: Double
  }

  let times: [String]
  let shares: [Double]
  /// The times in days from any beginning.
  let days: [Double]
  /// How far most neighbours lie apart; `nil` for a single time.
  let step: Step?

  /// A usual distance of two times.
  enum Step: Equatable {
    case years(Int)
    case months(Int)
    case days(Double)
  }

  /// Places times on a line; `nil` where one of them is no time.
  init?(_ coverage: TimeCoverage, calendar: String?) {
    let stamps = coverage.times.compactMap(Stamp.init)
    guard stamps.count == coverage.times.count, coverage.shares.count == stamps.count,
      !stamps.isEmpty
    else { return nil }
    times = coverage.times
    shares = coverage.shares
    let monthsOf30 = calendar == "360_day"
    days = stamps.map { $0.days(monthsOf30: monthsOf30) }
    step = Self.usualStep(stamps, days)
  }

  private static func usualStep(_ stamps: [Stamp], _ days: [Double]) -> Step? {
    guard days.count > 1 else { return nil }
    let distances = zip(days.dropFirst(), days).map { $0 - $1 }.sorted()
    let usual = distances[distances.count / 2]
    if (364...367).contains(usual) || usual == 360 { return .years(1) }
    if (28...31).contains(usual), Set(stamps.map(\.day)).count <= 3 { return .months(1) }
    if (89...92).contains(usual), Set(stamps.map(\.day)).count <= 3 { return .months(3) }
    return .days(usual)
  }

  /// The longest distance that still is the usual one.
  private var longestStep: Double {
    switch step {
    case .years(let count): 367 * Double(count)
    case .months(let count): 31.5 * Double(count)
    case .days(let count): count * 1.5
    case nil: .infinity
    }
  }

  /// Where more than the usual distance lies between two times.
  var gaps: [Gap] {
    guard times.count > 2 else { return [] }
    return times.indices.dropFirst().compactMap { index in
      let distance = days[index] - days[index - 1]
      return distance > longestStep
        ? Gap(after: times[index - 1], before: times[index], days: distance) : nil
    }
  }

  /// Whether all neighbours lie as far apart as most do.
  var isEven: Bool {
    guard case .days(let usual) = step else { return gaps.isEmpty }
    return zip(days.dropFirst(), days).allSatisfy { abs($0 - $1 - usual) < 0.01 * usual }
  }

  /// The distance as a duration of ISO 8601, where all are equal.
  var duration: String? {
    guard isEven, let step else { return nil }
    switch step {
    case .years(let count): return "P\(count)Y"
    case .months(let count): return "P\(count)M"
    case .days(let count):
      if count >= 1, count == count.rounded() { return "P\(Int(count))D" }
      let seconds = Int((count * 86_400).rounded())
      guard seconds > 0 else { return nil }
      if seconds % 3600 == 0 { return "PT\(seconds / 3600)H" }
      return seconds % 60 == 0 ? "PT\(seconds / 60)M" : "PT\(seconds)S"
    }
  }

  /// The usual distance in words, such as `every 6 hours`.
  var rhythm: String? {
    switch step {
    case nil: return nil
    case .years(1): return "every year"
    case .months(1): return "every month"
    case .years(let count): return "every \(count) years"
    case .months(let count): return "every \(count) months"
    case .days(let count): return "every \(Self.words(days: count))"
    }
  }

  /// A number of days in words, such as `6 hours`.
  static func words(days: Double) -> String {
    let (number, unit) =
      days >= 700
      ? (days / 365.25, "year")
      : days >= 1 ? (days, "day") : days * 24 >= 1 ? (days * 24, "hour") : (days * 1440, "minute")
    let text = Words.rounded(number, digits: number < 10 ? 1 : 0)
    return text == "1" ? unit : "\(text) \(unit)s"
  }
}

/// A time of any calendar, taken apart.
struct Stamp {
  let year: Int
  let month: Int
  let day: Int
  let seconds: Double

  /// Reads `2017-01-16T10:09:21Z`, `1860-02-30` or `2015-11`.
  init?(_ text: String) {
    let halves = text.split(separator: "T", maxSplits: 1)
    guard let date = halves.first else { return nil }
    let isBefore = date.hasPrefix("-")
    let parts = date.split(separator: "-").map { Int($0) }
    guard (1...3).contains(parts.count), let year = parts[0] else { return nil }
    self.year = isBefore ? -year : year
    guard let month = parts.count > 1 ? parts[1] : 1, let day = parts.count > 2 ? parts[2] : 1,
      (1...12).contains(month), (1...31).contains(day), year < 1_000_000
    else { return nil }
    self.month = month
    self.day = day
    let clock = halves.count > 1 ? halves[1].prefix { $0 != "Z" && $0 != "+" } : ""
    let numbers = clock.split(separator: ":").compactMap { Double($0) }
    seconds = zip(numbers, [3600, 60, 1]).map { $0 * $1 }.reduce(0, +)
  }

  /// Days from a beginning that is the same for all times of a calendar.
  ///
  /// Where months have 30 days they do; elsewhere by the Gregorian rules, which is near enough for a
  /// drawing in calendars without leap days.
  func days(monthsOf30: Bool) -> Double {
    if monthsOf30 {
      return Double(year * 360 + (month - 1) * 30 + day - 1) + seconds / 86_400
    }
    // Days from civil, after Howard Hinnant's chrono-compatible algorithms: years begin in March.
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let ofEra = shifted - era * 400
    let ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let days = era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear
    return Double(days) + seconds / 86_400
  }

  /// The time as RFC 3339 wants it; a day that the Gregorian calendar does not have is the last one
  /// of its month, a year that is too large for it has none.
  var rfc3339: String? {
    guard (1...9999).contains(year) else { return nil }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let digits = "\(year)"
    let long = String(repeating: "0", count: 4 - digits.count) + digits
    let whole = min(Int(seconds), 86_399)
    return "\(long)-\(two(month))-\(two(min(day, lengths[month - 1])))T"
      + "\(two(whole / 3600)):\(two(whole / 60 % 60)):\(two(whole % 60))Z"
  }
}
