internal import Foundation
internal import GRDB
public import Teams

/// A cube on its way to a team, in one or many pieces.
public struct Upload: Sendable, Hashable {
  /// How far it is.
  public enum State: String, Sendable, Hashable {
    /// Pieces are missing.
    case receiving
    /// All is there and is being looked at.
    case checking
    /// It has become a dataset.
    case accepted
    /// It was looked at and cannot be taken; its bytes are gone.
    case refused
  }

  /// Random, and unknown to all who were not told.
  public let id: String
  /// The team that it is for.
  public let team: String
  /// The id of the dataset that it is to become.
  public let dataset: String
  /// Whether it is to take the place of the dataset that has this id.
  public let replaces: Bool
  /// The title that people will read.
  public let title: String
  /// How many bytes it has.
  public let length: Int64
  /// How many of them are here, safely on disk.
  public let received: Int64
  /// Its SHA-256 as the sender states it, in hexadecimal digits.
  public let sha256: String?
  /// How far it is.
  public let state: State
  /// Why it was refused.
  public let problem: String?
  /// When it was begun, in seconds since 1970.
  public let created: Int64
  /// Who sends it: the name of a user.
  public let creator: String
}

extension Upload {
  init(_ row: Row) {
    id = row["id"]
    team = row["team_name"]
    dataset = row["dataset"]
    replaces = row["replaces"]
    title = row["title"]
    length = row["length"]
    received = row["received"]
    sha256 = row["sha256"]
    state = State(rawValue: row["state"]) ?? .refused
    problem = row["problem"]
    created = row["created"]
    creator = row["created_by"]
  }

  static let query = """
    SELECT upload.*, team.name AS team_name FROM upload JOIN team ON team.id = upload.team
    """

  static func with(_ id: String, _ database: Database) throws -> Upload? {
    try Row.fetchOne(database, sql: query + " WHERE upload.id = ?", arguments: [id])
      .map(Upload.init)
  }
}

extension Workspace {
  /// Begins an upload and takes the room for it.
  ///
  /// - Parameters:
  ///   - length: how many bytes it will have.
  ///   - dataset: the id of the dataset that it is to become.
  ///   - replacing: whether it takes the place of the team's dataset of this id.
  ///   - title: the title that people will read; where it is empty that of what it replaces, or the id.
  ///   - sha256: the SHA-256 of the whole in hexadecimal digits, where the sender knows it.
  ///   - team: the team that it is for.
  ///   - creator: the name of the user who sends it.
  ///   - now: seconds since 1970.
  /// - Returns: the upload, of which nothing is there yet.
  /// - Throws: ``WorkspaceError`` where the id is none, is taken or has nothing to replace, or there is no
  ///   room.
  public func beginUpload(
    length: Int64, dataset: String, replacing: Bool = false, title: String, sha256: String?,
    for team: Team, by creator: String, now: Int64
  ) async throws(WorkspaceError) -> Upload {
    let attempt = "upload '\(dataset)'"
    guard Names.isID(dataset) else {
      throw WorkspaceError(
        .invalid, attempt,
        because: dataset.isEmpty
          ? "nothing says which dataset it becomes (dataset)"
          : "'\(dataset)' is no plain id of a dataset",
        remedy:
          "use at most \(Names.longest) small letters, digits, dots, dashes and underscores, with a letter or digit first"
      )
    }
    guard length > 0 else {
      throw WorkspaceError(
        .invalid, attempt, because: "it says that it is empty", remedy: "choose another file")
    }
    let digest = sha256?.lowercased()
    if let digest, digest.utf8.count != 64 || !digest.allSatisfy(\.isHexDigit) {
      throw WorkspaceError(
        .invalid, attempt, because: "its SHA-256 does not have 64 hexadecimal digits",
        remedy: "send what sha256sum prints, or leave it out")
    }
    guard title.utf8.count <= 500 else {
      throw WorkspaceError(
        .invalid, attempt, because: "its title is too long", remedy: "use at most 500 bytes")
    }
    try await forgetOldUploads(now: now)
    let id: String
    do { id = try RandomText.make() } catch { throw WorkspaceError(attempt, error) }
    try await change(attempt) { [self] database in
      try requireNoUpload(of: dataset, team, attempt, database)
      try requireFewUploads(of: team, attempt, database)
      let earlier = try Dataset.named(dataset, of: team, database)
      if replacing {
        guard earlier != nil else { throw WorkspaceError.unknown(attempt, "dataset to replace") }
      } else {
        try requireFreeID(dataset, team, attempt, database)
        try requireFewDatasets(of: team, attempt, database)
      }
      try requireRoom(
        for: length, inPlaceOf: earlier?.bytes ?? 0, of: team, to: attempt, database)
      try database.execute(
        sql: """
          INSERT INTO upload
            (id, team, dataset, replaces, title, length, sha256, state, created, changed, created_by)
          VALUES (?, ?, ?, ?, ?, ?, ?, 'receiving', ?, ?, ?)
          """,
        arguments: [
          id, team.id, dataset, replacing, title.isEmpty ? earlier?.title ?? dataset : title,
          length,
          digest, now, now, creator,
        ])
    }
    guard let upload = try await upload(id, of: team) else { throw .unknown(attempt, "upload") }
    return upload
  }

  /// Refuses a second upload for the same id: the later one would undo the earlier.
  private func requireNoUpload(
    of dataset: String, _ team: Team, _ attempt: String, _ database: Database
  ) throws {
    let isUnderWay = try Bool.fetchOne(
      database,
      sql: """
        SELECT EXISTS (SELECT 1 FROM upload WHERE team = ? AND dataset = ?
          AND state IN ('receiving', 'checking'))
        """, arguments: [team.id, dataset])
    guard isUnderWay == false else {
      throw WorkspaceError(
        .taken, attempt, because: "an upload of this id is under way",
        remedy: "wait for it, remove it, or choose another id")
    }
  }

  private func requireFewUploads(
    of team: Team, _ attempt: String, _ database: Database
  ) throws {
    let count = try Int.fetchOne(
      database,
      sql: "SELECT count(*) FROM upload WHERE team = ? AND state IN ('receiving', 'checking')",
      arguments: [team.id])
    guard count ?? 0 < settings.uploadsUnderWay else {
      throw WorkspaceError(
        .full, attempt, because: "\(settings.uploadsUnderWay) uploads of the team are under way",
        remedy: "wait for them, or remove some")
    }
  }

  /// Uploaded datasets are read where they lie, too.
  private func requireFewDatasets(of team: Team, _ attempt: String, _ database: Database) throws {
    let most = self.database.limits.datasets
    try TeamsError.requireFewer(
      than: most, "the team has \(most) datasets", to: attempt, remedy: TeamLimits.datasetsRemedy,
      counting: """
        SELECT 1 FROM cube_source WHERE team = :team
        UNION ALL SELECT 1 FROM upload
          WHERE team = :team AND NOT replaces AND state IN ('receiving', 'checking')
        """, ["team": team.id], database)
  }

  private func requireFreeID(
    _ dataset: String, _ team: Team, _ attempt: String, _ database: Database
  ) throws {
    let isTaken = try Bool.fetchOne(
      database,
      sql: """
        SELECT EXISTS (SELECT 1 FROM dataset WHERE team = :team AND name = :name)
          OR EXISTS (SELECT 1 FROM cube_source WHERE team = :team AND dataset = :name)
        """, arguments: ["team": team.id, "name": dataset])
    guard isTaken == false else {
      throw WorkspaceError(
        .taken, attempt, because: "the team has a dataset of this id",
        remedy: "say that it replaces that one, or choose another id")
    }
  }

  /// An upload of a team; `nil` where there is none.
  public func upload(_ id: String, of team: Team) async throws(WorkspaceError) -> Upload? {
    try await look("look up an upload") { database in
      try Row.fetchOne(
        database, sql: Upload.query + " WHERE upload.id = ? AND upload.team = ?",
        arguments: [id, team.id]
      ).map(Upload.init)
    }
  }

  /// The uploads of a team that are under way or ended lately, newest first.
  public func uploads(of team: Team) async throws(WorkspaceError) -> [Upload] {
    try await look("list uploads") { database in
      try Row.fetchAll(
        database,
        sql: Upload.query
          + " WHERE upload.team = ? AND state <> 'accepted' ORDER BY upload.created DESC, upload.id",
        arguments: [team.id]
      ).map(Upload.init)
    }
  }

  /// Ends an upload and forgets what was received of it.
  ///
  /// - Throws: ``WorkspaceError``, also while it is received or checked.
  public func removeUpload(_ upload: Upload) async throws(WorkspaceError) {
    let attempt = "remove an upload"
    guard uploadsAtWork.take(upload.id) else { throw Self.busy(attempt) }
    defer { uploadsAtWork.release(upload.id) }
    try await forget(upload)
  }

  /// Forgets an upload that the caller has taken, and its bytes.
  func forget(_ upload: Upload) async throws(WorkspaceError) {
    try await change("forget an upload") { database in
      try database.execute(sql: "DELETE FROM upload WHERE id = ?", arguments: [upload.id])
    }
    await removeFile(receivedPath(upload))
  }

  static func busy(_ attempt: String) -> WorkspaceError {
    WorkspaceError(
      .busy, attempt, because: "it is being received or checked just now",
      remedy: "try again when that has ended")
  }

  /// Where the bytes of an upload are gathered.
  func receivedPath(_ upload: Upload) -> String {
    teamFolder(upload.team) + "/uploads/" + upload.id
  }

  func uploadsToCheck() async throws(WorkspaceError) -> [Upload] {
    try await look("list uploads") { database in
      try Row.fetchAll(database, sql: Upload.query + " WHERE state = 'checking'").map(Upload.init)
    }
  }

  /// Forgets the outcome of all but the latest uploads of a team that ended.
  ///
  /// - Parameters:
  ///   - upload: the one that ended just now, which is the latest.
  ///   - team: the key of its team.
  ///   - database: within whose transaction.
  /// - Throws: where the database fails.
  func keepLatestOutcomes(
    with upload: Upload, of team: Int64, _ database: Database
  ) throws {
    try database.execute(
      sql: """
        DELETE FROM upload WHERE id IN (
          SELECT id FROM upload WHERE team = ? AND state IN ('accepted', 'refused')
          ORDER BY id = ? DESC, changed DESC, created DESC, id LIMIT -1 OFFSET ?)
        """, arguments: [team, upload.id, settings.outcomesKept])
  }

  /// Forgets uploads that nobody has gone on with for too long, and the outcome of old ones.
  func forgetOldUploads(now: Int64) async throws(WorkspaceError) {
    let limit = now - settings.uploadLifetime
    let old = try await look("list uploads") { database in
      try Row.fetchAll(
        database, sql: Upload.query + " WHERE state <> 'checking' AND changed < ?",
        arguments: [limit]
      ).map(Upload.init)
    }
    for upload in old where uploadsAtWork.take(upload.id) {
      defer { uploadsAtWork.release(upload.id) }
      try await change("forget an upload") { database in
        try database.execute(
          sql: "DELETE FROM upload WHERE id = ? AND changed < ?", arguments: [upload.id, limit])
      }
      await removeFile(receivedPath(upload))
    }
  }

  func removeFile(_ path: String) async {
    // What cannot be removed now goes at the next start (`removeOrphans`).
    _ = try? await BlockingWork.run { try FileManager.default.removeItem(atPath: path) }
  }
}
