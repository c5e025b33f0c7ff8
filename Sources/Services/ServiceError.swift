/// Why a service document cannot be written.
public struct ServiceError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What was to be written.
  public let attempt: String
  /// Why it cannot.
  public let reason: String
  /// What to do about it.
  public let remedy: String

  init(_ attempt: String, because reason: String, remedy: String) {
    self.attempt = attempt
    self.reason = reason
    self.remedy = remedy
  }

  /// The whole message.
  public var description: String { "Cannot \(attempt): \(reason); \(remedy)." }
}
