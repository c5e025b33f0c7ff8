internal import Cubes
internal import Grids
internal import HTTPTypes
internal import Hummingbird
internal import Images
internal import LiveCubes
internal import NIOCore
internal import Pyramids
internal import Services

/// The map service asked by keys and values (OGC 07-057r7, sections 7.1.1 and 7.2.2), where xcube's server
/// has it: `/wmts/kvp?SERVICE=WMTS&REQUEST=…`.
///
/// Keys may be written large or small. What xcube's server does not ask for may be missing here too: the
/// version, the style, the format, the tile matrix set. Failures are reports of exceptions; a layer that is
/// unknown and one that is forbidden make the same.
struct KeyValueRoutes: Sendable {
  let cubes: TeamCubes
  let maps: WMTSRoutes

  func add(to router: RouterGroup<TeamRequestContext>) {
    router.get(RouterPath(WMTSRoutes.keyValues), use: answer)
  }

  @Sendable private func answer(
    _ request: Request, _ context: TeamRequestContext
  ) async throws -> Response {
    let asked = try CubeRequest(request, context)
    do {
      try await cubes.requireReader(ofTeam: asked.team, asked.principal)
      return try await operation(asked, try KeyValues(request))
    } catch let error as ServiceException {
      return Self.report(error, status: Self.status(of: error))
    } catch let error as LiveError {
      return Self.report(HTTPError(error))
    } catch let error as HTTPError {
      return Self.report(error)
    }
  }

  private func operation(_ asked: CubeRequest, _ values: KeyValues) async throws -> Response {
    guard try values.require("service").uppercased() == "WMTS" else {
      throw values.invalid("service", "This is a WMTS.")
    }
    if let version = values["version"], version != "1.0.0" {
      throw values.invalid("version", "The version is 1.0.0.")
    }
    switch try values.require("request").lowercased() {
    case "getcapabilities":
      if let versions = values["acceptversions"], !versions.split(separator: ",").contains("1.0.0")
      {
        throw ServiceException(
          .versionNegotiationFailed, locator: "acceptversions", "The version is 1.0.0.")
      }
      return try await maps.capabilities(
        asked, set: try values["tilematrixset"].map { try set($0, values).id })
    case "gettile": return try await tile(asked, values)
    case "getfeatureinfo":
      throw ServiceException(
        .operationNotSupported, locator: "GetFeatureInfo",
        "Values at a place are answered by /statistics and /timeseries.")
    default:
      throw values.invalid("request", "The operations are GetCapabilities and GetTile.")
    }
  }

  private func tile(_ asked: CubeRequest, _ values: KeyValues) async throws -> Response {
    let (cube, variable) = try await layer(try values.require("layer"), asked)
    if let style = values["style"], style.lowercased() != "default" {
      throw values.invalid("style", "The style is default.")
    }
    let format = ["image/png": ImageFormat.png, "png": .png, "image/webp": .webp, "webp": .webp]
    guard let format = format[(values["format"] ?? "png").lowercased()] else {
      throw values.invalid("format", "The formats are image/png and image/webp.")
    }
    let set =
      try values["tilematrixset"].map { try self.set($0, values) } ?? TileMatrixSet.worldCRS84Quad
    let zoom = try values.number("tilematrix")
    guard set.matrices.indices.contains(zoom) else {
      throw values.invalid("tilematrix", "There are zooms from 0 to \(set.matrices.count - 1).")
    }
    let (column, row) = (try values.number("tilecol"), try values.number("tilerow"))
    let matrix = set.matrices[zoom]
    for (key, number, count) in [
      ("tilecol", column, matrix.width), ("tilerow", row, matrix.height),
    ] where !(0..<count).contains(number) {
      throw ServiceException(
        .tileOutOfRange, locator: key.uppercased(), "It goes from 0 to \(count - 1) at this zoom.")
    }
    let order = TileOrder(
      variable: variable.name, field: try field(of: variable, values), tileMatrixSet: set,
      address: TileAddress(z: zoom, x: column, y: row), format: format)
    return try await TileRoutes.answer(order, of: cube, cubes.live, asked.request, asked.context)
  }

  private func set(_ name: String, _ values: KeyValues) throws -> TileMatrixSet {
    guard let set = try? TileMatrixSet.called(name) else {
      throw values.invalid("tilematrixset", "The capabilities list those that there are.")
    }
    return set
  }

  /// The variable of a layer of the capabilities, whose identifier is that of the dataset, a dot and the
  /// variable's; where a document divides a layer, the tile matrix set follows.
  private func layer(
    _ name: String, _ asked: CubeRequest
  ) async throws -> (LiveCube, Variable) {
    let ending = TileMatrixSet.all.map { "." + $0.id }.first(where: name.hasSuffix)
    let names = [name] + (ending.map { [String(name.dropLast($0.count))] } ?? [])
    for source in try await cubes.sources(ofTeam: asked.team, for: asked.principal) {
      // Ids may hold dots: any dataset that the name begins with may be meant.
      for name in names where name.hasPrefix(source.dataset + ".") {
        let cube = try await cubes.live.cube(source)
        let key = String(name.dropFirst(source.dataset.count + 1))
        if let variable = try? cube.variable(key: key) { return (cube, variable) }
      }
    }
    throw Self.unknownLayer
  }

  private static let unknownLayer = ServiceException(
    .invalidParameterValue, locator: "LAYER", Response.nothing)

  /// The time that is nearest, and the values of further dimensions; without, those that the capabilities
  /// have as the default.
  private func field(of variable: Variable, _ values: KeyValues) throws -> FieldSelection {
    var time: Int?
    if let axis = variable.time {
      do {
        time = try axis.step(values["time"]) ?? axis.count - 1
      } catch {
        throw values.invalid("time", "It must be a time such as 2017-01-16T10:09:21Z.")
      }
    }
    let names = TileDimension.dimensions(of: variable, fields: [], shownFirst: nil)
      .filter { !$0.isTime }.map(\.placeholder)
    let extras = try zip(variable.extras, names).map { axis, name in
      guard let text = values[name.lowercased()] else { return 0 }
      guard let index = axis.index(matching: text) else {
        throw values.invalid(name, "The capabilities list the values that there are.")
      }
      return index
    }
    return FieldSelection(time: time, extras: extras)
  }

  /// As OWS Common has it (06-121r9, table 28), but for the layer that one may not know of.
  private static func status(of error: ServiceException) -> HTTPResponse.Status {
    switch error.code {
    case _ where error == unknownLayer: .notFound
    case .operationNotSupported: .notImplemented
    case .noApplicableCode: .internalServerError
    default: .badRequest
    }
  }

  private static func report(_ error: HTTPError) -> Response {
    let words =
      error.status == .notFound
      ? Response.nothing : error.body ?? error.status.reasonPhrase
    var response = report(ServiceException(.noApplicableCode, words), status: error.status)
    for field in error.headers { response.headers[field.name] = field.value }
    return response
  }

  private static func report(
    _ error: ServiceException, status: HTTPResponse.Status
  ) -> Response {
    Response(
      status: status, headers: [.contentType: "application/xml", .cacheControl: "no-store"],
      body: .init(byteBuffer: ByteBuffer(string: error.xml)))
  }
}

/// The keys and values of a request, whose keys may be written large or small; the first of a key counts.
private struct KeyValues {
  private let values: [String: String]

  /// - Throws: ``ServiceException`` for a query that is badly encoded.
  init(_ request: Request) throws {
    do {
      values = Dictionary(
        try request.parameters().map { ($0.name.lowercased(), $0.value) },
        uniquingKeysWith: { first, _ in first })
    } catch {
      throw ServiceException(.invalidParameterValue, "The query is badly encoded.")
    }
  }

  /// `nil` where it is missing or empty.
  subscript(key: String) -> String? { values[key].flatMap { $0.isEmpty ? nil : $0 } }

  func require(_ key: String) throws -> String {
    guard let value = self[key] else {
      throw ServiceException(
        .missingParameterValue, locator: key.uppercased(), "\(key.uppercased()) is needed.")
    }
    return value
  }

  func number(_ key: String) throws -> Int {
    guard let number = Int(try require(key)) else {
      throw invalid(key, "It must be a whole number.")
    }
    return number
  }

  func invalid(_ key: String, _ words: String) -> ServiceException {
    ServiceException(.invalidParameterValue, locator: key.uppercased(), words)
  }
}
