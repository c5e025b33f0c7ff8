internal import Foundation
internal import Hummingbird
internal import JSON
internal import Pages
internal import Teams
internal import Workspaces

/// The first page of a team: its datasets, and how much it keeps.
struct TeamRoutes: Sendable {
  let database: TeamDatabase
  let pages: PageRenderer
  let settings: ServerSettings
  let workspace: Workspace
  private var access: TeamAccess { TeamAccess(database: database) }

  func add(to router: Router<TeamRequestContext>) {
    router.get("teams/:team", use: team)
  }

  @Sendable private func team(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let (principal, team, role) = try await access.member(request, context, atLeast: .reader)
    return try await page(team, role, principal)
  }

  private func page(_ team: Team, _ role: Role, _ principal: Principal) async throws -> Response {
    let built = Self.datasets(in: settings.siteFolder(ofTeam: team.name))
    let uploaded = try await workspace.datasets(of: team)
    return try pages.page(
      "team", title: team.title, principal: principal,
      [
        "datasets": .list(built.map { ["dataset": .text($0)] }),
        "baseURL": .text(settings.baseURL),
        "uploadedDatasets": .list(
          uploaded.map { dataset in
            [
              "dataset": .text(dataset.id), "datasetTitle": .text(dataset.title),
              "fileName": .text(dataset.fileName), "size": .text(ByteText.of(dataset.bytes)),
              "creator": .text(dataset.creator), "day": .text(DateText.day(dataset.created)),
              "variableNames": .text(
                (dataset.variables.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
                  .joined(separator: ", ")),
            ]
          }),
      ].merging(try await TeamFrame(workspace: workspace).values(team, role, current: "")) {
        own, _ in own
      })
  }

  /// The ids of the datasets of a site; none where it has not been built.
  private static func datasets(in site: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: site + "/datasets")) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted()
  }
}
