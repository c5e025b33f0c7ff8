internal import Cubes
internal import Foundation
internal import Grids
internal import HTTPTypes
internal import Hummingbird
internal import Images
internal import JSON
internal import LiveCubes
internal import NIOCore
internal import Stores

/// Pictures in the routes of xcube's server: `/tiles/{ds}/{var}/{z}/{y}/{x}`,
/// `/tiles/{ds}/{var}/legend`, `/colorbars`.
struct TileRoutes: Sendable {
  let cubes: TeamCubes

  func add(to router: RouterGroup<TeamRequestContext>) {
    router.get("tiles/:dataset/:variable/:z/:y/:x", use: tile)
    // Where xcube's server has the tiles of its map service.
    router.get("wmts/1.0.0/tile/:dataset/:variable/**", use: mapTile)
    router.get("tiles/:dataset/:variable/legend", use: legend)
    router.get("colorbars", use: colourBars)
  }

  @Sendable private func tile(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try CubeRequest(request, context)
    return try await answer(asked) {
      (
        try Self.tileMatrixSet(asked),
        TileAddress(z: try asked.number("z"), x: try asked.number("x"), y: try asked.number("y"))
      )
    }
  }

  /// The path goes on with the tile matrix set, or without it, and zoom, row and column.
  @Sendable private func mapTile(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try CubeRequest(request, context)
    return try await answer(asked) {
      var parts = try asked.rest()
      var set = TileMatrixSet.worldCRS84Quad
      if parts.count == 4 {
        set = try .called(parts.removeFirst())
      } else if let name = asked.query("tilematrixset") {
        set = try .called(name)
      }
      let numbers = parts.compactMap { Int($0.prefix { $0 != "." }) }
      guard parts.count == 3, numbers.count == 3 else { throw HTTPError(.notFound) }
      return (set, TileAddress(z: numbers[0], x: numbers[2], y: numbers[1]))
    }
  }

  /// The tile of a request; its place is read once it is known that they may know of the cube.
  private func answer(
    _ asked: CubeRequest, at place: () throws -> (TileMatrixSet, TileAddress)
  ) async throws -> Response {
    let cube = try await cubes.cube(
      try asked.path("dataset"), ofTeam: asked.team, for: asked.principal)
    let variable = try cube.variable(try asked.path("variable"))
    let (set, address) = try place()
    let order = TileOrder(
      variable: variable.name,
      field: FieldSelection(
        time: try asked.time(of: variable), extras: try asked.extras(of: variable)),
      style: try Self.style(asked), tileMatrixSet: set, address: address,
      format: try Self.format(asked),
      isFine: asked.query("retina").map { $0 != "0" && $0 != "false" } ?? false)
    return try await Self.answer(order, of: cube, cubes.live, asked.request, asked.context)
  }

  /// The picture of a tile; one in which nothing is to be seen where there is nothing.
  static func answer(
    _ order: TileOrder, of cube: LiveCube, _ live: LiveCubes, _ request: Request,
    _ context: TeamRequestContext
  ) async throws -> Response {
    let tile: LiveTile
    if let kept = live.keptTile(order, of: cube) {
      tile = kept
    } else {
      tile = try await context.untilClientLeaves { try await live.tile(order, of: cube) }
    }
    let empty = order.isFine ? EmptyTile.fine : EmptyTile.usual
    return APIAnswer.bytes(
      tile.image ?? empty, type: tile.image == nil ? "image/png" : order.format.mediaType,
      tag: tile.tag, request)
  }

  static func style(_ asked: CubeRequest) throws -> StyleRequest {
    StyleRequest(
      colours: asked.query("cmap") ?? asked.query("cbar"),
      low: try asked.number(query: "vmin"), high: try asked.number(query: "vmax"),
      norm: asked.query("norm"))
  }

  private static func format(_ asked: CubeRequest) throws -> ImageFormat {
    let text = asked.query("format") ?? "png"
    guard let format = ImageFormat(rawValue: text.replacing("image/", with: "")) else {
      throw HTTPError(.badRequest, message: "format must be png or webp.")
    }
    return format
  }

  /// By the id of the set (`tms`), or by the reference system: CRS84 without either.
  private static func tileMatrixSet(_ asked: CubeRequest) throws -> TileMatrixSet {
    if let name = asked.query("tms") { return try .called(name) }
    switch asked.query("crs")?.uppercased() {
    case nil, "CRS84", "EPSG:4326", "OGC:CRS84": return .worldCRS84Quad
    case "EPSG:3857", "EPSG:900913": return .webMercatorQuad
    case "EPSG:5041": return .upsArctic
    case "EPSG:5042": return .upsAntarctic
    default:
      throw HTTPError(
        .badRequest, message: "crs must be CRS84, EPSG:3857, EPSG:5041 or EPSG:5042.")
    }
  }

  @Sendable private func legend(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try CubeRequest(request, context)
    let cube = try await cubes.cube(
      try asked.path("dataset"), ofTeam: asked.team, for: asked.principal)
    let name = try cube.variable(try asked.path("variable")).name
    let wanted = try Self.style(asked)
    let width = try Self.size(asked, "width", usually: 256)
    let height = try Self.size(asked, "height", usually: 16)
    let style = try await context.untilClientLeaves {
      try await cubes.live.style(wanted, of: name, in: cube)
    }
    let bytes = try ColourBar(style).png(width: width, height: height)
    return APIAnswer.bytes(bytes, type: "image/png", tag: ColourBar.tag(bytes), request)
  }

  private static func size(
    _ asked: CubeRequest, _ name: String, usually usual: Int
  ) throws -> Int {
    guard let number = try asked.number(query: name) else { return usual }
    guard let size = Int(exactly: number), (1...2048).contains(size) else {
      throw HTTPError(.badRequest, message: "\(name) must be from 1 to 2048.")
    }
    return size
  }

  @Sendable private func colourBars(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try CubeRequest(request, context)
    try await cubes.requireReader(ofTeam: asked.team, asked.principal)
    return APIAnswer.json(ColourBar.document)
  }
}

extension TileMatrixSet {
  /// The set of an id, as documents of ours or those of xcube's server have it.
  ///
  /// In ours the same set may stand several times, with the finest zoom behind its id (`WebMercatorQuad-6`).
  ///
  /// - Throws: 400 where there is none.
  static func called(_ id: String) throws -> TileMatrixSet {
    if id == "WorldWebMercatorQuad" { return .webMercatorQuad }
    if let set = named(id) { return set }
    if let dash = id.lastIndex(of: "-"), Int(id[id.index(after: dash)...]) != nil,
      let set = named(String(id[..<dash]))
    {
      return set
    }
    throw HTTPError(
      .badRequest,
      message: "The tile matrix set must be one of " + all.map(\.id).joined(separator: ", ") + ".")
  }
}

/// A strip of colours from the least value to the greatest.
struct ColourBar: Sendable {
  private let colours: [RGBA]

  /// The colours of a style.
  init(_ style: Style) {
    if case .categorical(let categories) = style.scale {
      colours = categories.map(\.colour)
    } else {
      colours = style.colourMap.colours
    }
  }

  private init(_ map: ColourMap) { colours = map.colours }

  /// The strip as PNG, the colours side by side.
  func png(width: Int, height: Int) throws -> [UInt8] {
    let row = (0..<width).flatMap { x -> [UInt8] in
      let colour = colours[min(x * colours.count / width, colours.count - 1)]
      return [colour.r, colour.g, colour.b, colour.a]
    }
    let rgba = (0..<height).flatMap { _ in row }
    return try PNG.encode(rgba: rgba, width: width, height: height)
  }

  static func tag(_ bytes: [UInt8]) -> String { String(sha256Hex(bytes).prefix(32)) }

  /// All colour maps by groups, each with a strip of 256 × 1 pixels, as xcube's viewer reads them.
  static let document: JSONValue = .array(
    ColourMap.Group.allCases.compactMap { group -> JSONValue? in
      let maps = ColourMap.all.filter { $0.group == group }
      guard !maps.isEmpty else { return nil }
      return [
        .string(group.title), .string(group.title),
        .array(
          maps.compactMap { map -> JSONValue? in
            guard let png = try? ColourBar(map).png(width: 256, height: 1) else { return nil }
            return [.string(map.name), .string(Data(png).base64EncodedString())]
          }),
      ]
    })
}

/// Tiles in which nothing is to be seen.
enum EmptyTile {
  static let usual = make(256)
  static let fine = make(512)

  private static func make(_ side: Int) -> [UInt8] {
    (try? PNG.encode(
      rgba: [UInt8](repeating: 0, count: side * side * 4), width: side, height: side)) ?? []
  }
}
