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

  /// Describes an object.
  public init(key: String, size: Int) {
    self.key = key
    self.size = size
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
    do {
      let reply = try perform(call)
      return StoredObject(bytes: reply.body, tag: reply["etag"] ?? "")
    } catch {
      // A missing bucket is not a missing object.
      if error.kind == .absent, !error.reason.contains("NoSuchBucket") { return nil }
      throw error
    }
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

  /// Visits every object below a prefix, in the order the server gives.
  ///
  /// - Throws: ``BucketError``, and what `visit` throws.
  public func list(below prefix: String, _ visit: (ListedObject) throws -> Void) throws {
    let root = address.prefix.isEmpty ? "" : address.prefix + "/"
    var token: String?
    repeat {
      var call = S3Call("GET", nil)
      call.query = [("list-type", "2"), ("encoding-type", "url"), ("prefix", root + prefix)]
      if let token { call.query.append(("continuation-token", token)) }
      call.limit = 16 << 20
      let body = try perform(call).body[...]
      let isEncoded = S3XML.text("EncodingType", in: body) == "url"
      for entry in S3XML.all("Contents", in: body) {
        guard var name = S3XML.text("Key", in: entry),
          let size = S3XML.text("Size", in: entry).flatMap({ Int($0) })
        else { continue }
        if isEncoded { name = percentDecoded(name.replacing("+", with: " ")) ?? name }
        if name.utf8.starts(with: root.utf8) {
          let key = String(name.utf8.dropFirst(root.utf8.count)) ?? name
          try visit(ListedObject(key: key, size: size))
        }
      }
      let more = S3XML.text("IsTruncated", in: body) == "true"
      token = more ? S3XML.text("NextContinuationToken", in: body) : nil
    } while token != nil
  }
}
