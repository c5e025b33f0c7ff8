import Buckets
public import Stores
import Synchronization

/// What is surely under the keys of a target: the objects of its current release, less those that a
/// publisher may have overwritten who was stopped before it had finished.
///
/// The manifest is read when it is first needed; sixteen bytes of memory are kept for each object, and
/// as much again for finding them.
public final class PublishedFiles: FileLender {
  private struct Known: Sendable {
    let release: Release?
    /// The beginning of each object's hash, by a hash of its key.
    let hashes: [UInt64: UInt64]
  }

  private let target: any PublishingTarget
  private let known = Mutex<Known?>(nil)

  /// Prepares to look at a target; nothing is read yet.
  public init(of target: any PublishingTarget) { self.target = target }

  /// The current release; `nil` where nothing was published yet.
  ///
  /// - Throws: ``PublishingError`` when its manifest is damaged, and what the target throws.
  public func release() throws -> Release? { try look().release }

  private func look() throws -> Known {
    try known.withLock { known in
      if let known { return known }
      let found = try read()
      known = found
      return found
    }
  }

  private func read() throws -> Known {
    let release = try target.current().flatMap { try target.release($0.pointer.release) }
    let pending = try PublishingClaim.read(from: target)?.document.pending ?? []
    var hashes: [UInt64: UInt64] = [:]
    hashes.reserveCapacity(release?.count ?? 0)
    var merged = try MergedStreams(
      ([release?.parts ?? []] + pending).map { EntryStream($0, on: target) })
    while let (key, entries) = try merged.next() {
      guard let entry = entries[0],
        entries.dropFirst().allSatisfy({ $0 == nil || $0?.sha256 == entry.sha256 })
      else { continue }
      hashes[Self.mark(key)] = Self.beginning(entry.sha256)
    }
    return Known(release: release, hashes: hashes)
  }

  /// Whether the target has a file with these bytes, by its manifest.
  public func has(_ key: String, sha256: String) -> Bool {
    (try? look())?.hashes[Self.mark(key)] == Self.beginning(sha256)
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

  /// FNV-1a (64 bits): the same in every run, and well enough spread for keys.
  private static func mark(_ key: String) -> UInt64 {
    key.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  private static func beginning(_ sha256: String) -> UInt64 {
    UInt64(sha256.prefix(16), radix: 16) ?? 0
  }
}
