import Glibc

/// The two forms in which services of AWS write times, both in UTC.
enum AmazonTime {
  /// As in `20150830T123600Z`.
  static func text(_ seconds: Int) -> String {
    var instant = time_t(seconds)
    var parts = tm()
    gmtime_r(&instant, &parts)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(parts.tm_year + 1900)\(two(parts.tm_mon + 1))\(two(parts.tm_mday))T"
      + "\(two(parts.tm_hour))\(two(parts.tm_min))\(two(parts.tm_sec))Z"
  }

  /// Reads `2026-11-24T15:00:00Z`, also with a fraction or `+00:00` or `UTC` at its end.
  static func seconds(iso text: String) -> Int? {
    let numbers = text.prefix(19).split { !$0.isASCII || !$0.isNumber }.compactMap { Int32($0) }
    guard numbers.count == 6 else { return nil }
    return seconds(numbers[0], month: numbers[1], numbers[2], numbers[3], numbers[4], numbers[5])
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Reads the header field `Date`, as in `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, 5.6.7).
  static func seconds(httpDate text: String) -> Int? {
    let words = text.split(separator: " ")
    guard words.count == 6, let month = months.firstIndex(of: String(words[2])),
      let day = Int32(words[1]), let year = Int32(words[3])
    else { return nil }
    let clock = words[4].split(separator: ":").compactMap { Int32($0) }
    guard clock.count == 3 else { return nil }
    return seconds(year, month: Int32(month + 1), day, clock[0], clock[1], clock[2])
  }

  private static func seconds(
    _ year: Int32, month: Int32, _ day: Int32, _ hour: Int32, _ minute: Int32, _ second: Int32
  ) -> Int? {
    guard (1900...9999).contains(year), (1...12).contains(month), (1...31).contains(day) else {
      return nil
    }
    var parts = tm()
    (parts.tm_year, parts.tm_mon, parts.tm_mday) = (year - 1900, month - 1, day)
    (parts.tm_hour, parts.tm_min, parts.tm_sec) = (hour, minute, second)
    return timegm(&parts)
  }
}
