internal import Foundation
internal import GRDB
public import JSON
public import Teams

/// A cube that a team has uploaded.
public struct Dataset: Sendable, Hashable {
  /// Its id within the team.
  public let id: String
  /// The title that people read.
  public let title: String
  /// Its path within the data folder: a folder `cube.zarr` or a file `cube.nc` or `cube.tif`.
  public let path: String
  /// What it takes on disk.
  public let bytes: Int64
  /// The SHA-256 of the file as it was uploaded, in hexadecimal digits: which content it has.
  public let sha256: String
  /// Names, units, dimensions, shapes and ranges of its variables.
  public let variables: JSONValue
  /// When it was accepted, in seconds since 1970.
  public let created: Int64
  /// Who uploaded it: the name of a user.
  public let creator: String

  /// The last component of its path, such as `cube.zarr`.
  public var fileName: String { path.split(separator: "/").last.map(String.init) ?? path }
  /// The folder of its content, which holds nothing else.
  public var folder: String { Self.folder(of: path) }

  /// The folder of a content, from its path.
  static func folder(of path: String) -> String { (path as NSString).deletingLastPathComponent }
}

extension Dataset {
  init(_ row: Row) {
    id = row["name"]
    title = row["title"]
    path = row["path"]
    bytes = row["bytes"]
    sha256 = row["sha256"]
    variables = (try? JSONValue(parsing: row["variables"] as String)) ?? []
    created = row["created"]
    creator = row["created_by"]
  }
}

extension Dataset {
  static func named(_ id: String, of team: Team, _ database: Database) throws -> Dataset? {
    try Row.fetchOne(
      database, sql: "SELECT * FROM dataset WHERE team = ? AND name = ?", arguments: [team.id, id]
    ).map(Dataset.init)
  }
}

extension Workspace {
  /// The datasets that a team has uploaded, by id.
  public func datasets(of team: Team) async throws(WorkspaceError) -> [Dataset] {
    try await look("list the datasets of '\(team.name)'") { database in
      try Row.fetchAll(
        database, sql: "SELECT * FROM dataset WHERE team = ? ORDER BY name", arguments: [team.id]
      ).map(Dataset.init)
    }
  }

  /// A dataset that was uploaded; `nil` where there is none.
  public func dataset(_ id: String, ofTeam team: String) async throws(WorkspaceError) -> Dataset? {
    try await look("look up a dataset") { database in
      try Row.fetchOne(
        database,
        sql: """
          SELECT dataset.* FROM dataset JOIN team ON team.id = dataset.team
          WHERE dataset.name = ? AND team.name = ?
          """, arguments: [id, team]
      ).map(Dataset.init)
    }
  }

  /// Removes a dataset with all its bytes and what other teams may do with it.
  ///
  /// - Throws: ``WorkspaceError``, also where it is published: withdraw it first.
  public func removeDataset(_ id: String, of team: Team) async throws(WorkspaceError) {
    let attempt = "remove '\(id)'"
    let paths = try await change(attempt) { database -> [String] in
      guard let dataset = try Dataset.named(id, of: team, database) else {
        throw WorkspaceError.unknown(attempt, "dataset")
      }
      let isPublished = try Bool.fetchOne(
        database, sql: "SELECT EXISTS (SELECT 1 FROM publication WHERE team = ? AND dataset = ?)",
        arguments: [team.id, id])
      guard isPublished == false else {
        throw WorkspaceError(
          .conflict, attempt, because: "it is published or is to be",
          remedy: "withdraw it first, then the next build of the public site leaves it out")
      }
      let earlier = try String.fetchAll(
        database,
        sql: "DELETE FROM replaced_dataset WHERE team = ? AND dataset = ? RETURNING path",
        arguments: [team.id, id])
      for sql in [
        "DELETE FROM dataset WHERE team = ? AND name = ?",
        "DELETE FROM cube_source WHERE team = ? AND dataset = ?",
        // A later dataset of this id is another one.
        "DELETE FROM share WHERE team = ? AND kind = 'dataset' AND item = ?",
      ] { try database.execute(sql: sql, arguments: [team.id, id]) }
      return earlier + [dataset.path]
    }
    await removeContents(paths)
  }

  /// Removes the bytes of contents that the database does not know any more.
  func removeContents(_ paths: [String]) async {
    for path in paths { await removeFile("\(settings.dataFolder)/\(Dataset.folder(of: path))") }
  }

  /// Removes what a crash left behind: bytes of uploads, cubes and files that the database does not know.
  func removeOrphans() async throws(WorkspaceError) {
    let known = try await look("list what is kept") { database in
      let uploads = try String.fetchSet(
        database,
        sql: "SELECT id FROM upload WHERE state IN ('receiving', 'checking')")
      let cubes = try String.fetchSet(
        database, sql: "SELECT path FROM dataset UNION SELECT path FROM replaced_dataset")
      let blobs = try Row.fetchAll(
        database,
        sql: "SELECT team.name, sha256 FROM blob JOIN team ON team.id = blob.team")
      let teams = try String.fetchAll(database, sql: "SELECT name FROM team")
      return (
        uploads: uploads, cubes: Set(cubes.map(Dataset.folder)),
        blobs: Set(blobs.map { "\($0["name"] as String)/\($0["sha256"] as String)" }), teams: teams
      )
    }
    do {
      try await BlockingWork.run { [settings] in
        let manager = FileManager.default
        for team in known.teams {
          let folder = "\(settings.dataFolder)/teams/\(team)"
          func names(_ name: String) -> [String] {
            (try? manager.contentsOfDirectory(atPath: "\(folder)/\(name)")) ?? []
          }
          for name in names("uploads") where !known.uploads.contains(name) {
            try manager.removeItem(atPath: "\(folder)/uploads/\(name)")
          }
          for name in names("uploaded") {
            if !known.cubes.contains("teams/\(team)/uploaded/\(name)") {
              try manager.removeItem(atPath: "\(folder)/uploaded/\(name)")
            }
          }
          for name in names("blobs") where !known.blobs.contains("\(team)/\(name)") {
            try manager.removeItem(atPath: "\(folder)/blobs/\(name)")
          }
        }
      }
    } catch { throw WorkspaceError("remove what a crash left", error) }
  }

  /// How much an archive may have when it is unpacked: what is left of the quota and of the files that stores may have,
  /// with its own room and that of the dataset that it replaces.
  ///
  /// It blocks.
  func roomForUnpacking(_ upload: Upload) throws -> (bytes: Int64, files: Int) {
    try database.pool.read { [self] database in
      let row = try Row.fetchOne(
        database, sql: "SELECT * FROM team WHERE name = ?", arguments: [upload.team])
      guard let team = row.map(Team.init) else {
        throw WorkspaceError.unknown("accept an upload", "team")
      }
      let use = try StorageUse(
        of: team, standard: settings.teamQuota, without: upload.id, database)
      let earlier =
        upload.replaces ? try Dataset.named(upload.dataset, of: team, database)?.bytes ?? 0 : 0
      let others = try Int.fetchOne(
        database,
        sql: """
          SELECT coalesce(sum(files), 0) FROM dataset WHERE team = ? AND NOT (? AND name = ?)
          """, arguments: [team.id, upload.replaces, upload.dataset])
      return (
        max(earlier, use.quota - use.total + earlier),
        max(0, self.database.limits.datasetFiles - (others ?? 0))
      )
    }
  }
}
