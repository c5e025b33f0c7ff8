internal import Hummingbird
internal import Pages
internal import Teams
internal import Workspaces

/// Who belongs to a team, what it shares with others, and what was done.
struct MemberRoutes: Sendable {
  let database: TeamDatabase
  let workspace: Workspace
  let pages: PageRenderer
  let settings: ServerSettings
  private var access: TeamAccess { TeamAccess(database: database) }
  private var frame: TeamFrame { TeamFrame(workspace: workspace, pages: pages) }

  func add(to router: Router<TeamRequestContext>) {
    router.get("teams/:team/members", use: members)
    router.get("teams/:team/log", use: log)
    router.post("teams/:team/members", use: setMember)
    router.post("teams/:team/members/:user/remove", use: removeMember)
    router.post("teams/:team/grants", use: grant)
    router.post("teams/:team/grants/end", use: endGrant)
  }

  @Sendable private func members(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    try await page(try await access.member(request, context, atLeast: .reader), problem: nil)
  }

  private func page(_ member: TeamAccess.Member, problem: String?) async throws -> Response {
    let members = try await database.members(of: member.team)
    let grants = try await database.grants(of: member.team)
    // To choose from; files are too many.
    let datasets = try await database.cubeSources(ofTeam: member.team.name).map(\.dataset)
    let collections = try await workspace.collections(of: member.team).map(\.name)
    return try await frame.page(
      "members", title: "Members", of: member, current: "members",
      status: problem == nil ? .ok : .unprocessableContent,
      [
        "problem": .optional(problem), "things": .list((datasets + collections).map { .text($0) }),
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
              "kind": .text($0.kind.rawValue), "item": .text($0.item), "other": .text($0.toTeam),
              "role": .text($0.role.rawValue),
            ]
          }),
      ])
  }

  @Sendable private func log(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let member = try await access.member(request, context, atLeast: .owner)
    let audit = try await database.audit(team: member.team.name, limit: AuditTable.most)
    return try await frame.page(
      "log", title: "Log", of: member, current: "log",
      ["audit": AuditTable(entries: audit, days: settings.logDays).value])
  }

  private var forms: TeamForms {
    TeamForms(access: access, settings: settings, page: "/members") { member, problem in
      try await page(member, problem: problem)
    }
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
    try await forms.change(request, context, "gave a role", atLeast: .owner) { form, member in
      let role = try Self.role(form)
      guard let user = try await database.user(named: form.text("user")) else {
        throw TeamsError.noUser(form.text("user"))
      }
      try await database.setRole(role, of: user, in: member.team)
      return "\(user.name): \(role.rawValue)"
    }
  }

  @Sendable private func removeMember(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let name = try context.parameters.require("user")
    return try await forms.change(request, context, "removed from the team", atLeast: .owner) {
      _, member in
      guard let user = try await database.user(named: name) else { throw TeamsError.noUser(name) }
      try await database.remove(user, from: member.team)
      return user.name
    }
  }

  /// What is shared, and with whom, as a form states it.
  private func shared(
    _ form: Form
  ) async throws -> (kind: SharedKind, item: String, other: Team) {
    guard let kind = SharedKind(rawValue: form.text("kind")) else {
      throw HTTPError(.badRequest, message: "Choose what to share: dataset, places or files.")
    }
    guard let other = try await database.team(named: form.text("other")) else {
      throw TeamsError.noTeam(form.text("other"))
    }
    return (kind, form.text("item"), other)
  }

  @Sendable private func grant(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    try await forms.change(request, context, "shared", atLeast: .owner) { form, member in
      let role = try Self.role(form)
      let (kind, item, other) = try await shared(form)
      let things = SharedThings(database: database, workspace: workspace, settings: settings)
      // Shared now, a later one of this name would be shared without anybody's wish.
      guard try await things.entry(kind, item, of: member.team) != nil else {
        throw TeamsError.nothingToShare(item)
      }
      try await database.grant(role, on: item, kind: kind, of: member.team, to: other)
      return "\(kind.rawValue) \(item) with \(other.name): \(role.rawValue)"
    }
  }

  @Sendable private func endGrant(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    try await forms.change(request, context, "ended a sharing", atLeast: .owner) { form, member in
      let (kind, item, other) = try await shared(form)
      try await database.revoke(item, kind: kind, of: member.team, from: other)
      return "\(kind.rawValue) \(item) with \(other.name)"
    }
  }
}
