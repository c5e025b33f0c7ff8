/// Where the objects of a bucket are reached over HTTP.
public struct BucketAddress: Sendable, Hashable {
  /// Whether the bucket's name is in the path or in the host name.
  public enum Style: String, Sendable, CaseIterable {
    /// `https://host/bucket/key`
    case path
    /// `https://bucket.host/key`
    case virtual
  }

  /// The name of the bucket.
  public let bucket: String
  /// What all keys begin with, without final `/`; empty for none.
  public let prefix: String
  /// As in `eu-central-1`.
  public var region: String
  /// `https://host` with any port, without final `/`.
  public let endpoint: String
  /// Where the bucket's name is.
  public let style: Style

  /// Reads the address of a bucket and what else says where it is.
  ///
  /// - Parameters:
  ///   - text: as in `s3://bucket/prefix`.
  ///   - endpoint: the server; `nil` for AWS in the region.
  ///   - region: where it is; for other servers any word that they expect.
  ///   - style: `nil` for what suits: virtual on AWS, path elsewhere.
  /// - Throws: ``BucketError`` when it names no bucket, or the endpoint is no address.
  public init(
    _ text: String, endpoint: String? = nil, region: String = "us-east-1", style: Style? = nil
  ) throws(BucketError) {
    guard text.hasPrefix("s3://") else {
      throw BucketError(
        .address, attempt: "use \(text)", reason: "it is not the address of a bucket",
        remedy: "Addresses look like s3://bucket/prefix.")
    }
    let parts = text.dropFirst(5).split(
      separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let name = parts.first.map(String.init) ?? ""
    let allowed = name.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-._".utf8.contains(byte)
    }
    guard !name.isEmpty, allowed else {
      throw BucketError(
        .address, attempt: "use \(text)", reason: "“\(name)” cannot be the name of a bucket",
        remedy: "Addresses look like s3://bucket/prefix.")
    }
    bucket = name
    var prefix = parts.count > 1 ? String(parts[1]) : ""
    while prefix.hasSuffix("/") { prefix.removeLast() }
    self.prefix = prefix
    self.region = region
    var base = endpoint ?? "https://s3.\(region).amazonaws.com"
    while base.hasSuffix("/") { base.removeLast() }
    guard base.hasPrefix("http://") || base.hasPrefix("https://"), !base.contains("?") else {
      throw BucketError(
        .address, attempt: "use the endpoint \(base)",
        reason: "it does not begin with http:// or https://",
        remedy: "Endpoints look like https://s3.example.org.")
    }
    self.endpoint = base
    // A dot in the bucket's name would not fit the certificate of *.s3.region.amazonaws.com.
    self.style = style ?? (endpoint == nil && !name.contains(".") ? .virtual : .path)
  }

  /// The full name of an object in the bucket.
  public func name(of key: String) -> String {
    prefix.isEmpty ? key : key.isEmpty ? prefix : prefix + "/" + key
  }

  /// The host with any port that is not the scheme's own, as it is sent and signed.
  var host: String {
    let isSecure = endpoint.hasPrefix("https://")
    var host = String(
      endpoint.dropFirst(isSecure ? 8 : 7).prefix { $0 != "/" }
        .split(separator: "@").last ?? "")
    let ending = isSecure ? ":443" : ":80"
    if host.hasSuffix(ending) { host.removeLast(ending.count) }
    return style == .virtual ? "\(bucket).\(host)" : host
  }

  /// The path of an object, or of the bucket itself, percent-encoded.
  func path(of name: String?) -> String {
    let base = String(
      endpoint.dropFirst(endpoint.hasPrefix("https://") ? 8 : 7).drop { $0 != "/" })
    let encoded = name.map { "/" + URIEncoding.path($0) } ?? ""
    switch style {
    case .path: return base + "/" + URIEncoding.path(bucket) + encoded
    case .virtual: return base + (encoded.isEmpty ? "/" : encoded)
    }
  }

  /// The address of an object or of the bucket with a query.
  func url(path: String, query: String) -> String {
    let scheme = endpoint.hasPrefix("https://") ? "https://" : "http://"
    return scheme + host + path + (query.isEmpty ? "" : "?" + query)
  }

  /// The address for people.
  public var description: String { "s3://\(bucket)" + (prefix.isEmpty ? "" : "/" + prefix) }
}
