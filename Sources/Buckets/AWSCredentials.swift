/// What requests to AWS and its like are signed with.
///
/// It is never printed: its description hides the secrets.
public struct AWSCredentials: Sendable, Hashable, CustomStringConvertible {
  /// The public half, as in `AKIA…`.
  public let accessKey: String
  /// The secret half.
  public let secretKey: String
  /// What goes with credentials that are lent for a time.
  public let sessionToken: String?
  /// When they end, in seconds since 1970-01-01 UTC; `nil` when they do not.
  public let expires: Int?

  /// Makes credentials.
  public init(
    accessKey: String, secretKey: String, sessionToken: String? = nil, expires: Int? = nil
  ) {
    self.accessKey = accessKey
    self.secretKey = secretKey
    self.sessionToken = sessionToken
    self.expires = expires
  }

  /// The public half alone.
  public var description: String { "credentials \(accessKey)" }
}
