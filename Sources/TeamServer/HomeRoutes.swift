internal import Hummingbird
internal import Pages
internal import Teams
internal import Workspaces

/// The first page after signing in: the teams of somebody, what others share with them, their tokens.
struct HomeRoutes: Sendable {
  let database: TeamDatabase
  let pages: PageRenderer
  let settings: ServerSettings
  let workspace: Workspace

  func add(to router: Router<TeamRequestContext>) {
    router.get("/", use: home)
    router.post("tokens", use: makeToken)
    router.post("tokens/:id/end", use: endToken)
  }

  @Sendable private func home(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    guard let principal = context.principal else {
      return .redirect(to: "/sign-in", type: .normal)
    }
    return try await home(principal, newToken: nil, problem: nil)
  }

  private func home(
    _ principal: Principal, newToken: String?, problem: String?
  ) async throws -> Response {
    let teams = try await database.teams(of: principal.user)
    let grants = try await database.grants(to: principal.user)
    let tokens = try await database.tokens(of: principal.user, now: secondsNow())
    return try pages.page(
      "home", title: "Your teams", principal: principal,
      status: problem == nil ? .ok : .unprocessableContent,
      [
        "teams": .list(
          teams.map {
            [
              "team": .text($0.team.name), "teamTitle": .text($0.team.title),
              "role": .text($0.role.rawValue),
            ]
          }),
        "sharedTeams": try await SharedThings(
          database: database, workspace: workspace, settings: settings
        ).values(of: grants),
        "tokens": .list(
          tokens.map {
            [
              "id": .text(String($0.id)), "label": .text($0.label),
              "scope": .text($0.scope.rawValue), "expires": .text(DateText.day($0.expires)),
            ]
          }),
        "newToken": .optional(newToken), "problem": .optional(problem),
        "baseURL": .text(settings.baseURL),
      ])
  }

  @Sendable private func makeToken(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let principal = try context.requirePrincipal()
    let form = try await Form(request, limit: settings.largestBody)
    try form.requireSecret(of: principal)
    guard let scope = TokenScope(rawValue: form.text("scope")), let days = Int64(form.text("days")),
      days > 0, days <= 366
    else {
      throw HTTPError(.badRequest, message: "Choose what the token may do, and for how long.")
    }
    do {
      let now = secondsNow()
      let secret = try await database.addToken(
        for: principal.user, label: form.text("label"), scope: scope, lifetime: days * 86_400,
        now: now)
      try await database.record(
        "made a token", on: form.text("label"), by: principal.user.name, now: now)
      return try await home(principal, newToken: secret, problem: nil)
    } catch let error as TeamsError where [.invalid, .full].contains(error.kind) {
      return try await home(principal, newToken: nil, problem: error.description)
    }
  }

  @Sendable private func endToken(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let principal = try context.requirePrincipal()
    try await Form(request, limit: settings.largestBody).requireSecret(of: principal)
    guard let id = context.parameters.get("id", as: Int64.self) else { throw HTTPError(.notFound) }
    try await database.removeToken(id, of: principal.user)
    try await database.record(
      "ended a token", on: String(id), by: principal.user.name, now: secondsNow())
    return .redirect(to: "/", type: .normal)
  }
}
