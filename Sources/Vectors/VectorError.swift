/// Why a file of places cannot be used.
public struct VectorError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The file.
  public let source: String
  /// What is wrong with it.
  public let reason: String
  /// What to do about it.
  public let remedy: String

  init(_ source: String, reason: String, remedy: String) {
    self.source = source
    self.reason = reason
    self.remedy = remedy
  }

  /// The whole message.
  public var description: String {
    "cannot read the places of \(source): \(reason); \(remedy)"
  }
}
