/// A bucket could not be read, written or set up.
public struct BucketError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What kind of failure it is, for callers that act on it.
  public enum Kind: Sendable, Hashable {
    /// The address of the bucket or an option is wrong.
    case address
    /// Credentials cannot be had, or are refused.
    case credentials
    /// There are no credentials anywhere.
    case noCredentials
    /// The server refuses this request.
    case denied
    /// There is no such bucket or object.
    case absent
    /// A condition of the request does not hold (412), so nothing was changed.
    case condition
    /// The range begins past the end of the object (416).
    case range
    /// The server does not know this kind of request.
    case unsupported
    /// The server fails or cannot be reached, also after several attempts.
    case unavailable
    /// There is no room left.
    case full
    /// What the server says is not what its protocol asks for.
    case wrongAnswer
    /// What is to be sent is not what it was said to be.
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
