package import GRDB

/// How many things there may be of a kind; how many bytes they may have together is the quota's business.
///
/// Rows without bytes fill a disk too: without these, one stolen token could make millions of them.
public struct TeamLimits: Sendable {
  /// Collections of places of a team.
  public var collections = 1000
  /// Datasets of a team: uploaded, being uploaded, or read where they lie.
  public var datasets = 10_000
  /// Versions of all files of a team together.
  public var fileVersions = 100_000
  /// What a team shares with others; each thing and each other team counts.
  public var shares = 10_000
  /// Tokens of one person that have not expired.
  public var tokens = 100
  /// Browsers in which one person is signed in; one more signs the oldest out.
  public var sessions = 100

  /// The limits that a server has.
  public init() {}

  /// What a team with too many datasets can do.
  package static let datasetsRemedy =
    "remove some, or join them to fewer that have more times or variables"
}

extension TeamsError {
  /// Refuses one more thing where there are as many as may be.
  ///
  /// To be called within the transaction that adds it.
  ///
  /// - Parameters:
  ///   - limit: how many there may be.
  ///   - things: what they are, as in `the team has 1000 collections`.
  ///   - attempt: what is tried.
  ///   - remedy: what to do about it.
  ///   - rows: an SQL query of which each row is one of them.
  ///   - arguments: those of the query.
  ///   - database: within whose transaction.
  /// - Throws: ``TeamsError`` of kind `full`.
  package static func requireFewer(
    than limit: Int, _ things: String, to attempt: String, remedy: String,
    counting rows: String, _ arguments: StatementArguments, _ database: Database
  ) throws {
    let count = try Int.fetchOne(
      database, sql: "SELECT count(*) FROM (\(rows))", arguments: arguments)
    guard count ?? 0 < limit else {
      throw TeamsError(
        .full, attempt, because: "\(things), and more than \(limit) there may not be",
        remedy: remedy)
    }
  }
}
