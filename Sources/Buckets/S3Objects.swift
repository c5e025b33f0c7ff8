import Foundation
import Stores
import Transport

/// An object as it was read.
public struct StoredObject: Sendable {
  /// All its bytes.
  public let bytes: [UInt8]
  /// The entity tag, with quotes, for conditional writing.
  public let tag: String

  /// Describes an object.
  public init(bytes: [UInt8], tag: String) {
    self.bytes = bytes
    self.tag = tag
  }
}

/// Under which condition something is written.
public enum WriteCondition: Sendable, Hashable {
  /// In any case.
  case none
  /// Only if there is nothing yet.
  case absent
  /// Only if what is there has this tag.
  case tag(String)
}

/// An object in a listing.
public struct ListedObject: Sendable, Hashable {
  /// The key below the prefix.
  public let key: String
  /// The size in bytes.
  public let size: Int
  /// The entity tag, with quotes, where the listing says it.
  public let tag: String?

  /// Describes an object.
  public init(key: String, size: Int, tag: String? = nil) {
    self.key = key
    self.size = size
    self.tag = tag
  }
}

extension S3Client {
  /// Reads a whole object.
  ///
  /// - Parameters:
  ///   - key: below the address's prefix.
  ///   - limit: the largest object that is taken, in bytes.
  /// - Returns: `nil` when there is none.
  /// - Throws: ``BucketError``.
  public func read(_ key: String, limit: Int) throws(BucketError) -> StoredObject? {
    var call = S3Call("GET", address.name(of: key))
    call.limit = limit
    return try found(call).map { StoredObject(bytes: $0.body, tag: $0["etag"] ?? "") }
  }

  /// Writes a small object.
  ///
  /// - Returns: its new tag.
  /// - Throws: ``BucketError``, of kind `condition` when the condition does not hold.
  @discardableResult
  public func write(
    _ bytes: [UInt8], to key: String, fields: [(name: String, value: String)],
    when condition: WriteCondition = .none
  ) throws(BucketError) -> String {
    var call = S3Call("PUT", address.name(of: key)).sending(bytes)
    call.fields = fields + Self.checksum(call.bodyHash)
    switch condition {
    case .none: break
    case .absent: call.fields.append(("if-none-match", "*"))
    case .tag(let tag): call.fields.append(("if-match", tag))
    }
    return try perform(call)["etag"] ?? ""
  }

  /// The field by which the server checks what it receives.
  static func checksum(_ hash: String) -> [(name: String, value: String)] {
    [("x-amz-checksum-sha256", base64(ofHexadecimal: hash))]
  }

  static func base64(ofHexadecimal text: String) -> String {
    var data = Data()
    var rest = text.utf8[...]
    while rest.count >= 2 {
      data.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
      rest = rest.dropFirst(2)
    }
    return data.base64EncodedString()
  }

  /// Reads a stretch of an object.
  ///
  /// - Returns: the bytes that exist in the range, and the object's tag; `nil` when there is no such
  ///   object.
  /// - Throws: ``BucketError``, of kind `range` when the range begins at the end or later.
  func read(_ key: String, range: ByteRange) throws(BucketError) -> StoredObject? {
    var call = S3Call("GET", address.name(of: key))
    switch range {
    case .from(let offset, let length):
      call.fields = [("range", "bytes=\(offset)-\(offset + length - 1)")]
    case .suffix(let length): call.fields = [("range", "bytes=-\(length)")]
    }
    // A refusal in words may be longer than the range.
    call.limit = max(range.length, 1 << 16)
    guard let reply = try found(call) else { return nil }
    let object = StoredObject(bytes: reply.body, tag: reply["etag"] ?? "")
    // An empty object has no last bytes; servers answer 200 then, or 416.
    if reply.status == 200, reply.body.isEmpty { return object }
    guard reply.status == 206, let sent = reply["content-range"].flatMap(ContentRange.init),
      let offsets = sent.offsets, offsets.count == reply.body.count, let size = sent.size,
      offsets == range.offsets(inObjectOfSize: size)
    else {
      throw BucketError(
        .wrongAnswer, attempt: "read \(range) of “\(key)” in \(address.description)",
        reason: "the server sends \(reply.body.count) bytes and calls them "
          + "“\(reply["content-range"] ?? "")”")
    }
    return object
  }

  /// Asks for size and tag of an object; `nil` when there is none.
  ///
  /// - Throws: ``BucketError``.
  func look(at key: String) throws(BucketError) -> ListedObject? {
    let reply: HTTPReply?
    do {
      reply = try found(S3Call("HEAD", address.name(of: key)))
    } catch {
      // The answer to HEAD has no body that would say why.
      if error.kind == .denied { _ = try read(key, range: .from(offset: 0, length: 1)) }
      throw error
    }
    guard let reply else { return nil }
    guard let size = reply["content-length"].flatMap({ Int($0) }), size >= 0 else {
      throw BucketError(
        .wrongAnswer, attempt: "look at “\(key)” in \(address.description)",
        reason: "the server does not say how large it is")
    }
    return ListedObject(key: key, size: size, tag: reply["etag"])
  }

  /// The answer to a request for an object; `nil` when there is no such object.
  private func found(_ call: S3Call) throws(BucketError) -> HTTPReply? {
    do {
      return try perform(call)
    } catch {
      // A missing bucket is not a missing object.
      if error.kind == .absent, !error.reason.contains("NoSuchBucket") { return nil }
      throw error
    }
  }

  /// Visits every object below a prefix, in the order the server gives.
  ///
  /// - Throws: ``BucketError``, and what `visit` throws.
  public func list(below prefix: String, _ visit: (ListedObject) throws -> Void) throws {
    try list(below: prefix, delimiter: nil, visit) { _ in }
  }

  /// Visits what is directly below a prefix: objects, and what other keys begin with up to the next
  /// `/`, which it keeps.
  ///
  /// - Throws: ``BucketError``, and what the visits throw.
  func listFolder(
    _ prefix: String, _ visit: (ListedObject) throws -> Void,
    folder: (String) throws -> Void
  ) throws {
    try list(below: prefix, delimiter: "/", visit, folder: folder)
  }

  private func list(
    below prefix: String, delimiter: String?, _ visit: (ListedObject) throws -> Void,
    folder: (String) throws -> Void
  ) throws {
    let root = address.prefix.isEmpty ? "" : address.prefix + "/"
    var token: String?
    repeat {
      var call = S3Call("GET", nil)
      call.query = [("list-type", "2"), ("encoding-type", "url"), ("prefix", root + prefix)]
      if let delimiter { call.query.append(("delimiter", delimiter)) }
      if let token { call.query.append(("continuation-token", token)) }
      call.limit = 16 << 20
      let body = try perform(call).body[...]
      let isEncoded = S3XML.text("EncodingType", in: body) == "url"
      func key(_ element: String, _ entry: ArraySlice<UInt8>) -> String? {
        guard var name = S3XML.text(element, in: entry) else { return nil }
        if isEncoded { name = percentDecoded(name.replacing("+", with: " ")) ?? name }
        guard name.utf8.starts(with: root.utf8) else { return nil }
        return String(name.utf8.dropFirst(root.utf8.count)) ?? name
      }
      for entry in S3XML.all("Contents", in: body) {
        guard let key = key("Key", entry),
          let size = S3XML.text("Size", in: entry).flatMap({ Int($0) })
        else { continue }
        try visit(ListedObject(key: key, size: size, tag: S3XML.text("ETag", in: entry)))
      }
      for entry in S3XML.all("CommonPrefixes", in: body) {
        if let key = key("Prefix", entry) { try folder(key) }
      }
      let more = S3XML.text("IsTruncated", in: body) == "true"
      token = more ? S3XML.text("NextContinuationToken", in: body) : nil
    } while token != nil
  }
}
