import Buckets
import Foundation
public import Stores

/// Deletes what no release needs any more and readers have had time to leave.
public struct Pruning {
  /// What was deleted.
  public struct Report: Sendable {
    /// How many objects of former releases.
    public var objectCount = 0
    /// How many records: manifests of old releases, their parts, copies of documents.
    public var recordCount = 0
    /// How many objects still wait for their time.
    public var waitingCount = 0
  }

  private let target: any PublishingTarget
  private let folder: SiteFolder
  private let grace: Int
  private let kept: Int
  private let takesOver: Bool

  /// Prepares to prune.
  ///
  /// - Parameters:
  ///   - target: what is to be pruned.
  ///   - scratch: a folder for the journal.
  ///   - grace: how long objects stay after they have disappeared from the releases, in seconds.
  ///   - kept: how many releases one can go back to, the current one included.
  ///   - takesOver: whether to take the claim from a publisher that still holds it.
  public init(
    _ target: any PublishingTarget, scratch: SiteFolder, grace: Int, kept: Int = 10,
    takesOver: Bool = false
  ) {
    self.target = target
    folder = scratch
    self.grace = grace
    self.kept = max(1, kept)
    self.takesOver = takesOver
  }

  /// Deletes what is due.
  ///
  /// The pointer forgets objects before they are deleted, so that nobody goes back to a release that
  /// needs them. Objects that another publisher may be about to write are left alone: pruning holds
  /// the same claim.
  ///
  /// - Parameter withRecords: whether records of releases are pruned too, for which the manifests of all
  ///   that are kept must be read.
  /// - Returns: what was deleted.
  /// - Throws: ``PublishingError`` when somebody publishes, and what the target throws.
  public func run(withRecords: Bool = true) throws -> Report {
    let journal = try UploadJournal(in: folder, for: target.location)
    let claim = try PublishingClaim(on: target, id: journal.id, force: takesOver)
    var report = Report()
    if let current = try target.current() {
      try pruneObjects(current, claim, &report)
      if withRecords { try pruneRecords(claim, &report) }
    }
    try claim.release(pending: claim.pending)
    journal.remove()
    return report
  }

  private func pruneObjects(
    _ current: (pointer: CurrentRelease, tag: String), _ claim: PublishingClaim,
    _ report: inout Report
  ) throws {
    let limit = target.now - grace
    let target = target
    var waiting = PartWriter { part, packed in
      _ = try target.write(
        try packed(), to: part.key, fields: ManifestPart.fields, when: .none)
    }
    var stream = EntryStream(current.pointer.gone, on: target)
    var goneCount = 0
    while let entry = try stream.next() {
      goneCount += 1
      if entry.gone ?? 0 > limit { try waiting.append(entry) }
    }
    try waiting.finish()
    report.waitingCount = waiting.count
    // After a run that was stopped, what it was deleting may be in the release again.
    let isClean = claim.dropped.isEmpty
    let release = isClean ? nil : try target.release(current.pointer.release)
    if waiting.count < goneCount {
      try claim.announceDeletion(current.pointer.gone)
      try forget(current, keeping: waiting.parts)
    }
    let kept = [waiting.parts, release?.parts ?? []]
    var merged = try MergedStreams(
      (kept + claim.dropped).map { EntryStream($0, on: target) })
    try target.delete {
      while let (key, entries) = try merged.next() {
        if entries[0] == nil, entries[1] == nil { return key }
      }
      return nil
    } deleted: { _ in
      report.objectCount += 1
      try claim.renewWhenDue()
    }
    try claim.endDeletion()
  }

  /// Takes objects out of the list of those that are still there.
  private func forget(
    _ current: (pointer: CurrentRelease, tag: String), keeping waiting: [ManifestPart]
  ) throws {
    var pointer = current.pointer
    pointer.gone = waiting
    pointer.publication = UUID().uuidString
    if try target.writeSurely(
      pointer.serialized, to: CurrentRelease.key, caching: .never, when: .tag(current.tag)) == nil
    {
      throw PublishingError(
        .busy, attempt: "prune \(target.location)",
        reason: "somebody else has published there meanwhile",
        remedy: "Nothing was deleted: run it again.")
    }
  }

  /// Removes manifests that are too old, and parts and copies that only they needed.
  private func pruneRecords(_ claim: PublishingClaim, _ report: inout Report) throws {
    guard let pointer = try target.current()?.pointer else { return }
    let releases = try ReleaseHistory(target).releases(atMost: kept)
    let parts = Set((releases.map(\.parts) + claim.pending).joined())
    var needed = Set(releases.map(\.key) + [CurrentRelease.key, PublishingClaim.key])
    needed.formUnion(parts.map(\.key))
    needed.formUnion(pointer.gone.map(\.key))
    for part in parts {
      var stream = EntryStream([part], on: target)
      while let entry = try stream.next() {
        if PublishedForm.isDocument(entry.key) { needed.insert(DocumentCopy.key(entry)) }
      }
    }
    var rest: [String] = []
    try target.list(below: "_release/") { object in
      guard !needed.contains(object.key), !object.key.hasPrefix(WorkRecords.root) else { return }
      rest.append(object.key)
    }
    var next = rest[...]
    try target.delete {
      next.popFirst()
    } deleted: { _ in
      report.recordCount += 1
      try claim.renewWhenDue()
    }
  }
}
