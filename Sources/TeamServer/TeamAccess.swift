internal import HTTPTypes
internal import Hummingbird
internal import Teams

/// Finds out as what somebody asks; what they may not see looks as if it did not exist.
struct TeamAccess: Sendable {
  let database: TeamDatabase

  /// Who asks, of which team, in which role.
  typealias Member = (principal: Principal, team: Team, role: Role)

  /// The asker as a member of the team that the path names.
  ///
  /// - Throws: 404 where the role is less than is needed; who is not signed in is asked to do so.
  func member(
    _ request: Request, _ context: TeamRequestContext, atLeast needed: Role
  ) async throws -> Member {
    let principal = try context.principal(askedFor: request)
    let name = try context.parameters.require("team")
    guard let role = try await database.role(of: principal, inTeam: name), role >= needed,
      let team = try await database.team(named: name)
    else { throw HTTPError(.notFound) }
    return (principal, team, role)
  }

  /// The asker as somebody who may use something of the team that the path names: as its member, or
  /// because it is shared with a team of theirs.
  ///
  /// - Throws: as ``member(_:_:atLeast:)``.
  func user(
    of item: String, kind: SharedKind, _ request: Request, _ context: TeamRequestContext,
    atLeast needed: Role
  ) async throws -> Member {
    let principal = try context.principal(askedFor: request)
    let name = try context.parameters.require("team")
    let role = try await database.role(of: principal, for: item, kind: kind, ofTeam: name)
    guard let role, role >= needed, let team = try await database.team(named: name) else {
      throw HTTPError(.notFound)
    }
    return (principal, team, role)
  }
}

extension TeamAccess {
  /// Writes down what somebody did in a team.
  func note(_ action: String, on object: String, _ member: Member) async throws {
    try await database.record(
      action, on: object, by: member.principal.user.name, team: member.team.name, now: secondsNow())
  }

  /// Whether somebody belongs to the team, and is not a guest with whom it shares something.
  func isMember(_ member: Member) async throws -> Bool {
    try await database.role(of: member.principal, inTeam: member.team.name) != nil
  }
}

extension Request {
  /// Whether a browser wants a page.
  var wantsPage: Bool { headers[.accept]?.contains("text/html") == true }

  /// Refuses a change that another site's page could have made a browser ask for.
  ///
  /// Requests that are no forms bring the form secret of the session in a field; a token needs none.
  ///
  /// - Throws: 403.
  func requireIntent(of principal: Principal) throws {
    guard let secret = principal.formSecret else { return }
    guard let field = HTTPField.Name("X-Form"), headers[field] == secret else {
      throw HTTPError(
        .forbidden, message: "The page is from an earlier session: reload it and try again.")
    }
  }

  /// The parameters of the address, in order.
  ///
  /// - Throws: 400 where they are badly encoded.
  func parameters() throws -> [(name: String, value: String)] {
    try FormText.pairs(uri.query ?? "")
  }
}
