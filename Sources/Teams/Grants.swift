internal import GRDB

/// A dataset that one team lets another use.
public struct DatasetGrant: Sendable, Hashable {
  /// The team whose dataset it is.
  public let team: String
  /// The dataset's id.
  public let dataset: String
  /// The team that may use it.
  public let toTeam: String
  /// What it may do with it.
  public let role: Role
}

extension TeamDatabase {
  /// Lets another team use a dataset, in place of what it may do with it so far.
  ///
  /// - Throws: ``TeamsError`` where the dataset's name is no id.
  public func grant(
    _ role: Role, on dataset: String, of team: Team, to other: Team
  ) async throws(TeamsError) {
    try Names.check(dataset, of: "dataset")
    try await write("share '\(dataset)'") { database in
      try database.execute(
        sql: """
          INSERT INTO dataset_grant (team, dataset, to_team, role) VALUES (?, ?, ?, ?)
          ON CONFLICT DO UPDATE SET role = excluded.role
          """, arguments: [team.id, dataset, other.id, role.rawValue])
    }
  }

  /// Takes a grant back.
  public func revoke(
    dataset: String, of team: Team, from other: Team
  ) async throws(TeamsError) {
    try await write("end the sharing of '\(dataset)'") { database in
      try database.execute(
        sql: "DELETE FROM dataset_grant WHERE team = ? AND dataset = ? AND to_team = ?",
        arguments: [team.id, dataset, other.id])
    }
  }

  /// What a team has shared, by dataset.
  public func grants(of team: Team) async throws(TeamsError) -> [DatasetGrant] {
    try await read("list what '\(team.name)' shares") { database in
      try Self.grants(database, where: "dataset_grant.team = ?", [team.id])
    }
  }

  /// What other teams have shared with the teams of somebody.
  public func grants(to user: User) async throws(TeamsError) -> [DatasetGrant] {
    try await read("list what is shared with '\(user.name)'") { database in
      try Self.grants(
        database, where: "to_team IN (SELECT team FROM member WHERE user = ?)", [user.id])
    }
  }

  private static func grants(
    _ database: Database, where condition: String, _ arguments: StatementArguments
  ) throws -> [DatasetGrant] {
    try Row.fetchAll(
      database,
      sql: """
        SELECT owner.name AS team, dataset, other.name AS to_team, role FROM dataset_grant
        JOIN team AS owner ON owner.id = dataset_grant.team
        JOIN team AS other ON other.id = to_team
        WHERE \(condition) ORDER BY owner.name, dataset, other.name
        """, arguments: arguments
    ).compactMap { row in
      Role(rawValue: row["role"]).map {
        DatasetGrant(team: row["team"], dataset: row["dataset"], toTeam: row["to_team"], role: $0)
      }
    }
  }
}
