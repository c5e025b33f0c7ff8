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

  /// Prepares a verification of what was published from a folder.
  public init(_ folder: SiteFolder, against target: any PublishingTarget) {
    self.folder = folder
    self.target = target
  }

  /// Lists the target and sends again what is missing or not as it should be.
  ///
  /// Contents of equal size are compared by the tags in the listing, where these are MD5 sums: that is
  /// so on most servers, but for objects that were sent in parts or are encrypted with keys of their
  /// own, and for folders. The listing is sorted beside the site, so that it needs no memory.
  ///
  /// - Throws: ``PublishingError`` when the folder holds no release, and what the target throws.
  public func run() throws -> Report {
    let source = try BuiltSource(folder)
    let journal = try UploadJournal(in: folder, for: target.location)
    let claim = try PublishingClaim(on: target, id: journal.id, force: false)
    let hasContentTags = claim.hasContentTags
    let listing = KeySorter(in: folder)
    var records: [String: Found] = [:]
    try target.list(below: "") { object in
      let sum = hasContentTags ? object.tag.flatMap(Self.sum) : nil
      let found = Found(size: object.size, sum: sum)
      if object.key.hasPrefix("_release/") {
        records[object.key] = found
      } else {
        try listing.add(object.key, found.text)
      }
    }
    var report = Report()
    let gone = try target.current()?.pointer.gone ?? []
    try repair(
      try Comparison(
        MergedStreams([
          EntryStream(source.parts, on: source), EntryStream(gone, on: target),
        ]), listing.sorted()), records, from: source, &report)
    try repairParts(records, from: source, &report)
    try claim.release(pending: claim.pending)
    journal.remove()
    return report
  }

  /// What the target says of an object.
  private struct Found {
    let size: Int
    /// The beginning of the MD5 of its content, where that is known.
    let sum: UInt64?

    init(size: Int, sum: UInt64?) {
      self.size = size
      self.sum = sum
    }

    init?(_ text: String) {
      let words = text.split(separator: " ")
      guard let size = words.first.flatMap({ Int($0) }) else { return nil }
      self.init(size: size, sum: words.count > 1 ? UInt64(words[1]) : nil)
    }

    var text: String { "\(size)" + (sum.map { " \($0)" } ?? "") }
  }

  /// Goes through manifest and listing side by side, in the order of the keys.
  private struct Comparison {
    private var wanted: MergedStreams
    private var listed: SortedKeys
    private var nextWanted: (key: String, entries: [ManifestEntry?])?
    private var nextListed: (key: String, value: String)?

    init(_ wanted: MergedStreams, _ listed: SortedKeys) throws {
      self.wanted = wanted
      self.listed = listed
      nextWanted = try self.wanted.next()
      nextListed = try self.listed.next()
    }

    /// A key with what the release says of it, whether it is one of those that are gone from it, and
    /// what is there.
    mutating func next() throws -> (
      key: String, entry: ManifestEntry?, isGone: Bool, found: Found?
    )? {
      if let wanted = nextWanted, nextListed.map({ !$0.key.precedesInBytes(wanted.key) }) ?? true {
        var found: Found?
        if let listed = nextListed, listed.key.utf8.elementsEqual(wanted.key.utf8) {
          found = Found(listed.value)
          nextListed = try self.listed.next()
        }
        nextWanted = try self.wanted.next()
        return (wanted.key, wanted.entries[0], wanted.entries[1] != nil, found)
      }
      guard let listed = nextListed else { return nil }
      nextListed = try self.listed.next()
      return (listed.key, nil, false, Found(listed.value))
    }
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

  private func repair(
    _ comparison: consuming Comparison, _ records: [String: Found], from source: BuiltSource,
    _ report: inout Report
  ) throws {
    var comparison = comparison
    var waiting: [Upload] = []
    try target.store {
      while waiting.isEmpty {
        guard let (key, entry, isGone, found) = try comparison.next() else { return nil }
        guard let entry else {
          if !isGone, found != nil { report.addStranger(key) }
          continue
        }
        var forms = [(key, entry.fields, found)]
        if PublishedForm.isDocument(key) {
          let copy = DocumentCopy.key(entry)
          forms.append((copy, DocumentCopy.fields(entry), records[copy]))
        }
        for (key, fields, found) in forms {
          if try isSound(entry, found, from: source, &report) { continue }
          guard let content = try source.content(of: entry) else { continue }
          waiting.append(Upload(key: key, content: content, sha256: entry.sha256, fields: fields))
        }
      }
      return waiting.popLast()
    } stored: {
      report.addRepaired($0.key)
    }
  }

  /// Whether what is there is what should be there, as far as that can be told.
  private func isSound(
    _ entry: ManifestEntry, _ found: Found?, from source: BuiltSource, _ report: inout Report
  ) throws -> Bool {
    guard let found, found.size == entry.size else { return false }
    if let sum = found.sum {
      guard let content = try source.content(of: entry), sum == (try Self.sum(of: content)) else {
        return false
      }
      report.comparedCount += 1
    }
    report.soundCount += 1
    return true
  }

  private func repairParts(
    _ records: [String: Found], from source: BuiltSource, _ report: inout Report
  ) throws {
    for part in source.parts where records[part.key] == nil {
      guard let packed = try source.packed(part) else { continue }
      _ = try target.write(packed, to: part.key, fields: ManifestPart.fields, when: .none)
      report.addRepaired(part.key)
    }
  }
}

extension Verification.Report {
  /// How many keys are named.
  private static let named = 100

  fileprivate mutating func addRepaired(_ key: String) {
    repairedCount += 1
    if repaired.count < Self.named { repaired.append(key) }
  }

  fileprivate mutating func addStranger(_ key: String) {
    strangerCount += 1
    if strangers.count < Self.named { strangers.append(key) }
  }
}
