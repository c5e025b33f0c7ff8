import Buckets
import Foundation
import Jobs
public import Stores

/// Compares what a target really holds with the release that it should hold, and repairs it.
public struct Verification {
  /// What was found.
  public struct Report: Sendable {
    /// How many objects of the release are there with their size.
    public var soundCount = 0
    /// How many of them have their content too, as the tags that the server lists show.
    public var comparedCount = 0
    /// Keys that were missing or not as they should be, and were sent again; the first hundred.
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

  /// Lists the target and sends again what is missing or not as it should be.
  ///
  /// Contents of equal size are compared by the tags in the listing, where these are MD5 sums: that is
  /// so on most servers, but for objects that were sent in parts or are encrypted with keys of their
  /// own, and for folders. Some thirty bytes of memory are needed for each object.
  ///
  /// - Throws: ``PublishingError`` when the folder holds no release, and what the target throws.
  public func run() throws -> Report {
    let source = try BuiltSource(folder)
    let journal = try UploadJournal(in: folder, for: target.location)
    let claim = try PublishingClaim(on: target, id: journal.id, force: false)
    let hasContentTags = claim.hasContentTags
    var found: [Int: Found] = [:]
    try target.list(below: "") { object in
      let sum = hasContentTags ? object.tag.flatMap(Self.sum) : nil
      found[Self.mark(object.key)] = Found(size: object.size, sum: sum)
    }
    var report = Report()
    try repair(source, &found, &report)
    try findStrangers(&found, &report)
    try claim.release(pending: claim.pending)
    journal.remove()
    return report
  }

  /// What the target says of an object.
  private struct Found {
    let size: Int
    /// The beginning of the MD5 of its content, where that is known.
    let sum: UInt64?
  }

  /// The beginning of the MD5 that a tag is; `nil` for one of an object that was sent in parts.
  private static func sum(tag: String) -> UInt64? {
    let digits = tag.filter(\.isHexDigit)
    guard digits.utf8.count == 32, tag.utf8.count <= 34 else { return nil }
    return UInt64(digits.prefix(16), radix: 16)
  }

  private static func sum(of content: Upload.Content) throws -> UInt64 {
    let sum =
      switch content {
      case .bytes(let bytes): bytes.withUnsafeBytes(md5)
      case .file(let path, _):
        try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
          .withUnsafeBytes(md5)
      }
    return sum.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func mark(_ key: String) -> Int {
    var hasher = Hasher()
    for byte in key.utf8 { hasher.combine(byte) }
    return hasher.finalize()
  }

  private func repair(
    _ source: BuiltSource, _ found: inout [Int: Found], _ report: inout Report
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
          let there = found.removeValue(forKey: Self.mark(key)).flatMap {
            $0.size == entry.size ? $0 : nil
          }
          if let there, there.sum == nil {
            report.soundCount += 1
            continue
          }
          guard let content = try source.content(of: entry) else { continue }
          if let there, there.sum == (try Self.sum(of: content)) {
            report.soundCount += 1
            report.comparedCount += 1
          } else {
            waiting.append(Upload(key: key, content: content, sha256: entry.sha256, fields: fields))
          }
        }
      }
      return waiting.popLast()
    } stored: { upload in
      report.repairedCount += 1
      if report.repaired.count < Self.named { report.repaired.append(upload.key) }
    }
    for part in source.parts where found[Self.mark(part.key)] == nil {
      guard let packed = try source.packed(part) else { continue }
      _ = try target.write(packed, to: part.key, fields: ManifestPart.fields, when: .none)
      report.repairedCount += 1
      report.repaired.append(part.key)
    }
  }

  private func findStrangers(_ found: inout [Int: Found], _ report: inout Report) throws {
    var gone = EntryStream(try target.current()?.pointer.gone ?? [], on: target)
    while let entry = try gone.next() { found[Self.mark(entry.key)] = nil }
    guard !found.isEmpty else { return }
    try target.list(below: "") { object in
      guard found[Self.mark(object.key)] != nil, !object.key.hasPrefix("_release/") else { return }
      report.strangerCount += 1
      if report.strangers.count < Self.named { report.strangers.append(object.key) }
    }
  }
}
