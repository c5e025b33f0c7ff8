package import GRDB

/// Everything that the server knows of users, teams and what they may: one SQLite file.
///
/// SQLite in WAL mode: readers do not wait for the writer, a transaction that was acknowledged is on
/// disk (`synchronous = FULL`), and one that a crash cut off never happened.
public final class TeamDatabase: Sendable {
  /// The connections: for the modules that keep tables of their own beside those of teams.
  package let pool: DatabasePool
  private let path: String
  /// How many things there may be of a kind.
  package let limits: TeamLimits
  let recent = RecentReads()

  /// Opens a database, or makes an empty one, and brings it to the newest form.
  ///
  /// - Throws: ``TeamsError`` of kind `storage` where the file cannot be opened, is no such database, or
  ///   was written by a newer program.
  public init(path: String, limits: TeamLimits = TeamLimits()) throws(TeamsError) {
    self.path = path
    self.limits = limits
    var configuration = Configuration()
    configuration.foreignKeysEnabled = true
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA synchronous = FULL")
    }
    do {
      pool = try DatabasePool(path: path, configuration: configuration)
      let migrator = Schema.migrator
      if try pool.read(migrator.hasBeenSuperseded) {
        throw TeamsError(
          .storage, "open \(path)", because: "a newer version of the program has written it",
          remedy: "use that version, or go back to a backup")
      }
      try migrator.migrate(pool)
      pool.add(transactionObserver: recent, extent: .databaseLifetime)
    } catch let error as TeamsError {
      throw error
    } catch {
      throw Self.failure("open \(path)", error)
    }
  }

  /// Copies the database, as it is at one moment, into a new file, while others go on using it.
  ///
  /// - Throws: ``TeamsError`` of kind `taken` where the file exists, `storage` where it cannot be written.
  public func backUp(to path: String) async throws(TeamsError) {
    try await write("back up to \(path)", outsideTransaction: true) { database in
      try database.execute(sql: "VACUUM INTO ?", arguments: [path])
    }
  }

  /// Whether the database answers: for the health check.
  public func isAnswering() async -> Bool {
    (try? await read("ask the database") { try Int.fetchOne($0, sql: "SELECT 1") }) == 1
  }

  func read<Value: Sendable>(
    _ attempt: String, _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(TeamsError) -> Value {
    do { return try await pool.read(body) } catch { throw Self.failure(attempt, error) }
  }

  @discardableResult
  func write<Value: Sendable>(
    _ attempt: String, outsideTransaction: Bool = false,
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(TeamsError) -> Value {
    do {
      return outsideTransaction
        ? try await pool.writeWithoutTransaction(body) : try await pool.write(body)
    } catch { throw Self.failure(attempt, error) }
  }

  /// What SQLite's error means to somebody who does not know SQLite.
  static func failure(_ attempt: String, _ error: any Error) -> TeamsError {
    if let error = error as? TeamsError { return error }
    guard let error = error as? DatabaseError else {
      return TeamsError(
        .storage, attempt, because: "\(error)", remedy: "look at the server's log")
    }
    switch error.resultCode {
    case .SQLITE_CONSTRAINT:
      return TeamsError(
        .taken, attempt, because: "it exists already", remedy: "choose another name")
    case .SQLITE_FULL:
      return TeamsError(
        .diskFull, attempt, because: TeamsError.diskFullReason, remedy: TeamsError.diskFullRemedy)
    case .SQLITE_NOTADB, .SQLITE_CORRUPT:
      return TeamsError(
        .storage, attempt, because: "the database is damaged or no database",
        remedy: "restore a backup")
    default:
      return TeamsError(
        .storage, attempt, because: error.message ?? "SQLite's error \(error.resultCode.rawValue)",
        remedy: "see that the folder exists, can be written, and is on a local disk")
    }
  }
}
