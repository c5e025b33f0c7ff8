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
    router.get("datasets/:dataset/wmts/1.0.0/WMTSCapabilities.xml", use: capabilities)
    router.get("datasets/:dataset/tiles/:variable/:style/:set/**", use: tile)
    router.get("datasets/:dataset/legends/:variable/:file", use: legend)
  }

  @Sendable private func capabilities(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try CubeRequest(request, context)
    let site = SiteRecipe(
      title: "The cubes of \(asked.team)",
      baseURL: DatasetRoutes.address(baseURL, team: asked.team) + "/")
    let isOne = context.parameters.get("dataset") != nil
    let opened: [LiveCube]
    if isOne {
      opened = [
        try await cubes.cube(
          try asked.path("dataset"), ofTeam: asked.team, for: asked.principal)
      ]
    } else {
      var found: [LiveCube] = []
      for source in try await cubes.sources(ofTeam: asked.team, for: asked.principal) {
        // One that cannot be read does not hide the others.
        if let cube = try? await cubes.live.cube(source) { found.append(cube) }
      }
      opened = found
    }
    let datasets = try await context.untilClientLeaves { await described(opened) }
    let document =
      if isOne, let only = datasets.first {
        try WMTSCapabilities(site: site, dataset: only)
      } else {
        try WMTSCapabilities(site: site, datasets: datasets)
      }
    return Response(
      status: .ok,
      headers: [.contentType: "application/xml", .cacheControl: "private, no-cache"],
      body: .init(byteBuffer: ByteBuffer(string: document.xml)))
  }

  /// What a built site would say of the cubes that have maps.
  private func described(_ cubes: [LiveCube]) async -> [BuiltDataset] {
    var datasets: [BuiltDataset] = []
    for cube in cubes {
      if let dataset = cube.described(styles: await styles(of: cube)) { datasets.append(dataset) }
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

  /// The path goes on with time, further labels, zoom, row and column.
  @Sendable private func tile(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try CubeRequest(request, context)
    let cube = try await cubes.cube(
      try asked.path("dataset"), ofTeam: asked.team, for: asked.principal)
    let variable = try cube.variable(key: try asked.path("variable"))
    let segments = context.parameters.getCatchAll().compactMap { $0.removingPercentEncoding }
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
