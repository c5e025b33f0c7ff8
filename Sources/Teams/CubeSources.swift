internal import GRDB

/// A cube of a team that is read where it lies, without anything built from it.
public struct CubeSource: Sendable, Hashable {
  /// The id of the dataset.
  public let dataset: String
  /// What people call it; empty for the title of the cube.
  public let title: String
  /// Where it lies: the name of a root, then a path below it.
  public let path: String

  /// Describes a source.
  ///
  /// - Throws: ``TeamsError`` where the id is none, or the path is not a root's name and plain names
  ///   behind it: nothing that climbs (`..`), is hidden, is a pattern or an address, nor what an upload made.
  public init(dataset: String, title: String, path: String) throws(TeamsError) {
    try Names.check(dataset, of: "dataset")
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    let isPlain = parts.allSatisfy { part in
      !part.isEmpty && !part.hasPrefix(".")
        && part.utf8.allSatisfy { $0 >= 32 && $0 != 127 }
        && !part.contains { "*?[]{}\\:~".contains($0) }
    }
    guard parts.count >= 2, isPlain, parts[0] != "uploaded", path.utf8.count <= 1000,
      title.utf8.count <= 200
    else {
      throw TeamsError(
        .invalid, "read a cube from '\(path.prefix(200))'",
        because: "that is not a root's name and a plain path below it",
        remedy: "write it as cubes/folder/sst.zarr")
    }
    self.dataset = dataset
    self.title = title
    self.path = path
  }
}

extension TeamDatabase {
  /// Lets a team's cube be read where it lies, in place of an earlier one with the same id.
  ///
  /// - Throws: ``TeamsError`` where the team has uploaded a dataset of this id, or has very many.
  public func setCubeSource(_ source: CubeSource, of team: Team) async throws(TeamsError) {
    let attempt = "register '\(source.dataset)'"
    try await write(attempt) { [limits] database in
      try Self.requireNotUploaded(source.dataset, of: team, attempt, database)
      try TeamsError.requireFewer(
        than: limits.datasets, "the team has \(limits.datasets) datasets", to: attempt,
        remedy: TeamLimits.datasetsRemedy,
        counting: "SELECT 1 FROM cube_source WHERE team = ? AND dataset <> ?",
        [team.id, source.dataset], database)
      try database.execute(
        sql: """
          INSERT INTO cube_source (team, dataset, title, path) VALUES (?, ?, ?, ?)
          ON CONFLICT DO UPDATE SET title = excluded.title, path = excluded.path
          """, arguments: [team.id, source.dataset, source.title, source.path])
    }
  }

  /// Where an uploaded dataset lies is not for people to say.
  private static func requireNotUploaded(
    _ dataset: String, of team: Team, _ attempt: String, _ database: Database
  ) throws {
    let isUploaded = try Bool.fetchOne(
      database, sql: "SELECT EXISTS (SELECT 1 FROM dataset WHERE team = ? AND name = ?)",
      arguments: [team.id, dataset])
    guard isUploaded == false else {
      throw TeamsError(
        .taken, attempt, because: "the team has uploaded a dataset of this id",
        remedy: "choose another id, or remove that dataset")
    }
  }

  /// Forgets where a cube lies; its files stay.
  ///
  /// - Throws: ``TeamsError`` where the dataset was uploaded.
  public func removeCubeSource(_ dataset: String, of team: Team) async throws(TeamsError) {
    let attempt = "forget '\(dataset)'"
    try await write(attempt) { database in
      try Self.requireNotUploaded(dataset, of: team, attempt, database)
      try database.execute(
        sql: "DELETE FROM cube_source WHERE team = ? AND dataset = ?",
        arguments: [team.id, dataset])
    }
  }

  /// The cubes of a team that are read where they lie, by id; none of a team that does not exist.
  public func cubeSources(ofTeam team: String) async throws(TeamsError) -> [CubeSource] {
    try await recent.cubeSources.answer(to: Array(team.utf8)) { () throws(TeamsError) in
      try await read("list the cubes of '\(team)'") { database in
        try Row.fetchAll(
          database,
          sql: """
            SELECT cube_source.* FROM cube_source JOIN team ON team.id = cube_source.team
            WHERE team.name = ? ORDER BY dataset
            """, arguments: [team]
        ).map(CubeSource.init)
      }
    }
  }
}

extension CubeSource {
  fileprivate init(_ row: Row) {
    dataset = row["dataset"]
    title = row["title"]
    path = row["path"]
  }
}

extension Schema {
  /// What is read where it lies, and the states that viewers keep under a key.
  static let liveCubes = """
    CREATE TABLE cube_source (
      team INTEGER NOT NULL REFERENCES team ON DELETE CASCADE,
      dataset TEXT NOT NULL,
      title TEXT NOT NULL,
      path TEXT NOT NULL,
      PRIMARY KEY (team, dataset)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE viewer_state (
      id INTEGER PRIMARY KEY,
      team INTEGER NOT NULL REFERENCES team ON DELETE CASCADE,
      key TEXT NOT NULL UNIQUE,
      state TEXT NOT NULL
    ) STRICT;
    CREATE INDEX viewer_state_team ON viewer_state (team, id);
    """
}
