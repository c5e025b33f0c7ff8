internal import Hummingbird
internal import JSON
internal import Pages
internal import Teams
internal import Workspaces

/// From a private dataset to the public site: an editor asks, an owner agrees, and the next build of the
/// public site takes it up; an owner can take it back, and the editor as long as nobody has agreed.
struct PublicationRoutes: Sendable {
  let database: TeamDatabase
  let workspace: Workspace
  let pages: PageRenderer
  let settings: ServerSettings
  private var access: TeamAccess { TeamAccess(database: database) }
  private var frame: TeamFrame { TeamFrame(workspace: workspace, pages: pages) }

  func add(to router: Router<TeamRequestContext>) {
    router.get("teams/:team/publications", use: list)
    router.post("teams/:team/publications", use: ask)
    router.post("teams/:team/publications/:publication/publish", use: publish)
    router.post("teams/:team/publications/:publication/withdraw", use: withdraw)
  }

  @Sendable private func list(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let member = try await access.member(request, context, atLeast: .reader)
    guard request.wantsPage else {
      let publications = try await workspace.publications(of: member.team)
      return .json([
        "publications": .array(
          publications.map {
            [
              "id": .string($0.id), "dataset": .string($0.dataset), "title": .string($0.title),
              "licence": .string($0.licence), "sha256": .string($0.sha256),
              "present": .string($0.present), "requester": .string($0.requester),
              "requested": .count($0.requested), "publisher": .optional($0.publisher),
              "published": $0.published.map(JSONValue.integer) ?? .null,
            ]
          })
      ])
    }
    return try await page(member, problem: nil)
  }

  private func page(_ member: TeamAccess.Member, problem: String?) async throws -> Response {
    let publications = try await workspace.publications(of: member.team)
    let datasets = try await workspace.datasets(of: member.team)
    let free = datasets.filter { one in !publications.contains { $0.dataset == one.id } }
    return try await frame.page(
      "publications", title: "Publish", of: member, current: "publications",
      status: problem == nil ? .ok : .unprocessableContent,
      [
        "problem": .optional(problem),
        "publications": .list(
          publications.map { one in
            [
              "publication": .text(one.id), "dataset": .text(one.dataset),
              "publicTitle": .text(one.title), "summary": .optional(one.summary),
              "licenceName": .text(one.licence), "requester": .text(one.requester),
              "requested": .text(DateText.day(one.requested)),
              "isWaiting": .flag(one.published == nil), "content": .text(one.present),
              "isOutdated": .flag(one.isOutdated),
              "canBeAgreed": .flag(one.published == nil || one.isOutdated),
              "canBeWithdrawn": .flag(
                member.role == .owner
                  || one.published == nil && one.requester == member.principal.user.name),
              "isPublished": one.published.map {
                ["publisher": .text(one.publisher ?? ""), "day": .text(DateText.day($0))]
              } ?? false,
            ]
          }),
        "freeDatasets": .list(
          free.map { ["free": .text($0.id), "freeTitle": .text($0.title)] }),
      ])
  }

  private var forms: TeamForms {
    TeamForms(access: access, settings: settings, page: "/publications") { member, problem in
      try await page(member, problem: problem)
    }
  }

  @Sendable private func ask(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    try await forms.change(request, context, "asked to publish", atLeast: .editor) { form, member in
      let dataset = form.text("dataset")
      try await workspace.requestPublication(
        of: dataset, as: form.text("id"), title: form.text("title"),
        summary: form.text("summary"), licence: form.text("licence"), of: member.team,
        by: member.principal.user.name, now: secondsNow())
      return "\(dataset) as \(form.text("id"))"
    }
  }

  @Sendable private func publish(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let id = try context.parameters.require("publication")
    return try await forms.change(request, context, "published", atLeast: .owner) { form, member in
      let done = try await workspace.publish(
        id, content: form.text("content"), of: member.team, by: member.principal.user.name,
        now: secondsNow())
      guard let done else { throw HTTPError(.notFound) }
      return "\(done.dataset) as \(id)"
    }
  }

  @Sendable private func withdraw(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let id = try context.parameters.require("publication")
    return try await forms.change(request, context, "withdrew", atLeast: .editor) { _, member in
      let requester = member.role == .owner ? nil : member.principal.user.name
      let done = try await workspace.withdraw(
        id, of: member.team, wishOf: requester, now: secondsNow())
      guard let done else { throw HTTPError(.notFound) }
      return "\(done.dataset) as \(id)"
    }
  }
}
