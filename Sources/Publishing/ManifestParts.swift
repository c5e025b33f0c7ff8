import Codecs
import JSON
import Stores

/// A stretch of a manifest: some thousand lines in a file of their own that is named by their hash.
///
/// A change in one place leaves all other parts as they are, so releases share most of them.
public struct ManifestPart: Sendable, Hashable {
  /// The SHA-256 of the lines, unpacked.
  public let sha256: String
  /// How many lines there are.
  public let count: Int

  /// The key of the part, packed with gzip.
  public var key: String { Self.folder + sha256 + ".jsonl.gz" }

  static let folder = "_release/parts/"
  static let fields = PublishedForm.fields(type: "application/gzip", caching: .forever)

  var json: JSONValue { ["sha256": .string(sha256), "count": .integer(Int64(count))] }

  init(sha256: String, count: Int) {
    self.sha256 = sha256
    self.count = count
  }

  init?(_ json: JSONValue) {
    guard let sha256 = json["sha256"]?.stringValue, let count = json["count"]?.intValue,
      sha256.utf8.count == 64, sha256.allSatisfy(\.isHexDigit)
    else { return nil }
    self.init(sha256: sha256, count: count)
  }

  static func list(_ json: JSONValue?) -> [ManifestPart]? {
    guard let elements = json?.arrayValue else { return nil }
    let parts = elements.compactMap(ManifestPart.init)
    return parts.count == elements.count ? parts : nil
  }
}

/// Where the parts of a manifest lie.
public protocol PartShelf: Sendable {
  /// Where it is, for messages.
  var location: String { get }

  /// The packed bytes of a part; `nil` where there is none.
  func packed(_ part: ManifestPart) throws -> [UInt8]?
}

extension PartShelf {
  /// The lines of a part, checked against its name.
  ///
  /// - Throws: ``PublishingError`` when it is missing or damaged.
  func lines(of part: ManifestPart) throws -> [UInt8] {
    guard let packed = try packed(part) else {
      throw PublishingError(
        .damaged, attempt: "read \(part.key) in \(location)", reason: "it is missing",
        remedy: "Run cubepress publish --verify from the folder of the site.")
    }
    let lines = try? packed.withUnsafeBytes {
      try GzipCodec().decode($0, expectedSize: nil, limit: 1 << 30)
    }
    guard let lines, sha256Hex(lines) == part.sha256 else {
      throw PublishingError(
        .damaged, attempt: "read \(part.key) in \(location)",
        reason: "its content does not fit its name",
        remedy: "Run cubepress publish --verify from the folder of the site.")
    }
    return lines
  }
}

/// Cuts sorted entries into parts.
///
/// Where a part ends follows from the keys alone: behind each key whose hash has fourteen zero bits,
/// or after 50,000 lines. So an object more or less moves no other boundary.
struct PartWriter {
  /// What to do with a finished part; the packed bytes are made only when asked for.
  let keep: (ManifestPart, () throws -> [UInt8]) throws -> Void
  private(set) var parts: [ManifestPart] = []
  private(set) var count = 0
  private(set) var bytes = 0
  private var lines: [UInt8] = []
  private var lineCount = 0
  private var last: String?

  static let longest = 50_000

  init(keep: @escaping (ManifestPart, () throws -> [UInt8]) throws -> Void) { self.keep = keep }

  /// Adds an entry, whose key must come after the last one's.
  mutating func append(_ entry: ManifestEntry) throws {
    if let last, !last.precedesInBytes(entry.key) {
      throw PublishingError(
        .damaged, attempt: "list the objects of a release",
        reason: "“\(entry.key)” comes twice or out of order")
    }
    last = entry.key
    entry.write(to: &lines)
    lineCount += 1
    count += 1
    bytes += entry.size
    if lineCount == Self.longest || Self.isBoundary(entry.key) { try cut() }
  }

  /// Ends the last part.
  mutating func finish() throws { if lineCount > 0 { try cut() } }

  private mutating func cut() throws {
    let lines = lines
    let part = ManifestPart(sha256: sha256Hex(lines), count: lineCount)
    parts.append(part)
    try keep(part) { try lines.withUnsafeBytes { try GzipCodec(level: 6).encode($0) } }
    self.lines.removeAll(keepingCapacity: true)
    lineCount = 0
  }

  /// FNV-1a (64 bits), whose upper bits are the better mixed ones.
  private static func isBoundary(_ key: String) -> Bool {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return (hash ^ (hash >> 29)) >> 50 == 0
  }
}

/// The entries of some parts, one after the other; one part at a time is in memory.
public struct EntryStream {
  private var parts: ArraySlice<ManifestPart>
  private let shelf: any PartShelf
  private var lines: ArraySlice<UInt8> = []
  private var last: String?

  init(_ parts: [ManifestPart], on shelf: any PartShelf) {
    self.parts = parts[...]
    self.shelf = shelf
  }

  /// The next entry in the order of the keys' bytes; `nil` at the end.
  ///
  /// - Throws: ``PublishingError`` where a part is missing or damaged.
  public mutating func next() throws -> ManifestEntry? {
    while lines.isEmpty {
      guard let part = parts.popFirst() else { return nil }
      lines = try shelf.lines(of: part)[...]
    }
    let end = lines.firstIndex(of: UInt8(ascii: "\n")) ?? lines.endIndex
    let line = lines[..<end]
    lines = lines[min(end + 1, lines.endIndex)...]
    guard let entry = ManifestEntry(line: line), last.map({ $0.precedesInBytes(entry.key) }) ?? true
    else {
      throw PublishingError(
        .damaged, attempt: "read the manifest in \(shelf.location)",
        reason: "the line behind “\(last ?? "")” is out of order or no entry")
    }
    last = entry.key
    return entry
  }
}

/// Several sorted streams side by side.
struct MergedStreams {
  private var streams: [EntryStream]
  private var heads: [ManifestEntry?]

  init(_ streams: [EntryStream]) throws {
    self.streams = streams
    heads = []
    for index in streams.indices { heads.append(try self.streams[index].next()) }
  }

  /// The next key, and what each stream says of it.
  mutating func next() throws -> (key: String, entries: [ManifestEntry?])? {
    var first: String?
    for head in heads {
      if let key = head?.key, first.map({ key.precedesInBytes($0) }) ?? true { first = key }
    }
    guard let key = first else { return nil }
    var entries: [ManifestEntry?] = []
    entries.reserveCapacity(heads.count)
    for index in heads.indices {
      if let head = heads[index], head.key.utf8.elementsEqual(key.utf8) {
        entries.append(head)
        heads[index] = try streams[index].next()
      } else {
        entries.append(nil)
      }
    }
    return (key, entries)
  }

  /// The parts of each list without those that all lists have: what is in them is everywhere equal.
  static func withoutCommon(_ lists: [[ManifestPart]]) -> [[ManifestPart]] {
    guard let first = lists.first else { return [] }
    let common = lists.dropFirst().reduce(Set(first)) { $0.intersection($1) }
    return lists.map { $0.filter { !common.contains($0) } }
  }
}
