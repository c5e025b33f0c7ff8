import Buckets
import Jobs
public import Stores

/// Brings back the documents of an earlier release, as a new release.
///
/// Tiles and chunks stay as they are: those that were removed since are still there until they are
/// pruned, and those that were replaced keep their newer content.
public struct Rollback {
  /// What a rollback did.
  public struct Report: Sendable {
    /// What was published.
    public var publication: PublishReport
    /// How many tiles and chunks keep a newer content than the release had.
    public var newerCount: Int
  }

  private let target: any PublishingTarget
  private let scratch: SiteFolder
  private let takesOver: Bool

  /// Prepares a rollback.
  ///
  /// - Parameters:
  ///   - target: what is to be changed.
  ///   - scratch: a folder for the new manifest and the journal.
  ///   - takesOver: whether to take the claim from a publisher that still holds it.
  public init(_ target: any PublishingTarget, scratch: SiteFolder, takesOver: Bool = false) {
    self.target = target
    self.scratch = scratch
    self.takesOver = takesOver
  }

  /// Makes the documents of a release the current ones.
  ///
  /// - Throws: ``PublishingError`` when there is no such release, or something that its documents
  ///   point at was pruned; then nothing is changed.
  public func run(to number: Int) throws -> Report {
    let history = ReleaseHistory(target)
    let wanted = try history.release(number)
    guard let pointer = try target.current()?.pointer else {
      throw target.damaged(CurrentRelease.key)
    }
    let current = try history.release(pointer.release)
    let source = try RestoredSource(
      wanted, instead: current, gone: pointer.gone, of: target, in: scratch)
    let report = try Publisher(scratch, to: target, takesOver: takesOver).publish(source)
    return Report(publication: report, newerCount: source.newerCount)
  }
}

/// The documents of one release with the tiles and chunks that are there.
private struct RestoredSource: ReleaseSource {
  let parts: [ManifestPart]
  let count: Int
  let bytes: Int
  let newerCount: Int
  let restores: Int?
  let location: String
  let isComplete = false
  private let target: any PublishingTarget
  private let scratch: SiteFolder

  init(
    _ wanted: Release, instead current: Release, gone: [ManifestPart],
    of target: any PublishingTarget, in scratch: SiteFolder
  ) throws {
    self.target = target
    self.scratch = scratch
    location = target.location
    restores = wanted.number
    var writer = PartWriter { part, packed in try scratch.write(try packed(), to: part.key) }
    var newer = 0
    var merged = try MergedStreams(
      [wanted.parts, current.parts, gone].map { EntryStream($0, on: target) })
    while let (key, entries) = try merged.next() {
      guard let entry = entries[0] else { continue }
      if PublishedForm.isDocument(key) {
        try writer.append(entry)
      } else if let present = entries[1] ?? entries[2]?.present {
        if present.sha256 != entry.sha256 { newer += 1 }
        try writer.append(present)
      } else {
        throw PublishingError(
          .absent, attempt: "go back to release \(wanted.number) of \(target.location)",
          reason: "“\(key)” was pruned since",
          remedy: "Build the site as it was then and publish it.")
      }
    }
    try writer.finish()
    (parts, count, bytes, newerCount) = (writer.parts, writer.count, writer.bytes, newer)
  }

  func packed(_ part: ManifestPart) throws -> [UInt8]? {
    try scratch.read(part.key) ?? target.packed(part)
  }

  func content(of entry: ManifestEntry) throws -> Upload.Content? {
    guard PublishedForm.isDocument(entry.key) else { return nil }
    guard let copy = try target.read(DocumentCopy.key(entry)), sha256Hex(copy.bytes) == entry.sha256
    else {
      throw PublishingError(
        .absent, attempt: "bring back “\(entry.key)” in \(target.location)",
        reason: "its copy \(DocumentCopy.key(entry)) is missing or damaged",
        remedy: "Build the site as it was then and publish it.")
    }
    return .bytes(copy.bytes)
  }
}
