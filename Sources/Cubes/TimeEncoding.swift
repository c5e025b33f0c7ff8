/// Times as whole numbers of a unit, as CF coordinates hold them.
public struct EncodedTimes: Sendable, Hashable {
  /// The CF unit, such as `days since 1970-01-01`.
  public let units: String
  /// One number for each time.
  public let numbers: [Int64]
  /// Begin and end of each step, one after the other, where the source states them.
  public let bounds: [Int64]?
}

extension TimeAxis {
  /// Some of the steps as numbers of the coarsest unit, from days to nanoseconds, that holds them
  /// exactly, counted from 1970-01-01 in the axis's own calendar.
  ///
  /// - Parameter steps: Steps of the axis.
  /// - Returns: `nil` where a date does not exist in the calendar or the numbers leave 64 bits.
  public func encoded(_ steps: [Int]) -> EncodedTimes? {
    var moments: [Moment] = []
    for step in steps where times.indices.contains(step) {
      guard let moment = Moment(times[step], in: calendar) else { return nil }
      moments.append(moment)
    }
    var ends: [Moment] = []
    if let bounds {
      for step in steps where bounds.indices.contains(step) {
        for time in [bounds[step].start, bounds[step].end] {
          guard let moment = Moment(time, in: calendar) else { return nil }
          ends.append(moment)
        }
      }
    }
    for (name, nanoseconds) in Self.units {
      let numbers = moments.compactMap { $0.count(of: nanoseconds) }
      let bounds = ends.compactMap { $0.count(of: nanoseconds) }
      if numbers.count == moments.count, bounds.count == ends.count {
        return EncodedTimes(
          units: "\(name) since 1970-01-01", numbers: numbers,
          bounds: bounds.count == 2 * numbers.count ? bounds : nil)
      }
    }
    return nil
  }

  private static let units: [(String, Int64)] = [
    ("days", 86_400_000_000_000), ("hours", 3_600_000_000_000), ("minutes", 60_000_000_000),
    ("seconds", 1_000_000_000), ("milliseconds", 1_000_000), ("microseconds", 1_000),
    ("nanoseconds", 1),
  ]
}

/// A moment counted from 1970-01-01 of a calendar.
private struct Moment {
  let seconds: Int64
  let nanoseconds: Int64

  init?(_ time: CFTime, in calendar: Calendar) {
    let hasYearZero = calendar.hasYearZero || time.year == 0
    guard
      let day = calendar.dayNumber(
        year: time.year, month: time.month, day: time.day, hasYearZero: hasYearZero)
    else { return nil }
    seconds = Int64(day * 86_400 + time.hour * 3600 + time.minute * 60 + time.second)
    nanoseconds = Int64(time.nanosecond)
  }

  /// How many units of so many nanoseconds it is, where that is a whole number of 64 bits.
  func count(of unit: Int64) -> Int64? {
    let perSecond: Int64 = 1_000_000_000
    if unit >= perSecond {
      let (count, rest) = seconds.quotientAndRemainder(dividingBy: unit / perSecond)
      return rest == 0 && nanoseconds == 0 ? count : nil
    }
    guard nanoseconds.isMultiple(of: unit) else { return nil }
    let (product, overflows) = seconds.multipliedReportingOverflow(by: perSecond / unit)
    let (count, carries) = product.addingReportingOverflow(nanoseconds / unit)
    return overflows || carries ? nil : count
  }
}
