internal import Foundation
internal import GRDB
internal import Teams

/// An earlier content of a dataset, whose bytes are still there for those who read it.
public struct EarlierContent: Sendable, Hashable {
  /// The SHA-256 of the file as it was uploaded, in hexadecimal digits.
  public let sha256: String
  /// Its path within the data folder.
  public let path: String
  /// When it goes, in seconds since 1970; `nil` as long as the public site is made of it.
  public let until: Int64?

  /// The last component of its path, such as `cube.zarr`.
  public var fileName: String { path.split(separator: "/").last.map(String.init) ?? path }
  /// Its folder, which holds nothing else.
  public var folder: String { Dataset.folder(of: path) }
}

/// Putting a new content in the place of a dataset's.
///
/// Every content has a folder of its own, so that it never changes: who opened one goes on reading it, whatever
/// the dataset has become. The row of the dataset says which is the present one, and changes in one
/// transaction.
extension Workspace {
  /// Makes a cube that was looked at the content of the dataset of its id.
  ///
  /// - Returns: paths of contents that nobody needs any more.
  /// - Throws: ``WorkspaceError`` where the dataset was removed meanwhile, or there is no room.
  func replace(
    with cube: ReceivedCube, from upload: Upload, of team: Team, now: Int64, _ database: Database
  ) throws -> [String] {
    let attempt = "replace '\(upload.dataset)'"
    guard let earlier = try Dataset.named(upload.dataset, of: team, database) else {
      throw WorkspaceError(
        .conflict, attempt, because: "it was removed meanwhile",
        remedy: "upload it as a new dataset")
    }
    try database.execute(
      sql: "UPDATE cube_source SET title = ? WHERE team = ? AND dataset = ?",
      arguments: [upload.title, team.id, upload.dataset])
    guard earlier.sha256 != cube.sha256 else {
      // The same bytes: whatever is kept of them stays true.
      try database.execute(
        sql: "UPDATE dataset SET title = ? WHERE team = ? AND name = ?",
        arguments: [upload.title, team.id, upload.dataset])
      return [cube.path]
    }
    try requireRoom(
      for: cube.bytes, inPlaceOf: earlier.bytes, of: team, to: attempt, database)
    let unused = try keepForReaders(earlier, of: team, now: now, database)
    try database.execute(
      sql: """
        UPDATE dataset SET title = ?, path = ?, bytes = ?, files = ?, sha256 = ?, variables = ?,
          created = ?, created_by = ? WHERE team = ? AND name = ?
        """,
      arguments: [
        upload.title, cube.path, cube.bytes, cube.files, cube.sha256, cube.variables, now,
        upload.creator,
        team.id, upload.dataset,
      ])
    try database.execute(
      sql: "UPDATE cube_source SET path = ? WHERE team = ? AND dataset = ?",
      arguments: [cube.source, team.id, upload.dataset])
    return unused
  }

  /// Keeps the bytes of a content for those who read it just now, and for the public site where that is made
  /// of them.
  ///
  /// - Returns: paths of still earlier contents: of those that only readers need the last one is kept, so
  ///   that frequent replacing cannot fill the disk.
  private func keepForReaders(
    _ earlier: Dataset, of team: Team, now: Int64, _ database: Database
  ) throws -> [String] {
    let unused = try String.fetchAll(
      database,
      sql: """
        DELETE FROM replaced_dataset WHERE team = ? AND dataset = ? AND NOT public RETURNING path
        """, arguments: [team.id, earlier.id])
    let isPublic = try Bool.fetchOne(
      database,
      sql: """
        SELECT EXISTS (SELECT 1 FROM publication WHERE team = :team AND dataset = :dataset
            AND published IS NOT NULL AND sha256 = :sha256)
          AND NOT EXISTS (SELECT 1 FROM replaced_dataset WHERE team = :team AND dataset = :dataset
            AND until IS NULL)
        """, arguments: ["team": team.id, "dataset": earlier.id, "sha256": earlier.sha256])
    let until = isPublic == true ? nil : now + settings.replacedLifetime
    try database.execute(
      sql: """
        INSERT INTO replaced_dataset (path, team, dataset, bytes, sha256, public, until)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        earlier.path, team.id, earlier.id, earlier.bytes, earlier.sha256, isPublic == true, until,
      ])
    return unused
  }

  /// The public site is not made of any earlier content of a dataset any more; a build may be reading it.
  func releaseForPublicSite(
    _ dataset: String, of team: Team, now: Int64, _ database: Database
  ) throws {
    try database.execute(
      sql: "UPDATE replaced_dataset SET until = ? WHERE team = ? AND dataset = ? AND until IS NULL",
      arguments: [now + settings.unpublishedLifetime, team.id, dataset])
  }

  /// The earlier contents of a dataset that are still there, those that go first at the end.
  public func earlierContents(
    of dataset: String, ofTeam team: String
  ) async throws(WorkspaceError) -> [EarlierContent] {
    try await look("look up a dataset") { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT replaced_dataset.* FROM replaced_dataset
          JOIN team ON team.id = replaced_dataset.team WHERE team.name = ? AND dataset = ?
          ORDER BY until IS NOT NULL, until DESC, path
          """, arguments: [team, dataset]
      ).map { EarlierContent(sha256: $0["sha256"], path: $0["path"], until: $0["until"]) }
    }
  }

  /// Removes contents that were kept for long enough.
  func removeReplaced(now: Int64) async throws(WorkspaceError) {
    let paths = try await change("remove replaced datasets") { database in
      try String.fetchAll(
        database, sql: "DELETE FROM replaced_dataset WHERE until <= ? RETURNING path",
        arguments: [now])
    }
    await removeContents(paths)
  }
}
