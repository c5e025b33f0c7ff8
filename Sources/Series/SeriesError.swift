/// Why series could not be made.
public struct SeriesError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What was tried and on what.
  public let attempt: String
  /// Why it failed.
  public let reason: String
  /// What to do about it.
  public let remedy: String

  /// What was tried, on what, why it failed and what to do, for people.
  public var description: String { "cannot \(attempt): \(reason). \(remedy)" }

  static func scratch(_ attempt: String, _ path: String, _ reason: String) -> SeriesError {
    SeriesError(
      attempt: "\(attempt) the scratch file \(path)", reason: reason,
      remedy: "Make room on the disk of the site's folder, and build again: what is done stays done"
    )
  }
}
