import Cubes
import Grids
import JSON

/// The coordinate of the rows or columns of a rectilinear grid, at every level.
struct GridSide: Sendable {
  /// The name of the dimension and of its coordinate.
  let name: String
  /// How many cells count in level 0.
  private let count: Int
  private let axis: GridAxis
  private let attributes: JSONObject
  /// Begin and end of each cell as the source has them, where it states them.
  private let bounds: [Double]?
  private let boundsName: String

  /// Takes a side of a grid.
  ///
  /// - Parameters:
  ///   - axis: The cells.
  ///   - count: How many of them count.
  ///   - stated: The coordinate in the source.
  ///   - isAngular: Whether it counts degrees.
  ///   - attributes: What must be said of it, whatever the source says.
  ///   - name: Its name.
  ///   - unique: Makes a name that nothing else has.
  init(
    _ axis: GridAxis, count: Int, stated: StatedCoordinate?, isAngular: Bool,
    attributes: JSONObject, name: String, unique: (String) -> String
  ) {
    self.axis = axis
    self.count = count
    self.name = name
    bounds = stated.flatMap { Self.bounds($0, axis, count: count, isAngular: isAngular) }
    boundsName = bounds == nil ? "" : unique(name + "_bnds")
    var own = stated?.attributes.withoutValues ?? JSONObject()
    for (key, value) in attributes where key != "long_name" || own[key] == nil { own[key] = value }
    if bounds != nil { own["bounds"] = .string(boundsName) }
    self.attributes = own
  }

  /// The source's bounds in the numbers of the axis, in which longitudes may be turns further and
  /// lengths have the unit of the CRS.
  private static func bounds(
    _ stated: StatedCoordinate, _ axis: GridAxis, count: Int, isAngular: Bool
  ) -> [Double]? {
    guard let bounds = stated.bounds, let values = try? stated.values(), values.count >= count,
      bounds.count == 2 * values.count, let first = values.first, let last = values.last
    else { return nil }
    let factor =
      isAngular || values.count == 1 || axis.count != values.count
      ? 1 : (axis.values[values.count - 1] - axis.values[0]) / (last - first)
    return (0..<2 * count).map { place in
      let edge = bounds[place] * factor
      guard axis.isLongitude else { return edge }
      return edge - 360 * ((edge - axis.values[place / 2]) / 360).rounded()
    }
  }

  /// The coordinate of a level, and its bounds where the source states them.
  func arrays(level: Int) -> [String: StoredArray] {
    let cells = (0..<(count + (1 << level) - 1) >> level).map { cell in
      (first: cell << level, end: min((cell + 1) << level, count))
    }
    // The source's own centres in level 0, the middle of the source cells above.
    let centres = cells.map { cell in
      level == 0
        ? axis.values[cell.first] : (axis.edge(cell.first) + axis.edge(cell.end)) / 2
    }
    var arrays = [
      name: StoredArray(centres, shape: [cells.count], dimensions: [name], attributes: attributes)
    ]
    if let bounds {
      arrays[boundsName] = StoredArray(
        cells.flatMap { [bounds[2 * $0.first], bounds[2 * $0.end - 1]] }, shape: [cells.count, 2],
        dimensions: [name, "bnds"], attributes: JSONObject())
    }
    return arrays
  }
}

extension JSONObject {
  /// The attributes of a coordinate without those about storage, and those that do not hold for other
  /// levels or name arrays that are not published.
  var withoutValues: JSONObject {
    var attributes = withoutPacking
    for key in [
      "valid_min", "valid_max", "valid_range", "actual_range", "bounds", "nodes", "step", "spacing",
    ] { attributes[key] = nil }
    return attributes
  }
}
