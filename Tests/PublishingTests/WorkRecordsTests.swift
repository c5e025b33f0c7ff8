import Buckets
import JSON
import Jobs
import Stores
import Synchronization
import TestKit
import Testing

@testable import Publishing

/// A worker of a site: its folder and its journal.
private struct Worker {
  let temporary: TemporaryFolder
  let folder: SiteFolder
  let journal: Journal

  init() throws {
    temporary = try TemporaryFolder()
    folder = try SiteFolder(path: temporary.path)
    journal = Journal(folder)
  }

  /// Makes files of units the current release, and remembers them.
  func build(_ texts: [String: String]) throws {
    var objects: [BuiltObject] = []
    for (unit, text) in texts {
      let bytes = Array(text.utf8)
      let object = BuiltObject(key: "t/\(unit).png", size: bytes.count, sha256: sha256Hex(bytes))
      try folder.write(bytes, to: object.key)
      try journal.save(UnitRecord(fingerprint: text, objects: [object], summary: [:]), of: unit)
      objects.append(object)
    }
    _ = try ReleaseManifest(folder).update(objects: objects)
  }
}

struct WorkRecordsTests {
  private let units = Dictionary(
    uniqueKeysWithValues: (0..<500).map { ("tiles/a/v/\(1000 + $0)", "field \($0)") })

  private func published(_ worker: Worker, to target: MemoryTarget) throws {
    _ = try Publisher(worker.folder, to: target).publish()
    _ = try WorkRecords(worker.folder, target: target).save()
  }

  @Test func anotherWorkerKnowsWhatIsDone() throws {
    let (one, other, target) = (try Worker(), try Worker(), MemoryTarget())
    try one.build(units)
    try published(one, to: target)
    #expect(try !WorkRecords(one.folder, target: target).areBehind())
    let records = WorkRecords(other.folder, target: target)
    #expect(try records.areBehind())
    let report = try records.fetch(published: PublishedFiles(of: target))
    #expect(report.fileCount == 500 && report.droppedCount == 0)
    #expect(try !records.areBehind())
    for (unit, text) in units {
      #expect(try other.journal.record(of: unit)?.fingerprint == text)
    }
    // Nothing of the site itself came.
    var files = 0
    try other.folder.forEachFile { _ in files += 1 }
    #expect(files == 0)
  }

  @Test func oneMoreUnitWritesFewPacks() throws {
    let (worker, target) = (try Worker(), MemoryTarget())
    try worker.build(units)
    try published(worker, to: target)
    try worker.build(units.merging(["tiles/a/v/2000": "new"]) { $1 })
    _ = try Publisher(worker.folder, to: target).publish()
    let saved = try WorkRecords(worker.folder, target: target).save()
    #expect((1...2).contains(saved.count))
    let again = try WorkRecords(worker.folder, target: target).save()
    #expect(again.count == 0)
    // What is not needed any more is gone.
    let packs = target.objects.keys.filter { $0.hasPrefix("_release/work/") && $0.hasSuffix(".gz") }
    let other = try Worker()
    let report = try WorkRecords(other.folder, target: target)
      .fetch(published: PublishedFiles(of: target))
    #expect(report.packCount == packs.count && report.fileCount == 501)
  }

  @Test func unitsThatTheTargetDoesNotHoldAreMadeAgain() throws {
    let (one, other, target) = (try Worker(), try Worker(), MemoryTarget())
    try one.build(units)
    try published(one, to: target)
    // Another publisher has brought something else meanwhile, and one was stopped halfway.
    try one.build(units.merging(["tiles/a/v/1003": "else"]) { $1 })
    _ = try Publisher(one.folder, to: target).publish()
    try one.build(units.merging(["tiles/a/v/1003": "else", "tiles/a/v/1007": "half"]) { $1 })
    target.state.withLock { $0.breaksAt = $0.writes + 4 }
    #expect(throws: (any Error).self) { try Publisher(one.folder, to: target).publish() }
    target.state.withLock { $0.breaksAt = 0 }
    let report = try WorkRecords(other.folder, target: target)
      .fetch(published: PublishedFiles(of: target))
    #expect(report.droppedCount == 2)
    #expect(try other.journal.record(of: "tiles/a/v/1003") == nil)
    #expect(try other.journal.record(of: "tiles/a/v/1007") == nil)
    #expect(try other.journal.record(of: "tiles/a/v/1008") != nil)
  }

  @Test func damagedPacksAreErrors() throws {
    let (one, other, target) = (try Worker(), try Worker(), MemoryTarget())
    try one.build(units)
    try published(one, to: target)
    let packs = target.objects.keys.filter { $0.hasPrefix("_release/work/") }
    let pack = try #require(packs.first { $0.hasSuffix(".gz") })
    target.state.withLock { $0.objects[pack] = [1, 2, 3] }
    let error = #expect(throws: PublishingError.self) {
      try WorkRecords(other.folder, target: target).fetch(published: PublishedFiles(of: target))
    }
    #expect(error?.description.contains(pack) == true)
  }

  @Test func aFolderLendsWhatItLacks() throws {
    let (one, other, target) = (try Worker(), try Worker(), MemoryTarget())
    try one.build(["tiles/a/v/1": "text"])
    try published(one, to: target)
    let hash = sha256Hex(Array("text".utf8))
    #expect(try !other.folder.has("t/tiles/a/v/1.png", size: 4, sha256: hash))
    other.folder.borrow(from: PublishedFiles(of: target))
    #expect(try other.folder.has("t/tiles/a/v/1.png", size: 4, sha256: hash))
    #expect(try !other.folder.fetch("t/tiles/a/v/1.png", size: 4, sha256: String(hash.reversed())))
    #expect(try other.folder.fetch("t/tiles/a/v/1.png", size: 4, sha256: hash))
    #expect(try other.folder.read("t/tiles/a/v/1.png") == Array("text".utf8))
  }

  @Test func oneOfTwoWorkersGetsTheClaim() throws {
    let (one, other, target) = (try Worker(), try Worker(), MemoryTarget())
    let claim = try WorkClaim(on: target, folder: one.folder, takesOver: false)
    let error = #expect(throws: PublishingError.self) {
      try WorkClaim(on: target, folder: other.folder, takesOver: false)
    }
    #expect(error?.kind == .busy)
    // The same worker, after it was killed.
    _ = try WorkClaim(on: target, folder: one.folder, takesOver: false)
    withExtendedLifetime(claim) {}
    target.state.withLock { $0.now += 3600 }
    try WorkClaim(on: target, folder: other.folder, takesOver: false).release()
  }
}
