internal import Foundation
internal import Hummingbird
internal import JSON
internal import LiveCubes
internal import NIOPosix
internal import Teams

/// The cubes of teams that can be asked for tiles and values, for those who may read them.
///
/// They are the cubes that are read where they lie, and those of the team's site, of which the published
/// cube holds all values.
struct TeamCubes: Sendable {
  let database: TeamDatabase
  let settings: ServerSettings
  let live: LiveCubes
  /// Where cubes were found a moment ago.
  private let places = RecentAnswers<Place, LiveSource?>(trust: .seconds(1))

  private struct Place: Hashable {
    let team: String
    let dataset: String
    /// What the database says of it; `nil` for a cube of the team's site.
    let source: CubeSource?
  }

  init(database: TeamDatabase, settings: ServerSettings, live: LiveCubes) {
    self.database = database
    self.settings = settings
    self.live = live
  }

  /// What somebody may read of a team's cubes.
  private enum Readable {
    case all
    case some(Set<String>)

    func contains(_ dataset: String) -> Bool {
      switch self {
      case .all: true
      case .some(let datasets): datasets.contains(dataset)
      }
    }
  }

  /// The cubes of a team that somebody may read, by id.
  ///
  /// - Throws: 404 where they may read nothing of the team, or there is no such team.
  func sources(ofTeam team: String, for principal: Principal) async throws -> [LiveSource] {
    let readable = try await readable(team, principal)
    let sources = try await database.cubeSources(ofTeam: team)
    return try await NIOThreadPool.singleton.runIfActive {
      var found: [String: LiveSource] = [:]
      for source in built(ofTeam: team) + sources.compactMap({ located($0, team) }) {
        found[source.dataset] = source
      }
      return found.values.filter { readable.contains($0.dataset) }
        .sorted { $0.dataset < $1.dataset }
    }
  }

  /// One cube, opened.
  ///
  /// - Throws: 404 where they may not read it, or there is none.
  func cube(
    _ dataset: String, ofTeam team: String, for principal: Principal
  ) async throws -> LiveCube {
    try await live.cube(try await source(dataset, ofTeam: team, for: principal))
  }

  /// Where one cube lies.
  ///
  /// - Throws: 404 where they may not read it, or there is none.
  func source(
    _ dataset: String, ofTeam team: String, for principal: Principal
  ) async throws -> LiveSource {
    guard try await database.role(of: principal, forDataset: dataset, ofTeam: team) != nil else {
      throw HTTPError(.notFound)
    }
    let registered = try await database.cubeSources(ofTeam: team).first { $0.dataset == dataset }
    let place = Place(team: team, dataset: dataset, source: registered)
    let source = try await places.answer(to: place) {
      try await NIOThreadPool.singleton.runIfActive {
        registered.flatMap { located($0, team) }
          ?? built(ofTeam: team).first { $0.dataset == dataset }
      }
    }
    guard let source else { throw HTTPError(.notFound) }
    return source
  }

  /// - Throws: 404 where somebody may read nothing of a team.
  func requireReader(ofTeam team: String, _ principal: Principal) async throws {
    _ = try await readable(team, principal)
  }

  private func readable(_ team: String, _ principal: Principal) async throws -> Readable {
    if try await database.role(of: principal, inTeam: team) != nil { return .all }
    let grants = try await database.grants(to: principal.user).filter {
      $0.team == team && $0.kind == .dataset
    }
    guard !grants.isEmpty else { throw HTTPError(.notFound) }
    return .some(Set(grants.map(\.item)))
  }

  private func located(_ source: CubeSource, _ team: String) -> LiveSource? {
    settings.locations(of: source, ofTeam: team).map {
      LiveSource(
        key: "\(team)/\(source.dataset)", dataset: source.dataset,
        title: source.title.isEmpty ? nil : source.title, locations: $0)
    }
  }

  /// The cubes that a build has published in the team's site; it blocks.
  private func built(ofTeam team: String) -> [LiveSource] {
    let site = settings.siteFolder(ofTeam: team)
    guard let data = FileManager.default.contents(atPath: site + "/api/datasets.json"),
      let document = try? JSONValue(parsing: Array(data))
    else { return [] }
    return (document["datasets"]?.arrayValue ?? []).compactMap { entry in
      guard let id = entry["id"]?.stringValue, !id.contains("/"), !id.hasPrefix(".") else {
        return nil
      }
      // Level 0 holds the values of the source as they are.
      let cube = "\(site)/datasets/\(id)/cube.zarr/0"
      guard
        FileManager.default.fileExists(atPath: cube + "/zarr.json")
          || FileManager.default.fileExists(atPath: cube + "/.zgroup")
      else { return nil }
      return LiveSource(
        key: "\(team)/\(id)", dataset: id, title: entry["title"]?.stringValue, locations: [cube])
    }
  }
}
