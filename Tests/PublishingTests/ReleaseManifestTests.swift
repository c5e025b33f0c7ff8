import JSON
import Jobs
import Stores
import TestKit
import Testing

@testable import Publishing

struct ReleaseManifestTests {
  private func entry(_ key: String, size: Int = 1) -> ManifestEntry {
    ManifestEntry(BuiltObject(key: key, size: size, sha256: sha256Hex(Array(key.utf8))))
  }

  @Test(arguments: [
    "a.png", "x y:z+=%.json", "é/日本.png", "with \"quotes\" and \\.png", "line\nbreak",
    "4d/a.terrain",
    "assets/s.0a1b2c3d.css",
  ])
  func linesAreReadAsTheyWereWritten(key: String) throws {
    var wanted = entry(key, size: 12)
    for gone in [nil, 1_700_000_000] {
      wanted.gone = gone
      var bytes: [UInt8] = []
      wanted.write(to: &bytes)
      #expect(bytes.last == UInt8(ascii: "\n"))
      #expect(ManifestEntry(line: bytes.dropLast()) == wanted)
      let json = try JSONValue(parsing: bytes)
      #expect(json["key"]?.stringValue == key)
      #expect(json["type"]?.stringValue == ContentType.of(key: key))
    }
  }

  @Test(arguments: [
    "", "{}", "{\"key\":\"a\"}", "{\"key\":\"a\",\"size\":-1,\"sha256\":\"\",\"type\":\"\"}",
  ])
  func otherLinesAreRefused(line: String) {
    #expect(ManifestEntry(line: Array(line.utf8)[...]) == nil)
  }

  /// The parts of a list of keys.
  private func parts(_ keys: [String]) throws -> [ManifestPart] {
    var writer = PartWriter { _, _ in }
    for key in keys.sorted(by: { $0.precedesInBytes($1) }) { try writer.append(entry(key)) }
    try writer.finish()
    #expect(writer.parts.map(\.count).reduce(0, +) == keys.count)
    return writer.parts
  }

  @Test func aChangeMovesNoOtherBoundary() throws {
    var keys = (0..<120_000).map { "tiles/\($0 / 100)/\($0 % 100).png" }
    let before = try parts(keys)
    #expect(before.count >= 3)
    #expect(before.allSatisfy { $0.count <= PartWriter.longest })
    keys.insert("tiles/7/new.png", at: 0)
    keys.removeLast()
    let after = try parts(keys)
    #expect(Set(before).subtracting(after).count <= 3)
    #expect(Set(before).intersection(after).count >= before.count - 3)
  }

  @Test func twoObjectsOfOneKeyAreRefused() {
    var writer = PartWriter { _, _ in }
    #expect(throws: PublishingError.self) {
      try writer.append(entry("a"))
      try writer.append(entry("a"))
    }
  }

  @Test func aNewReleaseReplacesTheFormerAndRemovesWhatIsGone() throws {
    let temporary = try TemporaryFolder()
    let folder = try SiteFolder(path: temporary.path)
    let manifest = ReleaseManifest(folder)
    func write(_ key: String, _ text: String) throws -> BuiltObject {
      try folder.write(Array(text.utf8), to: key)
      return BuiltObject(
        key: key, size: text.utf8.count, sha256: sha256Hex(Array(text.utf8)))
    }
    #expect(try manifest.current() == nil)
    let both = [try write("b.png", "two"), try write("a/x y:z.json", "one")]
    let first = try manifest.update(objects: both)
    #expect(first.release.number == 1)
    #expect(first.changes == ReleaseChanges(added: 2))

    let same = try manifest.update(objects: both)
    #expect(same.release == first.release)
    #expect(same.changes.isEmpty)

    let second = try manifest.update(objects: [both[0]])
    #expect(second.release.number == 2)
    #expect(second.changes == ReleaseChanges(removed: 1))
    #expect(try folder.read("a/x y:z.json") == nil)
    #expect(try folder.read("_release/1.json") == nil)
    #expect(try folder.read(first.release.parts[0].key) == nil)
    var keys: [String] = []
    var stream = manifest.objects(of: second.release)
    while let entry = try stream.next() { keys.append("\(entry.key) \(entry.type)") }
    #expect(keys == ["b.png image/png"])
  }

  @Test(arguments: ["{}", "{\"release\":1}", "not json", ""])
  func aDamagedPointerIsAnError(text: String) throws {
    let temporary = try TemporaryFolder()
    let folder = try SiteFolder(path: temporary.path)
    try folder.write(Array(text.utf8), to: ReleaseManifest.currentKey)
    #expect(throws: PublishingError.self) { try ReleaseManifest(folder).current() }
  }

  @Test(arguments: [
    ("assets/site.1f2e3d4c.css", true), ("assets/1f2e3d4c/viewer/map.js", true),
    ("assets/site.css", false), ("datasets/1f2e3d4c/index.html", false),
    ("assets/12345.css", false),
  ])
  func onlyNamesThatFollowFromTheContentAreForEver(key: String, wanted: Bool) {
    #expect(PublishedForm.isNamedByContent(key) == wanted)
  }
}
