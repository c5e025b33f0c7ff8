internal import Foundation
internal import Hummingbird
internal import JSON
internal import NIOPosix
internal import Pages
internal import Teams
internal import Workspaces

/// The first page of a team: its datasets, what is shared with it, and how much it keeps; there owners register
/// cubes that are read where they lie.
struct TeamRoutes: Sendable {
  let database: TeamDatabase
  let pages: PageRenderer
  let settings: ServerSettings
  let workspace: Workspace
  private var access: TeamAccess { TeamAccess(database: database) }
  private var frame: TeamFrame { TeamFrame(workspace: workspace, pages: pages) }

  func add(to router: Router<TeamRequestContext>) {
    router.get("teams/:team", use: team)
    router.post("teams/:team/cubes", use: register)
    router.post("teams/:team/cubes/:dataset/forget", use: forget)
  }

  @Sendable private func team(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    try await page(try await access.member(request, context, atLeast: .reader), problem: nil)
  }

  private func page(_ member: TeamAccess.Member, problem: String?) async throws -> Response {
    let (_, team, role) = member
    let built = Self.datasets(in: settings.siteFolder(ofTeam: team.name))
    let uploaded = try await workspace.datasets(of: team)
    let uploadedIDs = Set(uploaded.map(\.id))
    let registered = try await database.cubeSources(ofTeam: team.name).filter {
      !uploadedIDs.contains($0.dataset)
    }
    let shared = SharedThings(database: database, workspace: workspace, settings: settings)
    let found =
      role == .owner
      ? try await NIOThreadPool.singleton.runIfActive { settings.cubesThatLie(ofTeam: team.name) }
      : []
    return try await frame.page(
      "team", title: nil, of: member, current: "",
      status: problem == nil ? .ok : .unprocessableContent,
      [
        "problem": .optional(problem),
        "registeredCubes": .list(
          registered.map { source in
            [
              "dataset": .text(source.dataset), "liesAt": .text(source.path),
              "datasetTitle": .text(source.title.isEmpty ? source.dataset : source.title),
            ]
          }),
        "rootNames": .text(
          settings.cubeRoots(ofTeam: team.name).map(\.name).filter { $0 != "uploaded" }
            .joined(separator: ", ")),
        "foundPaths": .list(found.map { .text($0) }),
        "sharedTeams": try await shared.values(of: try await database.grants(toTeam: team)),
        "datasets": .list(built.map { ["dataset": .text($0)] }),
        "baseURL": .text(settings.baseURL),
        "uploadedDatasets": .list(
          uploaded.map { dataset in
            [
              "dataset": .text(dataset.id), "datasetTitle": .text(dataset.title),
              "size": .text(ByteText.of(dataset.bytes)),
              "creator": .text(dataset.creator), "day": .text(DateText.day(dataset.created)),
              "variableNames": .text(
                (dataset.variables.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
                  .joined(separator: ", ")),
            ]
          }),
      ])
  }

  private var forms: TeamForms {
    TeamForms(access: access, settings: settings, page: "") { member, problem in
      try await page(member, problem: problem)
    }
  }

  /// As `cubepress-server register`; what lies nowhere is a mistake, which the command cannot tell before the
  /// server is there.
  @Sendable private func register(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    try await forms.change(request, context, "registered a cube", atLeast: .owner) { form, member in
      let source = try CubeSource(
        dataset: form.text("id"), title: form.text("title"), path: form.text("path"))
      let places = try await NIOThreadPool.singleton.runIfActive {
        settings.locations(of: source, ofTeam: member.team.name) ?? []
      }
      guard !places.isEmpty else { throw TeamsError.nothing(at: source.path) }
      try await database.setCubeSource(source, of: member.team)
      return "\(source.dataset): \(source.path)"
    }
  }

  @Sendable private func forget(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let id = try context.parameters.require("dataset")
    return try await forms.change(request, context, "forgot a cube", atLeast: .owner) { _, member in
      let known = try await database.cubeSources(ofTeam: member.team.name)
      guard known.contains(where: { $0.dataset == id }) else { throw HTTPError(.notFound) }
      try await database.removeCubeSource(id, of: member.team)
      return id
    }
  }

  /// The ids of the datasets of a site; none where it has not been built.
  private static func datasets(in site: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: site + "/datasets")) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted()
  }
}
