import Foundation
import Teams
import TestKit
import Testing

@testable import Workspaces

/// Files with versions: what was put stays as it was, contents are kept once, quota counts them once.
struct FileTests {
  @Test func versions() async throws {
    let keeping = try await Keeping()
    let workspace = keeping.workspace
    #expect(try await keeping.put("one", as: "models/a.pt").number == 1)
    #expect(try await keeping.put("two", as: "models/a.pt").number == 2)
    // `printf one | sha256sum`
    let first = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
    let versions = try await workspace.versions(of: "models/a.pt", ofTeam: "ice")
    #expect(versions.map(\.number) == [2, 1])
    #expect(versions.last?.sha256 == first)
    #expect(keeping.folder.read("teams/ice/blobs/" + first) == Array("one".utf8))
    // A number is never used again.
    #expect(try await workspace.removeFile("models/a.pt", version: 2, of: keeping.team))
    #expect(try await keeping.put("three", as: "models/a.pt").number == 3)
    #expect(try await !workspace.removeFile("models/a.pt", version: 2, of: keeping.team))
  }

  @Test func contentsAreKeptOnceAndAsLongAsSomethingHasThem() async throws {
    let keeping = try await Keeping()
    let workspace = keeping.workspace
    for path in ["a", "b", "b"] { _ = try await keeping.put("same", as: path) }
    #expect(keeping.names(in: "blobs").count == 1)
    #expect(try await workspace.storageUse(of: keeping.team).files == 4)
    #expect(try await workspace.removeFile("a", of: keeping.team))
    #expect(keeping.names(in: "blobs").count == 1)
    #expect(try await workspace.removeFile("b", of: keeping.team))
    #expect(keeping.names(in: "blobs").isEmpty && keeping.names(in: "uploads").isEmpty)
    #expect(try await workspace.storageUse(of: keeping.team).total == 0)
    #expect(try await !workspace.removeFile("b", of: keeping.team))
  }

  @Test func ofManyAtOnceOnlySoManyGetRoom() async throws {
    let keeping = try await Keeping(quota: 100)
    let kept = await withTaskGroup(of: Bool.self) { group in
      for number in 10..<40 {
        group.addTask { (try? await keeping.put("content \(number)", as: "\(number)")) != nil }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(kept == 10)
    #expect(keeping.names(in: "blobs").count == 10 && keeping.names(in: "uploads").isEmpty)
  }

  @Test(
    "paths that lead elsewhere",
    arguments: ["", "/a", "a/", "a//b", "../a", "a/../b", ".hidden", "a/.b", "a\\b", "a\0", "a\n"])
  func paths(path: String) async throws {
    let keeping = try await Keeping()
    let error = await #expect(throws: WorkspaceError.self) {
      _ = try await keeping.put("x", as: path)
    }
    #expect(error?.kind == .invalid)
  }

  @Test func aStoryDoesNotWaitForTheCheckOfACube() async throws {
    // To look at a cube never ends; the page of a story is made once.
    let keeping = try await Keeping(
      reader: """
        test "$1" = story || exec sleep 1000
        mkdir -p "$4/stories/a" && cp "$2" "$4/stories/a/index.html" && rm "$0"
        """)
    let cube = Array("CDF\u{1}".utf8)
    let upload = try await keeping.receive(
      cube, of: try await keeping.begin("bed", length: cube.count), at: 0)
    #expect(upload.state == .checking)
    _ = try await keeping.put("# Text", as: "a.md")
    for _ in 0..<2 {
      let story = try await keeping.workspace.story("a.md", of: keeping.team)
      let page = try String(contentsOfFile: "\(story.folder)/\(story.page)", encoding: .utf8)
      #expect(page == "# Text")
    }
  }

  @Test func aNotebookThatCannotBeShownIsTriedOnceForEachContent() async throws {
    let keeping = try await Keeping(
      reader: """
        echo tried >> "$(dirname "$0")/tries"
        echo "Error: too strange" >&2
        exit 1
        """)
    func tries() -> Int { keeping.folder.read("tries")?.filter { $0 == 10 }.count ?? 0 }
    for (text, count) in [("one", 1), ("one", 1), ("two", 2)] {
      _ = try await keeping.put(text, as: "a.md")
      for _ in 0..<3 {
        let error = await #expect(throws: WorkspaceError.self) {
          _ = try await keeping.workspace.story("a.md", of: keeping.team)
        }
        #expect(error?.kind == .invalid && error?.reason == "too strange")
      }
      #expect(tries() == count)
    }
  }

  @Test func pagesGoWithTheirNotebook() async throws {
    let keeping = try await Keeping(
      reader: #"mkdir -p "$4/stories/a" && cp "$2" "$4/stories/a/index.html""#)
    for path in ["a.md", "b.md"] {
      _ = try await keeping.put("# Text", as: path)
      _ = try await keeping.workspace.story(path, of: keeping.team)
    }
    #expect(keeping.names(in: "stories").count == 2)
    #expect(try await keeping.workspace.removeFile("a.md", of: keeping.team))
    #expect(keeping.names(in: "stories").count == 1)
  }

  @Test(
    "the latest pages are kept",
    arguments: [
      (10, 1000, ["a", "b", "c"]), (2, 1000, ["a", "b"]), (10, 250, ["a", "b"]), (0, 0, ["a"]),
    ] as [(Int, Int64, [String])])
  func shelf(stories: Int, bytes: Int64, kept: [String]) throws {
    let folder = try TemporaryFolder()
    for (age, name) in ["a", "b", "c"].enumerated() {
      try folder.write(String(repeating: "x", count: 100), to: "shelf/\(name)/1/index.html")
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: Double(1000 - age))],
        ofItemAtPath: folder.path + "/shelf/" + name)
    }
    let shelf = StoryShelf(
      folder: folder.path + "/shelf", mostStories: stories, mostBytes: bytes)
    shelf.trim()
    #expect(try FileManager.default.contentsOfDirectory(atPath: shelf.folder).sorted() == kept)
  }

  @Test func aFileIsNoFolder() async throws {
    let keeping = try await Keeping()
    _ = try await keeping.put("x", as: "a/b")
    for path in ["a", "a/b/c"] {
      let error = await #expect(throws: WorkspaceError.self) {
        _ = try await keeping.put("y", as: path)
      }
      #expect(error?.kind == .conflict)
    }
    #expect(keeping.names(in: "blobs").count == 1, "what was refused stays on the disk")
    _ = try await keeping.put("z", as: "a-b")
    #expect(
      try await keeping.workspace.files(of: keeping.team, prefix: "a/", limit: 9).map(\.path)
        == ["a/b"])
  }

  /// A client that does not say how much comes, and never ends.
  private struct Endless: AsyncSequence, AsyncIteratorProtocol {
    func makeAsyncIterator() -> Endless { self }
    func next() async -> [UInt8]? { [UInt8](repeating: 0, count: 1 << 20) }
  }

  @Test func whatArrivesIsRefusedAsSoonAsThereIsNoRoom() async throws {
    let keeping = try await Keeping(quota: 20 << 20)
    let error = await #expect(throws: WorkspaceError.self) {
      _ = try await keeping.workspace.putFile(
        Endless(), path: "a", announced: nil, sha256: nil, of: keeping.team, by: "ada", now: 1000)
    }
    #expect(error?.kind == .full)
    #expect(keeping.names(in: "uploads").isEmpty)
    // What was given up counts no more.
    #expect(keeping.workspace.arriving.add(0, of: keeping.team.id) == 0)
  }
}
