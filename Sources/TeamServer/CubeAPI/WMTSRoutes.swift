internal import Cubes
internal import Foundation
internal import Grids
internal import Hummingbird
internal import Images
internal import JSON
internal import LiveCubes
internal import NIOCore
internal import Pyramids
internal import Recipes
internal import Services

/// The map service: capabilities, and tiles and legends under the paths that a built site would have.
struct WMTSRoutes: Sendable {
  let cubes: TeamCubes
  let baseURL: String

  func add(to router: RouterGroup<TeamRequestContext>) {
    router.get("wmts/1.0.0/WMTSCapabilities.xml", use: capabilities)
    router.get("wmts/1.0.0/:set/WMTSCapabilities.xml", use: capabilities)
    router.get("datasets/:dataset/wmts/1.0.0/WMTSCapabilities.xml", use: capabilitiesOfOne)
    router.get("datasets/:dataset/tiles/:variable/:style/:set/**", use: tile)
    router.get("datasets/:dataset/legends/:variable/:file", use: legend)
  }

  /// Where key-value requests are answered, below the address of the API.
  static let keyValues = "wmts/kvp"

  @Sendable private func capabilities(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try CubeRequest(request, context)
    let isOne = context.parameters.get("set") != nil
    return try await capabilities(asked, set: isOne ? try asked.path("set") : nil)
  }

  /// The document of all cubes, in all tile matrix sets or in one of them.
  ///
  /// - Throws: 404 where the asker may read nothing of the team, 400 where there is no such set.
  func capabilities(_ asked: CubeRequest, set name: String?) async throws -> Response {
    let sources = try await cubes.sources(ofTeam: asked.team, for: asked.principal)
    let sets = try name.map { [try TileMatrixSet.called($0)] } ?? TileMatrixSet.all
    var opened: [LiveCube] = []
    for source in sources {
      // One that cannot be read does not hide the others.
      if let cube = try? await cubes.live.cube(source) { opened.append(cube) }
    }
    let found = opened
    let site = site(of: asked.team)
    let key = name.map { "wmts/1.0.0/\($0)/WMTSCapabilities.xml" } ?? WMTSCapabilities.siteKey
    // Documents are made outside: optimising the closure with their errors crashes Swift 6.3.1.
    let datasets = try await asked.context.untilClientLeaves { await described(found, in: sets) }
    return Self.document(
      try WMTSCapabilities(site: site, datasets: datasets, key: key, keyValues: Self.keyValues))
  }

  @Sendable private func capabilitiesOfOne(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try CubeRequest(request, context)
    let cube = try await cubes.cube(
      try asked.path("dataset"), ofTeam: asked.team, for: asked.principal)
    let site = site(of: asked.team)
    let datasets = try await context.untilClientLeaves {
      await described([cube], in: TileMatrixSet.all)
    }
    let document =
      if let dataset = datasets.first {
        try WMTSCapabilities(site: site, dataset: dataset, keyValues: Self.keyValues)
      } else {
        try WMTSCapabilities(site: site, datasets: [])
      }
    return Self.document(document)
  }

  private func site(of team: String) -> SiteRecipe {
    SiteRecipe(
      title: "The cubes of \(team)", baseURL: DatasetRoutes.address(baseURL, team: team) + "/")
  }

  /// What a built site would say of the cubes that have maps.
  private func described(_ cubes: [LiveCube], in sets: [TileMatrixSet]) async -> [BuiltDataset] {
    var datasets: [BuiltDataset] = []
    for cube in cubes {
      let styles = await styles(of: cube)
      if let dataset = cube.described(styles: styles, in: sets) { datasets.append(dataset) }
    }
    return datasets
  }

  /// The usual style of each variable that has one.
  private func styles(of cube: LiveCube) async -> [String: Style] {
    var styles: [String: Style] = [:]
    for variable in cube.cube.variables {
      styles[variable.name] = try? await cubes.live.style(
        StyleRequest(), of: variable.name, in: cube)
    }
    return styles
  }

  private static func document(_ document: WMTSCapabilities) -> Response {
    Response(
      status: .ok,
      headers: [.contentType: "application/xml", .cacheControl: "private, no-cache"],
      body: .init(byteBuffer: ByteBuffer(string: document.xml)))
  }

  /// The path goes on with time, further labels, zoom, row and column.
  @Sendable private func tile(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try CubeRequest(request, context)
    let cube = try await cubes.cube(
      try asked.path("dataset"), ofTeam: asked.team, for: asked.principal)
    let variable = try cube.variable(key: try asked.path("variable"))
    let segments = try asked.rest()
    guard try asked.path("style") == "default",
      let set = TileMatrixSet.named(try asked.path("set")), segments.count >= 3,
      let field = cube.field(Array(segments.dropLast(3)), of: variable),
      let format = ImageFormat(rawValue: String(segments.last?.split(separator: ".").last ?? "")),
      let z = Int(segments[segments.count - 3]), let y = Int(segments[segments.count - 2]),
      let x = Int(segments[segments.count - 1].prefix { $0 != "." })
    else { throw HTTPError(.notFound) }
    let order = TileOrder(
      variable: variable.name, field: field, tileMatrixSet: set,
      address: TileAddress(z: z, x: x, y: y), format: format)
    return try await TileRoutes.answer(order, of: cube, cubes.live, request, context)
  }

  @Sendable private func legend(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try CubeRequest(request, context)
    let cube = try await cubes.cube(
      try asked.path("dataset"), ofTeam: asked.team, for: asked.principal)
    let variable = try cube.variable(key: try asked.path("variable"))
    let file = try asked.path("file")
    guard ["default.png", "default.svg"].contains(file) else { throw HTTPError(.notFound) }
    let style = try await context.untilClientLeaves {
      try await cubes.live.style(StyleRequest(), of: variable.name, in: cube)
    }
    let legend = Legend(
      style: style, title: variable.longName ?? variable.name, units: variable.units)
    let bytes = file.hasSuffix(".svg") ? Array(legend.svg().utf8) : try legend.png()
    return APIAnswer.bytes(
      bytes, type: file.hasSuffix(".svg") ? "image/svg+xml" : "image/png",
      tag: ColourBar.tag(bytes), request)
  }
}
