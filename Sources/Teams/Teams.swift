package import GRDB

/// People who share cubes.
public struct Team: Sendable, Hashable {
  /// Its number, by which other tables refer to it.
  package let id: Int64
  /// An id, unique; part of addresses.
  public let name: String
  /// The name that people read.
  public let title: String
}

extension Team {
  package init(_ row: Row) {
    id = row["id"]
    name = row["name"]
    title = row["title"]
  }
}

/// Somebody's place in a team.
public struct Member: Sendable, Hashable {
  /// Who it is.
  public let user: User
  /// What they may in the team.
  public let role: Role
}

extension TeamDatabase {
  /// Adds a team with its first owner.
  ///
  /// - Throws: ``TeamsError`` where the name is no id or is taken.
  @discardableResult
  public func addTeam(
    _ name: String, title: String, owner: User
  ) async throws(TeamsError) -> Team {
    try Names.check(name, of: "team")
    return try await write("add the team '\(name)'") { database in
      try database.execute(
        sql: "INSERT INTO team (name, title) VALUES (?, ?)", arguments: [name, title])
      let team = Team(id: database.lastInsertedRowID, name: name, title: title)
      try Self.insert(owner, into: team, as: .owner, database)
      return team
    }
  }

  /// The team of a name; `nil` where there is none.
  public func team(named name: String) async throws(TeamsError) -> Team? {
    try await read("look up a team") { database in
      try Row.fetchOne(database, sql: "SELECT * FROM team WHERE name = ?", arguments: [name])
        .map(Team.init)
    }
  }

  /// Every team, by name.
  public func teams() async throws(TeamsError) -> [Team] {
    try await read("list the teams") { database in
      try Row.fetchAll(database, sql: "SELECT * FROM team ORDER BY name").map(Team.init)
    }
  }

  /// The members of a team, by name.
  public func members(of team: Team) async throws(TeamsError) -> [Member] {
    try await read("list the members of '\(team.name)'") { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT user.*, member.role FROM member JOIN user ON user.id = member.user
          WHERE member.team = ? AND user.disabled = 0 ORDER BY user.name
          """, arguments: [team.id]
      ).compactMap { row in
        Role(rawValue: row["role"]).map { Member(user: User(row), role: $0) }
      }
    }
  }

  /// The teams that somebody belongs to, by name, with their roles.
  public func teams(of user: User) async throws(TeamsError) -> [(team: Team, role: Role)] {
    try await read("list the teams of '\(user.name)'") { database in
      try Row.fetchAll(
        database,
        sql: """
          SELECT team.*, member.role FROM member JOIN team ON team.id = member.team
          WHERE member.user = ? ORDER BY team.name
          """, arguments: [user.id]
      ).compactMap { row in
        Role(rawValue: row["role"]).map { (team: Team(row), role: $0) }
      }
    }
  }

  /// Gives somebody a role in a team, in place of the one they have.
  ///
  /// - Throws: ``TeamsError`` of kind `invalid` where the team would be left without an owner.
  public func setRole(
    _ role: Role, of user: User, in team: Team
  ) async throws(TeamsError) {
    try await write("change a role in '\(team.name)'") { database in
      try Self.insert(user, into: team, as: role, database)
      try Self.requireOwner(of: team, database)
    }
  }

  /// Takes somebody out of a team.
  ///
  /// - Throws: ``TeamsError`` of kind `invalid` where the team would be left without an owner.
  public func remove(_ user: User, from team: Team) async throws(TeamsError) {
    try await write("remove somebody from '\(team.name)'") { database in
      try database.execute(
        sql: "DELETE FROM member WHERE team = ? AND user = ?", arguments: [team.id, user.id])
      try Self.requireOwner(of: team, database)
    }
  }

  private static func insert(
    _ user: User, into team: Team, as role: Role, _ database: Database
  ) throws {
    try database.execute(
      sql: """
        INSERT INTO member (team, user, role) VALUES (?, ?, ?)
        ON CONFLICT DO UPDATE SET role = excluded.role
        """, arguments: [team.id, user.id, role.rawValue])
  }

  private static func requireOwner(of team: Team, _ database: Database) throws {
    let owners = try Int.fetchOne(
      database, sql: "SELECT count(*) FROM member WHERE team = ? AND role = ?",
      arguments: [team.id, Role.owner.rawValue])
    guard let owners, owners > 0 else {
      throw TeamsError(
        .invalid, "leave the team '\(team.name)' without an owner",
        because: "nobody could then decide who may", remedy: "make somebody else an owner first")
    }
  }
}
