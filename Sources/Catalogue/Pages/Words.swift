import Grids
import Pyramids

/// Numbers, places and times as people read them.
enum Words {
  /// A whole number with a thin blank between groups of three digits.
  static func grouped(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0, digits.count > 4 { text += "\u{202F}" }
      text.append(digit)
    }
    return number < 0 ? "−" + text : text
  }

  /// A size in decimal units.
  static func bytes(_ count: Int) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB"]
    var value = Double(count)
    var unit = 0
    while value >= 1000, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return
      "\(unit == 0 || value >= 100 ? "\(Int(value))" : rounded(value, digits: 1)) \(units[unit])"
  }

  /// A measured value with about four digits that count.
  static func value(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    let size = value.magnitude
    guard size > 0 else { return "0" }
    if size >= 1e6 || size < 1e-3 { return scientific(value) }
    let digits = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4
    return rounded(value, digits: digits)
  }

  /// A share of 1 as per cent.
  static func share(_ share: Double) -> String {
    if share <= 0 { return "none" }
    if share >= 1 { return "all" }
    let percent = share * 100
    if percent < 0.1 { return "below 0.1 %" }
    // Almost all is not all.
    if percent > 99.9 { return "above 99.9 %" }
    return rounded(percent, digits: percent < 10 ? 1 : 0) + " %"
  }

  /// From when to when.
  static func period(_ range: TimeRange) -> String {
    let (first, last) = (moment(range.first), moment(range.last))
    let (firstDay, lastDay) = (String(first.prefix(10)), String(last.prefix(10)))
    if range.first == range.last { return first }
    return firstDay == lastDay ? "\(first) – \(last)" : "\(firstDay) – \(lastDay)"
  }

  /// A time without what is zero: midnight is a day.
  static func moment(_ text: String) -> String {
    guard let clock = text.firstIndex(of: "T") else { return text }
    let time = text[text.index(after: clock)...]
    return time.hasPrefix("00:00:00")
      ? String(text[..<clock]) : "\(text[..<clock]) \(time.prefix(5))"
  }

  /// Where a box lies.
  static func area(_ bounds: GeographicBounds) -> String {
    let isRound = bounds.east - bounds.west > 359
    let latitudes = "\(latitude(bounds.south)) – \(latitude(bounds.north))"
    if isRound, bounds.south < -75, bounds.north > 75 { return "Global" }
    if isRound, bounds.south < -85, bounds.north < 0 {
      return "South of \(latitude(bounds.north))"
    }
    if isRound, bounds.north > 85, bounds.south > 0 {
      return "North of \(latitude(bounds.south))"
    }
    if isRound { return "All longitudes, \(latitudes)" }
    return "\(longitude(bounds.west)) – \(longitude(bounds.east)), \(latitudes)"
  }

  private static func latitude(_ degrees: Double) -> String {
    degreesText(degrees, degrees < 0 ? "S" : "N")
  }

  private static func longitude(_ degrees: Double) -> String {
    let turned = degrees > 180 ? degrees - 360 : degrees
    return degreesText(turned, turned < 0 ? "W" : "E")
  }

  private static func degreesText(_ degrees: Double, _ side: String) -> String {
    let text = rounded(degrees.magnitude, digits: 1)
    return text == "0" ? "0°" : "\(text)° \(side)"
  }

  /// A number with at most so many digits after the point, without zeros at the end.
  static func rounded(_ value: Double, digits: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let whole = (value.magnitude * scale).rounded()
    guard whole < 9e15 else { return scientific(value) }
    let number = Int(whole)
    let unit = Int(scale)
    var text = grouped(number / unit)
    if digits > 0, number % unit != 0 {
      let fraction = String(number % unit)
      var padded = String(repeating: "0", count: digits - fraction.count) + fraction
      while padded.hasSuffix("0") { padded.removeLast() }
      text += "." + padded
    }
    return value < 0 && number != 0 ? "−" + text : text
  }

  /// A place in a drawing or on an axis: at most three digits after the point.
  static func coordinate(_ value: Double) -> String {
    plain((value * 1000).rounded() / 1000)
  }

  /// A number for programs, without a fraction where it has none.
  static func plain(_ value: Double) -> String {
    Int(exactly: value).map(String.init) ?? "\(value)"
  }

  private static func scientific(_ value: Double) -> String {
    guard value != 0, value.isFinite else { return "0" }
    var mantissa = value.magnitude
    var exponent = 0
    while mantissa >= 10 {
      mantissa /= 10
      exponent += 1
    }
    while mantissa < 1 {
      mantissa *= 10
      exponent -= 1
    }
    let sign = value < 0 ? "−" : ""
    let raised: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
    let power = String(exponent.magnitude).compactMap(\.wholeNumberValue).map { raised[$0] }
    return "\(sign)\(rounded(mantissa, digits: 3)) × 10\(exponent < 0 ? "⁻" : "")\(String(power))"
  }
}
