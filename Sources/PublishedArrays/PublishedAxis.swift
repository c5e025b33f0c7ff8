import Cubes
import JSON

/// A dimension beside the two of the grid, with those of its positions that are published.
struct PublishedAxis: Sendable, Hashable {
  /// What its positions are.
  enum Kind: Sendable, Hashable {
    case time(TimeAxis)
    case labels(LabelAxis)
  }

  let kind: Kind
  /// The positions along the variable's own axis, rising.
  let positions: [Int]
  /// The name of the dimension and of its coordinate.
  let name: String
  /// The attributes of the coordinate in the source.
  let attributes: JSONObject
  /// Begin and end of each position of the variable's own axis, where the source states them.
  let bounds: [Double]?

  init(
    _ kind: Kind, positions: [Int], name: String, stated: StatedCoordinate?
  ) {
    self.kind = kind
    self.positions = positions
    self.name = name
    attributes = stated?.attributes ?? JSONObject()
    // Those of times are decoded with them.
    guard case .labels(let axis) = kind, let edges = stated?.bounds, edges.count == 2 * axis.count
    else {
      bounds = nil
      return
    }
    bounds = edges
  }

  /// The name that it would have alone.
  static func plainName(_ kind: Kind) -> String {
    switch kind {
    case .time: "time"
    case .labels(let axis):
      axis.name.split(separator: "/").last.map { pathSegment(String($0)) } ?? "axis"
    }
  }

  /// Where a position of the variable's own axis stands among those that are published.
  func index(of position: Int) -> Int? {
    var (low, high) = (0, positions.count)
    while low < high {
      let middle = (low + high) / 2
      if positions[middle] < position { low = middle + 1 } else { high = middle }
    }
    return low < positions.count && positions[low] == position ? low : nil
  }

  /// The coordinate of some of the published positions, and its bounds where the source states them,
  /// by name.
  func arrays(_ range: Range<Int>) -> [String: StoredArray] {
    let positions = Array(positions[range])
    switch kind {
    case .time(let axis): return times(axis, positions)
    case .labels(let axis):
      var attributes = attributes.withoutPacking
      attributes["bounds"] = nil
      guard let values = axis.values else {
        return [
          name: StoredArray(
            positions.map { axis.labels[$0] }, dimensions: [name], attributes: attributes)
        ]
      }
      if let units = axis.units { attributes["units"] = .string(units) }
      var arrays: [String: StoredArray] = [:]
      if let bounds {
        attributes["bounds"] = .string(name + "_bnds")
        arrays[name + "_bnds"] = StoredArray(
          positions.flatMap { bounds[2 * $0..<2 * $0 + 2] }, shape: [positions.count, 2],
          dimensions: [name, "bnds"], attributes: JSONObject())
      }
      arrays[name] = StoredArray(
        positions.map { values[$0] }, shape: [positions.count], dimensions: [name],
        attributes: attributes)
      return arrays
    }
  }

  private func times(_ axis: TimeAxis, _ positions: [Int]) -> [String: StoredArray] {
    var attributes = attributes.withoutPacking
    // Bounds of a climatology are those of all years together (CF 1.11, 7.4).
    let boundsKey =
      attributes["bounds"] == nil && attributes["climatology"] != nil
      ? "climatology" : "bounds"
    for key in ["units", "calendar", "bounds", "climatology", "time_origin"] {
      attributes[key] = nil
    }
    attributes["standard_name"] = "time"
    attributes["axis"] = "T"
    guard let encoded = axis.encoded(positions) else {
      return [
        name: StoredArray(
          positions.map { axis.labels[$0] }, dimensions: [name], attributes: attributes)
      ]
    }
    attributes["units"] = .string(encoded.units)
    attributes["calendar"] = .string(axis.calendar.rawValue)
    var arrays: [String: StoredArray] = [:]
    if let bounds = encoded.bounds {
      attributes[boundsKey] = .string(name + "_bnds")
      arrays[name + "_bnds"] = StoredArray(
        bounds, shape: [positions.count, 2], dimensions: [name, "bnds"],
        attributes: ["units": .string(encoded.units), "calendar": .string(axis.calendar.rawValue)])
    }
    arrays[name] = StoredArray(
      encoded.numbers, shape: [positions.count], dimensions: [name], attributes: attributes)
    return arrays
  }
}

extension JSONObject {
  /// Without what is about how the source stores the numbers or names its dimensions.
  var withoutPacking: JSONObject {
    var attributes = self
    for key in Self.storageKeys { attributes[key] = nil }
    return attributes
  }

  private static let storageKeys = [
    "_FillValue", "missing_value", "scale_factor", "add_offset", "_Unsigned", "coordinates",
    "grid_mapping", "_ARRAY_DIMENSIONS", "_ChunkSizes", "DIMENSION_LIST", "REFERENCE_LIST", "CLASS",
    "NAME", "_Netcdf4Dimid", "_Netcdf4Coordinates", "_NCProperties", "chunksizes",
  ]
}
