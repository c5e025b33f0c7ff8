public import Transport

/// A store whose keys are the paths of objects below an address on a web server or in a bucket.
///
/// Plain web servers cannot be listed, so neither can this store.
public struct HTTPStore: Store {
  /// The address without user name, password and query.
  public let location: String
  private let base: String
  private let query: String
  private let client: HTTPClient
  private let limit: Int
  private let seen = SeenTags()

  /// Makes a store of the objects below an address; nothing is asked for yet.
  ///
  /// - Parameters:
  ///   - url: where keys begin, percent-encoded, as in `https://example.org/cubes/sst.zarr`; a
  ///     query, as signed addresses have, is added to every request.
  ///   - client: what sends the requests.
  ///   - limit: the largest object that is read at once, in bytes.
  /// - Throws: ``StoreError`` when the address is not one of `http://` or `https://`.
  public init(
    url: String, client: HTTPClient = HTTPClient(), limit: Int = 2 << 30
  ) throws(StoreError) {
    location = HTTPAddress.withoutSecrets(url)
    if let fault = HTTPAddress.fault(in: url) {
      throw StoreError(
        .unsupported, attempt: "open \(location)", reason: fault,
        remedy: "Addresses look like https://example.org/cubes/sst.zarr.")
    }
    let address = url.prefix { $0 != "#" }
    var base = address.prefix { $0 != "?" }
    query = String(address[base.endIndex...])
    while base.last == "/" { base.removeLast() }
    self.base = String(base)
    self.client = client
    self.limit = limit
  }

  /// All bytes of an object; `nil` when the server answers 404.
  ///
  /// - Throws: ``StoreError`` when the key is not allowed or the object cannot be had.
  public func read(_ key: String) throws(StoreError) -> [UInt8]? {
    try read(key, range: nil, attempt: "read “\(key)”")
  }

  /// The bytes of an object in a range; `nil` when the server answers 404.
  ///
  /// - Throws: ``StoreError`` when the key is not allowed, the range begins past the object's end,
  ///   or the object cannot be had.
  public func read(_ key: String, range: ByteRange) throws(StoreError) -> [UInt8]? {
    try read(key, range: range, attempt: "read \(range) of “\(key)”")
  }

  private func read(
    _ key: String, range: ByteRange?, attempt: String
  ) throws(StoreError) -> [UInt8]? {
    let url = try url(of: key)
    let response: HTTPResponse?
    do {
      response = try client.get(url, range: range, limit: limit)
    } catch {
      throw failure(error, attempt: attempt)
    }
    try seen.check(key, response?.head.entityTag, in: location)
    return response?.body
  }

  /// The size of an object in bytes; `nil` when the server answers 404.
  ///
  /// - Throws: ``StoreError`` when the key is not allowed or the server cannot be asked.
  public func size(of key: String) throws(StoreError) -> Int? {
    let url = try url(of: key)
    do {
      guard let head = try client.head(url) else { return nil }
      if let size = head.size { return size }
      // Answers made on the fly have no length; the answer to a range may still tell it.
      let start = try client.get(url, range: .from(offset: 0, length: 1), limit: limit)
      if let size = start?.head.size { return size }
      return try client.get(url, limit: limit)?.body.count
    } catch {
      throw failure(error, attempt: "get the size of “\(key)”")
    }
  }

  /// Always `nil`: a web server cannot be listed.
  ///
  /// - Throws: ``StoreError`` when the prefix is not allowed.
  public func list(_ prefix: String) throws(StoreError) -> [String]? {
    try StoreKey.check(prefix: prefix, in: location)
    return nil
  }

  /// The entity tag, or else date and size of an object; `nil` when the server answers 404.
  ///
  /// - Throws: ``StoreError`` when the key is not allowed or the server cannot be asked.
  public func fingerprint(of key: String) throws(StoreError) -> String? {
    let url = try url(of: key)
    let head: HTTPHead?
    do {
      head = try client.head(url)
    } catch {
      throw failure(error, attempt: "ask about “\(key)”")
    }
    guard let head else { return nil }
    try seen.check(key, head.entityTag, in: location)
    return head.entityTag ?? "\(head.lastModified ?? "undated")-\(head.size ?? -1)"
  }

  private func url(of key: String) throws(StoreError) -> String {
    try StoreKey.check(key, in: location)
    return "\(base)/\(percentEncoded(key))\(query)"
  }

  private func failure(_ error: TransportError, attempt: String) -> StoreError {
    let kind: StoreError.Kind =
      switch error.kind {
      case .rangePastEnd: .invalidRange
      case .tooLarge: .tooLarge
      case .wrongAnswer: .damaged
      default: .unreadable
      }
    return StoreError(
      kind, attempt: "\(attempt) in \(location)", reason: error.reason, remedy: error.remedy)
  }
}

/// A key as the path of an address: every byte but the unreserved ones (RFC 3986, 2.3) and `/` is
/// written as `%` and two digits, as S3 signatures want it too.
func percentEncoded(_ key: String) -> String {
  var text = ""
  text.reserveCapacity(key.utf8.count)
  for byte in key.utf8 {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"):
      text.unicodeScalars.append(Unicode.Scalar(byte))
    default:
      text += "%" + hexadecimal([byte]).uppercased()
    }
  }
  return text
}
