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
    try journal.removeRecords(except: ["tiles/a"])
    #expect(try journal.record(of: "tiles/a") != nil)
    #expect(try journal.record(of: "tiles/b/2017") == nil)
  }
}
