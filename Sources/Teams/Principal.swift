internal import GRDB

/// Who sends a request, as far as the request proves it.
public struct Principal: Sendable, Hashable {
  /// The user on whose behalf it is sent.
  public let user: User
  /// `nil` for a session in the browser, which may all that its user may.
  public let scope: TokenScope?
  /// What a form must send back to show that it came from a page of ours; `nil` for a token, which no
  /// browser adds by itself.
  public let formSecret: String?

  /// The most that this request may do.
  private var limit: Role { scope?.highestRole ?? .owner }

  func limited(_ role: Role?) -> Role? { role.map { min($0, limit) } }

  /// Whether it may make users and teams: administrators in the browser.
  public var mayAdministrate: Bool { user.isAdministrator && scope == nil }
}

extension TeamDatabase {
  /// The role of a request in a team; `nil` where it has none, or there is no such team.
  public func role(
    of principal: Principal, inTeam team: String
  ) async throws(TeamsError) -> Role? {
    guard Names.isID(team) else { return nil }
    let question = RecentReads.RoleQuestion(user: principal.user.id, team: Array(team.utf8))
    let role = try await recent.roles.answer(to: question) { () throws(TeamsError) in
      try await read("look up a role") { try Self.memberRole($0, principal.user, team) }
    }
    return principal.limited(role)
  }

  /// The role of a request for a dataset: its user's in the team that owns it, or the highest that the
  /// team has granted to one of the user's other teams; `nil` where there is neither.
  public func role(
    of principal: Principal, forDataset dataset: String, ofTeam team: String
  ) async throws(TeamsError) -> Role? {
    try await role(of: principal, for: dataset, kind: .dataset, ofTeam: team)
  }

  /// The role of a request for something of a team: its user's in that team, or the highest that the team
  /// has granted to one of the user's other teams; `nil` where there is neither.
  ///
  /// A grant on a folder of files counts for each file below it.
  public func role(
    of principal: Principal, for item: String, kind: SharedKind, ofTeam team: String
  ) async throws(TeamsError) -> Role? {
    // Nothing has such a name, and questions are kept for a while.
    guard Names.isID(team), item.utf8.count <= FilePath.longest else { return nil }
    let user = principal.user
    let question = RecentReads.RoleQuestion(
      user: user.id, team: Array(team.utf8), item: .init(kind: kind, name: Array(item.utf8)))
    let role = try await recent.roles.answer(to: question) { () throws(TeamsError) in
      try await read("look up a role") { database in
        let granted = try Self.grantedRoles(database, user, item, kind, team)
        let own = try Self.memberRole(database, user, team)
        return (granted + [own].compactMap(\.self)).max()
      }
    }
    return principal.limited(role)
  }

  private static func grantedRoles(
    _ database: Database, _ user: User, _ item: String, _ kind: SharedKind, _ team: String
  ) throws -> [Role] {
    try Row.fetchAll(
      database,
      sql: """
        SELECT share.item, share.role FROM share
        JOIN team ON team.id = share.team
        JOIN member ON member.team = share.to_team
        WHERE team.name = ? AND kind = ? AND member.user = ?
        """, arguments: [team, kind.rawValue, user.id]
    ).compactMap { row -> Role? in
      let granted: String = row["item"]
      // Bytes, as everywhere in paths: accents written in two ways are two names.
      let isMeant =
        granted.utf8.elementsEqual(item.utf8)
        || kind == .files && granted.utf8.last == UInt8(ascii: "/")
          && item.utf8.starts(with: granted.utf8)
      return isMeant ? Role(rawValue: row["role"]) : nil
    }
  }

  private static func memberRole(
    _ database: Database, _ user: User, _ team: String
  ) throws -> Role? {
    try String.fetchOne(
      database,
      sql: """
        SELECT member.role FROM member JOIN team ON team.id = member.team
        WHERE member.user = ? AND team.name = ?
        """, arguments: [user.id, team]
    ).flatMap(Role.init)
  }
}
