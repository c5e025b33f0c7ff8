import JSON
import Jobs
import Stores
import TestKit
import Testing

struct JournalTests {
  private let record = UnitRecord(
    fingerprint: "abc",
    objects: [
      BuiltObject(key: "a/2017-01-01T00:00:00Z/0/0/0.png", size: 12, sha256: "00ff"),
      BuiltObject(key: "a/with space", size: 0, sha256: "11"),
    ], summary: ["count": 2])

  @Test func aRecordReadsBackAsItWas() throws {
    let folder = try TemporaryFolder()
    let journal = Journal(try SiteFolder(path: folder.path))
    #expect(try journal.record(of: "tiles/a") == nil)
    try journal.save(record, of: "tiles/a")
    let read = try #require(try journal.record(of: "tiles/a"))
    #expect(read.fingerprint == record.fingerprint)
    #expect(read.objects == record.objects)
    #expect(read.summary == record.summary)
    let finished = try #require(try journal.finished("tiles/a"))
    #expect(finished.fingerprint == record.fingerprint && finished.summary == record.summary)
    #expect(finished.count == 2 && finished.bytes == 12)
    var objects: [BuiltObject] = []
    #expect(try journal.forEachObject(of: "tiles/a") { objects.append($0) })
    #expect(objects == record.objects)
    #expect(try !journal.forEachObject(of: "tiles/b") { objects.append($0) })
    // What is kept of a unit that was just made is what is read later.
    let kept = FinishedUnit(record, of: "tiles/a")
    #expect(kept.summary == record.summary && kept.count == 2 && kept.bytes == 12)
  }

  @Test(arguments: [
    "ff 1", "ff  a/b", "ff x a", "ff 1a a", "ff -1 a", "", "ff 99999999999999999999 a",
    "ff 1 a\nff 1 b",
  ])
  func aDamagedLineMakesTheRecordNone(line: String) throws {
    let temporary = try TemporaryFolder()
    let folder = try SiteFolder(path: temporary.path)
    let journal = Journal(folder)
    let head = #"{"fingerprint":"f","summary":{},"objects":1}"# + "\n"
    let key = ".cubepress/units/u.unit"
    try folder.write(Array((head + "ff 1 a\n").utf8), to: key)
    #expect(try journal.finished("u")?.count == 1)
    try folder.write(Array((head + line + "\n").utf8), to: key)
    #expect(try journal.finished("u") == nil && journal.record(of: "u") == nil)
  }

  @Test func aDamagedRecordCountsAsNone() throws {
    let temporary = try TemporaryFolder()
    let folder = try SiteFolder(path: temporary.path)
    let journal = Journal(folder)
    try journal.save(record, of: "tiles/a")
    let key = ".cubepress/units/tiles/a.unit"
    let bytes = try #require(try folder.read(key))
    for length in 0..<bytes.count - 1 {
      try folder.write(Array(bytes.prefix(length)), to: key)
      // A cut within the last key cannot be seen by the reader; the count of lines can.
      if bytes.prefix(length).split(separator: UInt8(ascii: "\n")).count < 3 {
        #expect(try journal.record(of: "tiles/a") == nil, "cut at \(length)")
      }
    }
  }

  @Test func recordsThatNobodyNeedsGo() throws {
    let folder = try TemporaryFolder()
    let journal = Journal(try SiteFolder(path: folder.path))
    for unit in ["tiles/a", "tiles/b/2017", "measure/c"] { try journal.save(record, of: unit) }
    try journal.removeRecords { $0 != "tiles/a" }
    #expect(try journal.record(of: "tiles/a") != nil)
    #expect(try journal.record(of: "tiles/b/2017") == nil)
  }
}
