internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Teams
internal import Workspaces

/// Datasets that were uploaded: the list, and the values as they lie on the disk.
struct UploadedCubeRoutes: Sendable {
  let database: TeamDatabase
  let workspace: Workspace
  let settings: ServerSettings
  private let files = FileAnswers()
  private var access: TeamAccess { TeamAccess(database: database) }

  init(database: TeamDatabase, workspace: Workspace, settings: ServerSettings) {
    self.database = database
    self.workspace = workspace
    self.settings = settings
  }

  func add(to router: Router<TeamRequestContext>) {
    router.get("teams/:team/datasets", use: list)
    router.get("teams/:team/datasets/:dataset", use: describe)
    router.delete("teams/:team/datasets/:dataset", use: remove)
    router.post("teams/:team/datasets/:dataset/remove", use: removeByForm)
    router.get("teams/:team/datasets/:dataset/data/**", use: read)
    router.head("teams/:team/datasets/:dataset/data/**", use: read)
  }

  @Sendable private func list(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let (_, team, _) = try await access.member(request, context, atLeast: .reader)
    let datasets = try await workspace.datasets(of: team)
    return .json(["datasets": .array(datasets.map { json($0, team) })])
  }

  private func json(_ dataset: Dataset, _ team: Team) -> JSONValue {
    [
      "id": .string(dataset.id), "title": .string(dataset.title),
      "href": .string(
        "\(settings.baseURL)/teams/\(team.name)/datasets/\(dataset.id)/data/\(dataset.fileName)"),
      "bytes": .count(dataset.bytes), "sha256": .string(dataset.sha256),
      "created": .count(dataset.created), "creator": .string(dataset.creator),
      "variables": dataset.variables,
    ]
  }

  /// A dataset for whoever may use it: its team, and teams with which it is shared.
  private func dataset(
    _ request: Request, _ context: TeamRequestContext, atLeast needed: Role
  ) async throws -> (member: TeamAccess.Member, dataset: Dataset) {
    let id = try context.parameters.require("dataset")
    let member = try await access.user(
      of: id, kind: .dataset, request, context, atLeast: needed)
    guard let dataset = try await workspace.dataset(id, ofTeam: member.team.name) else {
      throw HTTPError(.notFound)
    }
    return (member, dataset)
  }

  @Sendable private func describe(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let (member, dataset) = try await dataset(request, context, atLeast: .reader)
    return .json(json(dataset, member.team))
  }

  @Sendable private func read(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let (_, dataset) = try await dataset(request, context, atLeast: .reader)
    let segments = context.parameters.getCatchAll()
    guard let key = TeamSiteRoutes.key(segments, allowingHidden: true),
      let folder = dataset.path.lastIndex(of: "/")
    else { throw HTTPError(.notFound) }
    let site = settings.dataFolder + "/" + dataset.path[..<folder]
    return try await files.answer(request, key: key, site: site).asDownload()
  }

  @Sendable private func remove(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let (principal, team, _) = try await access.member(request, context, atLeast: .editor)
    try request.requireIntent(of: principal)
    try await remove(context, of: team, by: principal)
    return Response(status: .noContent)
  }

  @Sendable private func removeByForm(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let (principal, team, _) = try await access.member(request, context, atLeast: .editor)
    try await Form(request, limit: settings.largestBody).requireSecret(of: principal)
    try await remove(context, of: team, by: principal)
    return .redirect(to: "/teams/" + team.name, type: .normal)
  }

  private func remove(
    _ context: TeamRequestContext, of team: Team, by principal: Principal
  ) async throws {
    let id = try context.parameters.require("dataset")
    try await workspace.removeDataset(id, of: team)
    try await database.record(
      "removed a dataset", on: id, by: principal.user.name, team: team.name, now: secondsNow())
  }
}

extension Response {
  /// What somebody has uploaded, as something to save: in the browser it must not act as a page of ours.
  func asDownload() -> Response {
    var response = self
    response.headers[.contentDisposition] = "attachment"
    response.headers[.contentSecurityPolicy] = "sandbox; default-src 'none'"
    return response
  }
}
