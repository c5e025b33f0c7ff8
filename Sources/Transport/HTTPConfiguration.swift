/// How an ``HTTPClient`` behaves: its patience, its limits and its name.
public struct HTTPConfiguration: Sendable, Hashable {
  /// How long setting up one connection may take.
  public var connectTimeout: Duration = .seconds(15)
  /// How long a transfer may stay below ``minimumRate``, waiting for the first byte included.
  public var stallTimeout: Duration = .seconds(30)
  /// The least speed of a transfer that is not stalled, in bytes per second.
  public var minimumRate = 100
  /// How many requests may be under way at once; further callers wait.
  public var maximumConnections = 16
  /// How often a request is sent before it fails.
  public var maximumAttempts = 4
  /// The longest random wait before the second attempt; it doubles with each further one.
  public var firstRetryDelay: Duration = .milliseconds(400)
  /// The longest wait before an attempt; a server that asks for more is not asked again.
  public var longestRetryDelay: Duration = .seconds(30)
  /// How many redirections are followed.
  public var maximumRedirects = 5
  /// How large an object may be that is received whole, and cut, from a server that cannot do
  /// ranges, in bytes.
  public var maximumUnrangedSize = 64 << 20
  /// The name given in the header `User-Agent`.
  public var userAgent = "cubepress"

  /// Makes the configuration that suits public archives.
  public init() {}
}

extension Duration {
  /// Whole milliseconds, at least 1, for C interfaces.
  var wholeMilliseconds: Int {
    let (seconds, attoseconds) = components
    return max(1, Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
  }
}
