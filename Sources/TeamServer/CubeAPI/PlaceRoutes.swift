internal import Cubes
internal import Foundation
internal import Grids
internal import Hummingbird
internal import JSON
internal import LiveCubes
internal import NIOPosix
internal import Teams

/// Named places of a team as GeoJSON features.
struct PlaceCollection: Sendable {
  /// An id among the team's collections.
  let id: String
  let title: String
  /// The dataset that it goes with; `nil` for all.
  let dataset: String?
  /// Fetches the features, each with a geometry.
  let features: @Sendable () async throws -> [JSONValue]
}

/// Who knows a team's places.
protocol PlaceStore: Sendable {
  /// The collections of a team.
  func collections(ofTeam team: String) async throws -> [PlaceCollection]
}

/// The places that recipes of a team's site name.
struct SitePlaces: PlaceStore {
  let settings: ServerSettings

  func collections(ofTeam team: String) async throws -> [PlaceCollection] {
    let folder = settings.siteFolder(ofTeam: team) + "/datasets"
    return try await NIOThreadPool.singleton.runIfActive {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      return names.sorted().compactMap { name -> PlaceCollection? in
        guard !name.hasPrefix("."),
          let data = FileManager.default.contents(atPath: "\(folder)/\(name)/places.geojson"),
          let document = try? JSONValue(parsing: Array(data)),
          let features = document["features"]?.arrayValue
        else { return nil }
        return PlaceCollection(
          id: "\(name)-places", title: "Places of \(name)", dataset: name, features: { features })
      }
    }
  }
}

/// Places in the routes of xcube's server: `/places`, `/places/{group}`, `/places/{group}/{ds}`,
/// `/datasets/{ds}/places/{group}`.
struct PlaceRoutes: Sendable {
  let cubes: TeamCubes
  let places: any PlaceStore

  func add(to router: RouterGroup<TeamRequestContext>) {
    router.get("places", use: list)
    router.get("places/:group", use: group)
    router.get("places/:group/:dataset", use: group)
    router.get("datasets/:dataset/places/:group", use: group)
  }

  /// Those that somebody may see: what goes with a dataset needs the right to read that.
  private func collections(_ asked: CubeRequest) async throws -> [PlaceCollection] {
    let readable = try await cubes.sources(ofTeam: asked.team, for: asked.principal)
    let isMember =
      try await cubes.database.role(of: asked.principal, inTeam: asked.team) != nil
    let ids = Set(readable.map(\.dataset))
    return try await places.collections(ofTeam: asked.team).filter { collection in
      collection.dataset.map { ids.contains($0) } ?? isMember
    }
  }

  @Sendable private func list(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try CubeRequest(request, context)
    let found = try await collections(asked)
    return APIAnswer.json([
      "placeGroups": .array(found.map { .object(Self.head($0)) })
    ])
  }

  /// What is said of a collection without its features, which are fetched when they are needed.
  static func head(_ collection: PlaceCollection) -> JSONObject {
    [
      "type": "FeatureCollection", "features": .null, "id": .string(collection.id),
      "title": .string(collection.title), "propertyMapping": ["label": "${name}"],
    ]
  }

  @Sendable private func group(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try CubeRequest(request, context)
    let name = try asked.path("group")
    guard let collection = try await collections(asked).first(where: { $0.id == name }) else {
      throw HTTPError(.notFound)
    }
    var features = try await collection.features()
    if context.parameters.get("dataset") != nil {
      let cube = try await cubes.cube(
        try asked.path("dataset"), ofTeam: asked.team, for: asked.principal)
      features = features.filter { cube.mayHold($0) }
    }
    var document = Self.head(collection)
    document["features"] = .array(
      features.enumerated().map { number, feature in
        var members = feature.objectValue ?? JSONObject()
        members["id"] = members["id"] ?? .string("\(number)")
        return .object(members)
      })
    return APIAnswer.json(.object(document), type: "application/geo+json")
  }
}

extension LiveCube {
  /// Whether some position of a feature lies in the extent of the cube.
  fileprivate func mayHold(_ feature: JSONValue) -> Bool {
    guard let bounds = cube.variables.first?.grid.geographicBounds else { return false }
    func holds(_ value: JSONValue) -> Bool {
      guard let elements = value.arrayValue else { return false }
      if let x = elements.first?.doubleValue, let y = value[1]?.doubleValue {
        let isEast = [-360.0, 0, 360].contains {
          bounds.west <= x + $0 && x + $0 <= bounds.east
        }
        return isEast && bounds.south <= y && y <= bounds.north
      }
      return elements.contains(where: holds)
    }
    func geometryHolds(_ geometry: JSONValue) -> Bool {
      holds(geometry["coordinates"] ?? .null)
        || (geometry["geometries"]?.arrayValue ?? []).contains(where: geometryHolds)
    }
    return geometryHolds(feature["geometry"] ?? .null)
  }
}
