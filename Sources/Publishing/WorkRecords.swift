import Buckets
import Codecs
import JSON
import Jobs
public import Stores

/// What a job must remember from one run to the next: the journal of the build and what goes with it.
///
/// It lies in the folder of the site, and a copy of it beside the releases of the target, so that a
/// worker that begins with an empty folder goes on where another one has ended: it makes only what is
/// new, and never fetches the site. The copy is cut into packs, each named by its content, so that a
/// night with one new time step writes only the packs which that touches.
public struct WorkRecords: Sendable {
  /// The parts of a site's private folder that are remembered.
  private static let folders =
    [Journal.root, SiteFolder.privateFolder + "/sources"]
    + [SiteFolder.privateFolder + "/datasets", SiteFolder.privateFolder + "/history"]
  static let root = "_release/work/"
  private static let indexKey = root + "current.json"
  /// What was saved or fetched last.
  private static let markerKey = SiteFolder.privateFolder + "/work.json"

  private let folder: SiteFolder
  private let target: any PublishingTarget

  /// What came from the target.
  public struct Report: Sendable {
    /// How many packs were read.
    public var packCount = 0
    /// How many files they held.
    public var fileCount = 0
    /// How many units must be made anew, because the target does not hold what they left behind.
    public var droppedCount = 0
  }

  /// Opens the records of a site's folder and of its target.
  public init(_ folder: SiteFolder, target: any PublishingTarget) {
    self.folder = folder
    self.target = target
  }

  // MARK: Fetching

  /// Whether another worker has saved records since this folder did, or this one never has.
  ///
  /// - Throws: what the target throws.
  public func areBehind() throws -> Bool {
    guard let index = try target.read(Self.indexKey)?.bytes else { return false }
    return try folder.read(Self.markerKey) != index
  }

  /// Brings the records up to date with those of the target.
  ///
  /// - Parameter published: what the target surely holds.
  /// - Returns: what came.
  /// - Throws: ``PublishingError`` when the copy is damaged, and what the target throws.
  public func fetch(published: PublishedFiles) throws -> Report {
    var report = Report()
    guard let bytes = try target.read(Self.indexKey)?.bytes else { return report }
    guard let index = Index(bytes) else { throw target.damaged(Self.indexKey) }
    let known = Set(try folder.read(Self.markerKey).flatMap(Index.init)?.packs ?? [])
    let wanted = index.packs.filter { !known.contains($0) }
    // Packs are small, and what takes time is waiting for the server.
    let pool = WorkerPool(workers: 16)
    report.fileCount = try pool.map(wanted.count) { try restore(wanted[$0]) }.reduce(0, +)
    report.packCount = wanted.count
    try folder.remove(Self.markerKey)
    report.droppedCount = try dropUnfounded(published)
    try folder.write(bytes, to: Self.markerKey)
    return report
  }

  private func restore(_ pack: String) throws -> Int {
    let key = Pack.key(pack)
    guard let packed = try target.read(key)?.bytes,
      let content = try? packed.withUnsafeBytes({
        try GzipCodec().decode($0, expectedSize: nil, limit: 1 << 30)
      }), sha256Hex(content) == pack, let files = Pack.files(in: content)
    else { throw target.damaged(key) }
    for (key, bytes) in files
    where Self.folders.contains(where: { key.hasPrefix($0 + "/") }) {
      try folder.write(bytes, to: key)
    }
    return files.count
  }

  /// Forgets units whose files are neither here nor in the target.
  private func dropUnfounded(_ published: PublishedFiles) throws -> Int {
    let journal = Journal(folder)
    let objects = KeySorter(in: folder)
    var damaged: Set<String> = []
    try journal.forEachUnit { unit in
      let isSound = try journal.forEachObject(of: unit) { object in
        try objects.add(object.key, "\(object.sha256) \(unit)")
      }
      if !isSound { damaged.insert(unit) }
    }
    var unfounded: Set<String> = []
    try published.forEachUnsure(of: objects) { key, value in
      let words = value.split(separator: " ", maxSplits: 1)
      guard words.count == 2, !unfounded.contains(String(words[1])) else { return }
      if let digest = try folder.digest(of: key), hexadecimal(digest.sha256) == words[0] { return }
      unfounded.insert(String(words[1]))
    }
    try journal.removeRecords { damaged.contains($0) || unfounded.contains($0) }
    return unfounded.count
  }

  // MARK: Saving

  /// Copies the records to the target: those that are not there yet.
  ///
  /// - Returns: how many packs were written, and how many bytes.
  /// - Throws: what the target throws.
  @discardableResult
  public func save() throws -> (count: Int, bytes: Int) {
    let former = try target.read(Self.indexKey).map(\.bytes)
    let known = former.flatMap(Index.init)?.packs ?? []
    var written: [String] = []
    var fresh: [(name: String, packed: [UInt8])] = []
    var writer = PackWriter { name, content in
      written.append(name)
      if !known.contains(name) {
        fresh.append((name, try content.withUnsafeBytes { try GzipCodec(level: 6).encode($0) }))
      }
    }
    for root in Self.folders {
      var keys: [String] = []
      try folder.forEachFile(below: root) { keys.append($0.key) }
      for key in keys { if let bytes = try folder.read(key) { try writer.append(key, bytes) } }
    }
    try writer.finish()
    var uploads = fresh.map { pack in
      Upload(
        key: Pack.key(pack.name), content: .bytes(pack.packed), sha256: sha256Hex(pack.packed),
        fields: PublishedForm.fields(type: "application/gzip", caching: .forever))
    }[...]
    try target.store {
      uploads.popFirst()
    } stored: { _ in
    }
    let index = Index(packs: written).serialized
    if index != former {
      _ = try target.write(
        index, to: Self.indexKey,
        fields: PublishedForm.fields(type: "application/json", caching: .never), when: .none)
      var gone = Set(known).subtracting(written).sorted()[...]
      try target.delete {
        gone.popFirst().map(Pack.key)
      } deleted: { _ in
      }
    }
    try folder.write(index, to: Self.markerKey)
    return (fresh.count, fresh.map(\.packed.count).reduce(0, +))
  }

  /// Which packs there are.
  private struct Index {
    let packs: [String]

    init(packs: [String]) { self.packs = packs }

    init?(_ bytes: [UInt8]) {
      guard let json = try? JSONValue(parsing: bytes), let packs = json["packs"]?.arrayValue
      else { return nil }
      self.packs = packs.compactMap(\.stringValue)
      guard self.packs.count == packs.count,
        self.packs.allSatisfy({ $0.utf8.count == 64 && $0.allSatisfy(\.isHexDigit) })
      else { return nil }
    }

    var serialized: [UInt8] {
      let json: JSONValue = ["packs": .array(packs.map { .string($0) })]
      return Array(json.serialized(pretty: true).utf8)
    }
  }

  /// Files one after the other: for each a line with its size and key, then its bytes.
  private enum Pack {
    static func key(_ name: String) -> String { "\(root)\(name).gz" }

    static func files(in content: [UInt8]) -> [(key: String, bytes: [UInt8])]? {
      var files: [(String, [UInt8])] = []
      var rest = content[...]
      while !rest.isEmpty {
        guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let words = String(decoding: rest[..<end], as: UTF8.self)
          .split(separator: " ", maxSplits: 1)
        rest = rest[(end + 1)...]
        guard words.count == 2, let size = Int(words[0]), (0...rest.count).contains(size) else {
          return nil
        }
        files.append((String(words[1]), Array(rest.prefix(size))))
        rest = rest.dropFirst(size)
      }
      return files
    }
  }

  /// Gathers files into packs.
  ///
  /// Where a pack ends follows from the keys, and from its size where none
  /// of them ends it, so that a file more or less moves no other boundary.
  private struct PackWriter {
    let keep: (_ name: String, _ content: [UInt8]) throws -> Void
    private var content: [UInt8] = []

    /// About so many files make a pack, or so many bytes.
    private static let files: UInt64 = 64
    private static let largest = 1 << 20

    init(keep: @escaping (_ name: String, _ content: [UInt8]) throws -> Void) { self.keep = keep }

    mutating func append(_ key: String, _ bytes: [UInt8]) throws {
      content += Array("\(bytes.count) \(key)\n".utf8) + bytes
      if isBoundary(key) || content.count >= Self.largest { try finish() }
    }

    mutating func finish() throws {
      guard !content.isEmpty else { return }
      try keep(sha256Hex(content), content)
      content = []
    }

    private func isBoundary(_ key: String) -> Bool {
      let hash = sha256(Array(key.utf8)).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      return hash % Self.files == 0
    }
  }
}
