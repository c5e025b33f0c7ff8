package import JSON

/// Checks that a GeoJSON geometry is well-formed and lies on the earth (RFC 7946, section 3.1).
package struct GeometryCheck {
  let source: String
  let feature: String

  /// Checks a geometry of a source; both names are for messages.
  package init(source: String, feature: String) {
    self.source = source
    self.feature = feature
  }

  static let types: Set = [
    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon",
    "GeometryCollection",
  ]

  package func check(_ geometry: JSONValue, depth: Int = 0) throws(VectorError) {
    let coordinates = geometry["coordinates"] ?? .null
    switch geometry["type"]?.stringValue {
    case "Point": try position(coordinates)
    case "MultiPoint": try list(coordinates, atLeast: 1, position)
    case "LineString": try line(coordinates)
    case "MultiLineString": try list(coordinates, atLeast: 1, line)
    case "Polygon": try list(coordinates, atLeast: 1, ring)
    case "MultiPolygon":
      try list(coordinates, atLeast: 1) { (polygon) throws(VectorError) in
        try list(polygon, atLeast: 1, ring)
      }
    case "GeometryCollection" where depth < 8:
      try list(geometry["geometries"] ?? .null, atLeast: 1) { (part) throws(VectorError) in
        try check(part, depth: depth + 1)
      }
    case let type:
      throw error("its geometry is of the type \(type ?? "?")", "use one that GeoJSON knows")
    }
  }

  private func line(_ value: JSONValue) throws(VectorError) {
    try list(value, atLeast: 2, position)
  }

  private func ring(_ value: JSONValue) throws(VectorError) {
    try list(value, atLeast: 4, position)
    guard let points = value.arrayValue, points.first == points.last else {
      throw error("an outline does not end where it begins", "repeat its first point at its end")
    }
  }

  private func position(_ value: JSONValue) throws(VectorError) {
    let numbers = value.arrayValue?.compactMap(\.doubleValue) ?? []
    guard numbers.count >= 2, numbers.count == value.arrayValue?.count else {
      throw error("a position is not a list of numbers", "write [longitude, latitude]")
    }
    // Longitudes beyond 180° are how some programs cross the antimeridian.
    guard abs(numbers[0]) <= 360, abs(numbers[1]) <= 90 else {
      throw error(
        "the position [\(numbers[0]), \(numbers[1])] does not lie on the earth",
        "write longitude and latitude in degrees (WGS 84), in this order")
    }
  }

  private func list(
    _ value: JSONValue, atLeast least: Int, _ body: (JSONValue) throws(VectorError) -> Void
  ) throws(VectorError) {
    guard let elements = value.arrayValue, elements.count >= least else {
      throw error("a list of coordinates is too short or missing", "complete it or remove it")
    }
    for element in elements { try body(element) }
  }

  private func error(_ reason: String, _ remedy: String) -> VectorError {
    VectorError(source, reason: "\(feature): \(reason)", remedy: remedy)
  }
}
