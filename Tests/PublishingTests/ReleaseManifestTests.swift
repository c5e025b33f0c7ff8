import JSON
import Jobs
import Publishing
import Stores
import TestKit
import Testing

struct ReleaseManifestTests {
  private func object(_ key: String, _ sha256: String = "00") -> BuiltObject {
    BuiltObject(key: key, size: 1, sha256: sha256)
  }

  @Test func releasesAreComparedByKeyAndContent() {
    let changes = ReleaseChanges(
      from: [object("a"), object("b"), object("d"), object("é")],
      to: [object("a"), object("b", "11"), object("c"), object("d"), object("z")])
    #expect(changes.added == ["c", "z"])
    #expect(changes.changed == ["b"])
    #expect(changes.removed == ["é"])
    #expect(!changes.isEmpty)
    #expect(ReleaseChanges(from: [], to: []).isEmpty)
    #expect(ReleaseChanges(from: [object("a")], to: []).removed == ["a"])
  }

  @Test func aNewReleaseReplacesTheFormerAndRemovesWhatIsGone() throws {
    let temporary = try TemporaryFolder()
    let folder = try SiteFolder(path: temporary.path)
    func write(_ key: String, _ text: String) throws -> BuiltObject {
      try folder.write(Array(text.utf8), to: key)
      return BuiltObject(
        key: key, size: text.utf8.count, sha256: sha256Hex(Array(text.utf8)))
    }
    #expect(try ReleaseManifest.current(in: folder) == nil)
    let both = [try write("b.png", "two"), try write("a/x y:z.json", "one")]
    let first = try ReleaseManifest.update(folder, objects: both)
    #expect(first.release.release == 1)
    #expect(first.changes.added == ["a/x y:z.json", "b.png"])

    let same = try ReleaseManifest.update(folder, objects: both)
    #expect(same.release.release == 1)
    #expect(same.changes.isEmpty)

    let second = try ReleaseManifest.update(folder, objects: [both[0]])
    #expect(second.release.release == 2)
    #expect(second.changes.removed == ["a/x y:z.json"])
    #expect(try folder.read("a/x y:z.json") == nil)
    #expect(try folder.read(ReleaseManifest.key(release: 1)) == nil)
    #expect(try ReleaseManifest.current(in: folder)?.objects == [both[0]])
    let text = try #require(try folder.read(ReleaseManifest.key(release: 2)))
    #expect(try JSONValue(parsing: text)["objects"]?[0]?["type"] == "image/png")
  }

  @Test(arguments: ["{}", "{\"release\":1}", "not json", ""])
  func aDamagedPointerIsAnError(text: String) throws {
    let temporary = try TemporaryFolder()
    let folder = try SiteFolder(path: temporary.path)
    try folder.write(Array(text.utf8), to: ReleaseManifest.currentKey)
    #expect(throws: StoreError.self) { try ReleaseManifest.current(in: folder) }
  }
}
