internal import Foundation
internal import GRDB
internal import Stores
internal import Teams

/// Copies of everything that the server keeps: the database, and the bytes of datasets and files.
///
/// Built sites of teams are left out: `cubepress build` makes them again. What datasets and files
/// hold never changes where it lies, so on one file system a copy takes no room of its own (hard links).
public enum Backup {
  private static let database = "cubepress.sqlite"

  /// Copies a data folder, as it is at one moment, into a new folder, while the server goes on.
  ///
  /// - Throws: ``WorkspaceError`` where the folder exists, cannot be written, or something was removed
  ///   meanwhile.
  public static func write(_ dataFolder: String, to folder: String) async throws {
    let attempt = "back up to \(folder)"
    try makeNewFolder(folder, attempt)
    let copy = "\(folder)/\(database)"
    try await TeamDatabase(path: "\(dataFolder)/\(database)").backUp(to: copy)
    for path in try await kept(by: copy).map(\.path) {
      guard FileManager.default.fileExists(atPath: "\(dataFolder)/\(path)") else {
        throw WorkspaceError(
          .conflict, attempt, because: "\(path) was removed meanwhile",
          remedy: "remove the folder and back up again")
      }
      try copyTree("\(dataFolder)/\(path)", to: "\(folder)/\(path)")
    }
    try synchroniseFileSystem(of: folder)
  }

  /// Makes a data folder of a backup, and looks whether everything in it is whole.
  ///
  /// - Throws: ``WorkspaceError`` where there is a data folder already, or the backup is damaged.
  public static func restore(_ folder: String, to dataFolder: String) async throws {
    let attempt = "restore \(folder)"
    guard FileManager.default.fileExists(atPath: "\(folder)/\(database)") else {
      throw WorkspaceError(
        .unknown, attempt, because: "it holds no \(database)", remedy: "name a folder of a backup")
    }
    guard !FileManager.default.fileExists(atPath: "\(dataFolder)/\(database)") else {
      throw WorkspaceError(
        .taken, attempt, because: "\(dataFolder)/\(database) exists",
        remedy: "stop the server and move that folder away first")
    }
    let things = try await kept(by: "\(folder)/\(database)")
    // All of it before anything is written: what is damaged leaves no half of a data folder.
    for one in things { try check(one, in: folder, attempt) }
    for one in things {
      try copyTree("\(folder)/\(one.path)", to: "\(dataFolder)/\(one.path)")
    }
    try FileManager.default.createDirectory(
      atPath: dataFolder, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    // The database last: without it the folder is none.
    try FileManager.default.copyItem(
      atPath: "\(folder)/\(database)", toPath: "\(dataFolder)/\(database)")
    try synchroniseFileSystem(of: dataFolder)
  }

  private static func makeNewFolder(_ folder: String, _ attempt: String) throws {
    guard !FileManager.default.fileExists(atPath: folder) else {
      throw WorkspaceError(
        .taken, attempt, because: "it exists", remedy: "name a folder that does not exist yet")
    }
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
  }

  /// Something that a database says that there is.
  private struct Kept: Sendable {
    /// Its path below the folder of the database.
    let path: String
    /// The SHA-256 of its bytes in hexadecimal digits, where it is one file.
    let sha256: String?
    /// How many bytes it has, in all its files.
    let bytes: Int64
  }

  /// What a database says that there is; its uploads under way are forgotten,
  /// since their bytes are not copied.
  ///
  /// - Throws: ``WorkspaceError`` where the database is damaged.
  private static func kept(by database: String) async throws -> [Kept] {
    let kept = try TeamDatabase(path: database)
    let things = try await kept.pool.write { database in
      let health = try String.fetchOne(database, sql: "PRAGMA quick_check")
      guard health == "ok" else {
        throw WorkspaceError(
          .storage, "read the database of the backup", because: "it is damaged: \(health ?? "?")",
          remedy: "use another backup")
      }
      try database.execute(sql: "DELETE FROM upload")
      // Nobody reads these of the copy.
      try database.execute(sql: "DELETE FROM replaced_dataset WHERE until IS NOT NULL")
      return try Row.fetchAll(
        database,
        sql: """
          SELECT path, sha256, bytes FROM dataset
          UNION ALL SELECT path, sha256, bytes FROM replaced_dataset
          UNION ALL SELECT 'teams/' || team.name || '/blobs/' || sha256, sha256, bytes FROM blob
            JOIN team ON team.id = blob.team
          """
      ).map { row in
        let path: String = row["path"]
        // Of a Zarr store the hash of the archive is known in which it came.
        return Kept(
          path: path, sha256: path.hasSuffix("/cube.zarr") ? nil : row["sha256"],
          bytes: row["bytes"])
      }
    }
    // One file again, without a log beside it.
    try await kept.pool.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
    }
    try kept.pool.close()
    return things
  }

  /// Looks whether something is whole: a file by its hash, a Zarr store by the sizes of its files.
  private static func check(_ one: Kept, in folder: String, _ attempt: String) throws {
    let path = "\(folder)/\(one.path)"
    guard FileManager.default.fileExists(atPath: path) else {
      throw WorkspaceError(
        .unknown, attempt, because: "\(path) is missing", remedy: "use another backup")
    }
    let isWhole =
      if let sha256 = one.sha256 {
        try hexadecimal(digestOfFile(path).sha256) == sha256
      } else {
        try size(ofTree: path) == one.bytes
      }
    guard isWhole else {
      throw WorkspaceError(
        .mismatch, attempt, because: "\(path) is damaged", remedy: "use another backup")
    }
  }

  /// Gives a file, or every file of a folder, a second name; on another disk it is copied.
  private static func copyTree(_ path: String, to target: String) throws {
    let manager = FileManager.default
    try manager.createDirectory(
      atPath: (target as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    do { try manager.linkItem(atPath: path, toPath: target) } catch {
      try manager.copyItem(atPath: path, toPath: target)
    }
  }
}
