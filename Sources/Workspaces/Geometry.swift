internal import JSON

/// A GeoJSON geometry, taken apart: points, lines, and areas with their holes.
///
/// Edges are straight in longitude and latitude, as RFC 7946 (section 3.1.1) wants it.
struct Geometry {
  private(set) var points: [Position] = []
  private(set) var lines: [[Position]] = []
  /// Of each area its outline and its holes.
  private(set) var areas: [[[Position]]] = []

  /// Takes apart what was checked before (`GeometryCheck`); leaves out what is none.
  init(_ geometry: JSONValue) { add(geometry) }

  private mutating func add(_ geometry: JSONValue) {
    let coordinates = geometry["coordinates"]?.arrayValue ?? []
    switch geometry["type"]?.stringValue {
    case "Point": points += geometry["coordinates"].flatMap(Self.position).map { [$0] } ?? []
    case "MultiPoint": points += coordinates.compactMap(Self.position)
    case "LineString": lines.append(coordinates.compactMap(Self.position))
    case "MultiLineString": lines += coordinates.map(Self.line)
    case "Polygon": areas.append(coordinates.map(Self.line))
    case "MultiPolygon": areas += coordinates.map { ($0.arrayValue ?? []).map(Self.line) }
    case "GeometryCollection":
      for part in geometry["geometries"]?.arrayValue ?? [] { add(part) }
    default: break
    }
  }

  private static func line(_ value: JSONValue) -> [Position] {
    (value.arrayValue ?? []).compactMap(position)
  }

  private static func position(_ value: JSONValue) -> Position? {
    guard let x = value[0]?.doubleValue, let y = value[1]?.doubleValue else { return nil }
    return Position(x: x, y: y)
  }

  private var allLines: [[Position]] { lines + areas.flatMap(\.self) }

  /// How many places it is drawn with.
  var positionCount: Int { points.count + allLines.reduce(0) { $0 + $1.count } }

  /// The smallest box around it; `nil` where it has no places.
  var box: GeographicBox? {
    var all = points
    for line in allLines { all += line }
    guard let first = all.first else { return nil }
    var (west, south, east, north) = (first.x, first.y, first.x, first.y)
    for point in all {
      (west, east) = (min(west, point.x), max(east, point.x))
      (south, north) = (min(south, point.y), max(north, point.y))
    }
    return GeographicBox(west: west, south: south, east: east, north: north)
  }

  /// Whether it has a point in common with a box that does not cross the antimeridian.
  func meets(_ box: GeographicBox) -> Bool {
    if points.contains(where: box.contains) { return true }
    for line in allLines {
      if line.count == 1, line.contains(where: box.contains) { return true }
      for (first, second) in zip(line, line.dropFirst())
      where Self.segment(first, second, meets: box) { return true }
    }
    // No edge touches it: it lies wholly within an area or wholly outside.
    let corner = Position(x: box.west, y: box.south)
    return areas.contains { Self.area($0, contains: corner) }
  }

  /// Whether a straight edge has a point in a box: what Liang and Barsky's clipping leaves of it.
  private static func segment(_ a: Position, _ b: Position, meets box: GeographicBox) -> Bool {
    var (from, to) = (0.0, 1.0)
    for (start, change, low, high) in [
      (a.x, b.x - a.x, box.west, box.east), (a.y, b.y - a.y, box.south, box.north),
    ] {
      if change == 0 {
        guard (low...high).contains(start) else { return false }
        continue
      }
      let (one, other) = ((low - start) / change, (high - start) / change)
      from = max(from, min(one, other))
      to = min(to, max(one, other))
    }
    return from <= to
  }

  /// Whether a point lies in an area, by how many edges a ray to the east crosses (even-odd rule), which
  /// leaves out holes.
  private static func area(_ rings: [[Position]], contains point: Position) -> Bool {
    var isInside = false
    for ring in rings {
      for (a, b) in zip(ring, ring.dropFirst()) where (a.y > point.y) != (b.y > point.y) {
        let x = a.x + (point.y - a.y) / (b.y - a.y) * (b.x - a.x)
        if x > point.x { isInside.toggle() }
      }
    }
    return isInside
  }
}
