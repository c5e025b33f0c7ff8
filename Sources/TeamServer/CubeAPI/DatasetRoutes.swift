internal import Cubes
internal import Foundation
internal import Grids
internal import Hummingbird
internal import Images
internal import JSON
internal import LiveCubes
internal import NIOCore
internal import Teams

/// What there is, in the routes of xcube's server: `/`, `/datasets`, `/datasets/{id}`,
/// `/datasets/{id}/coords/{dim}`, and the refreshing of it.
struct DatasetRoutes: Sendable {
  let cubes: TeamCubes
  let baseURL: String
  let places: any PlaceStore
  private let began = Date.now

  init(cubes: TeamCubes, baseURL: String, places: any PlaceStore) {
    self.cubes = cubes
    self.baseURL = baseURL
    self.places = places
  }

  func add(to router: RouterGroup<TeamRequestContext>) {
    router.get("", use: server)
    router.get("datasets", use: list)
    router.get("datasets/:dataset", use: dataset)
    router.get("datasets/:dataset/coords/:dimension", use: coordinates)
    router.get("maintenance/update", use: update)
  }

  /// The address of a team's API.
  static func address(_ baseURL: String, team: String) -> String { "\(baseURL)/teams/\(team)/api" }

  @Sendable private func server(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try CubeRequest(request, context)
    try await cubes.requireReader(ofTeam: asked.team, asked.principal)
    let names = [
      "datasets", "tiles", "timeseries", "statistics", "places", "viewer", "s3", "ows.wmts",
    ]
    return APIAnswer.json([
      "name": "Cubepress", "description": .string("The cubes of the team \(asked.team)"),
      "version": "1", "versions": ["cubepress": "1"],
      "apis": .array(names.map { ["name": .string($0), "version": "1"] }),
      "startTime": .string(began.ISO8601Format()),
      "currentTime": .string(Date.now.ISO8601Format()),
      "updateTime": .string(began.ISO8601Format()),
    ])
  }

  @Sendable private func list(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try CubeRequest(request, context)
    let sources = try await cubes.sources(ofTeam: asked.team, for: asked.principal)
    let point = try asked.query("point").map(Self.point)
    let isDetailed = asked.query("details").map { $0 != "0" && $0 != "false" } ?? false
    let api = Self.address(baseURL, team: asked.team)
    let collections = isDetailed ? try await places.collections(ofTeam: asked.team) : []
    let isMember =
      try await cubes.database.role(of: asked.principal, inTeam: asked.team) != nil
    let documents = try await context.untilClientLeaves {
      var documents: [JSONObject] = []
      for source in sources {
        // One that cannot be read does not hide the others.
        guard isDetailed || point != nil else {
          documents.append(DatasetDocument.brief(source, title: source.title ?? source.dataset))
          continue
        }
        guard let cube = try? await cubes.live.cube(source) else {
          try Task.checkCancellation()
          continue
        }
        if let point, !cube.holds(longitude: point.0, latitude: point.1) { continue }
        documents.append(
          isDetailed
            ? await described(cube, collections, isMember: isMember, api: api)
            : DatasetDocument.brief(source, title: cube.title))
      }
      return documents
    }
    return APIAnswer.json([
      "datasets": .array(documents.map(JSONValue.object)), "entrypointDatasetId": .null,
    ])
  }

  private static func point(_ text: String) throws -> (Double, Double) {
    let numbers = text.split(separator: ",").compactMap { Double($0) }
    guard numbers.count == 2, numbers.allSatisfy(\.isFinite) else {
      throw HTTPError(.badRequest, message: "point must be longitude,latitude.")
    }
    return (numbers[0], numbers[1])
  }

  @Sendable private func dataset(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try CubeRequest(request, context)
    let cube = try await cubes.cube(
      try asked.path("dataset"), ofTeam: asked.team, for: asked.principal)
    let api = Self.address(baseURL, team: asked.team)
    let collections = try await places.collections(ofTeam: asked.team)
    let isMember =
      try await cubes.database.role(of: asked.principal, inTeam: asked.team) != nil
    let document = try await context.untilClientLeaves {
      await described(cube, collections, isMember: isMember, api: api)
    }
    return APIAnswer.json(.object(document))
  }

  private func described(
    _ cube: LiveCube, _ collections: [PlaceCollection], isMember: Bool, api: String
  ) async -> JSONObject {
    var styles: [String: Style] = [:]
    for variable in cube.cube.variables {
      styles[variable.name] = try? await cubes.live.style(
        StyleRequest(), of: variable.name, in: cube)
    }
    var document = DatasetDocument.full(cube, styles: styles, api: api)
    let groups = collections.filter { $0.dataset.map { $0 == cube.source.dataset } ?? isMember }
    if !groups.isEmpty {
      document["placeGroups"] = .array(groups.map { .object(PlaceRoutes.head($0)) })
    }
    return document
  }

  @Sendable private func coordinates(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try CubeRequest(request, context)
    let cube = try await cubes.cube(
      try asked.path("dataset"), ofTeam: asked.team, for: asked.principal)
    let name = try asked.path("dimension")
    let found = DatasetDocument.dimensions(of: cube).first { $0["name"]?.stringValue == name }
    guard let found else { throw HTTPError(.notFound) }
    return APIAnswer.json(.object(found))
  }

  @Sendable private func update(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try CubeRequest(request, context)
    let sources = try await cubes.sources(ofTeam: asked.team, for: asked.principal)
    let keys = Set(sources.map(\.key))
    cubes.live.forget { keys.contains($0.key) }
    return APIAnswer.json(["status": "OK"])
  }
}

extension LiveCube {
  fileprivate func holds(longitude: Double, latitude: Double) -> Bool {
    cube.variables.contains { $0.grid.cell(longitude: longitude, latitude: latitude) != nil }
  }
}
