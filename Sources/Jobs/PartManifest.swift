import Foundation
import JSON
public import Stores

/// What one run of a worker contributes to a build that several workers share: the units that it
/// made, each with the digest of its record.
///
/// It is a file of lines of JSON below `.cubepress/parts/`, which grows while the worker runs, so
/// that also what a lost worker made is known: first who it is, then one line for each unit, and at
/// the end that it came to its end.
public final class PartManifest: Sendable {
  static let folder = SiteFolder.privateFolder + "/parts"
  private let file: GrowingFile

  /// Begins the manifest of a run.
  ///
  /// - Parameters:
  ///   - folder: the site's folder.
  ///   - share: which part of the work is done.
  /// - Throws: `StoreError` when it cannot be written.
  public init(_ folder: SiteFolder, share: Share) throws(StoreError) {
    let run = String(UInt64.random(in: 0 ... .max), radix: 36)
    file = try folder.growingFile("\(Self.folder)/\(share.number)-of-\(share.count).\(run).part")
    let head: JSONValue = [
      "share": .string("\(share)"), "host": .string(ProcessInfo.processInfo.hostName),
    ]
    try file.add(head.serialized())
  }

  func note(_ unit: String, fingerprint: String, record: String) throws(StoreError) {
    let line: JSONValue = [
      "unit": .string(unit), "fingerprint": .string(fingerprint), "record": .string(record),
    ]
    try file.add(line.serialized())
  }

  /// Says that the worker has come to its end.
  ///
  /// - Throws: `StoreError` when it cannot be written.
  public func finish() throws(StoreError) { try file.add(#"{"done":true}"#) }
}

/// Joins what workers made and checks it, before it becomes a release.
public struct PartJoining: Sendable {
  /// What is wrong with a unit, and so was forgotten: it is to be made again.
  public struct Fault: Sendable, Hashable {
    /// The unit.
    public let unit: String
    /// What is wrong.
    public let reason: String
  }

  /// What was found.
  public struct Report: Sendable {
    /// How many workers' runs there were.
    public var runs = 0
    /// The shares that a worker was lost with: none of its runs came to its end.
    public var unfinished: [Share] = []
    /// Among how many workers the work was shared last; `nil` where it was not.
    public var shareCount: Int?
    /// How many units were checked.
    public var units = 0
    /// How many files of them were read.
    public var objects = 0
    /// What is to be made again, in the order of the units.
    public var faults: [Fault] = []

    /// Nothing found.
    public init() {}
  }

  private let folder: SiteFolder
  private let journal: Journal
  private let pool: WorkerPool

  /// Prepares to join parts.
  ///
  /// - Parameters:
  ///   - folder: the site's folder, which nobody else writes now.
  ///   - journal: its journal.
  ///   - pool: who reads the files.
  public init(_ folder: SiteFolder, journal: Journal, pool: WorkerPool) {
    self.folder = folder
    self.journal = journal
    self.pool = pool
  }

  /// Reads every part manifest, compares it with the journal, and the files with their hashes.
  ///
  /// A unit that two workers made in the same way from the same source must have come out the same,
  /// and its files must be those of its record; otherwise its record is removed.
  ///
  /// - Throws: `StoreError` when something cannot be read.
  public func run() throws -> Report {
    var report = Report()
    var made: [String: [Line]] = [:]
    var ended: [Share: Bool] = [:]
    var newest = 0.0
    try folder.forEachFile(below: PartManifest.folder) { file throws(StoreError) in
      let text = String(decoding: try folder.read(file.key) ?? [], as: UTF8.self)
      var lines = text.split(separator: "\n").lazy.compactMap {
        try? JSONValue(parsing: Array($0.utf8))
      }.makeIterator()
      guard let share = lines.next()?["share"]?.stringValue.flatMap({ Share($0) }) else { return }
      report.runs += 1
      var isEnded = ended[share] ?? false
      while let line = lines.next() {
        if let note = Line(line) {
          if made[note.unit]?.contains(note) != true { made[note.unit, default: []].append(note) }
        } else if line["done"]?.boolValue == true {
          isEnded = true
        }
      }
      ended[share] = isEnded
      let modified = modificationTime(folder.path + "/" + file.key)
      if modified >= newest { (newest, report.shareCount) = (modified, share.count) }
    }
    report.unfinished = ended.filter { !$0.value && $0.key.count == report.shareCount }.keys
      .sorted { $0.number < $1.number }
    let units = made.sorted { $0.key < $1.key }
    let checks = try pool.map(units.count) { try check(units[$0].key, units[$0].value) }
    report.units = units.count
    for (unit, check) in zip(units, checks) {
      report.objects += check.objects
      guard let reason = check.fault else { continue }
      try journal.removeRecord(of: unit.key)
      report.faults.append(Fault(unit: unit.key, reason: reason))
    }
    // What is made again is compared with what is noted from now on only.
    if !report.faults.isEmpty { try removeParts() }
    return report
  }

  /// Forgets the parts, which are joined now.
  ///
  /// - Throws: `StoreError` when they cannot be removed.
  public func removeParts() throws(StoreError) { try folder.removeTree(PartManifest.folder) }

  /// One unit in one part.
  private struct Line: Hashable {
    let unit: String
    let fingerprint: String
    let record: String

    init?(_ json: JSONValue) {
      guard let unit = json["unit"]?.stringValue,
        let fingerprint = json["fingerprint"]?.stringValue,
        let record = json["record"]?.stringValue
      else { return nil }
      self.unit = unit
      self.fingerprint = fingerprint
      self.record = record
    }
  }

  private func check(_ unit: String, _ lines: [Line]) throws -> (objects: Int, fault: String?) {
    // Without a record it is not made, which is found out when the work is planned.
    guard let record = try journal.record(of: unit), let digest = try journal.digest(of: unit)
    else { return (0, nil) }
    // What was made from another state of the source, or with other settings, is of no concern.
    if lines.contains(where: { $0.fingerprint == record.fingerprint && $0.record != digest }) {
      return (
        0,
        "it was made twice and came out differently: are all workers of one version, with the "
          + "same libraries?"
      )
    }
    for object in record.objects {
      guard let found = try folder.digest(of: object.key) else {
        return (record.objects.count, "its file \(object.key) is missing")
      }
      guard found.size == object.size, hexadecimal(found.sha256) == object.sha256 else {
        return (record.objects.count, "its file \(object.key) is not what it should be")
      }
    }
    return (record.objects.count, nil)
  }

  private func modificationTime(_ path: String) -> Double {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    return (attributes?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
  }
}
