public import Buckets

/// A place that releases are published to: a bucket, or a folder.
public protocol PublishingTarget: PartShelf {
  /// The time there, in seconds since 1970-01-01 UTC.
  var now: Int { get }

  /// Reads a whole object; `nil` when there is none.
  func read(_ key: String) throws -> StoredObject?

  /// Writes a small object under a condition.
  ///
  /// - Returns: whether it was written; `false` when the condition does not hold.
  func write(
    _ bytes: [UInt8], to key: String, fields: [(name: String, value: String)],
    when condition: WriteCondition
  ) throws -> Bool

  /// Stores objects in no certain order, and returns when all are stored.
  func store(_ next: () throws -> Upload?, stored: (Upload) throws -> Void) throws

  /// Deletes objects; fine when one is not there.
  func delete(_ next: () throws -> String?, deleted: (String) throws -> Void) throws

  /// Visits every object whose key begins with a prefix, in any order.
  func list(below prefix: String, _ visit: (ListedObject) throws -> Void) throws

  /// Removes what uploads that were stopped have left half-done.
  func abandonUnfinished() throws
}

extension PublishingTarget {
  /// The packed bytes of a part; `nil` where there is none.
  public func packed(_ part: ManifestPart) throws -> [UInt8]? { try read(part.key)?.bytes }

  /// The pointer to the current release with its tag; `nil` where nothing was published yet.
  func current() throws -> (pointer: CurrentRelease, tag: String)? {
    guard let object = try read(CurrentRelease.key) else { return nil }
    guard let pointer = CurrentRelease(object.bytes) else { throw damaged(CurrentRelease.key) }
    return (pointer, object.tag)
  }

  /// A release by its number; `nil` where there is none.
  func release(_ number: Int) throws -> Release? {
    guard let object = try read(Release.key(number)) else { return nil }
    guard let release = Release(object.bytes) else { throw damaged(Release.key(number)) }
    return release
  }

  func damaged(_ key: String) -> PublishingError {
    PublishingError(
      .damaged, attempt: "read \(key) in \(location)", reason: "it is not what cubepress writes",
      remedy: "Remove it there and publish again: every object will be sent anew.")
  }

  /// Writes under a condition and makes sure of it, also where an answer was lost or the server does
  /// not know conditions.
  ///
  /// - Returns: the tag of the bytes that are there now; `nil` when others are.
  func writeSurely(
    _ bytes: [UInt8], to key: String, caching: PublishedForm.Caching, when condition: WriteCondition
  ) throws -> String? {
    let fields = PublishedForm.fields(type: "application/json", caching: caching)
    // A server that ignores conditions is looked at first; what remains is a moment.
    let before = try read(key)
    let holds: Bool
    switch condition {
    case .none: holds = true
    case .absent: holds = before == nil
    case .tag(let tag): holds = before?.tag == tag
    }
    var after = before
    if holds {
      _ = try write(bytes, to: key, fields: fields, when: condition)
      after = try read(key)
    }
    return after?.bytes == bytes ? after?.tag : nil
  }
}
