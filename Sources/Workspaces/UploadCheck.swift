internal import Foundation
internal import GRDB
internal import Stores
internal import Teams

extension Workspace {
  /// Looks at an upload that is complete, when it is the turn of its team.
  func startCheck(of upload: Upload) {
    guard uploadsAtWork.take("check of " + upload.id) else { return }
    Task { [self] in
      let outcome: Result<ReceivedCube, any Error>
      do {
        outcome = .success(
          try await checks.run(of: upload.team, to: "take '\(upload.dataset)'") {
            try await BlockingWork.run { try CubeReception(upload: upload, workspace: self).run() }
          })
      } catch { outcome = .failure(error) }
      await finishCheck(of: upload, outcome)
      uploadsAtWork.release("check of " + upload.id)
    }
  }

  private func finishCheck(of upload: Upload, _ outcome: Result<ReceivedCube, any Error>) async {
    let now = Int64(Date.now.timeIntervalSince1970)
    do {
      try await accept(upload, try outcome.get(), now: now)
      tally.count(accepted: true)
    } catch {
      await refuse(upload, error, now: now)
      tally.count(accepted: false)
    }
    await removeFile(receivedPath(upload))
  }

  /// Makes the cube a dataset: from this transaction on it is there, and not before.
  ///
  /// What it replaces is there until then, and its bytes a while longer.
  private func accept(_ upload: Upload, _ cube: ReceivedCube, now: Int64) async throws {
    let attempt = "accept '\(upload.dataset)'"
    guard let team = try await database.team(named: upload.team) else {
      throw WorkspaceError.unknown(attempt, "team")
    }
    let unused = try await change(attempt) { [self] database in
      // The upload's own room is free from here on.
      try database.execute(
        sql:
          "UPDATE upload SET state = 'accepted', changed = ? WHERE id = ? AND state = 'checking'",
        arguments: [now, upload.id])
      guard database.changesCount == 1 else { throw WorkspaceError.unknown(attempt, "upload") }
      let unused =
        upload.replaces
        ? try replace(with: cube, from: upload, of: team, now: now, database)
        : try add(cube, from: upload, to: team, now: now, database)
      try database.execute(
        sql: "INSERT INTO audit (at, actor, action, object, team) VALUES (?, ?, ?, ?, ?)",
        arguments: [
          now, upload.creator, upload.replaces ? "replaced a dataset" : "uploaded a dataset",
          upload.dataset, upload.team,
        ])
      try keepLatestOutcomes(with: upload, of: team.id, database)
      return unused
    }
    await removeContents(unused)
  }

  private func add(
    _ cube: ReceivedCube, from upload: Upload, to team: Team, now: Int64, _ database: Database
  ) throws -> [String] {
    try requireRoom(for: cube.bytes, of: team, to: "accept '\(upload.dataset)'", database)
    try database.execute(
      sql: """
        INSERT INTO dataset (team, name, title, path, bytes, sha256, variables, created, created_by)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        team.id, upload.dataset, upload.title, cube.path, cube.bytes, cube.sha256,
        cube.variables, now, upload.creator,
      ])
    // From here on it can be asked for tiles and series, too.
    try database.execute(
      sql: "INSERT INTO cube_source (team, dataset, title, path) VALUES (?, ?, ?, ?)",
      arguments: [team.id, upload.dataset, upload.title, cube.source])
    return []
  }

  private func refuse(_ upload: Upload, _ error: any Error, now: Int64) async {
    let problem = (error as? WorkspaceError)?.description ?? "Cannot take it: \(error)."
    // Where even this fails, the check begins anew at the next start.
    _ = try? await change("refuse an upload") { [self] database in
      let team = try Int64.fetchOne(
        database,
        sql: """
          UPDATE upload SET state = 'refused', problem = ?, changed = ? WHERE id = ? RETURNING team
          """, arguments: [problem, now, upload.id])
      if let team { try keepLatestOutcomes(with: upload, of: team, database) }
    }
    await removeFile(CubeReception.folder(of: upload, in: self))
  }
}

/// A cube that was looked at and can be taken.
struct ReceivedCube: Sendable {
  /// Its path within the data folder.
  let path: String
  /// Its path within the team's folder: where it lies for those who read it there.
  var source: String { path.split(separator: "/").dropFirst(2).joined(separator: "/") }
  /// What it takes on disk.
  let bytes: Int64
  /// Of the file as it was sent.
  let sha256: String
  /// Names, units, dimensions and ranges of its variables, as JSON.
  let variables: String
}
