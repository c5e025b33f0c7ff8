import Foundation
import GRDB
import Teams
import TestKit
import Testing

@testable import Workspaces

/// Replacing a dataset in place: what readers find before, meanwhile and afterwards.
struct ReplacementTests {
  private static let first = Array("CDF\u{1} the first content".utf8)
  private static let second = Array("CDF\u{1} another".utf8)
  /// TIFF, little-endian.
  private static let third = Array("II*\0 a picture of the ground".utf8)

  private func replace(
    _ dataset: String, with bytes: [UInt8], in keeping: Keeping
  ) async throws -> Upload {
    let upload = try await keeping.begin(dataset, length: bytes.count, replacing: true)
    return try await keeping.outcome(of: try await keeping.receive(bytes, of: upload, at: 0))
  }

  private func keep(_ bytes: [UInt8], as dataset: String, in keeping: Keeping) async throws {
    let upload = try await keeping.begin(dataset, length: bytes.count)
    _ = try await keeping.outcome(of: try await keeping.receive(bytes, of: upload, at: 0))
  }

  private func dataset(_ keeping: Keeping) async throws -> Dataset {
    try #require(try await keeping.workspace.dataset("bed", ofTeam: "ice"))
  }

  private func wishToPublish(_ keeping: Keeping) async throws {
    try await keeping.workspace.requestPublication(
      of: "bed", as: "ice-bed", title: "Bed", summary: "", licence: "CC0-1.0", of: keeping.team,
      by: "ada", now: 1000)
  }

  @Test func theContentChangesAndNothingElse() async throws {
    let keeping = try await Keeping()
    try await keep(Self.first, as: "bed", in: keeping)
    let other = try await keeping.database.addTeam("sea", title: "Sea", owner: keeping.owner)
    try await keeping.database.grant(.reader, on: "bed", of: keeping.team, to: other)
    let before = try await dataset(keeping)
    #expect(try await replace("bed", with: Self.third, in: keeping).state == .accepted)
    let after = try await dataset(keeping)
    #expect(after.path != before.path && after.fileName == "cube.tif")
    #expect(keeping.folder.read(after.path) == Self.third)
    #expect(after.title == before.title)
    let grants = try await keeping.database.grants(of: keeping.team)
    #expect(grants.map(\.item) == ["bed"])
    let source = try await keeping.database.cubeSources(ofTeam: "ice")
    #expect(source.map { "teams/ice/\($0.path)" } == [after.path])
    let audit = try await keeping.database.audit(team: "ice", limit: 10)
    #expect(audit.map(\.action) == ["replaced a dataset", "uploaded a dataset"])
    // Who has opened the earlier one goes on reading it; its room is free.
    let earlier = try await keeping.workspace.earlierContents(of: "bed", ofTeam: "ice")
    #expect(earlier.map(\.path) == [before.path])
    #expect(keeping.folder.read(before.path) == Self.first)
    let use = try await keeping.workspace.storageUse(of: keeping.team)
    #expect(use.total == Int64(Self.third.count))
    // Until its time is over.
    let until = try #require(earlier.first?.until)
    try await keeping.workspace.removeReplaced(now: until - 1)
    #expect(keeping.folder.read(before.path) == Self.first)
    try await keeping.workspace.removeReplaced(now: until)
    #expect(keeping.folder.read(before.path) == nil)
    #expect(keeping.folder.read(after.path) == Self.third)
  }

  @Test func ofManyReplacementsOneEarlierContentStays() async throws {
    let keeping = try await Keeping()
    try await keep(Self.first, as: "bed", in: keeping)
    for number in 0..<5 {
      let bytes = Self.second + Array("\(number)".utf8)
      #expect(try await replace("bed", with: bytes, in: keeping).state == .accepted)
    }
    #expect(keeping.names(in: "uploaded").count == 2)
    try await keeping.workspace.removeDataset("bed", of: keeping.team)
    #expect(keeping.names(in: "uploaded").isEmpty)
  }

  @Test func theSameBytesChangeNothing() async throws {
    let keeping = try await Keeping()
    try await keep(Self.first, as: "bed", in: keeping)
    let before = try await dataset(keeping)
    #expect(try await replace("bed", with: Self.first, in: keeping).state == .accepted)
    #expect(try await dataset(keeping) == before)
    #expect(keeping.names(in: "uploaded").count == 1)
  }

  @Test func aFailedCheckLeavesTheOldOne() async throws {
    let keeping = try await Keeping(
      reader: "if grep -q another \"$2\"; then exit 1; fi; " + Keeping.content)
    try await keep(Self.first, as: "bed", in: keeping)
    let before = try await dataset(keeping)
    #expect(try await replace("bed", with: Self.second, in: keeping).state == .refused)
    #expect(try await dataset(keeping) == before)
    #expect(keeping.names(in: "uploaded").count == 1)
    #expect(try await keeping.workspace.earlierContents(of: "bed", ofTeam: "ice").isEmpty)
  }

  @Test func itMustBeThereAndNobodyElseAtIt() async throws {
    let keeping = try await Keeping()
    let missing = await #expect(throws: WorkspaceError.self) {
      _ = try await keeping.begin("bed", length: 1, replacing: true)
    }
    #expect(missing?.kind == .unknown)
    try await keep(Self.first, as: "bed", in: keeping)
    let taken = await #expect(throws: WorkspaceError.self) {
      _ = try await keeping.begin("bed", length: 1)
    }
    #expect(taken?.kind == .taken && taken?.remedy.contains("replaces") == true)
    let upload = try await keeping.begin("bed", length: Self.second.count, replacing: true)
    let twice = await #expect(throws: WorkspaceError.self) {
      _ = try await keeping.begin("bed", length: 1, replacing: true)
    }
    #expect(twice?.kind == .taken)
    // Removed meanwhile, it does not come back with its name only.
    try await keeping.workspace.removeDataset("bed", of: keeping.team)
    let end = try await keeping.outcome(
      of: try await keeping.receive(Self.second, of: upload, at: 0))
    #expect(end.state == .refused && end.problem?.contains("removed meanwhile") == true)
    #expect(keeping.names(in: "uploaded").isEmpty)
  }

  @Test func onlyWhatItHasMoreNeedsRoom() async throws {
    let keeping = try await Keeping(quota: 100)
    let large = Self.first + [UInt8](repeating: 1, count: 60)
    try await keep(large, as: "bed", in: keeping)
    let larger = large + [UInt8](repeating: 2, count: 10)
    let upload = try await keeping.begin("bed", length: larger.count, replacing: true)
    #expect(try await keeping.workspace.storageUse(of: keeping.team).total == Int64(larger.count))
    // Another one finds only what is left beside.
    await #expect(throws: WorkspaceError.self) {
      _ = try await keeping.begin("other", length: 101 - larger.count)
    }
    _ = try await keeping.begin("other", length: 100 - larger.count)
    let end = try await keeping.outcome(of: try await keeping.receive(larger, of: upload, at: 0))
    #expect(end.state == .accepted)
    #expect(try await keeping.workspace.storageUse(of: keeping.team).total == 100)
    let tooMuch = await #expect(throws: WorkspaceError.self) {
      _ = try await keeping.begin("bed", length: larger.count + 1, replacing: true)
    }
    #expect(tooMuch?.kind == .full)
    // One that is no larger may come, whatever became of the quota.
    try await keeping.workspace.setQuota(10, of: keeping.team)
    #expect(try await replace("bed", with: large, in: keeping).state == .accepted)
  }

  @Test func theNextStartForgetsNoContentThatIsNeeded() async throws {
    let keeping = try await Keeping()
    try await keep(Self.first, as: "bed", in: keeping)
    _ = try await replace("bed", with: Self.second, in: keeping)
    let earlier = try await keeping.workspace.earlierContents(of: "bed", ofTeam: "ice")
    try await keeping.workspace.takeUp(now: 1000)
    #expect(keeping.names(in: "uploaded").count == 2)
    let until = try #require(earlier.first?.until)
    try await keeping.workspace.takeUp(now: until)
    #expect(keeping.names(in: "uploaded").count == 1)
    #expect(keeping.folder.read(try await dataset(keeping).path) == Self.second)
  }

  // MARK: Publishing

  private func publishedSource(_ keeping: Keeping) -> String? {
    keeping.folder.read("publish/ice-bed.yaml").flatMap { bytes in
      String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        .first { $0.contains("source:") }
        .map { $0.split(separator: "\"")[1].dropFirst(keeping.folder.path.count + 1) }
        .map(String.init)
    }
  }

  private func publish(_ content: String, _ keeping: Keeping) async throws -> Publication? {
    try await keeping.workspace.publish(
      "ice-bed", content: content, of: keeping.team, by: "bob", now: 1001)
  }

  @Test func thePublicSiteKeepsWhatWasAgreedTo() async throws {
    let keeping = try await Keeping()
    let workspace = keeping.workspace
    try await keep(Self.first, as: "bed", in: keeping)
    try await wishToPublish(keeping)
    let asked = try await dataset(keeping)
    // Replaced between the wish and the review: what was looked at is not what would be published.
    _ = try await replace("bed", with: Self.second, in: keeping)
    #expect(try await workspace.publications(of: keeping.team).first?.isOutdated == true)
    let stale = await #expect(throws: WorkspaceError.self) {
      _ = try await publish(asked.sha256, keeping)
    }
    #expect(stale?.kind == .conflict && publishedSource(keeping) == nil)
    let agreed = try await dataset(keeping)
    #expect(try await publish(agreed.sha256, keeping)?.isOutdated == false)
    #expect(publishedSource(keeping) == agreed.path)
    // Replaced again and again afterwards: the public site stays, and its bytes count.
    for bytes in [Self.third, Self.first, Self.second + [9]] {
      _ = try await replace("bed", with: bytes, in: keeping)
    }
    try await workspace.takeUp(now: 1_000_000_000_000)
    #expect(publishedSource(keeping) == agreed.path)
    #expect(keeping.folder.read(agreed.path) == Self.second)
    let use = try await workspace.storageUse(of: keeping.team)
    #expect(use.total == Int64(2 * Self.second.count + 1))
    // An owner agrees to the new one: a build that reads the other has time to end.
    let present = try await dataset(keeping)
    #expect(try await publish(present.sha256, keeping) != nil)
    #expect(publishedSource(keeping) == present.path)
    #expect(keeping.folder.read(agreed.path) == Self.second)
    try await workspace.removeReplaced(now: 1001 + 2 * 86_400)
    #expect(keeping.folder.read(agreed.path) == nil)
    #expect(try await publish(present.sha256, keeping) == nil)
  }

  @Test func withdrawnItsContentGoes() async throws {
    let keeping = try await Keeping()
    try await keep(Self.first, as: "bed", in: keeping)
    try await wishToPublish(keeping)
    let agreed = try await dataset(keeping)
    _ = try await publish(agreed.sha256, keeping)
    _ = try await replace("bed", with: Self.second, in: keeping)
    _ = try await keeping.workspace.withdraw("ice-bed", of: keeping.team, now: 2000)
    #expect(publishedSource(keeping) == nil)
    try await keeping.workspace.removeReplaced(now: 2000 + 2 * 86_400)
    #expect(keeping.names(in: "uploaded").count == 1)
  }

  @Test func aBackupHasWhatThePublicSiteIsMadeOfAndNoMore() async throws {
    let keeping = try await Keeping()
    try await keep(Self.first, as: "bed", in: keeping)
    try await wishToPublish(keeping)
    let agreed = try await dataset(keeping)
    _ = try await publish(agreed.sha256, keeping)
    _ = try await replace("bed", with: Self.second, in: keeping)
    let between = try await dataset(keeping)
    _ = try await replace("bed", with: Self.third, in: keeping)
    let data = keeping.folder.path
    // The name that the server gives its database.
    try await keeping.database.backUp(to: data + "/cubepress.sqlite")
    try await Backup.write(data, to: data + "/backup")
    try await Backup.restore(data + "/backup", to: data + "/again")
    let again = try Workspace(
      database: TeamDatabase(path: data + "/again/cubepress.sqlite"),
      settings: WorkspaceSettings(dataFolder: data + "/again"))
    try await again.takeUp(now: 1000)
    #expect(keeping.folder.read("again/" + agreed.path) == Self.first)
    #expect(keeping.folder.read("again/" + between.path) == nil)
    #expect(keeping.folder.read("again/" + (try await dataset(keeping)).path) == Self.third)
    let earlier = try await again.earlierContents(of: "bed", ofTeam: "ice")
    #expect(earlier.map(\.path) == [agreed.path])
    let recipe = keeping.folder.read("again/publish/ice-bed.yaml").map {
      String(decoding: $0, as: UTF8.self)
    }
    #expect(recipe?.contains("/again/" + agreed.path) == true)
  }

  /// A database as the release before wrote it: publications get the content that their dataset has.
  @Test func publicationsOfEarlierDatabasesMeanTheContentOfThen() async throws {
    let keeping = try await Keeping()
    try await keep(Self.first, as: "bed", in: keeping)
    try await wishToPublish(keeping)
    let path = keeping.folder.path + "/test.sqlite"
    try await keeping.database.pool.write { database in
      for sql in [
        "ALTER TABLE upload DROP COLUMN replaces", "DROP TABLE replaced_dataset",
        "ALTER TABLE publication DROP COLUMN sha256",
        "DELETE FROM grdb_migrations WHERE identifier = 'replaced datasets'",
      ] { try database.execute(sql: sql) }
    }
    let again = Workspace(
      database: try TeamDatabase(path: path), settings: keeping.workspace.settings)
    let wish = try #require(try await again.publications(of: keeping.team).first)
    #expect(wish.sha256 == (try await dataset(keeping)).sha256 && !wish.isOutdated)
  }
}
