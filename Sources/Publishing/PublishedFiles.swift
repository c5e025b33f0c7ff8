import Buckets
public import Stores
import Synchronization

/// What is surely under the keys of a target: the objects of its current release, less those that a
/// publisher may have overwritten who was stopped before it had finished.
///
/// Of the manifest one part at a time is in memory.
public final class PublishedFiles: FileLender {
  private struct Known {
    let release: Release?
    let pending: [[ManifestPart]]
    var index: PartIndex
    var pendingIndexes: [PartIndex]
  }

  /// Its parts are read under the lock alone.
  private struct Held: @unchecked Sendable { var known: Known? }

  private let target: any PublishingTarget
  private let held = Mutex(Held())

  /// Prepares to look at a target; nothing is read yet.
  public init(of target: any PublishingTarget) { self.target = target }

  /// The current release; `nil` where nothing was published yet.
  ///
  /// - Throws: ``PublishingError`` when its records are damaged, and what the target throws.
  public func release() throws -> Release? { try look { $0.release } }

  private func look<Result: Sendable>(_ body: (inout Known) throws -> Result) throws -> Result {
    try held.withLock { held in
      var known = try held.known ?? read()
      defer { held.known = known }
      return try body(&known)
    }
  }

  private func read() throws -> Known {
    let release = try target.current().flatMap { try target.release($0.pointer.release) }
    let pending = try PublishingClaim.read(from: target)?.document.pending ?? []
    return Known(
      release: release, pending: pending, index: PartIndex(release?.parts ?? [], on: target),
      pendingIndexes: pending.map { PartIndex($0, on: target) })
  }

  /// Whether the target has a file with these bytes, by its manifest.
  public func has(_ key: String, sha256: String) -> Bool {
    let isThere = try? look { known in
      guard try known.index.entry(of: key)?.sha256 == sha256 else { return false }
      for index in known.pendingIndexes.indices {
        if let entry = try known.pendingIndexes[index].entry(of: key), entry.sha256 != sha256 {
          return false
        }
      }
      return true
    }
    return isThere ?? false
  }

  /// Visits those of many keys that the target does not surely hold with their bytes.
  ///
  /// - Parameters:
  ///   - wanted: keys, of whose values the first word is the SHA-256.
  ///   - visit: gets key and value.
  /// - Throws: ``PublishingError`` when the manifest is damaged, and what `visit` throws.
  func forEachUnsure(
    of wanted: KeySorter, _ visit: (_ key: String, _ value: String) throws -> Void
  ) throws {
    let lists = try look { [$0.release?.parts ?? []] + $0.pending }
    var merged = try MergedStreams(lists.map { EntryStream($0, on: target) })
    var there = try merged.next()
    var keys = try wanted.sorted()
    while let (key, value) = try keys.next() {
      while let known = there, known.key.precedesInBytes(key) { there = try merged.next() }
      let hash = value.prefix { $0 != " " }
      if let there, there.key.utf8.elementsEqual(key.utf8), let entry = there.entries[0],
        entry.sha256 == hash,
        there.entries.dropFirst().allSatisfy({ $0.map { $0.sha256 == hash } ?? true })
      {
        continue
      }
      try visit(key, value)
    }
  }

  /// All bytes of a published file; `nil` when there is none.
  ///
  /// - Throws: `StoreError` when it cannot be had.
  public func read(_ key: String) throws(StoreError) -> [UInt8]? {
    do {
      return try target.read(key)?.bytes
    } catch {
      throw error as? StoreError
        ?? StoreError(.unreadable, attempt: "read “\(key)”", reason: "\(error)")
    }
  }
}
