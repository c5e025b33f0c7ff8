internal import Foundation
internal import GRDB
internal import Stores
public import Teams

/// A file of a team, as its latest version is.
public struct TeamFile: Sendable, Hashable {
  /// Its path, such as `models/ice.pt`.
  public let path: String
  /// How many versions there are.
  public let versionCount: Int
  /// The latest one.
  public let latest: FileVersion
}

/// One version of a file; what it holds never changes.
public struct FileVersion: Sendable, Hashable {
  /// Counts from 1 and is never used again.
  public let number: Int
  /// Of its content, in hexadecimal digits.
  public let sha256: String
  /// Its size.
  public let bytes: Int64
  /// When it was put, in seconds since 1970.
  public let created: Int64
  /// Who put it: the name of a user.
  public let creator: String
}

extension FileVersion {
  init(_ row: Row) {
    number = row["number"]
    sha256 = row["sha256"]
    bytes = row["bytes"]
    created = row["created"]
    creator = row["created_by"]
  }
}

extension Workspace {
  /// Keeps a new version of a file.
  ///
  /// Contents are kept once, whatever number of files and versions have them. The version is there when all
  /// is on disk, and not before.
  ///
  /// - Parameters:
  ///   - pieces: the content, in parts of any size.
  ///   - path: the file's path.
  ///   - announced: how many bytes there will be, where that is known.
  ///   - sha256: of the content in hexadecimal digits, where the sender states it.
  ///   - team: the team whose file it is.
  ///   - creator: the name of the user who puts it.
  ///   - now: seconds since 1970.
  /// - Returns: the new version.
  /// - Throws: ``WorkspaceError`` where the path is none, there is no room, or the content does not fit what
  ///   was stated; and whatever the bytes' source throws.
  public func putFile<Pieces: AsyncSequence>(
    _ pieces: Pieces, path: String, announced: Int64?, sha256: String?, of team: Team,
    by creator: String, now: Int64
  ) async throws -> FileVersion where Pieces.Element == [UInt8] {
    let attempt = "keep '\(path.prefix(100))'"
    guard FilePath.isValid(path) else {
      throw WorkspaceError(
        .invalid, attempt, because: "this is no path of a file",
        remedy: FilePath.rule)
    }
    if let announced {
      try requireAllowed(announced, attempt)
      try await look(attempt) { [self] database in
        try requireRoom(for: announced, of: team, to: attempt, database)
      }
    }
    let (content, digest, count) = try await gather(pieces, of: team, attempt)
    do {
      if let announced, announced != count {
        throw WorkspaceError(
          .mismatch, attempt, because: "\(count) of \(announced) bytes arrived",
          remedy: "send it again")
      }
      if let sha256, sha256.lowercased() != digest {
        throw WorkspaceError(
          .mismatch, attempt, because: "its SHA-256 is \(digest), not the one stated",
          remedy: "send it again")
      }
      return try await addVersion(
        content, digest, count, path: path, of: team, by: creator, now: now)
    } catch {
      await removeFile(content)
      throw error
    }
  }

  private func requireAllowed(_ count: Int64, _ attempt: String) throws(WorkspaceError) {
    guard count <= settings.largestFile else {
      throw WorkspaceError(
        .tooLarge, attempt, because: "it has more than \(ByteText.of(settings.largestFile))",
        remedy: "split it, or upload it as a cube")
    }
  }

  /// After so many bytes it is looked again whether there is room for what arrives.
  private static let roomStep: Int64 = 8 << 20

  /// Brings bytes to a file of their own that nothing knows yet.
  private func gather<Pieces: AsyncSequence>(
    _ pieces: Pieces, of team: Team, _ attempt: String
  ) async throws -> (path: String, sha256: String, count: Int64) where Pieces.Element == [UInt8] {
    // Below `uploads`, which the next start clears of what nothing knows.
    let path = "\(teamFolder(team.name))/uploads/\(UUID().uuidString)"
    let file = try await BlockingWork.run { try GrowingFileOfBytes(path: path, keeping: 0) }
    let digest = RunningDigest()
    var count: Int64 = 0
    var known: Int64 = 0
    defer { arriving.remove(count, of: team.id) }
    do {
      for try await piece in pieces where !piece.isEmpty {
        count += Int64(piece.count)
        let together = arriving.add(Int64(piece.count), of: team.id)
        try requireAllowed(count, attempt)
        // What many send at once must not fill the disk before the first of it is counted.
        if count - known >= Self.roomStep {
          known = count
          try await look(attempt) { [self] database in
            try requireRoom(for: together, of: team, to: attempt, database)
          }
        }
        try await BlockingWork.run { try file.append(piece) }
        digest.update(piece)
      }
      try await BlockingWork.run { try file.synchronise() }
    } catch {
      await removeFile(path)
      throw error
    }
    return (path, hexadecimal(digest.finish()), count)
  }

  private func addVersion(
    _ content: String, _ sha256: String, _ count: Int64, path: String, of team: Team,
    by creator: String, now: Int64
  ) async throws(WorkspaceError) -> FileVersion {
    let attempt = "keep '\(path)'"
    return try await change(attempt) { [self] database in
      try requireNoFolder(path, of: team, database)
      try requireFewVersions(of: team, to: attempt, database)
      try database.execute(
        sql: """
          INSERT INTO file (team, path, versions) VALUES (?, ?, 1)
          ON CONFLICT DO UPDATE SET versions = versions + 1
          """, arguments: [team.id, path])
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT id, versions, (SELECT count(*) FROM file_version WHERE file = file.id) AS kept
          FROM file WHERE team = ? AND path = ?
          """, arguments: [team.id, path])
      guard let row else { throw WorkspaceError.unknown(attempt, "file") }
      let kept: Int = row["kept"]
      guard kept < settings.versionsOfFile else {
        throw WorkspaceError(
          .full, attempt, because: "it has \(kept) versions already",
          remedy: "remove old ones, or the file")
      }
      try database.execute(
        sql: """
          INSERT INTO file_version (file, number, sha256, bytes, created, created_by)
          VALUES (?, ?, ?, ?, ?, ?)
          """,
        arguments: [row["id"] as Int64, row["versions"] as Int, sha256, count, now, creator])
      try keep(content, sha256, count, of: team, to: attempt, database)
      return FileVersion(
        number: row["versions"], sha256: sha256, bytes: count, created: now, creator: creator)
    }
  }

  /// Keeps a content under its hash, where it is not there already.
  ///
  /// The last step of the transaction: what was moved stays on the disk when a later one fails.
  private func keep(
    _ content: String, _ sha256: String, _ count: Int64, of team: Team, to attempt: String,
    _ database: Database
  ) throws {
    let isKept = try Bool.fetchOne(
      database, sql: "SELECT EXISTS (SELECT 1 FROM blob WHERE team = ? AND sha256 = ?)",
      arguments: [team.id, sha256])
    guard isKept != true else {
      try? FileManager.default.removeItem(atPath: content)
      return
    }
    try requireRoom(for: count, of: team, to: attempt, database)
    try database.execute(
      sql: "INSERT INTO blob (team, sha256, bytes) VALUES (?, ?, ?)",
      arguments: [team.id, sha256, count])
    // Within the transaction: whoever removes a content that nothing has looks in one, too.
    try Self.move(content, to: blobPath(sha256, of: team.name))
  }

  private func requireFewVersions(
    of team: Team, to attempt: String, _ database: Database
  ) throws {
    let most = self.database.limits.fileVersions
    try TeamsError.requireFewer(
      than: most, "the team has \(most) versions of files", to: attempt,
      remedy: "remove files or old versions, or keep many small files as one archive",
      counting: """
        SELECT 1 FROM file JOIN file_version ON file_version.file = file.id WHERE team = ?
        """, [team.id], database)
  }

  /// Refuses a file where a folder is, and one within a file: such a tree could not be copied to a disk.
  private func requireNoFolder(_ path: String, of team: Team, _ database: Database) throws {
    var above: [String] = []
    for index in path.indices where path[index] == "/" { above.append(String(path[..<index])) }
    let isInTheWay = try SQLRequest<Bool>(
      literal: """
        SELECT EXISTS (SELECT 1 FROM file WHERE team = \(team.id)
          AND (path IN \(above) OR path >= \(path + "/") AND path < \(path + "0")))
        """
    ).fetchOne(database)
    guard isInTheWay == false else {
      throw WorkspaceError(
        .conflict, "keep '\(path)'", because: "a file and a folder would have the same name",
        remedy: "choose another path")
    }
  }

  /// Gives a file that is safely on disk its lasting name, and brings the name to the disk.
  private static func move(_ path: String, to target: String) throws {
    let folder = (target as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    guard rename(path, target) == 0 else {
      throw WorkspaceError(
        .storage, "keep a file", because: "the disk refuses it", remedy: "look at the server's disk"
      )
    }
    let number = open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
    guard number >= 0 else { return }
    fsync(number)
    close(number)
  }

  func blobPath(_ sha256: String, of team: String) -> String {
    "\(teamFolder(team))/blobs/\(sha256)"
  }

  /// The files of a team whose paths begin with a text, by path.
  ///
  /// - Parameters:
  ///   - team: the team whose files they are.
  ///   - prefix: the beginning; empty for all.
  ///   - after: a path after which the list begins.
  ///   - limit: at most so many.
  /// - Returns: each file with its latest version.
  /// - Throws: ``WorkspaceError`` where the database fails.
  public func files(
    of team: Team, prefix: String = "", after: String = "", limit: Int
  ) async throws(WorkspaceError) -> [TeamFile] {
    try await look("list the files of '\(team.name)'") { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT file.path, file_version.*,
            (SELECT count(*) FROM file_version WHERE file = file.id) AS kept
          FROM file JOIN file_version ON file_version.file = file.id
          WHERE team = ? AND path > ? AND substr(path, 1, length(?)) = ?
            AND number = (SELECT max(number) FROM file_version WHERE file = file.id)
          ORDER BY path LIMIT ?
          """, arguments: [team.id, after, prefix, prefix, limit]
      ).map { TeamFile(path: $0["path"], versionCount: $0["kept"], latest: FileVersion($0)) }
    }
  }

  /// The versions of a file, newest first; none where there is no such file.
  public func versions(
    of path: String, ofTeam team: String
  ) async throws(WorkspaceError) -> [FileVersion] {
    try await look("look up a file") { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT file_version.* FROM file_version JOIN file ON file.id = file_version.file
          JOIN team ON team.id = file.team
          WHERE team.name = ? AND path = ? ORDER BY number DESC
          """, arguments: [team, path]
      ).map(FileVersion.init)
    }
  }

  /// The folder in which the contents of a team's files lie under their SHA-256.
  public func blobFolder(ofTeam team: String) -> String { teamFolder(team) + "/blobs" }

  /// Removes a file with all its versions, or one version.
  ///
  /// - Returns: whether there was one.
  public func removeFile(
    _ path: String, version: Int? = nil, of team: Team
  ) async throws(WorkspaceError) -> Bool {
    let removed = try await change("remove '\(path.prefix(100))'") { database -> Bool in
      let id = try Int64.fetchOne(
        database, sql: "SELECT id FROM file WHERE team = ? AND path = ?",
        arguments: [team.id, path])
      guard let id else { return false }
      if let version {
        try database.execute(
          sql: "DELETE FROM file_version WHERE file = ? AND number = ?", arguments: [id, version])
        guard database.changesCount == 1 else { return false }
        let isEmpty = try Bool.fetchOne(
          database, sql: "SELECT NOT EXISTS (SELECT 1 FROM file_version WHERE file = ?)",
          arguments: [id])
        if isEmpty == false { return true }
      }
      try database.execute(sql: "DELETE FROM file WHERE id = ?", arguments: [id])
      return true
    }
    try await removeUnusedBlobs(of: team)
    // Made again where an earlier version is the latest now.
    if removed { await removeFile(storyFolder(of: path, team)) }
    return removed
  }

  /// Removes contents that no version has any more.
  private func removeUnusedBlobs(of team: Team) async throws(WorkspaceError) {
    let unused = try await change("remove contents") { database in
      try String.fetchAll(
        database,
        sql: """
          DELETE FROM blob WHERE team = :team AND NOT EXISTS (
            SELECT 1 FROM file_version JOIN file ON file.id = file_version.file
            WHERE file.team = :team AND file_version.sha256 = blob.sha256)
          RETURNING sha256
          """, arguments: ["team": team.id])
    }
    guard !unused.isEmpty else { return }
    // Another transaction, after the first one is on disk: a content that has come again meanwhile stays.
    let folder = blobFolder(ofTeam: team.name)
    try await change("remove contents") { database in
      for sha256 in unused {
        let isKept = try Bool.fetchOne(
          database, sql: "SELECT EXISTS (SELECT 1 FROM blob WHERE team = ? AND sha256 = ?)",
          arguments: [team.id, sha256])
        if isKept == false { try? FileManager.default.removeItem(atPath: "\(folder)/\(sha256)") }
      }
    }
  }
}
