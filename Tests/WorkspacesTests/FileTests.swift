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

  @Test func aFileIsNoFolder() async throws {
    let keeping = try await Keeping()
    _ = try await keeping.put("x", as: "a/b")
    for path in ["a", "a/b/c"] {
      let error = await #expect(throws: WorkspaceError.self) {
        _ = try await keeping.put("y", as: path)
      }
      #expect(error?.kind == .conflict)
    }
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
