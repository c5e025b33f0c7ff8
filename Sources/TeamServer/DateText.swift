internal import Foundation

/// Times for people, in UTC.
enum DateText {
  /// A day, such as `2026-11-24`.
  static func day(_ seconds: Int64) -> String {
    date(seconds).formatted(.iso8601.year().month().day())
  }

  /// A time of day, such as `18:07:59`.
  static func clock(_ seconds: Int64) -> String {
    date(seconds).formatted(.iso8601.time(includingFractionalSeconds: false))
  }

  /// A minute, such as `2026-11-24 18:07`.
  static func minute(_ seconds: Int64) -> String {
    date(seconds).formatted(
      .iso8601.year().month().day().dateTimeSeparator(.space).time(
        includingFractionalSeconds: false))
  }

  private static func date(_ seconds: Int64) -> Date {
    Date(timeIntervalSince1970: Double(seconds))
  }
}
