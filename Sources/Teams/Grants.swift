internal import GRDB

/// What a team can let another team use.
public enum SharedKind: String, Sendable, Hashable, CaseIterable {
  /// A dataset, by its id.
  case dataset
  /// A collection of places, by its name.
  case places
  /// A file, by its path, or all files below a folder, by its path with a slash at the end.
  case files
}

/// Something that one team lets another use.
public struct Grant: Sendable, Hashable {
  /// The team whose it is.
  public let team: String
  /// What kind of thing it is.
  public let kind: SharedKind
  /// Its id, name or path.
  public let item: String
  /// The team that may use it.
  public let toTeam: String
  /// What it may do with it.
  public let role: Role
}

extension TeamDatabase {
  /// Lets another team use something, in place of what it may do with it so far.
  ///
  /// - Throws: ``TeamsError`` where the item cannot be called so; of kind `full` where the team shares very much.
  public func grant(
    _ role: Role, on item: String, kind: SharedKind = .dataset, of team: Team, to other: Team
  ) async throws(TeamsError) {
    switch kind {
    case .dataset: try Names.check(item, of: "dataset")
    case .places: try Names.check(item, of: "collection")
    case .files:
      let path = item.hasSuffix("/") ? String(item.dropLast()) : item
      guard FilePath.isValid(path) else {
        throw TeamsError(
          .invalid, "share '\(item)'", because: "it is no path of a file or folder",
          remedy: "write it as in 'models/ice.pt', or 'models/' for the whole folder")
      }
    }
    let attempt = "share '\(item)'"
    try await write(attempt) { [limits] database in
      try TeamsError.requireFewer(
        than: limits.shares, "the team shares \(limits.shares) things", to: attempt,
        remedy: "end some of it, or share a folder in place of each file",
        counting: """
          SELECT 1 FROM share WHERE team = :team
            AND NOT (kind = :kind AND item = :item AND to_team = :other)
          """,
        ["team": team.id, "kind": kind.rawValue, "item": item, "other": other.id], database)
      try database.execute(
        sql: """
          INSERT INTO share (team, kind, item, to_team, role) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT DO UPDATE SET role = excluded.role
          """, arguments: [team.id, kind.rawValue, item, other.id, role.rawValue])
    }
  }

  /// Takes a grant back.
  public func revoke(
    _ item: String, kind: SharedKind = .dataset, of team: Team, from other: Team
  ) async throws(TeamsError) {
    try await write("end the sharing of '\(item)'") { database in
      try database.execute(
        sql: "DELETE FROM share WHERE team = ? AND kind = ? AND item = ? AND to_team = ?",
        arguments: [team.id, kind.rawValue, item, other.id])
    }
  }

  /// What a team has shared.
  public func grants(of team: Team) async throws(TeamsError) -> [Grant] {
    try await read("list what '\(team.name)' shares") { database in
      try Self.grants(database, where: "share.team = ?", [team.id])
    }
  }

  /// What other teams have shared with a team.
  public func grants(toTeam team: Team) async throws(TeamsError) -> [Grant] {
    try await read("list what is shared with '\(team.name)'") { database in
      try Self.grants(database, where: "to_team = ?", [team.id])
    }
  }

  /// What other teams have shared with the teams of somebody.
  public func grants(to user: User) async throws(TeamsError) -> [Grant] {
    try await read("list what is shared with '\(user.name)'") { database in
      try Self.grants(
        database, where: "to_team IN (SELECT team FROM member WHERE user = ?)", [user.id])
    }
  }

  private static func grants(
    _ database: Database, where condition: String, _ arguments: StatementArguments
  ) throws -> [Grant] {
    try Row.fetchAll(
      database,
      sql: """
        SELECT owner.name AS team, kind, item, other.name AS to_team, role FROM share
        JOIN team AS owner ON owner.id = share.team
        JOIN team AS other ON other.id = to_team
        WHERE \(condition) ORDER BY owner.name, kind, item, other.name
        """, arguments: arguments
    ).compactMap { row in
      guard let role = Role(rawValue: row["role"]), let kind = SharedKind(rawValue: row["kind"])
      else { return nil }
      return Grant(
        team: row["team"], kind: kind, item: row["item"], toTeam: row["to_team"], role: role)
    }
  }
}
