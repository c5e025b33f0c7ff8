/// A coordinate reference system, axis or grid that cannot be used, and why.
public struct GridError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What was tried and on what, as in `read the grid mapping “crs”`.
  public let attempt: String
  /// Why it failed.
  public let reason: String
  /// What to do about it.
  public let remedy: String

  /// Makes an error from its three parts.
  public init(attempt: String, reason: String, remedy: String) {
    self.attempt = attempt
    self.reason = reason
    self.remedy = remedy
  }

  /// One sentence for people.
  public var description: String { "cannot \(attempt): \(reason); \(remedy)" }
}
