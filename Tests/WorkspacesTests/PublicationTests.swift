import TestKit
import Testing

@testable import Workspaces

/// Publishing: only what an owner agreed to stands in the folder of recipes.
struct PublicationTests {
  private func published(_ keeping: Keeping) -> String? {
    keeping.folder.read("publish/ice-bed.yaml").map { String(decoding: $0, as: UTF8.self) }
  }

  /// A dataset, and ada's wish to publish it.
  private func wish(_ keeping: Keeping) async throws -> Upload {
    let cube = Array("CDF\u{1}".utf8)
    let upload = try await keeping.begin("bed", length: cube.count)
    _ = try await keeping.outcome(of: try await keeping.receive(cube, of: upload, at: 0))
    try await keeping.workspace.requestPublication(
      of: "bed", as: "ice-bed", title: "Bed\n  - id: evil", summary: "", licence: "CC-BY-4.0",
      of: keeping.team, by: "ada", now: 1000)
    return upload
  }

  @Test func whoAskedTakesItBackUntilAnOwnerAgrees() async throws {
    let keeping = try await Keeping()
    let (workspace, team) = (keeping.workspace, keeping.team)
    _ = try await wish(keeping)
    let byAnother = try await workspace.withdraw("ice-bed", of: team, wishOf: "eve", now: 1001)
    #expect(byAnother == nil)
    let byAda = try await workspace.withdraw("ice-bed", of: team, wishOf: "ada", now: 1002)
    #expect(byAda?.dataset == "bed")
    #expect(try await workspace.publications(of: team).isEmpty)
    try await workspace.requestPublication(
      of: "bed", as: "ice-bed", title: "Bed", summary: "", licence: "CC0-1.0", of: team, by: "ada",
      now: 1003)
    let content = try #require(try await workspace.dataset("bed", ofTeam: "ice")).sha256
    _ = try await workspace.publish("ice-bed", content: content, of: team, by: "bob", now: 1004)
    let tooLate = try await workspace.withdraw("ice-bed", of: team, wishOf: "ada", now: 1005)
    #expect(tooLate == nil)
    #expect(published(keeping) != nil)
  }

  @Test func fromTheWishToTheRecipeAndBack() async throws {
    let keeping = try await Keeping()
    let workspace = keeping.workspace
    let upload = try await wish(keeping)
    #expect(published(keeping) == nil)
    let content = try #require(try await workspace.dataset("bed", ofTeam: "ice")).sha256
    let done = try await workspace.publish(
      "ice-bed", content: content, of: keeping.team, by: "bob", now: 1001)
    #expect(done?.publisher == "bob")
    #expect(
      published(keeping) == """
        # ice/bed, written by cubepress-server.
        datasets:
          - id: "ice-bed"
            title: "Bed\\n  - id: evil"
            source: "\(keeping.folder.path)/teams/ice/uploaded/\(upload.id)/cube.nc"
            licence: "CC-BY-4.0"

        """)
    // What is published stays.
    let error = await #expect(throws: WorkspaceError.self) {
      try await workspace.removeDataset("bed", of: keeping.team)
    }
    #expect(error?.kind == .conflict)
    #expect(
      try await workspace.publish(
        "ice-bed", content: content, of: keeping.team, by: "bob", now: 1002) == nil)
    // After a crash the folder is made what the database says.
    try keeping.folder.write("old", to: "publish/gone.yaml")
    try keeping.folder.write("cut", to: "publish/ice-bed.yaml")
    try await workspace.takeUp(now: 1000)
    #expect(published(keeping)?.contains("ice-bed") == true)
    #expect(keeping.folder.read("publish/gone.yaml") == nil)
    #expect(try await workspace.withdraw("ice-bed", of: keeping.team, now: 1003)?.dataset == "bed")
    #expect(published(keeping) == nil)
    try await workspace.removeDataset("bed", of: keeping.team)
  }
}
