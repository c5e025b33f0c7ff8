import Buckets
import Jobs

/// One publication under way, from the claim to the new pointer.
final class Publication<Source: ReleaseSource> {
  private let source: Source
  private let target: any PublishingTarget
  private let claim: PublishingClaim
  private let journal: UploadJournal
  private let progress: ProgressDisplay
  private let current: (pointer: CurrentRelease, tag: String)?
  private let former: Release?
  private let time: Int
  private var report: PublishReport
  /// Documents by the wave in which they are written, after everything else.
  private var documents: [Int: [ManifestEntry]] = [:]
  private var waiting: [Upload] = []
  private var gone: PartWriter

  init(
    _ source: Source, to target: any PublishingTarget, claim: PublishingClaim,
    journal: UploadJournal, progress: ProgressDisplay
  ) throws {
    self.source = source
    self.target = target
    self.claim = claim
    self.journal = journal
    self.progress = progress
    current = try target.current()
    former = try current.flatMap { try target.release($0.pointer.release) }
    if let current, former == nil { throw target.damaged(Release.key(current.pointer.release)) }
    time = target.now
    report = PublishReport(release: 0)
    gone = PartWriter { part, packed in
      try Self.put(part, try packed(), on: target)
    }
  }

  /// Does everything in its order.
  func run() throws -> PublishReport {
    let unsettled = claim.pending
    let known = Set(former?.parts ?? [])
    // What differs lies in parts that differ; how much of them does is not known beforehand.
    let most = source.parts.filter { !known.contains($0) }.map(\.count).reduce(0, +)
    progress.begin("publish to \(target.location)", total: most)
    try storeParts(knowing: (former?.parts ?? []) + unsettled.joined())
    try claim.announce(source.parts)
    try storeObjects(unsettled: unsettled)
    try storeDocuments()
    try gone.finish()
    report.goneCount = gone.count
    try point()
    let rest = source.isComplete ? [] : unsettled
    try claim.release(pending: rest)
    progress.end()
    return report
  }

  private static func put(
    _ part: ManifestPart, _ packed: [UInt8], on target: any PublishingTarget
  ) throws {
    _ = try target.write(packed, to: part.key, fields: ManifestPart.fields, when: .none)
  }

  private func storeParts(knowing known: [ManifestPart]) throws {
    let known = Set(known)
    for part in source.parts where !known.contains(part) {
      // Reading the lines is what finds a part missing or damaged, before others rely on it.
      _ = try source.lines(of: part)
      if let packed = try source.packed(part) { try Self.put(part, packed, on: target) }
    }
  }

  // MARK: Objects

  /// Stores what is new or changed, except documents, which wait until all else is there.
  private func storeObjects(unsettled: [[ManifestPart]]) throws {
    let lists = MergedStreams.withoutCommon([source.parts, former?.parts ?? []] + unsettled)
    var streams = [EntryStream(lists[0], on: source)]
    streams += lists.dropFirst().map { EntryStream($0, on: target) }
    streams.append(EntryStream(current?.pointer.gone ?? [], on: target))
    var merged = try MergedStreams(streams)
    try target.store {
      while waiting.isEmpty {
        guard let (_, entries) = try merged.next() else { return nil }
        try decide(entries)
      }
      return waiting.popLast()
    } stored: {
      try note($0)
    }
  }

  /// Decides what is to be done with a key.
  ///
  /// - Parameter entries: what the new release says of it, the former one, every release that was
  ///   never finished, and the list of what is gone.
  /// - Throws: ``PublishingError`` when its content is not what the manifest says.
  private func decide(_ entries: [ManifestEntry?]) throws {
    let (new, old, gone) = (entries[0], entries[1], entries[entries.count - 1])
    let unsettled = entries[2..<entries.count - 1]
    guard let new else {
      if old != nil { report.changes.removed += 1 }
      guard var entry = gone ?? old ?? unsettled.lazy.compactMap(\.self).first else { return }
      entry.gone = gone?.gone ?? time
      return try self.gone.append(entry)
    }
    let isSettled = unsettled.allSatisfy { $0 == old }
    if new == old, isSettled { return }
    if old == nil { report.changes.added += 1 } else if new != old { report.changes.changed += 1 }
    try checkImmutable(new, others: entries.dropFirst())
    if PublishedForm.isDocument(new.key) {
      let isNew = old == nil && gone == nil
      documents[PublishedForm.wave(new.key, isNew: isNew), default: []].append(new)
      try queue(new, key: DocumentCopy.key(new), fields: DocumentCopy.fields(new))
    } else {
      try queue(new, key: new.key, fields: new.fields)
    }
  }

  /// Other bytes must not appear where caches were told to keep what they have for ever.
  private func checkImmutable(
    _ new: ManifestEntry, others: some Sequence<ManifestEntry?>
  ) throws {
    guard new.isImmutable, others.contains(where: { $0.map { $0.sha256 != new.sha256 } ?? false })
    else { return }
    throw PublishingError(
      .content, attempt: "publish “\(new.key)”",
      reason: "its content has changed, but its name says that it never does",
      remedy: "Give it another name: browsers would keep the old content for a year.")
  }

  private func queue(
    _ entry: ManifestEntry, key: String, fields: [(name: String, value: String)]
  ) throws {
    if try journal.contains(key, entry.sha256) {
      report.resumedCount += 1
      return
    }
    guard let content = try source.content(of: entry) else { return }
    waiting.append(Upload(key: key, content: content, sha256: entry.sha256, fields: fields))
  }

  private func note(_ upload: Upload) throws {
    try journal.add(upload)
    report.sentCount += 1
    switch upload.content {
    case .bytes(let bytes): report.sentBytes += bytes.count
    case .file(_, let size): report.sentBytes += size
    }
    if !upload.key.hasPrefix(DocumentCopy.folder) { progress.advance() }
    try claim.renewWhenDue()
  }

  // MARK: Documents and the pointer

  /// Writes documents, those that are pointed at before those that point at them.
  private func storeDocuments() throws {
    for (_, documents) in documents.sorted(by: { $0.key < $1.key }) {
      var rest = documents[...]
      try target.store {
        while waiting.isEmpty {
          guard let document = rest.popFirst() else { return nil }
          try queue(document, key: document.key, fields: document.fields)
        }
        return waiting.popLast()
      } stored: {
        try note($0)
      }
    }
  }

  /// Writes the release and makes it the current one.
  private func point() throws {
    try claim.renew()
    var number = (current?.pointer.release ?? 0) + 1
    var release: Release
    repeat {
      release = Release(
        number: number, time: time, former: former?.number, restores: source.restores,
        count: source.count, bytes: source.bytes, changes: report.changes, parts: source.parts)
      // A number that a stopped publisher has used is left out: caches may hold its document.
      number += 1
    } while try target.writeSurely(
      release.serialized, to: release.key, caching: .forever, when: .absent) == nil
    let pointer = CurrentRelease(
      release: release.number, time: time, publication: journal.id, gone: gone.parts)
    guard
      try target.writeSurely(
        pointer.serialized, to: CurrentRelease.key, caching: .never,
        when: current.map { .tag($0.tag) } ?? .absent) != nil
    else {
      throw PublishingError(
        .busy, attempt: "publish to \(target.location)",
        reason: "somebody else has published there meanwhile",
        remedy: "Their release is the current one. Nothing was lost: run it again to publish yours."
      )
    }
    report.release = release.number
  }
}

/// Copies of documents by content, for going back to a release: `_release/documents/<sha256>`.
enum DocumentCopy {
  static let folder = "_release/documents/"

  static func key(_ entry: ManifestEntry) -> String { folder + entry.sha256 }

  static func fields(_ entry: ManifestEntry) -> [(name: String, value: String)] {
    PublishedForm.fields(type: entry.type, encoding: entry.encoding, caching: .forever)
  }
}
