/// The time dimension of a variable, decoded.
public struct TimeAxis: Sendable, Hashable {
  /// When a step begins and ends.
  public struct Bounds: Sendable, Hashable {
    /// The begin of the step.
    public let start: CFTime
    /// The end of the step.
    public let end: CFTime

    /// Makes an interval.
    public init(start: CFTime, end: CFTime) {
      self.start = start
      self.end = end
    }
  }

  /// The name of the coordinate.
  public let name: String
  /// The calendar of the times.
  public let calendar: Calendar
  /// The units as the source writes them, such as `days since 1970-01-01`.
  public let units: String
  /// The times, in ascending order and without repeats.
  public let times: [CFTime]
  /// When each step begins and ends, where the source says so.
  public let bounds: [Bounds]?
  /// One text for each step, distinct: path segment and WMTS value.
  ///
  /// ISO 8601 to the whole second (cut, not rounded), or with all digits where that would make two
  /// steps look the same.
  public let labels: [String]

  /// Makes an axis of decoded times.
  public init(
    name: String, calendar: Calendar, units: String, times: [CFTime], bounds: [Bounds]? = nil
  ) {
    self.name = name
    self.calendar = calendar
    self.units = units
    self.times = times
    self.bounds = bounds
    let short = times.map(\.wholeSecond.iso)
    labels = Set(short).count == short.count ? short : times.map(\.iso)
  }

  /// How many steps there are.
  public var count: Int { times.count }

  /// For each step a number that grows with time: seconds from 1970 in the axis's calendar.
  public var seconds: [Double] { times.map(calendar.approximateSeconds) }

  /// The step of exactly that time.
  public func index(of time: CFTime) -> Int? { times.firstIndex(of: time) }

  /// The step nearest to a time; of two equally near the earlier.
  public func index(nearest time: CFTime) -> Int? {
    let wanted = calendar.approximateSeconds(time)
    return times.indices.min {
      abs(calendar.approximateSeconds(times[$0]) - wanted)
        < abs(calendar.approximateSeconds(times[$1]) - wanted)
    }
  }

  /// The step that a text means: `first`, `last`, a label, or the begin of one such as `2017-01`.
  ///
  /// Of several steps that begin with the text the first is taken.
  public func index(matching text: String) -> Int? {
    switch text {
    case "first": return times.indices.first
    case "last": return times.indices.last
    default: break
    }
    if let index = labels.firstIndex(of: text) { return index }
    let wanted = text.replacing(" ", with: "T")
    if let index = times.firstIndex(where: { $0.iso == wanted || $0.iso == wanted + "Z" }) {
      return index
    }
    guard wanted.count >= 4 else { return nil }
    return labels.firstIndex { $0.hasPrefix(wanted) }
  }
}

extension Calendar {
  /// A number that grows with time: seconds from 1970, exact but for parts of a second.
  public func approximateSeconds(_ time: CFTime) -> Double {
    let zero = hasYearZero || time.year == 0
    let day = dayNumber(year: time.year, month: time.month, day: time.day, hasYearZero: zero)
    // A date that the calendar lacks (30 February in the standard one) counts as if months had 31.
    let days = day.map(Double.init) ?? Double((time.year - 1970) * 365 + time.month * 31 + time.day)
    let clock = Double(time.hour * 3600 + time.minute * 60 + time.second)
    return days * 86_400 + clock + Double(time.nanosecond) / 1e9
  }
}
