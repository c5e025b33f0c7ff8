import Buckets
import Jobs
import Stores
import Synchronization
import TestKit
import Testing

@testable import Publishing

/// A small site in a folder, changed and built again by tests.
private final class SmallSite {
  let temporary: TemporaryFolder
  let folder: SiteFolder

  init() throws {
    temporary = try TemporaryFolder()
    folder = try SiteFolder(path: temporary.path)
  }

  /// Makes the given files the current release.
  func build(_ files: [String: String]) throws {
    let objects = try files.map { key, text in
      let bytes = Array(text.utf8)
      try folder.write(bytes, to: key)
      return BuiltObject(key: key, size: bytes.count, sha256: sha256Hex(bytes))
    }
    _ = try ReleaseManifest(folder).update(objects: objects)
  }

  static let first = [
    "index.html": "a href=\"datasets/a/index.html\" href=\"assets/s.0a1b2c3d.css\"",
    "datasets/a/index.html": "1 src=\"datasets/a/tiles/0.png\" src=\"datasets/a/tiles/1.png\"",
    "datasets/a/meta.json": "1 href=\"datasets/a/tiles/1.png\"",
    "datasets/a/tiles/0.png": "tile 0", "datasets/a/tiles/1.png": "tile 1",
    "datasets/a/tiles/x y=1+2.png": "odd", "assets/s.0a1b2c3d.css": "one",
    "datasets/a/terrain/0.terrain": "packed",
  ]

  /// Another dataset, a changed tile, tiles that come and go, another style sheet.
  static let second = [
    "index.html":
      "b href=\"datasets/a/index.html\" href=\"datasets/b/index.html\" href=\"assets/s.9f8e7d6c.css\"",
    "datasets/a/index.html": "2 src=\"datasets/a/tiles/1.png\" src=\"datasets/a/tiles/2.png\"",
    "datasets/a/meta.json": "2 href=\"datasets/a/tiles/2.png\"",
    "datasets/a/tiles/1.png": "tile 1, better", "datasets/a/tiles/2.png": "tile 2",
    "datasets/b/index.html": "src=\"datasets/b/tiles/0.png\" href=\"datasets/a/index.html\"",
    "datasets/b/tiles/0.png": "tile b", "assets/s.9f8e7d6c.css": "two",
    "datasets/a/terrain/0.terrain": "packed",
  ]
}

/// What the references of all documents in a target lead to and is not there.
private func dangling(_ target: MemoryTarget) -> [String] {
  let objects = target.objects
  return objects.flatMap { key, bytes -> [String] in
    guard !key.hasPrefix("_release/"), PublishedForm.isDocument(key) else { return [] }
    let pieces = String(decoding: bytes, as: UTF8.self).split(separator: "\"")
    return pieces.enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
      .filter { objects[$0] == nil }
  }
}

/// The objects of the current release that are not there, or have another content.
private func wrong(_ target: MemoryTarget, contents: Bool = true) throws -> [String] {
  guard let pointer = try target.current()?.pointer else { return [] }
  let release = try #require(try target.release(pointer.release))
  var found: [String] = []
  var stream = EntryStream(release.parts, on: target)
  while let entry = try stream.next() {
    let bytes = target.objects[entry.key]
    if bytes == nil || contents && bytes.map({ sha256Hex($0) }) != entry.sha256 {
      found.append(entry.key)
    }
  }
  return found
}

private func holds(_ target: MemoryTarget, _ files: [String: String]) -> Bool {
  files.allSatisfy { target.text($0.key) == $0.value }
}

struct PublisherTests {
  @Test func publishesOnlyWhatChanged() throws {
    let site = try SmallSite()
    let target = MemoryTarget()
    try site.build(SmallSite.first)
    let first = try Publisher(site.folder, to: target).publish()
    #expect(first.release == 1)
    #expect(first.changes == ReleaseChanges(added: 8))
    #expect(first.sentCount == 8 + 3)
    #expect(holds(target, SmallSite.first))
    #expect(try wrong(target) == [])

    let writes = target.state.withLock { $0.writes }
    #expect(try Publisher(site.folder, to: target).publish().isUnchanged)
    #expect(target.state.withLock { $0.writes } == writes)

    try site.build(SmallSite.second)
    let second = try Publisher(site.folder, to: target).publish()
    #expect(second.release == 2)
    #expect(second.changes == ReleaseChanges(added: 4, changed: 4, removed: 3))
    #expect(second.goneCount == 3)
    #expect(holds(target, SmallSite.second))
    // Readers of the former release still find what it pointed at.
    #expect(target.text("datasets/a/tiles/0.png") == "tile 0")
    #expect(try wrong(target) == [])
    #expect(dangling(target) == [])
  }

  @Test func statesTypeEncodingAndCaching() throws {
    let site = try SmallSite()
    let target = MemoryTarget()
    try site.build(SmallSite.first)
    _ = try Publisher(site.folder, to: target).publish()
    let fields = target.state.withLock { $0.fields }
    #expect(fields["index.html"]?["content-type"] == "text/html; charset=utf-8")
    #expect(fields["index.html"]?["cache-control"] == "public, max-age=60, must-revalidate")
    #expect(fields["datasets/a/tiles/0.png"]?["content-type"] == "image/png")
    #expect(fields["datasets/a/tiles/0.png"]?["cache-control"]?.contains("immutable") == false)
    #expect(fields["assets/s.0a1b2c3d.css"]?["cache-control"]?.contains("immutable") == true)
    #expect(fields["datasets/a/terrain/0.terrain"]?["content-encoding"] == "gzip")
    #expect(fields["_release/current.json"]?["cache-control"] == "no-cache")
    #expect(fields["_release/1.json"]?["cache-control"]?.contains("immutable") == true)
  }

  @Test func writesThingsBeforeWhatPointsAtThem() throws {
    let site = try SmallSite()
    let target = MemoryTarget()
    try site.build(SmallSite.first)
    _ = try Publisher(site.folder, to: target).publish()
    target.state.withLock { $0.log = [] }
    try site.build(SmallSite.second)
    _ = try Publisher(site.folder, to: target).publish()
    let log = target.state.withLock { $0.log }
    let order = [
      "datasets/b/tiles/0.png", "datasets/b/index.html", "datasets/a/meta.json",
      "datasets/a/index.html", "index.html", "_release/2.json", "_release/current.json",
    ]
    #expect(log.filter(order.contains) == order)
  }

  @Test func refusesAnotherContentUnderANameForEver() throws {
    let site = try SmallSite()
    let target = MemoryTarget()
    try site.build(SmallSite.first)
    _ = try Publisher(site.folder, to: target).publish()
    var files = SmallSite.first
    files["assets/s.0a1b2c3d.css"] = "other"
    try site.build(files)
    let error = #expect(throws: PublishingError.self) {
      try Publisher(site.folder, to: target).publish()
    }
    #expect(error?.description.contains("s.0a1b2c3d.css") == true)
    #expect(target.text("assets/s.0a1b2c3d.css") == "one")
  }

  @Test func refusesAFileThatIsNotWhatTheBuildMade() throws {
    let site = try SmallSite()
    try site.build(SmallSite.first)
    try site.folder.write(Array("other".utf8), to: "datasets/a/tiles/0.png")
    #expect(throws: PublishingError.self) {
      try Publisher(site.folder, to: MemoryTarget()).publish()
    }
  }
}

/// Publishers that are stopped at every single operation.
struct StoppedPublisherTests {
  /// A target with the first release, the site with the second one built, stopped at an operation.
  private func stopped(
    at operation: Int, afterwards: Bool
  ) throws -> (site: SmallSite, target: MemoryTarget, ended: Bool) {
    let site = try SmallSite()
    let target = MemoryTarget()
    try site.build(SmallSite.first)
    _ = try Publisher(site.folder, to: target).publish()
    try site.build(SmallSite.second)
    target.state.withLock { state in
      (state.writes, state.breaksAt, state.breaksAfterwards) = (0, operation, afterwards)
    }
    var ended = true
    do {
      _ = try Publisher(site.folder, to: target).publish()
    } catch is MemoryTarget.Broken { ended = false }
    target.state.withLock { $0.breaksAt = 0 }
    return (site, target, ended)
  }

  @Test(arguments: [false, true])
  func theNextRunGoesOn(afterwards: Bool) throws {
    var operation = 0
    var resumed = 0
    while true {
      operation += 1
      let (site, target, ended) = try stopped(at: operation, afterwards: afterwards)
      #expect(dangling(target) == [], "stopped at \(operation)")
      #expect(try wrong(target, contents: false) == [], "stopped at \(operation)")
      let report = try Publisher(site.folder, to: target).publish()
      resumed += report.resumedCount
      #expect(holds(target, SmallSite.second), "stopped at \(operation)")
      #expect(try wrong(target) == [], "stopped at \(operation)")
      #expect(dangling(target) == [])
      #expect(target.text("datasets/a/tiles/0.png") == "tile 0")
      if ended { break }
    }
    #expect(operation > 20)
    #expect(resumed > 20)
  }

  /// The site is built as it was before, so that its manifest equals the published one although the
  /// target holds parts of the other release.
  @Test(arguments: [false, true])
  func goingBackRepairsWhatTheStoppedRunHasWritten(withJournal: Bool) throws {
    var operation = 0
    while true {
      operation += 1
      let (site, target, ended) = try stopped(at: operation, afterwards: true)
      if ended { break }
      try site.build(SmallSite.first)
      if !withJournal {
        try site.folder.removeTree(".cubepress/publish")
        target.state.withLock { $0.now += 100_000 }
      }
      _ = try Publisher(site.folder, to: target).publish()
      #expect(holds(target, SmallSite.first), "stopped at \(operation)")
      #expect(try wrong(target) == [], "stopped at \(operation)")
      // What only the stopped run has written is deleted in the end.
      target.state.withLock { $0.now += 100_000 }
      _ = try Pruning(target, scratch: site.folder, grace: 10).run()
      let keys = target.objects.keys.filter { !$0.hasPrefix("_release/") }
      #expect(Set(keys) == Set(SmallSite.first.keys), "stopped at \(operation)")
    }
  }

  @Test func aJournalDoesNotOutliveAnotherContent() throws {
    // Second, first and second again are stopped in turn; each notes what it has stored.
    let (site, target, _) = try stopped(at: 14, afterwards: false)
    for (files, operation) in [(SmallSite.first, 14), (SmallSite.second, 9)] {
      try site.build(files)
      target.state.withLock { ($0.writes, $0.breaksAt) = (0, operation) }
      #expect(throws: MemoryTarget.Broken.self) {
        try Publisher(site.folder, to: target).publish()
      }
    }
    target.state.withLock { $0.breaksAt = 0 }
    _ = try Publisher(site.folder, to: target).publish()
    #expect(holds(target, SmallSite.second))
  }
}

/// Several publishers, and what is done with releases afterwards.
struct ReleaseTests {
  private func published() throws -> (site: SmallSite, target: MemoryTarget) {
    let site = try SmallSite()
    let target = MemoryTarget()
    for files in [SmallSite.first, SmallSite.second] {
      try site.build(files)
      _ = try Publisher(site.folder, to: target).publish()
    }
    return (site, target)
  }

  @Test(arguments: [false, true])
  func ofTwoPublishersOneIsToldToWait(ignoringConditions: Bool) throws {
    let (one, other) = (try SmallSite(), try SmallSite())
    let target = MemoryTarget()
    target.state.withLock { $0.ignoresConditions = ignoringConditions }
    try one.build(SmallSite.first)
    try other.build(SmallSite.second)
    // The one is stopped and still holds its claim.
    target.state.withLock { $0.breaksAt = 8 }
    #expect(throws: MemoryTarget.Broken.self) { try Publisher(one.folder, to: target).publish() }
    target.state.withLock { $0.breaksAt = 0 }
    let error = #expect(throws: PublishingError.self) {
      try Publisher(other.folder, to: target).publish()
    }
    #expect(error?.kind == .busy)
    #expect(try Publisher(other.folder, to: target, takesOver: true).publish().release == 1)
    #expect(holds(target, SmallSite.second))
    // The one comes again and publishes anew: what it had sent counts no more.
    let report = try Publisher(one.folder, to: target).publish()
    #expect(report.release == 2)
    #expect(report.resumedCount == 0)
    #expect(holds(target, SmallSite.first))
    #expect(try wrong(target) == [])
  }

  @Test func listsAndComparesReleases() throws {
    let (_, target) = try published()
    let history = ReleaseHistory(target)
    #expect(try history.releases().map(\.number) == [2, 1])
    var lines: [String] = []
    try history.compare(1, 2) { key, old, new in
      lines.append((old == nil ? "+" : new == nil ? "-" : "~") + key)
    }
    #expect(lines.count == 11)
    #expect(lines.contains("-datasets/a/tiles/0.png"))
    #expect(throws: PublishingError.self) { try history.release(7) }
  }

  @Test func goesBackToTheDocumentsOfARelease() throws {
    let (site, target) = try published()
    let report = try Rollback(target, scratch: site.folder).run(to: 1)
    #expect(report.publication.release == 3)
    #expect(report.newerCount == 1)
    for (key, text) in SmallSite.first where PublishedForm.isDocument(key) {
      #expect(target.text(key) == text)
    }
    #expect(target.text("datasets/a/tiles/1.png") == "tile 1, better")
    #expect(try wrong(target) == [])
    #expect(dangling(target) == [])
    #expect(try ReleaseHistory(target).releases()[0].restores == 1)
    // Publishing again sends what is not as the site has it, and nothing else.
    let again = try Publisher(site.folder, to: target).publish()
    #expect(again.release == 4)
    #expect(holds(target, SmallSite.second))
  }

  @Test func prunesAfterTheTimeOfGrace() throws {
    let (site, target) = try published()
    target.state.withLock { $0.now += 50 }
    #expect(try Pruning(target, scratch: site.folder, grace: 100).run().waitingCount == 3)
    #expect(target.text("datasets/a/tiles/0.png") == "tile 0")
    target.state.withLock { $0.now += 100 }
    let report = try Pruning(target, scratch: site.folder, grace: 100, kept: 1).run()
    #expect(report.objectCount == 3)
    #expect(target.text("datasets/a/tiles/0.png") == nil)
    #expect(target.text("_release/1.json") == nil)
    #expect(try wrong(target) == [])
    #expect(dangling(target) == [])
    let keys = Set(target.objects.keys.filter { !$0.hasPrefix("_release/") })
    #expect(keys == Set(SmallSite.second.keys))
    #expect(throws: PublishingError.self) {
      try Rollback(target, scratch: site.folder).run(to: 1)
    }
    #expect(try Publisher(site.folder, to: target).publish().isUnchanged)
  }

  @Test func aStoppedPruningIsEndedByTheNext() throws {
    var operation = 0
    while true {
      operation += 1
      let (site, target) = try published()
      target.state.withLock { state in
        state.now += 1000
        (state.writes, state.breaksAt, state.breaksAfterwards) = (0, operation, true)
      }
      let ended = (try? Pruning(target, scratch: site.folder, grace: 10).run()) != nil
      target.state.withLock { $0.breaksAt = 0 }
      #expect(try wrong(target) == [])
      // Somebody publishes in between what was being deleted.
      if operation % 2 == 0 {
        try site.build(SmallSite.first)
        _ = try Publisher(site.folder, to: target).publish()
        #expect(holds(target, SmallSite.first))
      }
      _ = try Pruning(target, scratch: site.folder, grace: 10).run()
      #expect(try wrong(target) == [], "stopped at \(operation)")
      if operation % 2 == 1 { #expect(target.text("datasets/a/tiles/0.png") == nil) }
      if ended { break }
    }
    #expect(operation > 6)
  }

  @Test func verificationRepairs() throws {
    let (site, target) = try published()
    target.state.withLock { state in
      state.objects["datasets/a/tiles/1.png"] = nil
      state.objects["index.html"] = [1]
      state.objects["stranger.txt"] = [1]
    }
    let report = try Verification(site.folder, against: target).run()
    #expect(Set(report.repaired) == ["datasets/a/tiles/1.png", "index.html"])
    #expect(report.strangers == ["stranger.txt"])
    #expect(holds(target, SmallSite.second))
    #expect(try Verification(site.folder, against: target).run().repairedCount == 0)
  }

  @Test func publishesToAFolder() throws {
    let site = try SmallSite()
    let mirror = try TemporaryFolder()
    for files in [SmallSite.first, SmallSite.second] {
      try site.build(files)
      let target = try FolderTarget(path: mirror.path)
      _ = try Publisher(site.folder, to: target).publish()
      for (key, text) in files { #expect(mirror.read(key) == Array(text.utf8)) }
    }
    #expect(mirror.read("datasets/a/tiles/0.png") == Array("tile 0".utf8))
  }
}
