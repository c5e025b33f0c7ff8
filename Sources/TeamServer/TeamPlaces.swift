internal import JSON
internal import Teams
internal import Workspaces

/// The places that a team keeps, for the routes of xcube's server, beside those of its site.
struct TeamPlaces: PlaceStore {
  let site: SitePlaces
  let workspace: Workspace
  let database: TeamDatabase

  /// A viewer draws all features of a collection at once; of larger ones it gets the first.
  private static let mostFeatures = 1000

  func collections(ofTeam team: String) async throws -> [PlaceCollection] {
    var found = try await site.collections(ofTeam: team)
    guard let owner = try await database.team(named: team) else { return found }
    for kept in try await workspace.collections(of: owner) {
      found.append(
        PlaceCollection(id: kept.name, title: kept.title, dataset: nil) { [workspace] in
          var query = FeatureQuery()
          query.limit = Self.mostFeatures
          return try await workspace.features(query, in: kept).features.compactMap {
            try? JSONValue(parsing: $0)
          }
        })
    }
    return found
  }
}
