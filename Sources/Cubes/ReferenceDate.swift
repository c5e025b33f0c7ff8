/// The date, time of day and zone from which a time unit counts.
///
/// The grammar is that of UDUNITS-2 as far as it is seen in files: `1900-1-1`, `1900-01-01T00:00Z`,
/// `1-1-1 00:00:0.0`, `-4713-01-01 12:00`, `2000-01-01 00:00 +02:00`, `1950`, `19500101`.
struct ReferenceDate: Hashable {
  let year: Int
  let month: Int
  let day: Int
  let microsecondsOfDay: Int
  let zoneMicroseconds: Int

  init(_ date: String, in units: String) throws(TimeUnitsError) {
    var text = date[...]
    var fields = [1, 1, 1]
    let sign = text.first == "-" ? -1 : 1
    if text.first == "-" || text.first == "+" { text.removeFirst() }
    guard let digits = Self.digits(&text), var number = Int(digits) else {
      throw TimeUnitsError(units, "it has no reference date")
    }
    if digits.count == 8 && text.first != "-" {
      fields = [0, number / 100 % 100, number % 100]
      number /= 10_000
    } else {
      for index in 1...2 where text.first == "-" {
        text.removeFirst()
        guard let field = Self.digits(&text), field.count <= 2, let value = Int(field) else {
          throw TimeUnitsError(units, "its reference date is broken off")
        }
        fields[index] = value
      }
    }
    year = sign * number
    month = fields[1]
    day = fields[2]
    microsecondsOfDay = try Self.clock(&text, in: units)
    zoneMicroseconds = try Self.zone(&text, in: units)
    guard text.allSatisfy({ $0 == " " }) else {
      throw TimeUnitsError(units, "\"\(text)\" after the reference date is not understood")
    }
  }

  private static func digits(_ text: inout Substring) -> Substring? {
    let found = text.prefix { $0.isASCII && $0.isNumber }
    guard !found.isEmpty, found.count <= 9 else { return nil }
    text.removeFirst(found.count)
    return found
  }

  /// Reads ` hh[:mm[:ss[.ffffff]]]` or the same after `T`.
  private static func clock(_ text: inout Substring, in units: String) throws(TimeUnitsError)
    -> Int
  {
    var rest = text
    if rest.first == "T" || rest.first == "t" { rest.removeFirst() }
    rest = rest.drop { $0 == " " }
    guard let hours = digits(&rest), let hour = Int(hours) else { return 0 }
    var minute = 0
    var second = 0
    var micros = 0
    if rest.first == ":" {
      rest.removeFirst()
      minute = digits(&rest).flatMap { Int($0) } ?? 60
    }
    if rest.first == ":" {
      rest.removeFirst()
      second = digits(&rest).flatMap { Int($0) } ?? 60
      if rest.first == "." {
        rest.removeFirst()
        let fraction = digits(&rest) ?? ""
        micros = Int((fraction + "000000").prefix(6)) ?? 0
      }
    }
    guard hour < 24, minute < 60, second < 60 else {
      throw TimeUnitsError(units, "its reference time of day does not exist")
    }
    text = rest
    return ((hour * 60 + minute) * 60 + second) * 1_000_000 + micros
  }

  /// Reads `Z`, `UTC`, `GMT`, `+hh[:mm]`, `-hhmm`.
  private static func zone(_ text: inout Substring, in units: String) throws(TimeUnitsError)
    -> Int
  {
    var rest = text.drop { $0 == " " }
    for name in ["UTC", "GMT", "Z"] where rest.uppercased().hasPrefix(name) {
      text = rest.dropFirst(name.count)
      return 0
    }
    guard let first = rest.first else { return 0 }
    let sign = first == "-" ? -1 : 1
    if first == "-" || first == "+" { rest.removeFirst() }
    guard let hours = digits(&rest), var hour = Int(hours) else { return 0 }
    var minute = 0
    if rest.first == ":" {
      rest.removeFirst()
      minute = digits(&rest).flatMap { Int($0) } ?? 60
    } else if hours.count > 2 {
      (hour, minute) = (hour / 100, hour % 100)
    }
    guard hour <= 24, minute < 60 else {
      throw TimeUnitsError(units, "its time zone does not exist")
    }
    text = rest
    return sign * (hour * 60 + minute) * 60 * 1_000_000
  }
}
