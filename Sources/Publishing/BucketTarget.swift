public import Buckets

/// A bucket that a site is published to.
public struct BucketTarget: PublishingTarget {
  private let client: S3Client
  private let uploads: S3Uploads

  /// The largest document that is read back: a part of a manifest with long keys.
  private static let largestDocument = 256 << 20

  /// Makes a target of a bucket.
  ///
  /// - Parameters:
  ///   - client: the bucket.
  ///   - connections: how many requests may be under way at once.
  ///   - bytesPerSecond: how fast to send at most; 0 for no limit.
  public init(_ client: S3Client, connections: Int, bytesPerSecond: Int) {
    self.client = client
    uploads = S3Uploads(client, connections: connections, bytesPerSecond: bytesPerSecond)
  }

  /// The address of the bucket.
  public var location: String { client.address.description }
  /// The server's time.
  public var now: Int { client.now }

  /// Reads a whole object.
  public func read(_ key: String) throws -> StoredObject? {
    try client.read(key, limit: Self.largestDocument)
  }

  /// Writes an object under a condition; where the server does not know conditions, without.
  public func write(
    _ bytes: [UInt8], to key: String, fields: [(name: String, value: String)],
    when condition: WriteCondition
  ) throws -> Bool {
    do throws(BucketError) {
      try client.write(bytes, to: key, fields: fields, when: condition)
      return true
    } catch {
      if error.kind == .condition { return false }
      guard error.kind == .unsupported, condition != .none else { throw error }
    }
    try client.write(bytes, to: key, fields: fields)
    return true
  }

  /// Stores objects, many at once.
  public func store(_ next: () throws -> Upload?, stored: (Upload) throws -> Void) throws {
    try uploads.store(next, stored: stored)
  }

  /// Deletes objects, many at once.
  public func delete(_ next: () throws -> String?, deleted: (String) throws -> Void) throws {
    try uploads.delete(next, deleted: deleted)
  }

  /// Lists the bucket.
  public func list(below prefix: String, _ visit: (ListedObject) throws -> Void) throws {
    try client.list(below: prefix, visit)
  }

  /// Removes parts of large objects that were never finished.
  public func abandonUnfinished() throws { try uploads.abandonUnfinished() }
}
