/// One zoom level of a tile matrix set.
public struct TileMatrix: Sendable, Hashable, Codable {
  /// The zoom level, 0 for the coarsest.
  public let z: Int
  /// Scale with pixels of 0.28 mm (OGC 17-083r4, 6.1).
  public let scaleDenominator: Double
  /// The side of a pixel in units of the CRS.
  public let cellSize: Double
  /// How many tiles lie side by side.
  public let width: Int
  /// How many tiles lie one below the other.
  public let height: Int
}

/// A rectangle of tiles of one zoom level; both ends belong to it.
public struct TileLimits: Sendable, Hashable, Codable {
  /// The westernmost column.
  public let minX: Int
  /// The easternmost column.
  public let maxX: Int
  /// The uppermost row.
  public let minY: Int
  /// The lowest row.
  public let maxY: Int

  /// Makes limits from their four sides.
  public init(minX: Int, maxX: Int, minY: Int, maxY: Int) {
    self.minX = minX
    self.maxX = maxX
    self.minY = minY
    self.maxY = maxY
  }

  /// How many tiles there are.
  public var count: Int { (maxX - minX + 1) * (maxY - minY + 1) }

  /// Whether a tile is among them.
  public func contains(x: Int, y: Int) -> Bool {
    x >= minX && x <= maxX && y >= minY && y <= maxY
  }
}

/// The address of one tile, row 0 on top.
public struct TileAddress: Sendable, Hashable {
  /// The zoom level.
  public let z: Int
  /// The column, from the west.
  public let x: Int
  /// The row, from the top.
  public let y: Int

  /// Makes an address.
  public init(z: Int, x: Int, y: Int) {
    self.z = z
    self.x = x
    self.y = y
  }
}

/// A pyramid of square tiles over the world or a pole, as registered by OGC.
///
/// The four sets are those of the OGC Two Dimensional Tile Matrix Set standard (17-083r4, annex D)
/// and its registry. Numbers that the registry rounds (the cell sizes and scale denominators of the
/// polar sets to ten digits) are kept here in full, derived from the registered corner, so that
/// levels and tiles fit to the last bit; rounding them gives the registered text.
public struct TileMatrixSet: Sendable, Hashable {
  /// The registered identifier, as in `WebMercatorQuad`.
  public let id: String
  /// The title for people.
  public let title: String
  /// The reference system of the tiles.
  public let crs: CRS
  /// The URN of the reference system for `ows:SupportedCRS`.
  public let urn: String
  /// The URN of the scale set of WMTS 1.0.0 (07-057r7, annex E) that this set conforms to.
  ///
  /// `WorldCRS84Quad` has none: `GoogleCRS84Quad` starts with one tile of 360 by 360 degrees, a
  /// level which this set does not have.
  public let wellKnownScaleSet: String?
  /// The upper left corner of all levels, x before y.
  public let origin: (x: Double, y: Double)
  /// Pixels along each side of a tile.
  public var tileSize: Int { 256 }
  /// The zoom levels from 0 to 24.
  public let matrices: [TileMatrix]
  /// Whether `TopLeftCorner` in a WMTS document is y before x.
  ///
  /// The axes of EPSG:3857 are X, Y, those of CRS84 longitude, latitude, those of EPSG:5041 easting,
  /// northing. EPSG:5042 has easting, northing too, but QGIS before 3.44 looks only at the direction
  /// of the first axis, which is *north* along 90° E there, and swaps by mistake (QGIS pull request
  /// 60597; seen with 3.22: tiles of the wrong place). So documents name EPSG:32761 for the south,
  /// the same projection with northing first, which QGIS and GDAL read alike.
  public let swapsAxesInCapabilities: Bool

  /// The coarsest level's pixel, in units of the CRS, and what a tile matrix set needs beside.
  private init(
    id: String, title: String, crs: CRS, urn: String, wellKnownScaleSet: String?,
    origin: (x: Double, y: Double), cellSize: Double, width: Int, height: Int,
    swapsAxesInCapabilities: Bool = false
  ) {
    self.id = id
    self.title = title
    self.crs = crs
    self.urn = urn
    self.wellKnownScaleSet = wellKnownScaleSet
    self.origin = origin
    self.swapsAxesInCapabilities = swapsAxesInCapabilities
    matrices = (0...24).map { z in
      let cell = cellSize / Double(1 << z)
      return TileMatrix(
        z: z, scaleDenominator: cell * crs.metresPerUnit / 0.000_28, cellSize: cell,
        width: width << z, height: height << z)
    }
  }

  /// Half the side of Web Mercator's square: half the equator of WGS 84, in metres.
  static let webMercatorHalf = Double.pi * 6_378_137

  /// Web Mercator, EPSG:3857, one tile at level 0: what web maps use.
  public static let webMercatorQuad = TileMatrixSet(
    id: "WebMercatorQuad", title: "Google Maps Compatible for the World",
    crs: .known("EPSG:3857", "WGS 84 / Pseudo-Mercator", 3857),
    urn: "urn:ogc:def:crs:EPSG::3857",
    wellKnownScaleSet: "urn:ogc:def:wkss:OGC:1.0:GoogleMapsCompatible",
    origin: (-webMercatorHalf, webMercatorHalf), cellSize: webMercatorHalf / 128,
    width: 1, height: 1)

  /// Longitude and latitude, OGC:CRS84, two tiles side by side at level 0.
  public static let worldCRS84Quad = TileMatrixSet(
    id: "WorldCRS84Quad", title: "CRS84 for the World", crs: .geographic,
    urn: "urn:ogc:def:crs:OGC:1.3:CRS84", wellKnownScaleSet: nil,
    origin: (-180, 90), cellSize: 180.0 / 256, width: 2, height: 1)

  /// Universal polar stereographic around the South Pole, EPSG:5042; 32761 in WMTS documents.
  public static let upsAntarctic = TileMatrixSet(
    id: "UPSAntarcticWGS84Quad",
    title: "Universal Polar Stereographic WGS 84 Quad for Antarctic",
    crs: .known("EPSG:5042", "WGS 84 / UPS South (E,N)", 5042),
    urn: "urn:ogc:def:crs:EPSG::32761", wellKnownScaleSet: nil, origin: upsOrigin,
    cellSize: upsCellSize, width: 1, height: 1, swapsAxesInCapabilities: true)

  /// Universal polar stereographic around the North Pole, EPSG:5041.
  public static let upsArctic = TileMatrixSet(
    id: "UPSArcticWGS84Quad", title: "Universal Polar Stereographic WGS 84 Quad for Arctic",
    crs: .known("EPSG:5041", "WGS 84 / UPS North (E,N)", 5041),
    urn: "urn:ogc:def:crs:EPSG::5041", wellKnownScaleSet: nil, origin: upsOrigin,
    cellSize: upsCellSize, width: 1, height: 1)

  /// The registered corner; the pole lies at (2,000,000, 2,000,000), the middle of the square.
  private static let upsOrigin = (x: -14_440_759.350252, y: 18_440_759.350252)
  private static let upsCellSize = (2_000_000 + 14_440_759.350252) / 128

  /// All sets, in the order in which they are offered.
  public static let all = [webMercatorQuad, worldCRS84Quad, upsAntarctic, upsArctic]

  /// The set with that registered identifier.
  public static func named(_ id: String) -> TileMatrixSet? { all.first { $0.id == id } }

  /// Two sets are equal when their identifiers are.
  public static func == (left: TileMatrixSet, right: TileMatrixSet) -> Bool {
    left.id == right.id
  }

  /// Hashes the identifier.
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }

  /// The edges of a tile in units of the CRS.
  ///
  /// Tiles outside the matrix, and levels beyond 24, go on with the same rule.
  public func bounds(
    z: Int, x: Int, y: Int
  ) -> (minX: Double, minY: Double, maxX: Double, maxY: Double) {
    let side = cellSize(z: z) * Double(tileSize)
    return (
      origin.x + Double(x) * side, origin.y - Double(y + 1) * side,
      origin.x + Double(x + 1) * side, origin.y - Double(y) * side
    )
  }

  /// The distance after which the map repeats itself in x; `nil` on polar maps.
  var turn: Double? {
    if crs.isAngular { return 360 }
    return self == .webMercatorQuad ? 2 * Self.webMercatorHalf : nil
  }

  /// The side of a pixel of a zoom level in units of the CRS.
  func cellSize(z: Int) -> Double {
    matrices.indices.contains(z)
      ? matrices[z].cellSize
      : Double(sign: .plus, exponent: -z, significand: matrices[0].cellSize)
  }
}

extension CRS {
  /// A projected system in metres whose facts are known without asking PROJ.
  fileprivate static func known(_ definition: String, _ name: String, _ epsg: Int) -> CRS {
    CRS(
      definition: definition, name: name, epsg: epsg, isGeographic: false, isAngular: false,
      metresPerUnit: 1, satelliteHeight: nil, isPlainLongitudeLatitude: false)
  }
}

extension TileMatrixSet: Codable {
  /// Reads the identifier of a set.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let id = try container.decode(String.self)
    guard let set = Self.named(id) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "there is no tile matrix set \(id)")
    }
    self = set
  }

  /// Writes the identifier.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(id)
  }
}
