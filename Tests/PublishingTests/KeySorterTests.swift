import Jobs
import Stores
import TestKit
import Testing

@testable import Publishing

/// A generator of the same numbers in each run (SplitMix64).
private struct Numbers: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

struct KeySorterTests {
  /// Keys with a common beginning, of several scripts, some of them twice.
  private func entries(_ count: Int, seed: UInt64) -> [(key: String, value: String)] {
    var numbers = Numbers(state: seed)
    return (0..<count).map { place in
      let number = numbers.next() % UInt64(count)
      let ending = ["", "/é", " +=%", "/日本", "\n", "\u{0}"][Int(numbers.next() % 6)]
      return (
        "datasets/a/tiles/\(number)\(ending)",
        "\(place) " + String(repeating: "v", count: Int(number % 40))
      )
    }
  }

  /// All sizes of memory give what a stable sort in memory gives.
  @Test(arguments: [1, 100, 4_000, 1 << 20])
  func ordersAsASortInMemoryDoes(limit: Int) throws {
    let temporary = try TemporaryFolder()
    let folder = try SiteFolder(path: temporary.path)
    for (count, seed) in [(0, 1), (1, 2), (700, 3), (3_000, 4)] {
      let entries = entries(count, seed: UInt64(seed))
      let sorter = KeySorter(in: folder, limit: limit)
      for entry in entries { try sorter.add(entry.key, entry.value) }
      let wanted = entries.enumerated().sorted { one, other in
        let keys = (Array(one.element.key.utf8), Array(other.element.key.utf8))
        return keys.0 == keys.1
          ? one.offset < other.offset : keys.0.lexicographicallyPrecedes(keys.1)
      }.map(\.element)
      // Twice: what was sorted can be read again.
      for _ in 0..<2 {
        var sorted = try sorter.sorted()
        var found: [(key: String, value: String)] = []
        while let entry = try sorted.next() { found.append(entry) }
        #expect(found.map(\.key) == wanted.map(\.key))
        #expect(found.map(\.value) == wanted.map(\.value))
      }
      #expect(sorter.count == count)
    }
  }

  @Test func whatIsAddedLaterIsSortedIn() throws {
    let temporary = try TemporaryFolder()
    let sorter = KeySorter(in: try SiteFolder(path: temporary.path), limit: 20)
    for key in ["d", "b", "f"] { try sorter.add(key, "1") }
    _ = try sorter.sorted()
    for key in ["a", "e", "c"] { try sorter.add(key, "2") }
    var sorted = try sorter.sorted()
    var keys = ""
    while let entry = try sorted.next() { keys += entry.key }
    #expect(keys == "abcdef")
  }

  @Test func leavesNothingBehind() throws {
    let temporary = try TemporaryFolder()
    let folder = try SiteFolder(path: temporary.path)
    let sorter = KeySorter(in: folder, limit: 10)
    for number in 0..<100 { try sorter.add("\(number)", "v") }
    var names: [String] = []
    var own = try folder.files(below: SiteFolder.privateFolder)
    while let file = try own.next() { names.append(file.key) }
    #expect(names.isEmpty)
  }
}

/// The manifest of what is gathered in any order.
struct ReleaseContentsTests {
  private let temporary: TemporaryFolder
  private let folder: SiteFolder

  init() throws {
    temporary = try TemporaryFolder()
    folder = try SiteFolder(path: temporary.path)
  }

  private func object(_ key: String, _ text: String = "") -> BuiltObject {
    BuiltObject(key: key, size: key.utf8.count, sha256: sha256Hex(Array((key + text).utf8)))
  }

  /// The parts are those that a list sorted in memory gives, whatever the order of adding.
  @Test func thePartsDoNotDependOnHowTheyWereSorted() throws {
    let objects = (0..<40_000).map { object("tiles/\($0 % 7)/\($0 / 7).png") }
    var writer = PartWriter { _, _ in }
    for object in objects.sorted(by: { $0.key.precedesInBytes($1.key) }) {
      try writer.append(ManifestEntry(object))
    }
    try writer.finish()
    #expect(writer.parts.count > 1)
    let manifest = ReleaseManifest(folder)
    let (release, changes) = try manifest.update(objects: objects.reversed())
    #expect(release.parts == writer.parts)
    #expect(release.count == 40_000 && release.bytes == objects.map(\.size).reduce(0, +))
    #expect(changes == ReleaseChanges(added: 40_000))
    let again = try manifest.update(objects: objects)
    #expect(again.release == release && again.changes.isEmpty)
  }

  @Test func whatIsKeptStaysAsItWasReleased() throws {
    let manifest = ReleaseManifest(folder)
    let former = ["a/1", "a/2", "b/1", "b/2", "c"].map { object($0) }
    for object in former { try folder.write(Array(object.key.utf8), to: object.key) }
    try manifest.update(objects: former)
    let (release, changes) = try manifest.update(
      objects: [object("b/2", "new"), object("d")], keeping: { $0.hasPrefix("b/") || $0 == "c" })
    var entries = manifest.objects(of: release)
    var found: [String: String] = [:]
    while let entry = try entries.next() { found[entry.key] = entry.sha256 }
    #expect(
      found == [
        "b/1": object("b/1").sha256, "b/2": object("b/2", "new").sha256, "c": object("c").sha256,
        "d": object("d").sha256,
      ])
    #expect(changes == ReleaseChanges(added: 1, changed: 1, removed: 2))
    #expect(try folder.read("a/1") == nil && folder.read("a/2") == nil)
    #expect(try folder.read("b/1") != nil)
  }

  @Test func oneKeyTwiceIsAnError() throws {
    #expect(throws: PublishingError.self) {
      try ReleaseManifest(folder).update(objects: [object("a"), object("b"), object("a")])
    }
  }

  @Test func tellsWhetherARestIsAllThatIsNew() throws {
    let manifest = ReleaseManifest(folder)
    try manifest.update(objects: ["a", "b", "history", "runs"].map { object($0) })
    func isCurrent(_ objects: [BuiltObject]) throws -> Bool {
      let contents = ReleaseContents(in: folder)
      for object in objects { try contents.add(object) }
      return try manifest.isCurrent(contents, with: ["history", "runs"])
    }
    #expect(try isCurrent([object("a"), object("b")]))
    #expect(try !isCurrent([object("a")]))
    #expect(try !isCurrent([object("a"), object("b", "new")]))
    #expect(try !isCurrent([object("a"), object("b"), object("c")]))
    // A release without them is not the same.
    try manifest.update(objects: ["a", "b", "history"].map { object($0) })
    #expect(try !isCurrent([object("a"), object("b")]))
  }

  @Test func singleEntriesAreFoundAmongParts() throws {
    let objects = (0..<40_000).map { object("tiles/\($0 % 7)/\($0 / 7).png") }
    let (release, _) = try ReleaseManifest(folder).update(objects: objects)
    #expect(release.parts.count > 1)
    var index = PartIndex(release.parts, on: ReleaseManifest(folder))
    for object in objects.enumerated().filter({ $0.offset % 997 == 0 }).map(\.element) {
      #expect(try index.entry(of: object.key)?.sha256 == object.sha256)
    }
    for key in ["", "a", "tiles/0/0.pn", "tiles/0/0.png0", "tiles/3/99999.png", "z"] {
      #expect(try index.entry(of: key) == nil, "\(key)")
    }
    var none = PartIndex([], on: ReleaseManifest(folder))
    #expect(try none.entry(of: "a") == nil)
  }
}
