import GRDB
import JSON
import Teams
import TestKit
import Testing

@testable import Workspaces

/// How many things a team may have, whatever bytes they have, and how much a place counts.
struct LimitTests {
  private let keeping: Keeping

  init() async throws {
    var limits = TeamLimits()
    (limits.collections, limits.datasets, limits.fileVersions) = (2, 2, 3)
    keeping = try await Keeping(limits: limits)
  }

  private func requireFull(_ words: String, _ body: () async throws -> Void) async {
    let error = await #expect(throws: WorkspaceError.self) { try await body() }
    #expect(error?.kind == .full && error?.reason.contains(words) == true, "\(words)")
  }

  private func makeCollection(_ name: String) async throws -> PlaceCollection {
    try await keeping.workspace.addCollection(
      name, title: "", to: keeping.team, by: "ada", now: 1000)
    return try #require(try await keeping.workspace.collection(name, ofTeam: "ice"))
  }

  @Test func collections() async throws {
    let first = try await makeCollection("a")
    _ = try await makeCollection("b")
    await requireFull("2 collections") { _ = try await makeCollection("c") }
    try await keeping.workspace.removeCollection(first, of: keeping.team)
    _ = try await makeCollection("c")
  }

  @Test func versionsOfAllFiles() async throws {
    for path in ["a", "a", "b"] { _ = try await keeping.put("", as: path) }
    await requireFull("3 versions of files") { _ = try await keeping.put("new", as: "c") }
    // Nothing of it stays, not even its name.
    #expect(keeping.names(in: "blobs").count == 1 && keeping.names(in: "uploads").isEmpty)
    #expect(
      try await keeping.workspace.files(of: keeping.team, limit: 9).map(\.path) == ["a", "b"])
    #expect(try await keeping.workspace.removeFile("a", version: 1, of: keeping.team))
    _ = try await keeping.put("new", as: "c")
  }

  @Test func datasets() async throws {
    try await keeping.database.setCubeSource(
      try CubeSource(dataset: "lies", title: "", path: "cubes/a"), of: keeping.team)
    let cube = Array("CDF\u{1}".utf8)
    let upload = try await keeping.begin("bed", length: cube.count)
    await requireFull("2 datasets") { _ = try await keeping.begin("top", length: 4) }
    _ = try await keeping.receive(cube, of: upload, at: 0)
    #expect(try await keeping.outcome(of: upload).state == .accepted)
    await requireFull("2 datasets") { _ = try await keeping.begin("top", length: 4) }
    // What takes the place of another is not one more.
    _ = try await keeping.begin("bed", length: 4, replacing: true)
  }

  /// A database as the release before wrote it, which counted the GeoJSON of places alone.
  @Test func placesOfEarlierDatabasesAreCountedAnew() async throws {
    let collection = try await makeCollection("a")
    _ = try await makeCollection("empty")
    let place = try NewFeature.read(
      try JSONValue(
        parsing:
          #"{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":{}}"#))
    _ = try await keeping.workspace.add(place + place, to: collection, of: keeping.team)
    let bytes = try await keeping.workspace.storageUse(of: keeping.team).places
    try await keeping.database.pool.write { database in
      for sql in [
        "UPDATE collection SET bytes = bytes - 2 * 128 WHERE name = 'a'",
        "DROP INDEX audit_at", "DROP INDEX audit_cut", "DROP INDEX token_user",
        "DROP INDEX session_user",
        "DELETE FROM grdb_migrations WHERE identifier = 'the log is cut, things are counted'",
      ] { try database.execute(sql: sql) }
    }
    let again = Workspace(
      database: try TeamDatabase(path: keeping.folder.path + "/test.sqlite"),
      settings: keeping.workspace.settings)
    #expect(try await again.storageUse(of: keeping.team).places == bytes)
    #expect(try await again.collection("empty", ofTeam: "ice")?.bytes == 0)
  }

  /// Numbers without end.
  private static let endless =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"

  @Test func whatTakesTooLongIsGivenUp() async throws {
    let workspace = keeping.workspace
    let read = await #expect(throws: WorkspaceError.self) {
      try await workspace.look("count", within: .milliseconds(1)) {
        _ = try Int.fetchOne($0, sql: Self.endless)
      }
    }
    #expect(read?.kind == .tooLong)
    let written = await #expect(throws: WorkspaceError.self) {
      try await workspace.change("count", within: .milliseconds(1)) { database in
        try database.execute(
          sql:
            "INSERT INTO collection (team, name, title, created, created_by) VALUES (?, 'x', '', 0, '')",
          arguments: [keeping.team.id])
        _ = try Int.fetchOne(database, sql: Self.endless)
      }
    }
    #expect(written?.kind == .tooLong)
    #expect(try await workspace.collection("x", ofTeam: "ice") == nil)
    // What is in time is done, and the connections are as before.
    _ = try await makeCollection("a")
    #expect(try await workspace.look("count", within: .seconds(3600)) { _ in 1 } == 1)
  }

  @Test func whatNobodyWaitsForIsGivenUp() async throws {
    let work = Task { [workspace = keeping.workspace] in
      try await workspace.look("count", within: .seconds(3600)) {
        _ = try Int.fetchOne($0, sql: Self.endless)
      }
    }
    work.cancel()
    await #expect(throws: CancellationError.self) { try await work.value }
  }

  @Test func aPlaceCountsWithItsRow() async throws {
    let collection = try await makeCollection("a")
    let geometry = #"{"type":"Point","coordinates":[1,2]}"#
    let places = try NewFeature.read(
      try JSONValue(
        parsing: """
          {"type":"FeatureCollection","features":[
          {"type":"Feature","geometry":\(geometry),"properties":{}},
          {"type":"Feature","geometry":\(geometry),"properties":{"a":"ä"}}]}
          """))
    let ids = try await keeping.workspace.add(places, to: collection, of: keeping.team)
    let row: Int64 = 128
    let first = Int64(geometry.utf8.count + "{}".utf8.count) + row
    let second = Int64(geometry.utf8.count + #"{"a":"ä"}"#.utf8.count) + row
    #expect(try await keeping.workspace.storageUse(of: keeping.team).places == first + second)
    _ = try await keeping.workspace.replace(
      try #require(ids.last), with: try #require(places.first), in: collection, of: keeping.team)
    #expect(try await keeping.workspace.storageUse(of: keeping.team).places == 2 * first)
    var query = FeatureQuery()
    query.filters = [.compare(property: "id", .eq, String(ids[0]))]
    _ = try await keeping.workspace.remove(query, from: collection)
    #expect(try await keeping.workspace.storageUse(of: keeping.team).places == first)
    try await keeping.workspace.removeCollection(collection, of: keeping.team)
    #expect(try await keeping.workspace.storageUse(of: keeping.team).places == 0)
  }
}
