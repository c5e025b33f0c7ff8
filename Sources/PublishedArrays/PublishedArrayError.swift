/// Why published arrays could not be described or made.
public struct PublishedArrayError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What was tried and on what.
  public let attempt: String
  /// Why it failed.
  public let reason: String
  /// What to do about it.
  public let remedy: String

  /// Describes a failure.
  public init(attempt: String, reason: String, remedy: String) {
    self.attempt = attempt
    self.reason = reason
    self.remedy = remedy
  }

  /// What was tried, on what, why it failed and what to do, for people.
  public var description: String { "cannot \(attempt): \(reason). \(remedy)" }
}
