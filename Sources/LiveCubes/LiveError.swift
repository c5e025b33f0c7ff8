/// Why a question about an opened cube has no answer.
public struct LiveError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What kind of failure it is, for a caller that answers each differently.
  public enum Kind: Sendable, Equatable {
    /// There is no such dataset, variable, dimension or tile.
    case unknown
    /// The question breaks a rule.
    case invalid
    /// The answer would need more than a limit allows.
    case tooLarge
    /// It took longer than a request may.
    case tooLong
    /// Too many others are being worked for.
    case busy
    /// Whoever asked has gone.
    case abandoned
    /// The source cannot be read.
    case source
  }

  /// What kind of failure it is.
  public let kind: Kind
  /// What is wrong.
  public let reason: String
  /// What to do about it.
  public let remedy: String

  /// States a failure.
  public init(_ kind: Kind, _ reason: String, remedy: String) {
    self.kind = kind
    self.reason = reason
    self.remedy = remedy
  }

  /// The whole error as one sentence.
  public var description: String { "\(reason): \(remedy)." }

  static func unknown(_ what: String, _ name: String, known: [String]) -> LiveError {
    LiveError(
      .unknown, "There is no \(what) '\(name)'",
      remedy: known.isEmpty
        ? "there is none at all"
        : "there are "
          + known.prefix(20).joined(separator: ", "))
  }
}
