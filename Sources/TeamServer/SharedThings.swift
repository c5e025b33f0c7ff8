internal import Foundation
internal import NIOPosix
internal import Pages
internal import Teams
internal import Workspaces

/// What other teams share, with the addresses at which it is seen (`shared-things.mustache`).
///
/// What a grant names and does not exist is left out.
struct SharedThings: Sendable {
  let database: TeamDatabase
  let workspace: Workspace
  let settings: ServerSettings

  /// The most files that are named of a shared folder; its own page lists all.
  private static let mostFiles = 5
  /// The most things of a kind that are named of one team, which shares as it likes: nobody's first page may become long
  /// by another's doing.
  static let mostThings = 100

  /// - Parameter grants: to one team or to several of somebody's.
  /// - Returns: a list with an entry for each team that shares something.
  /// - Throws: `TeamsError` or `WorkspaceError` where the database fails.
  func values(of grants: [Grant]) async throws -> PageValue {
    var entries: [PageValue] = []
    for (name, granted) in Dictionary(grouping: grants, by: \.team).sorted(by: { $0.key < $1.key })
    {
      guard let team = try await database.team(named: name) else { continue }
      var lists: [SharedKind: [PageValue]] = [:]
      var left = 0
      for kind in SharedKind.allCases {
        // Shared with two of somebody's teams, it is one thing.
        let items = Set(granted.filter { $0.kind == kind }.map(\.item)).sorted()
        left += max(0, items.count - Self.mostThings)
        for item in items.prefix(Self.mostThings) {
          if let entry = try await entry(kind, item, of: team) {
            lists[kind, default: []].append(entry)
          }
        }
      }
      guard !lists.isEmpty else { continue }
      entries.append([
        "sharedBy": .text(team.title), "sharedDatasets": .list(lists[.dataset] ?? []),
        "sharedPlaces": .list(lists[.places] ?? []), "sharedFiles": .list(lists[.files] ?? []),
        "notNamed": left > 0 ? .number(left) : false,
      ])
    }
    return .list(entries)
  }

  /// One thing that a team has or might have; `nil` where there is no such thing.
  func entry(_ kind: SharedKind, _ item: String, of team: Team) async throws -> PageValue? {
    switch kind {
    case .dataset: try await dataset(item, of: team)
    case .places: try await places(item, of: team)
    case .files: try await files(item, of: team)
    }
  }

  private func dataset(_ id: String, of team: Team) async throws -> PageValue? {
    guard Names.isID(id) else { return nil }
    if let kept = try await DatasetPage(
      database: database, workspace: workspace, settings: settings
    )
    .title(of: id, ofTeam: team.name) {
      return [
        "sharedTitle": .text(kept), "sharedID": .text(id),
        "sharedHref": .text("/teams/\(team.name)/datasets/\(id)"), "mapHref": false,
      ]
    }
    let folder = settings.siteFolder(ofTeam: team.name) + "/datasets/" + id
    let isBuilt = try await NIOThreadPool.singleton.runIfActive {
      FileManager.default.fileExists(atPath: folder + "/index.html")
    }
    guard isBuilt else { return nil }
    return [
      "sharedTitle": .text(id), "sharedID": .text(id),
      "sharedHref": .text("/sites/\(team.name)/datasets/\(id)/index.html"),
      "mapHref": .text("/sites/\(team.name)/viewer/index.html#dataset=\(id)"),
    ]
  }

  private func places(_ name: String, of team: Team) async throws -> PageValue? {
    guard let found = try await workspace.collection(name, ofTeam: team.name) else { return nil }
    let count = try await workspace.count(of: found)
    return [
      "sharedTitle": .text(found.title), "sharedID": .text(name),
      "count": .text(CollectionRoutes.places(count)),
      "sharedHref": .text("/teams/\(team.name)/places/\(name)"),
    ]
  }

  private func files(_ path: String, of team: Team) async throws -> PageValue? {
    let isFolder = path.hasSuffix("/")
    let found = try await workspace.files(
      of: team, prefix: path, limit: isFolder ? Self.mostFiles + 1 : 1)
    guard let first = found.first, isFolder || first.path == path else { return nil }
    return [
      "folderHref": isFolder
        ? .text("/teams/\(team.name)/files?prefix=\(FormText.encoded(path))") : false,
      "folderPath": .text(path),
      "folderFiles": .list(
        found.prefix(Self.mostFiles).map { FileRoutes.link(to: $0.path, of: team) }),
      "hasMore": .flag(found.count > Self.mostFiles),
    ]
  }
}
