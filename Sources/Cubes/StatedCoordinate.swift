public import JSON

/// A coordinate as the first source of a variable states it.
public struct StatedCoordinate: Sendable {
  private let array: SourceArray
  private let source: any ArraySource

  fileprivate init?(_ array: SourceArray?, in source: any ArraySource) {
    guard let array else { return nil }
    self.array = array
    self.source = source
  }

  /// Its attributes.
  public var attributes: JSONObject { array.attributes }

  /// Its values, decoded.
  ///
  /// - Throws: `CubeError` where they cannot be read.
  public func values() throws(CubeError) -> [Double] {
    try CoordinateReading.values(of: array, in: source)
  }

  /// Begin and end of each of its positions, one pair after the other (CF 1.11, 7.1); `nil` of a
  /// coordinate of more dimensions, and where the source states none that are usable.
  public var bounds: [Double]? {
    guard array.dimensions.count == 1, let name = array.text("bounds"),
      let bounds = source.array(named: name, near: array), bounds.shape == array.shape + [2],
      let edges = try? CoordinateReading.values(of: bounds, in: source),
      edges.allSatisfy(\.isFinite)
    else { return nil }
    return edges
  }
}

extension Variable {
  /// The coordinate of that name; `nil` where the first source has none.
  public func statedCoordinate(named name: String) -> StatedCoordinate? {
    guard let part = reader.parts.first else { return nil }
    return StatedCoordinate(part.source.array(named: name, near: part.array), in: part.source)
  }

  /// The coordinate of the rows of a rectilinear grid.
  public var statedRows: StatedCoordinate? { stated(.row) }

  /// The coordinate of the columns of a rectilinear grid.
  public var statedColumns: StatedCoordinate? { stated(.column) }

  /// Latitudes or longitudes of two dimensions, of those that the variable names.
  public func statedPlaces(units: String) -> StatedCoordinate? {
    let names = attributes["coordinates"]?.stringValue?.split(separator: " ").map(String.init) ?? []
    return names.lazy.compactMap { statedCoordinate(named: $0) }.first {
      $0.attributes["units"]?.stringValue == units
    }
  }

  private func stated(_ use: DimensionUse) -> StatedCoordinate? {
    guard let part = reader.parts.first, let place = part.uses.firstIndex(of: use),
      part.array.dimensions.indices.contains(place)
    else { return nil }
    return StatedCoordinate(
      part.source.coordinate(of: part.array.dimensions[place]), in: part.source)
  }
}
