import JSON
import Jobs
import Stores
import TestKit
import Testing

struct ShareTests {
  @Test(arguments: ["3/8", "1/1", "100/100", "1/100000"])
  func readsWhatItWrites(text: String) throws {
    #expect(try #require(Share(text)).description == text)
  }

  @Test(arguments: ["", "3", "0/8", "9/8", "3/0", "-1/8", "3/8/1", "3 / 8", "a/b", "1/100001", "/"])
  func refusesWhatIsNoShare(text: String) { #expect(Share(text) == nil) }

  @Test(arguments: 1...9)
  func eachTurnBelongsToExactlyOneShare(count: Int) throws {
    let shares = try (1...count).map { try #require(Share("\($0)/\(count)")) }
    for turn in 0..<100 {
      let takers = shares.filter { $0.takes(turn: turn) }
      #expect(takers == [Share(ofTurn: turn, among: count)])
    }
    // None has more than one piece more than another.
    let loads = shares.map { share in (0..<100).count { share.takes(turn: $0) } }
    #expect((loads.max() ?? 0) - (loads.min() ?? 0) <= 1)
  }
}

/// What workers note of their runs, and how that is joined.
struct PartTests {
  private let temporary: TemporaryFolder
  private let folder: SiteFolder

  init() throws {
    temporary = try TemporaryFolder()
    folder = try SiteFolder(path: temporary.path + "/site")
  }

  private func share(_ text: String) throws -> Share { try #require(Share(text)) }

  /// Makes a unit of one file, as a worker does.
  private func make(
    _ unit: String, _ content: String, by part: PartManifest, fingerprint: String = "f"
  ) throws {
    let bytes = Array(content.utf8)
    try folder.write(bytes, to: "files/\(unit)")
    let object = BuiltObject(key: "files/\(unit)", size: bytes.count, sha256: sha256Hex(bytes))
    try Journal(folder, part: part).save(
      UnitRecord(fingerprint: fingerprint, objects: [object], summary: [:]), of: unit)
  }

  private func join() throws -> PartJoining.Report {
    try PartJoining(folder, journal: Journal(folder), pool: WorkerPool(workers: 2)).run()
  }

  @Test func soundPartsJoin() throws {
    let first = try PartManifest(folder, share: share("1/2"))
    let second = try PartManifest(folder, share: share("2/2"))
    let again = try PartManifest(folder, share: share("2/2"))
    try make("a", "one", by: first)
    try make("b", "two", by: second)
    // A worker that was started twice makes the same.
    try make("b", "two", by: again)
    try first.finish()
    try again.finish()
    let report = try join()
    #expect(report.runs == 3)
    #expect(report.units == 2)
    #expect(report.objects == 2)
    #expect(report.faults.isEmpty)
    #expect(report.shareCount == 2)
    // The second run of the share came to its end.
    #expect(report.unfinished.isEmpty)
  }

  @Test func aLostWorkerIsNamed() throws {
    try make("a", "one", by: try PartManifest(folder, share: share("1/2")))
    let report = try join()
    #expect(report.unfinished == [try share("1/2")])
    #expect(report.units == 1)
  }

  @Test(arguments: ["tow", "longer", nil])
  func aFileThatIsNotThatOfItsRecordIsFound(content: String?) throws {
    let part = try PartManifest(folder, share: share("1/1"))
    try make("a", "one", by: part)
    try make("b", "two", by: part)
    if let content {
      try folder.write(Array(content.utf8), to: "files/b")
    } else {
      try folder.remove("files/b")
    }
    let report = try join()
    #expect(report.faults.map(\.unit) == ["b"])
    #expect(report.faults.first?.reason.contains("files/b") == true)
    // It is to be made again, and what was noted before counts no more.
    #expect(try Journal(folder).record(of: "b") == nil)
    #expect(try Journal(folder).record(of: "a") != nil)
    let again = try PartManifest(folder, share: share("1/1"))
    try make("b", "two", by: again)
    #expect(try join().faults.isEmpty)
  }

  @Test func whatCameOutDifferentlyIsFound() throws {
    try make("a", "one", by: try PartManifest(folder, share: share("1/2")))
    try make("a", "eno", by: try PartManifest(folder, share: share("1/2")))
    let report = try join()
    #expect(report.faults.map(\.unit) == ["a"])
    #expect(report.faults.first?.reason.contains("differently") == true)
  }

  @Test func whatWasMadeFromAnotherSourceIsNoConflict() throws {
    let part = try PartManifest(folder, share: share("1/1"))
    try make("a", "yesterday", by: part, fingerprint: "old")
    try make("a", "today", by: part, fingerprint: "new")
    #expect(try join().faults.isEmpty)
  }

  /// A worker may be killed while it writes a line.
  @Test func aCutManifestIsReadAsFarAsItGoes() throws {
    let part = try PartManifest(folder, share: share("1/1"))
    try make("a", "one", by: part)
    try make("b", "two", by: part)
    var key = ""
    try folder.forEachFile(below: ".cubepress/parts") { key = $0.key }
    let whole = try #require(try folder.read(key))
    var units: Set<Int> = []
    for length in 0...whole.count {
      try folder.write(Array(whole.prefix(length)), to: key)
      let report = try join()
      #expect(report.faults.isEmpty)
      units.insert(report.units)
    }
    #expect(units == [0, 1, 2])
  }

  @Test func nothingToJoin() throws {
    let report = try join()
    #expect(report.runs == 0)
    #expect(report.shareCount == nil)
  }
}
