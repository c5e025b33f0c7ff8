/// How a bucket is reached, as far as options or a recipe say it; the rest is found as the tools of
/// AWS find it.
public struct BucketAccess: Sendable, Hashable {
  /// The server, for others than AWS.
  public var endpoint: String?
  /// The region.
  public var region: String?
  /// The profile in `~/.aws`.
  public var profile: String?
  /// Where the bucket's name goes.
  public var style: BucketAddress.Style?
  /// Whether it is asked without credentials, also where there are some.
  public var isAnonymous: Bool

  /// Says how a bucket is reached.
  public init(
    endpoint: String? = nil, region: String? = nil, profile: String? = nil,
    style: BucketAddress.Style? = nil, isAnonymous: Bool = false
  ) {
    self.endpoint = endpoint
    self.region = region
    self.profile = profile
    self.style = style
    self.isAnonymous = isAnonymous
  }

  /// A client of a bucket.
  ///
  /// - Parameters:
  ///   - location: `s3://bucket/prefix`.
  ///   - environment: the variables of the process.
  ///   - signing: whether requests are signed, where this does not say that none is.
  ///   - connections: how many requests may be under way at once.
  /// - Returns: the client, which has sent nothing yet.
  /// - Throws: ``BucketError`` when the address or the endpoint is none.
  public func client(
    _ location: String, environment: [String: String], signing: S3Client.Signing,
    connections: Int = 64
  ) throws(BucketError) -> S3Client {
    let settings = BucketSettings(environment: environment, profile: profile)
    let address = try BucketAddress(
      location, endpoint: endpoint ?? settings.endpoint,
      region: region ?? settings.region ?? "us-east-1", style: style)
    return S3Client(
      address, source: settings.source, signing: isAnonymous ? .never : signing,
      connections: connections)
  }
}
