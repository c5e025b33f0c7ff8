import Buckets
import Jobs
public import Stores

/// Compares what a target really holds with the release that it should hold, and repairs it.
public struct Verification {
  /// What was found.
  public struct Report: Sendable {
    /// How many objects of the release are there with their size.
    public var soundCount = 0
    /// Keys that were missing or had another size, and were sent again; the first hundred.
    public var repaired: [String] = []
    /// How many there were.
    public var repairedCount = 0
    /// Keys that belong to no release and are left alone; the first hundred.
    public var strangers: [String] = []
    /// How many there are.
    public var strangerCount = 0
  }

  private let folder: SiteFolder
  private let target: any PublishingTarget

  /// How many keys a report names.
  private static let named = 100

  /// Prepares a verification of what was published from a folder.
  public init(_ folder: SiteFolder, against target: any PublishingTarget) {
    self.folder = folder
    self.target = target
  }

  /// Lists the target and sends again what is missing or has another size.
  ///
  /// Sixteen bytes of memory are needed for each object. Contents of equal size are not compared:
  /// the server has checked their hash when they were stored.
  ///
  /// - Throws: ``PublishingError`` when the folder holds no release, and what the target throws.
  public func run() throws -> Report {
    let source = try BuiltSource(folder)
    let journal = try UploadJournal(in: folder, for: target.location)
    let claim = try PublishingClaim(on: target, id: journal.id, force: false)
    var sizes: [Int: Int] = [:]
    try target.list(below: "") { sizes[Self.mark($0.key)] = $0.size }
    var report = Report()
    try repair(source, &sizes, &report)
    try findStrangers(&sizes, &report)
    try claim.release(pending: claim.pending)
    journal.remove()
    return report
  }

  private static func mark(_ key: String) -> Int {
    var hasher = Hasher()
    for byte in key.utf8 { hasher.combine(byte) }
    return hasher.finalize()
  }

  private func repair(
    _ source: BuiltSource, _ sizes: inout [Int: Int], _ report: inout Report
  ) throws {
    var waiting: [Upload] = []
    var stream = EntryStream(source.parts, on: source)
    try target.store {
      while waiting.isEmpty {
        guard let entry = try stream.next() else { return nil }
        var forms = [(entry.key, entry.fields)]
        if PublishedForm.isDocument(entry.key) {
          forms.append((DocumentCopy.key(entry), DocumentCopy.fields(entry)))
        }
        for (key, fields) in forms {
          if sizes.removeValue(forKey: Self.mark(key)) == entry.size {
            report.soundCount += 1
          } else if let content = try source.content(of: entry) {
            waiting.append(Upload(key: key, content: content, sha256: entry.sha256, fields: fields))
          }
        }
      }
      return waiting.popLast()
    } stored: { upload in
      report.repairedCount += 1
      if report.repaired.count < Self.named { report.repaired.append(upload.key) }
    }
    for part in source.parts where sizes[Self.mark(part.key)] == nil {
      guard let packed = try source.packed(part) else { continue }
      _ = try target.write(packed, to: part.key, fields: ManifestPart.fields, when: .none)
      report.repairedCount += 1
      report.repaired.append(part.key)
    }
  }

  private func findStrangers(_ sizes: inout [Int: Int], _ report: inout Report) throws {
    var gone = EntryStream(try target.current()?.pointer.gone ?? [], on: target)
    while let entry = try gone.next() { sizes[Self.mark(entry.key)] = nil }
    guard !sizes.isEmpty else { return }
    try target.list(below: "") { object in
      guard sizes[Self.mark(object.key)] != nil, !object.key.hasPrefix("_release/") else { return }
      report.strangerCount += 1
      if report.strangers.count < Self.named { report.strangers.append(object.key) }
    }
  }
}
