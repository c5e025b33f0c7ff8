internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import Pages
internal import Teams
internal import Workspaces

/// Datasets that were uploaded: the list, a page for each, and the values as they lie on the disk.
///
/// Below `data` lies what the dataset holds now; below `versions/<sha256>` one content and never another, for
/// programs that read in many requests while it may be replaced.
struct UploadedCubeRoutes: Sendable {
  let database: TeamDatabase
  let workspace: Workspace
  let pages: PageRenderer
  let settings: ServerSettings
  private let files = FileAnswers()
  private var access: TeamAccess { TeamAccess(database: database) }
  private var frame: TeamFrame { TeamFrame(workspace: workspace, pages: pages) }

  init(
    database: TeamDatabase, workspace: Workspace, pages: PageRenderer, settings: ServerSettings
  ) {
    self.database = database
    self.workspace = workspace
    self.pages = pages
    self.settings = settings
  }

  func add(to router: Router<TeamRequestContext>) {
    router.get("teams/:team/datasets", use: list)
    router.get("teams/:team/datasets/:dataset", use: describe)
    Removal(
      access: access, settings: settings, path: "teams/:team/datasets/:dataset", remove: remove
    ).add(to: router, leadingTo: "")
    router.get("teams/:team/datasets/:dataset/data/**", use: read)
    router.head("teams/:team/datasets/:dataset/data/**", use: read)
    router.get("teams/:team/datasets/:dataset/versions/:version/**", use: readVersion)
    router.head("teams/:team/datasets/:dataset/versions/:version/**", use: readVersion)
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
      "href": .string("\(address(dataset.id, team))/data/\(dataset.fileName)"),
      "versionHref": .string(
        "\(address(dataset.id, team))/versions/\(dataset.sha256)/\(dataset.fileName)"),
      "bytes": .count(dataset.bytes), "sha256": .string(dataset.sha256),
      "created": .count(dataset.created), "creator": .string(dataset.creator),
      "variables": dataset.variables,
    ]
  }

  private func address(_ dataset: String, _ team: Team) -> String {
    "\(settings.baseURL)/teams/\(team.name)/datasets/\(dataset)"
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
    guard !request.wantsPage else { return try await page(request, context) }
    let (member, dataset) = try await dataset(request, context, atLeast: .reader)
    let earlier = try await workspace.earlierContents(of: dataset.id, ofTeam: member.team.name)
    var document = json(dataset, member.team).objectValue ?? JSONObject()
    document["earlier"] = .array(
      earlier.map { content in
        [
          "sha256": .string(content.sha256),
          "href": .string(
            "\(address(dataset.id, member.team))/versions/\(content.sha256)/\(content.fileName)"),
          "until": content.until.map(JSONValue.integer) ?? .null,
        ]
      })
    return .json(.object(document))
  }

  private func page(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let id = try context.parameters.require("dataset")
    let member = try await access.user(of: id, kind: .dataset, request, context, atLeast: .reader)
    let isMember = try await access.isMember(member)
    let values = try await DatasetPage(database: database, workspace: workspace, settings: settings)
      .values(of: id, for: member, isMember: isMember)
    guard let values else { throw HTTPError(.notFound) }
    return try await frame.page(
      "team-dataset", title: id, of: member, isMember: isMember, current: "datasets", values)
  }

  /// Answers from what the dataset holds now.
  ///
  /// `Content-Location` (RFC 9110) says under which address exactly this content stays, so that a program whose
  /// requests reach from one content into the next can see it.
  @Sendable private func read(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let (member, dataset) = try await dataset(request, context, atLeast: .reader)
    do {
      var response = try await answer(request, context, folder: dataset.folder)
      response.headers[.contentLocation] =
        "\(address(dataset.id, member.team))/versions/\(dataset.sha256)/"
        + context.parameters.getCatchAll().joined(separator: "/")
      return response
    } catch let error as HTTPError {
      // Replaced, and its former content gone, between the two: then this is not a file that it does not have.
      let present = try await workspace.dataset(dataset.id, ofTeam: member.team.name)
      guard present?.sha256 == dataset.sha256 else {
        throw HTTPError(
          .serviceUnavailable, headers: [.retryAfter: "1"],
          message: "'\(dataset.id)' is being replaced: ask again.")
      }
      throw error
    }
  }

  @Sendable private func readVersion(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let version = try context.parameters.require("version")
    let folder = try await folder(of: version, request, context)
    do {
      return try await answer(request, context, folder: folder)
    } catch let error as HTTPError {
      // The content may have gone just now: then this is not a file that it never had.
      _ = try await self.folder(of: version, request, context)
      throw error
    }
  }

  /// Where one content of a dataset lies.
  ///
  /// - Throws: 410 for a content that is not there any more. Readers of Zarr take 404 for a chunk that was never
  ///   written, and would read its values as missing.
  private func folder(
    of version: String, _ request: Request, _ context: TeamRequestContext
  ) async throws -> String {
    let (member, dataset) = try await dataset(request, context, atLeast: .reader)
    if dataset.sha256 == version { return dataset.folder }
    let earlier = try await workspace.earlierContents(of: dataset.id, ofTeam: member.team.name)
    if let content = earlier.first(where: { $0.sha256 == version }) { return content.folder }
    guard version.utf8.count == 64, version.allSatisfy(\.isHexDigit) else {
      throw HTTPError(.notFound)
    }
    throw HTTPError(
      .gone,
      message: "This content of '\(dataset.id)' is not there any more: open the present one anew.")
  }

  private func answer(
    _ request: Request, _ context: TeamRequestContext, folder: String
  ) async throws -> Response {
    let segments = context.parameters.getCatchAll()
    guard let key = TeamSiteRoutes.key(segments, allowingHidden: true) else {
      throw HTTPError(.notFound)
    }
    return try await files.answer(request, key: key, site: settings.dataFolder + "/" + folder)
      .asDownload()
  }

  @Sendable private func remove(
    _ context: TeamRequestContext, _ member: TeamAccess.Member
  ) async throws {
    let id = try context.parameters.require("dataset")
    try await workspace.removeDataset(id, of: member.team)
    try await access.note("removed a dataset", on: id, member)
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
