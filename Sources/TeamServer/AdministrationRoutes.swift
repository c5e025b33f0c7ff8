internal import Foundation
internal import Hummingbird
internal import Pages
internal import Teams
internal import Workspaces

/// Users and teams, for administrators.
///
/// Being one shows no team's data.
struct AdministrationRoutes: Sendable {
  let database: TeamDatabase
  let pages: PageRenderer
  let settings: ServerSettings
  let workspace: Workspace

  func add(to router: Router<TeamRequestContext>) {
    router.get("administration", use: overview)
    router.post("administration/users", use: addUser)
    router.post("administration/users/:user/invite", use: invite)
    router.post("administration/users/:user/disable", use: disable)
    router.post("administration/teams", use: addTeam)
    router.post("administration/teams/:team/quota", use: setQuota)
  }

  private func administrator(_ context: TeamRequestContext) throws -> Principal {
    let principal = try context.requirePrincipal()
    guard principal.mayAdministrate else { throw HTTPError(.notFound) }
    return principal
  }

  @Sendable private func overview(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    try await page(administrator(context), invitation: nil, problem: nil)
  }

  private func page(
    _ principal: Principal, invitation: String?, problem: String?
  ) async throws -> Response {
    let users = try await database.users()
    let audit = try await database.audit(team: nil, limit: AuditTable.most)
    var teams: [PageValue] = []
    for team in try await database.teams() {
      let use = try await workspace.storageUse(of: team)
      teams.append([
        "team": .text(team.name), "teamTitle": .text(team.title),
        "storageTotal": .text(ByteText.of(use.total)),
        "gigabytes": .text(String(format: "%g", Double(use.quota) / 1e9)),
      ])
    }
    return try pages.page(
      "administration", title: "Users and teams", principal: principal,
      status: problem == nil ? .ok : .unprocessableContent,
      [
        "invitation": .optional(invitation), "problem": .optional(problem),
        "users": .list(
          users.map {
            [
              "name": .text($0.name), "title": .text($0.title),
              "isAdministrator": .flag($0.isAdministrator),
            ]
          }),
        "teams": .list(teams),
        "audit": AuditTable(entries: audit, days: settings.logDays).value,
      ])
  }

  /// Does what a form asks for and shows the page again, with an invitation where one was made.
  private func change(
    _ request: Request, _ context: TeamRequestContext, _ action: String,
    _ body: (Form) async throws -> (object: String, invitation: String?)
  ) async throws -> Response {
    let principal = try administrator(context)
    let form = try await Form(request, limit: settings.largestBody)
    try form.requireSecret(of: principal)
    do {
      let done = try await body(form)
      try await database.record(
        action, on: done.object, by: principal.user.name, now: secondsNow())
      return try await page(principal, invitation: done.invitation, problem: nil)
    } catch let error as TeamsError where error.kind != .storage {
      return try await page(principal, invitation: nil, problem: error.description)
    }
  }

  @Sendable private func addUser(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    try await change(request, context, "added a user") { form in
      let name = form.text("name")
      let title = form.text("title")
      let user = try await database.addUser(name, title: title.isEmpty ? name : title)
      return (user.name, try await invitation(user))
    }
  }

  @Sendable private func invite(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    try await change(request, context, "invited") { _ in
      let user = try await named(context)
      return (user.name, try await invitation(user))
    }
  }

  @Sendable private func disable(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    try await change(request, context, "disabled a user") { _ in
      let user = try await named(context)
      try await database.disable(user)
      return (user.name, nil)
    }
  }

  @Sendable private func addTeam(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    try await change(request, context, "added a team") { form in
      guard let owner = try await database.user(named: form.text("owner")) else {
        throw TeamsError.noUser(form.text("owner"))
      }
      let name = form.text("name")
      let title = form.text("title")
      let team = try await database.addTeam(
        name, title: title.isEmpty ? name : title, owner: owner)
      return ("\(team.name), owned by \(owner.name)", nil)
    }
  }

  @Sendable private func setQuota(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let name = try context.parameters.require("team")
    return try await change(request, context, "set a quota") { form in
      guard let team = try await database.team(named: name) else { throw TeamsError.noTeam(name) }
      guard let size = Double(form.text("gigabytes")), (0...1e6).contains(size) else {
        throw HTTPError(.unprocessableContent, message: "Give a size in GB, from 0 to a million.")
      }
      try await workspace.setQuota(Int64(size * 1e9), of: team)
      return ("\(team.name): \(form.text("gigabytes")) GB", nil)
    }
  }

  private func named(_ context: TeamRequestContext) async throws -> User {
    let name = try context.parameters.require("user")
    guard let user = try await database.user(named: name) else { throw TeamsError.noUser(name) }
    return user
  }

  private func invitation(_ user: User) async throws -> String {
    let secret = try await database.invite(
      user, lasting: settings.invitationLifetime, now: secondsNow())
    return settings.baseURL + "/invitation/" + secret
  }
}
