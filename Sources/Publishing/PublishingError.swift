/// A release could not be written, published, listed or changed.
public struct PublishingError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What kind of failure it is, for callers that act on it.
  public enum Kind: Sendable, Hashable {
    /// There is no release to publish or to go back to.
    case absent
    /// The records of a release are missing or damaged.
    case damaged
    /// Somebody else publishes to the same place, or did meanwhile.
    case busy
    /// A file is not what the build made.
    case content
  }

  /// What kind of failure it is.
  public let kind: Kind
  /// What was tried and on what.
  public let attempt: String
  /// Why it failed.
  public let reason: String
  /// What to do about it.
  public let remedy: String?

  /// Describes a failure; the text of `attempt` continues “cannot”.
  public init(_ kind: Kind, attempt: String, reason: String, remedy: String? = nil) {
    self.kind = kind
    self.attempt = attempt
    self.reason = reason
    self.remedy = remedy
  }

  /// What was tried, on what, why it failed and what to do, for people.
  public var description: String {
    let text = "cannot \(attempt): \(reason)"
    guard let remedy else { return text }
    return text + (text.hasSuffix(".") ? " " : ". ") + remedy
  }
}
