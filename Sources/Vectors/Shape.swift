public import JSON

/// Places on the earth as values can be taken under them: points, and areas with holes.
public struct Shape: Sendable, Hashable {
  /// A place: degrees of longitude, which may be beyond 180°, and latitude.
  public struct Position: Sendable, Hashable {
    /// Degrees east.
    public let longitude: Double
    /// Degrees north.
    public let latitude: Double

    /// Makes a position.
    public init(longitude: Double, latitude: Double) {
      self.longitude = longitude
      self.latitude = latitude
    }
  }

  /// Single places.
  public private(set) var points: [Position] = []
  /// Closed outlines; a place is inside where it is within an odd number of them.
  ///
  /// For each area, its outline and the outlines of its holes.
  public private(set) var areas: [[[Position]]] = []
  /// Whether it is one point by itself.
  public let isPoint: Bool

  /// Reads a GeoJSON geometry (RFC 7946, section 3.1).
  ///
  /// - Parameters:
  ///   - geometry: a point, an area, several of either, or a collection of such.
  ///   - limit: how many positions it may have.
  /// - Throws: `VectorError` where it is malformed, does not lie on the earth, has too many positions,
  ///   or is a line, under which no cells lie.
  public init(_ geometry: JSONValue, limit: Int) throws(VectorError) {
    try GeometryCheck(source: "a request", feature: "the geometry").check(geometry)
    isPoint = geometry["type"]?.stringValue == "Point"
    var count = 0
    try add(geometry, limit: limit, &count)
  }

  /// A single place.
  public init(_ point: Position) {
    points = [point]
    isPoint = true
  }

  /// How many positions it has.
  public var positionCount: Int {
    points.count + areas.reduce(0) { $0 + $1.reduce(0) { $0 + $1.count } }
  }

  private mutating func add(
    _ geometry: JSONValue, limit: Int, _ count: inout Int
  ) throws(VectorError) {
    let coordinates = geometry["coordinates"] ?? .null
    switch geometry["type"]?.stringValue {
    case "Point": points.append(Self.position(coordinates))
    case "MultiPoint": points += (coordinates.arrayValue ?? []).map(Self.position)
    case "Polygon": areas.append(Self.rings(coordinates))
    case "MultiPolygon": areas += (coordinates.arrayValue ?? []).map(Self.rings)
    case "GeometryCollection":
      for part in geometry["geometries"]?.arrayValue ?? [] { try add(part, limit: limit, &count) }
    default:
      throw VectorError(
        "a request", reason: "the geometry is a line, under which there are no cells",
        remedy: "send points or polygons")
    }
    count = positionCount
    guard count <= limit else {
      throw VectorError(
        "a request", reason: "the geometry has more than \(limit) positions",
        remedy: "simplify its outlines")
    }
  }

  private static func rings(_ value: JSONValue) -> [[Position]] {
    (value.arrayValue ?? []).map { ($0.arrayValue ?? []).map(position) }
  }

  /// Of a list of numbers that was checked.
  private static func position(_ value: JSONValue) -> Position {
    Position(longitude: value[0]?.doubleValue ?? .nan, latitude: value[1]?.doubleValue ?? .nan)
  }
}
