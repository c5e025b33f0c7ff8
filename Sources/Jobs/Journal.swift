public import JSON
public import Stores

/// A file that a build made: what the release manifest says of it.
public struct BuiltObject: Sendable, Hashable {
  /// The address below the site's root.
  public let key: String
  /// How many bytes it has.
  public let size: Int
  /// The SHA-256 of its bytes, in lower-case hexadecimal.
  public let sha256: String

  /// Makes a description.
  public init(key: String, size: Int, sha256: String) {
    self.key = key
    self.size = size
    self.sha256 = sha256
  }
}

extension BuiltObject {
  /// Describes a file of pieces that follow one another.
  public init(key: String, pieces: [[UInt8]]) {
    self.init(
      key: key, size: pieces.reduce(0) { $0 + $1.count }, sha256: sha256Hex(pieces: pieces))
  }
}

/// What a finished unit of work left behind.
public struct UnitRecord: Sendable {
  /// Says from what and how the unit was made; an equal one need not be made again.
  public let fingerprint: String
  /// The files that it made.
  public let objects: [BuiltObject]
  /// What later steps want to know of the unit, in its own words.
  public let summary: JSONValue

  /// Makes a record.
  public init(fingerprint: String, objects: [BuiltObject], summary: JSONValue) {
    self.fingerprint = fingerprint
    self.objects = objects
    self.summary = summary
  }
}

/// Remembers which units of work are done, so that a build that was killed goes on where it was
/// and a build with nothing new does nothing.
///
/// A record is written after all files of its unit are in place, in one atomic step. Records stand
/// under `.cubepress/units/` of the site's folder: a line of JSON, then one line for each file.
public struct Journal: Sendable {
  private let folder: SiteFolder
  private let part: PartManifest?
  /// The folder of the records below that of the site.
  public static let root = SiteFolder.privateFolder + "/units"
  private static let suffix = ".unit"

  /// Opens the journal of a site.
  ///
  /// - Parameters:
  ///   - folder: the site's folder.
  ///   - part: where every record is noted that is saved, when several workers share a build.
  public init(_ folder: SiteFolder, part: PartManifest? = nil) {
    self.folder = folder
    self.part = part
  }

  /// The record of a unit, where there is one that can be read.
  ///
  /// - Throws: `StoreError` when the file is there but cannot be read.
  public func record(of unit: String) throws(StoreError) -> UnitRecord? {
    guard let bytes = try folder.read(Self.key(of: unit)) else { return nil }
    return Self.decode(bytes)
  }

  /// The SHA-256 of the record of a unit as it is kept; `nil` where there is none.
  ///
  /// - Throws: `StoreError` when it cannot be read.
  func digest(of unit: String) throws(StoreError) -> String? {
    try folder.read(Self.key(of: unit)).map { sha256Hex($0) }
  }

  /// Removes the record of a unit, so that it is made again.
  ///
  /// - Throws: `StoreError` when it cannot be removed.
  func removeRecord(of unit: String) throws(StoreError) { try folder.remove(Self.key(of: unit)) }

  /// Keeps the record of a finished unit.
  ///
  /// - Throws: `StoreError` when it cannot be written.
  public func save(_ record: UnitRecord, of unit: String) throws(StoreError) {
    let bytes = Self.encode(record)
    // First, so that a worker that is killed in between leaves nothing that nobody has noted.
    try part?.note(unit, fingerprint: record.fingerprint, record: sha256Hex(bytes))
    try folder.write(bytes, to: Self.key(of: unit))
  }

  /// Removes the records of units that no recipe asks for any more.
  ///
  /// - Throws: `StoreError` when the folder cannot be read or changed.
  public func removeRecords(except units: Set<String>) throws(StoreError) {
    try removeRecords { unit throws(StoreError) in !units.contains(unit) }
  }

  /// Removes the records of some units.
  ///
  /// - Throws: `StoreError` when the folder cannot be read or changed, and what `isGone` throws.
  public func removeRecords(
    where isGone: (_ unit: String) throws(StoreError) -> Bool
  ) throws(StoreError) {
    var gone: [String] = []
    try folder.forEachFile(below: Self.root) { file throws(StoreError) in
      let unit = file.key.dropFirst(Self.root.count + 1).dropLast(Self.suffix.count)
      if try isGone(String(unit)) { gone.append(file.key) }
    }
    for key in gone { try folder.remove(key) }
  }

  private static func key(of unit: String) -> String { root + "/" + unit + suffix }

  private static func encode(_ record: UnitRecord) -> [UInt8] {
    let head: JSONValue = [
      "fingerprint": .string(record.fingerprint), "summary": record.summary,
      "objects": .integer(Int64(record.objects.count)),
    ]
    var text = head.serialized() + "\n"
    for object in record.objects { text += "\(object.sha256) \(object.size) \(object.key)\n" }
    return Array(text.utf8)
  }

  /// A damaged record counts as none: the unit is made again.
  private static func decode(_ bytes: [UInt8]) -> UnitRecord? {
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    guard let first = lines.first, let head = try? JSONValue(parsing: Array(first)),
      let fingerprint = head["fingerprint"]?.stringValue, let summary = head["summary"],
      head["objects"]?.intValue == lines.count - 1
    else { return nil }
    var objects: [BuiltObject] = []
    objects.reserveCapacity(lines.count - 1)
    for line in lines.dropFirst() {
      let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
      guard parts.count == 3, let size = Int(String(decoding: parts[1], as: UTF8.self)) else {
        return nil
      }
      objects.append(
        BuiltObject(
          key: String(decoding: parts[2], as: UTF8.self), size: size,
          sha256: String(decoding: parts[0], as: UTF8.self)))
    }
    return UnitRecord(fingerprint: fingerprint, objects: objects, summary: summary)
  }
}
