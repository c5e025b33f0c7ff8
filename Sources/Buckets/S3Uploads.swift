import Foundation
import Stores
import Transport

/// Something to be stored in a bucket.
public struct Upload: Sendable {
  /// Where the bytes are.
  public enum Content: Sendable {
    case bytes([UInt8])
    /// A file, which must not change meanwhile.
    case file(path: String, size: Int)
  }

  /// The key below the address's prefix.
  public let key: String
  /// The bytes.
  public let content: Content
  /// Their SHA-256 in hexadecimal.
  public let sha256: String
  /// `Content-Type`, `Cache-Control` and their like.
  public let fields: [(name: String, value: String)]

  /// Describes an upload.
  public init(
    key: String, content: Content, sha256: String, fields: [(name: String, value: String)]
  ) {
    self.key = key
    self.content = content
    self.sha256 = sha256
    self.fields = fields
  }
}

/// Stores, deletes and finishes many objects of a bucket.
public struct S3Uploads: Sendable {
  private let client: S3Client
  private let pump: RequestPump

  /// Larger objects go up in parts.
  static let largestSingle = 64 << 20
  private static let partSize = 32 << 20

  /// Prepares transfers.
  ///
  /// - Parameters:
  ///   - client: the bucket.
  ///   - connections: how many requests may be under way at once.
  ///   - bytesPerSecond: how fast to send at most; 0 for no limit.
  public init(_ client: S3Client, connections: Int = 64, bytesPerSecond: Int = 0) {
    self.client = client
    pump = RequestPump(client: client, maximum: connections, bytesPerSecond: bytesPerSecond)
  }

  /// Stores objects, many at once, in no certain order; blocks until all are stored.
  ///
  /// - Parameters:
  ///   - next: the next object; `nil` at the end.
  ///   - stored: called for each object once the server has confirmed it.
  /// - Throws: the first failure that lasts; parts of unfinished large objects are removed again.
  public func store(_ next: () throws -> Upload?, stored: (Upload) throws -> Void) throws {
    try withoutActuallyEscaping(stored) { stored in
      var parts: [RequestPump.Job] = []
      var open: [String: MultipartUpload] = [:]
      do {
        try pump.run {
          if let part = parts.popLast() { return part }
          guard let upload = try next() else { return nil }
          guard case .file(let path, let size) = upload.content, size > Self.largestSingle else {
            return single(upload, stored: stored)
          }
          let multipart = try MultipartUpload(upload, path: path, size: size, client: client)
          open[upload.key] = multipart
          parts = multipart.parts(of: Self.partSize) {
            open[upload.key] = nil
            try stored(upload)
          }
          return parts.popLast()
        }
      } catch {
        for multipart in open.values { multipart.abort() }
        throw error
      }
    }
  }

  private func single(
    _ upload: Upload, stored: @escaping (Upload) throws -> Void
  ) -> RequestPump.Job {
    var call = S3Call("PUT", client.address.name(of: upload.key))
    switch upload.content {
    case .bytes(let bytes): call.body = .bytes(bytes)
    case .file(let path, let size): call.body = .file(path: path, offset: 0, length: size)
    }
    call.bodyHash = upload.sha256
    call.fields = upload.fields + S3Client.checksum(upload.sha256)
    return RequestPump.Job(call: call) { _, _ in try stored(upload) }
  }

  /// Deletes objects, many at once; fine when one is not there.
  ///
  /// - Throws: the first failure that lasts.
  public func delete(_ next: () throws -> String?, deleted: (String) throws -> Void) throws {
    try withoutActuallyEscaping(deleted) { deleted in
      try pump.run {
        try next().map { key in
          RequestPump.Job(call: S3Call("DELETE", client.address.name(of: key))) { _, _ in
            try deleted(key)
          }
        }
      }
    }
  }

  /// Removes the parts of large objects that were never finished.
  ///
  /// - Throws: ``BucketError``; a server that does not list them is left alone.
  public func abandonUnfinished() throws(BucketError) {
    var call = S3Call("GET", nil)
    let prefix = client.address.prefix.isEmpty ? "" : client.address.prefix + "/"
    call.query = [("uploads", ""), ("prefix", prefix)]
    let body: ArraySlice<UInt8>
    do {
      body = try client.perform(call).body[...]
    } catch {
      if [.unsupported, .denied, .absent, .wrongAnswer].contains(error.kind) { return }
      throw error
    }
    for entry in S3XML.all("Upload", in: body) {
      guard let name = S3XML.text("Key", in: entry), let id = S3XML.text("UploadId", in: entry)
      else { continue }
      MultipartUpload.abort(name: name, id: id, client: client)
    }
  }
}

/// A large object that goes up in parts.
final class MultipartUpload {
  private let client: S3Client
  private let key: String
  private let name: String
  private let path: String
  private let size: Int
  private let id: String
  /// The tag of what was there before.
  private let formerTag: String?
  private var done: [Int: (tag: String, checksum: String)] = [:]
  private var count = 0

  /// Begins the upload.
  init(_ upload: Upload, path: String, size: Int, client: S3Client) throws(BucketError) {
    self.client = client
    self.path = path
    self.size = size
    key = upload.key
    name = client.address.name(of: upload.key)
    formerTag = try client.look(at: key)?.tag
    var call = S3Call("POST", name).sending([])
    call.query = [("uploads", "")]
    call.fields = upload.fields + [("x-amz-checksum-algorithm", "SHA256")]
    let body = try client.perform(call).body[...]
    guard let id = S3XML.text("UploadId", in: body) else {
      throw BucketError(
        .wrongAnswer, attempt: "begin to write “\(name)” in s3://\(client.address.bucket)",
        reason: "the server gives no UploadId")
    }
    self.id = id
  }

  /// The requests for all parts, the first at the end.
  ///
  /// - Parameters:
  ///   - wanted: the size of a part in bytes, where there need not be larger ones.
  ///   - finished: called when the object is complete.
  /// - Returns: a request for each part.
  func parts(of wanted: Int, finished: @escaping () throws -> Void) -> [RequestPump.Job] {
    // S3 takes 10,000 parts at most.
    let length = max(wanted, (size + 9_999) / 10_000)
    count = (size + length - 1) / length
    return (0..<count).reversed().map { index in
      let offset = index * length
      var call = S3Call("PUT", name)
      call.query = [("partNumber", "\(index + 1)"), ("uploadId", id)]
      call.body = .file(path: path, offset: offset, length: min(length, size - offset))
      return RequestPump.Job(call: call, prepare: Self.hash) { reply, call in
        let checksum = S3Client.base64(ofHexadecimal: call.bodyHash)
        self.done[index + 1] = (reply["etag"] ?? "", checksum)
        guard self.done.count == self.count else { return }
        try self.complete()
        try finished()
      }
    }
  }

  /// Computes the hash of a part, which costs too much to be done for all beforehand.
  private static func hash(_ call: inout S3Call) throws {
    guard case .file(let path, let offset, let length) = call.body else { return }
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    try file.seek(toOffset: UInt64(offset))
    let bytes = try file.read(upToCount: length) ?? Data()
    try file.close()
    call.bodyHash = bytes.withUnsafeBytes { sha256Hex($0) }
    call.fields += S3Client.checksum(call.bodyHash)
  }

  private func complete() throws(BucketError) {
    let parts = done.sorted { $0.key < $1.key }.map { number, part in
      "<Part><PartNumber>\(number)</PartNumber><ETag>\(S3XML.escaped(part.tag))</ETag>"
        + "<ChecksumSHA256>\(part.checksum)</ChecksumSHA256></Part>"
    }
    let document = "<CompleteMultipartUpload>\(parts.joined())</CompleteMultipartUpload>"
    var call = S3Call("POST", name).sending(Array(document.utf8))
    call.query = [("uploadId", id)]
    do {
      _ = try client.perform(call)
    } catch {
      // Where the answer to an attempt that succeeded was lost, the next one finds no upload any more.
      guard error.kind == .absent, let there = try client.look(at: key), there.size == size,
        there.tag != formerTag
      else { throw error }
    }
  }

  /// Takes the parts back; a server that cannot be reached keeps them until the next run.
  func abort() { Self.abort(name: name, id: id, client: client) }

  static func abort(name: String, id: String, client: S3Client) {
    var call = S3Call("DELETE", name)
    call.query = [("uploadId", id)]
    _ = try? client.perform(call)
  }
}
