internal import Foundation
internal import Hummingbird
internal import Pages
internal import Teams

/// The pages of a team: its datasets, members, what it shares, what was done.
struct TeamRoutes: Sendable {
  let database: TeamDatabase
  let pages: PageRenderer
  let settings: ServerSettings

  func add(to router: Router<TeamRequestContext>) {
    router.get("teams/:team", use: team)
    router.post("teams/:team/members", use: setMember)
    router.post("teams/:team/members/:user/remove", use: removeMember)
    router.post("teams/:team/grants", use: grant)
    router.post("teams/:team/grants/:dataset/:other/end", use: endGrant)
  }

  /// Who asks, of which team, in which role; 404 where the role is less than is needed.
  private func access(
    _ context: TeamRequestContext, atLeast needed: Role
  ) async throws -> (principal: Principal, team: Team, role: Role) {
    let principal = try context.requirePrincipal()
    let name = try context.parameters.require("team")
    guard let role = try await database.role(of: principal, inTeam: name), role >= needed,
      let team = try await database.team(named: name)
    else { throw HTTPError(.notFound) }
    return (principal, team, role)
  }

  @Sendable private func team(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let (principal, team, role) = try await access(context, atLeast: .reader)
    return try await page(team, role, principal, problem: nil)
  }

  private func page(
    _ team: Team, _ role: Role, _ principal: Principal, problem: String?
  ) async throws -> Response {
    let members = try await database.members(of: team)
    let grants = try await database.grants(of: team)
    let audit = role == .owner ? try await database.audit(team: team.name, limit: 100) : []
    let datasets = Self.datasets(in: settings.siteFolder(ofTeam: team.name))
    return try pages.page(
      "team", title: team.title, principal: principal,
      status: problem == nil ? .ok : .unprocessableContent,
      [
        "team": .text(team.name), "teamTitle": .text(team.title), "problem": .optional(problem),
        "owner": .flag(role == .owner),
        "datasets": .list(datasets.map { ["dataset": .text($0)] }),
        "members": .list(
          members.map {
            [
              "member": .text($0.user.name), "memberTitle": .text($0.user.title),
              "role": .text($0.role.rawValue),
            ]
          }),
        "grants": .list(
          grants.map {
            [
              "dataset": .text($0.dataset), "other": .text($0.toTeam),
              "role": .text($0.role.rawValue),
            ]
          }),
        "audit": .list(audit.map(AuditRow.values)),
      ])
  }

  /// The ids of the datasets of a site; none where it has not been built.
  private static func datasets(in site: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: site + "/datasets")) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted()
  }

  /// Does what an owner's form asks for, writes it down, and shows the team again.
  private func change(
    _ request: Request, _ context: TeamRequestContext, _ action: String,
    _ body: (Form, Team) async throws -> String
  ) async throws -> Response {
    let (principal, team, role) = try await access(context, atLeast: .owner)
    let form = try await Form(request, limit: settings.largestBody)
    try form.requireSecret(of: principal)
    do {
      let object = try await body(form, team)
      try await database.record(
        action, on: object, by: principal.user.name, team: team.name, now: secondsNow())
    } catch let error as TeamsError where error.kind != .storage {
      return try await page(team, role, principal, problem: error.description)
    }
    return .redirect(to: "/teams/" + team.name, type: .normal)
  }

  private static func role(_ form: Form) throws -> Role {
    guard let role = Role(rawValue: form.text("role")) else {
      throw HTTPError(.badRequest, message: "Choose a role: reader, editor or owner.")
    }
    return role
  }

  @Sendable private func setMember(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    try await change(request, context, "gave a role") { form, team in
      let role = try Self.role(form)
      guard let user = try await database.user(named: form.text("user")) else {
        throw TeamsError.noUser(form.text("user"))
      }
      try await database.setRole(role, of: user, in: team)
      return "\(user.name): \(role.rawValue)"
    }
  }

  @Sendable private func removeMember(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let name = try context.parameters.require("user")
    return try await change(request, context, "removed from the team") { _, team in
      guard let user = try await database.user(named: name) else { throw TeamsError.noUser(name) }
      try await database.remove(user, from: team)
      return user.name
    }
  }

  @Sendable private func grant(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    try await change(request, context, "shared a dataset") { form, team in
      let role = try Self.role(form)
      guard let other = try await database.team(named: form.text("other")) else {
        throw TeamsError.noTeam(form.text("other"))
      }
      let dataset = form.text("dataset")
      try await database.grant(role, on: dataset, of: team, to: other)
      return "\(dataset) with \(other.name): \(role.rawValue)"
    }
  }

  @Sendable private func endGrant(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let dataset = try context.parameters.require("dataset")
    let otherName = try context.parameters.require("other")
    return try await change(request, context, "ended the sharing of a dataset") { _, team in
      guard let other = try await database.team(named: otherName) else {
        throw TeamsError.noTeam(otherName)
      }
      try await database.revoke(dataset: dataset, of: team, from: other)
      return "\(dataset) with \(other.name)"
    }
  }
}
