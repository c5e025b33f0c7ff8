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

/// A finished unit of work without the list of its files, of which there may be millions in a build:
/// what is kept in memory of each.
public struct FinishedUnit: Sendable {
  /// The unit: under this name the journal has its record.
  public let unit: String
  /// Says from what and how the unit was made; an equal one need not be made again.
  public let fingerprint: String
  /// How many files it made.
  public let count: Int
  /// How many bytes these have together.
  public let bytes: Int
  /// The first line of the record; its summary takes less room so than as a tree of values.
  private let head: [UInt8]

  /// Takes what is to be remembered of a record.
  public init(_ record: UnitRecord, of unit: String) {
    self.init(
      unit: unit, fingerprint: record.fingerprint, count: record.objects.count,
      bytes: record.objects.map(\.size).reduce(0, +), head: RecordText.head(of: record))
  }

  init(unit: String, fingerprint: String, count: Int, bytes: Int, head: [UInt8]) {
    self.unit = unit
    self.fingerprint = fingerprint
    self.count = count
    self.bytes = bytes
    self.head = head
  }

  /// What later steps want to know of the unit, in its own words.
  public var summary: JSONValue {
    ((try? JSONValue(parsing: head)).flatMap { $0["summary"] }) ?? .null
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
    return RecordText(bytes)?.record
  }

  /// What the record of a unit says, without its files; `nil` where there is none that can be read.
  ///
  /// - Throws: `StoreError` when the file is there but cannot be read.
  public func finished(_ unit: String) throws(StoreError) -> FinishedUnit? {
    guard let bytes = try folder.read(Self.key(of: unit)) else { return nil }
    return RecordText(bytes)?.finished(unit)
  }

  /// Visits the files of a unit, one after the other.
  ///
  /// - Returns: whether there is a record that can be read; otherwise nothing was visited.
  /// - Throws: `StoreError` when the file is there but cannot be read, and what `visit` throws.
  public func forEachObject(
    of unit: String, _ visit: (BuiltObject) throws -> Void
  ) throws -> Bool {
    guard let text = try folder.read(Self.key(of: unit)).flatMap(RecordText.init) else {
      return false
    }
    for line in text.lines { try visit(text.object(line)) }
    return true
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
    let bytes = RecordText.bytes(of: record)
    // First, so that a worker that is killed in between leaves nothing that nobody has noted.
    try part?.note(unit, fingerprint: record.fingerprint, record: sha256Hex(bytes))
    try folder.write(bytes, to: Self.key(of: unit))
  }

  /// Removes the records of some units.
  ///
  /// - Throws: `StoreError` when the folder cannot be read or changed, and what `isGone` throws.
  public func removeRecords(
    where isGone: (_ unit: String) throws(StoreError) -> Bool
  ) throws(StoreError) {
    var units = try folder.files(below: Self.root)
    while let file = try units.next() {
      if try isGone(Self.unit(ofKey: file.key)) { try folder.remove(file.key) }
    }
  }

  /// Visits all units that have a record, also one that cannot be read.
  ///
  /// - Throws: `StoreError` when the folder cannot be read, and what `visit` throws.
  public func forEachUnit(_ visit: (_ unit: String) throws -> Void) throws {
    var units = try folder.files(below: Self.root)
    while let file = try units.next() { try visit(Self.unit(ofKey: file.key)) }
  }

  private static func unit(ofKey key: String) -> String {
    String(key.dropFirst(root.count + 1).dropLast(suffix.count))
  }

  private static func key(of unit: String) -> String { root + "/" + unit + suffix }
}
