/// Why a page cannot be made.
public struct PageError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What was tried.
  public let attempt: String
  /// Why it failed.
  public let reason: String
  /// What to do about it.
  public let remedy: String

  /// States what was tried, why it failed, and what to do.
  public init(_ attempt: String, because reason: String, remedy: String) {
    self.attempt = attempt
    self.reason = reason
    self.remedy = remedy
  }

  /// The whole message.
  public var description: String { "Cannot \(attempt): \(reason); \(remedy)." }
}
