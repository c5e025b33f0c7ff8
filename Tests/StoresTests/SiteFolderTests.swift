import Foundation
import Stores
import TestKit
import Testing

private func keys(_ site: SiteFolder) throws -> [String] {
  var keys: [String] = []
  try site.forEachFile { file throws(StoreError) in keys.append(file.key) }
  return keys
}

private func text(_ site: SiteFolder, _ key: String) throws -> String? {
  try site.read(key).map { String(decoding: $0, as: UTF8.self) }
}

@Suite struct SiteFolderTests {
  let folder: TemporaryFolder
  let site: SiteFolder

  init() throws {
    folder = try TemporaryFolder()
    site = try SiteFolder(path: folder.path + "/deep/site/")
    try site.startBuild()
  }

  @Test func writesOnlyWhatChanges() throws {
    #expect(try site.write(Array("one".utf8), to: "a/b/c.txt") == .written)
    let before = try site.contents.fingerprint(of: "a/b/c.txt")
    #expect(try site.write(Array("one".utf8), to: "a/b/c.txt") == .unchanged)
    #expect(try site.contents.fingerprint(of: "a/b/c.txt") == before)
    #expect(try site.write(Array("two".utf8), to: "a/b/c.txt") == .written)
    #expect(try text(site, "a/b/c.txt") == "two")
    #expect(try site.write([], to: "empty") == .written)
    #expect(try site.write([], to: "empty") == .unchanged)
    #expect(try site.exists("empty"))
    #expect(try !site.exists("a/b"))
    let large = (0..<700_000).map { UInt8(truncatingIfNeeded: $0) }
    try site.write(large, to: "large")
    #expect(try site.write(large, to: "large") == .unchanged)
    #expect(try site.write(large.dropLast() + [0], to: "large") == .written)
    #expect(try keys(site) == ["a/b/c.txt", "empty", "large"])
    #expect(try site.digest(of: "large")?.sha256 == sha256(large.dropLast() + [0]))
    #expect(try site.digest(of: "large")?.size == 700_000)
  }

  @Test func listsInTheOrderOfKeys() throws {
    let all = ["a.b", "a/x", "a/x.y/z", "a/x/1", "a0", "b", "é", "z/.hidden"]
    for key in all.reversed() where key != "a/x" { try site.write([1], to: key) }
    try site.write([1], to: ".cubepress/journal")
    let sorted = all.filter { $0 != "a/x" }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    #expect(try keys(site) == sorted)
  }

  @Test func removesAndTidies() throws {
    for key in ["a/b/1", "a/b/2", "a/c/1"] { try site.write([1], to: key) }
    try site.remove("a/b/1")
    try site.remove("a/b/1")
    #expect(try keys(site) == ["a/b/2", "a/c/1"])
    try site.remove("a/b/2")
    #expect(!FileManager.default.fileExists(atPath: site.path + "/a/b"))
    try site.removeTree("a")
    try site.removeTree("a")
    #expect(try keys(site).isEmpty)
    #expect(FileManager.default.fileExists(atPath: site.path))
  }

  @Test func refusesToEscape() throws {
    for key in ["../x", "/etc/x", "a/../../x", "", "a//b", "a/"] {
      let written = #expect(throws: StoreError.self) { try site.write([1], to: key) }
      #expect(written?.kind == .invalidKey)
      #expect(throws: StoreError.self) { try site.remove(key) }
      #expect(throws: StoreError.self) { try site.removeTree(key) }
      #expect(throws: StoreError.self) { try site.stage(key) }
    }
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/deep/x"))
  }

  @Test func removesLinksButNotWhatTheyName() throws {
    let other = try TemporaryFolder()
    try other.write("keep", to: "file")
    try site.write([1], to: "a/b")
    try FileManager.default.createSymbolicLink(
      atPath: site.path + "/a/link", withDestinationPath: other.path)
    try site.removeTree("a")
    #expect(other.read("file") != nil)
  }

  @Test func putsTreesInPlaceAtOnce() throws {
    for round in ["first", "second"] {
      let tree = try site.stage("datasets/x/tiles")
      try tree.write(Array(round.utf8), to: "0/0/0.png")
      try tree.write([1, 2], to: "\(round).json")
      #expect(try text(site, "datasets/x/tiles/0/0/0.png") == (round == "first" ? nil : "first"))
      try tree.publish()
      #expect(tree.fileCount == 2)
      #expect(tree.byteCount == round.utf8.count + 2)
      #expect(try keys(site) == ["datasets/x/tiles/0/0/0.png", "datasets/x/tiles/\(round).json"])
    }
    let abandoned = try site.stage("datasets/x/tiles")
    try abandoned.write([1], to: "other")
    abandoned.discard()
    #expect(try text(site, "datasets/x/tiles/0/0/0.png") == "second")
    try site.stage("datasets/x/tiles").publish()
    #expect(try keys(site).isEmpty)
    #expect(staged.isEmpty)
  }

  @Test func refusesToWriteAFileOfATreeTwice() throws {
    let tree = try site.stage("t")
    try tree.write([1], to: "a/b")
    #expect(throws: StoreError.self) { try tree.write([2], to: "a/b") }
    #expect(throws: StoreError.self) { try tree.write([2], to: "../b") }
    try tree.publish()
    #expect(try site.read("t/a/b") == [1])
  }

  @Test func manyThreadsWriteOneTree() throws {
    let tree = try site.stage("t")
    DispatchQueue.concurrentPerform(iterations: 4) { worker in
      for row in 0..<100 {
        for column in 0..<5 {
          #expect(throws: Never.self) { try tree.write([7], to: "\(row)/\(column)-\(worker)") }
        }
      }
    }
    try tree.publish()
    #expect(try keys(site).count == 2000)
  }

  @Test func manyThreadsWriteAndRemoveInOneFolder() throws {
    DispatchQueue.concurrentPerform(iterations: 4) { worker in
      for round in 0..<200 {
        #expect(throws: Never.self) {
          try site.write([UInt8(round % 250)], to: "a/b/\(worker)")
          try site.remove("a/b/\(worker)")
        }
      }
    }
    #expect(try keys(site).isEmpty)
  }

  @Test func theNextBuildClearsWhatAKilledOneLeft() throws {
    try folder.write("junk", to: "again/.cubepress/staging/99-1/0/0.png")
    try folder.write("kept", to: "again/.cubepress/journal")
    let again = try SiteFolder(path: folder.path + "/again")
    try again.startBuild()
    #expect(folder.read("again/.cubepress/staging/99-1/0/0.png") == nil)
    #expect(folder.read("again/.cubepress/journal") != nil)
    try again.startBuild()
    let other = try SiteFolder(path: folder.path + "/again")
    let error = #expect(throws: StoreError.self) { try other.startBuild() }
    #expect(error?.description.contains("another build runs there") == true)
  }

  @Test func saysWhyItCannotWrite() throws {
    try site.write([1], to: "file")
    let below = #expect(throws: StoreError.self) { try site.write([1], to: "file/below") }
    #expect(below?.kind == .unwritable)
    #expect(below?.description.contains("Not a directory") == true)
    try site.write([1], to: "tree/x")
    #expect(throws: StoreError.self) { try site.write([1], to: "tree") }
    let long = #expect(throws: StoreError.self) {
      try site.write([1], to: String(repeating: "x", count: 300))
    }
    #expect(long?.description.contains("Shorten the names") == true)
    #expect(staged.isEmpty)
    #expect(throws: StoreError.self) { try SiteFolder(path: site.path + "/file") }
  }

  private var staged: [String] {
    let path = site.path + "/.cubepress/staging"
    return (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
  }
}
