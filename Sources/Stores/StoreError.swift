/// Something could not be read from or written to a place that holds keys and bytes.
public struct StoreError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What kind of failure it is, for callers that act on it.
  public enum Kind: Sendable, Hashable {
    /// The key is not allowed: it is empty, absolute, or has `.`, `..` or empty components.
    case invalidKey
    /// The range begins past the end of the object, or has a negative bound.
    case invalidRange
    /// There is nothing at this location.
    case notFound
    /// The system or the server refused, or the connection failed.
    case unreadable
    /// The bytes are there but break their format's rules.
    case damaged
    /// A stated limit would be exceeded.
    case tooLarge
    /// The bytes use a part of the format that is not supported.
    case unsupported
    /// A file or folder could not be written.
    case unwritable
    /// Another program has claimed it.
    case busy
  }

  /// What kind of failure it is.
  public let kind: Kind
  /// What was tried and on what, as in `read “a/b” in /data/cube.zarr`.
  public let attempt: String
  /// Why it failed.
  public let reason: String
  /// What to do about it.
  public let remedy: String?

  /// Describes a failure.
  ///
  /// - Parameters:
  ///   - kind: what kind of failure it is.
  ///   - attempt: what was tried and on what; the text continues “cannot”.
  ///   - reason: why it failed.
  ///   - remedy: a sentence saying what to do, where something can be done.
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
