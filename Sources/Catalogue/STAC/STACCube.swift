import Grids
import JSON
import Pyramids

/// The dimensions and variables of a dataset's cube, as STAC's datacube extension has them.
struct STACCube {
  let entry: Entry

  private var variablesWithArrays: [(variable: BuiltVariable, arrays: BuiltVariableArrays)] {
    entry.dataset.variables.compactMap { variable in variable.arrays.map { (variable, $0) } }
  }

  /// By name, the dimensions of all variables.
  var dimensions: JSONObject {
    var dimensions = JSONObject()
    for (_, arrays) in variablesWithArrays {
      for dimension in arrays.dimensions where dimensions[dimension.name] == nil {
        dimensions[dimension.name] = dimension.isTime ? time(dimension) : other(dimension)
      }
      for (axis, letter) in zip(arrays.axes, ["y", "x"]) where dimensions[axis.name] == nil {
        dimensions[axis.name] = horizontal(axis, letter)
      }
    }
    return dimensions
  }

  /// By name, the variables with their dimensions.
  var variables: JSONObject {
    JSONObject(
      variablesWithArrays.map { variable, arrays in
        var members: JSONObject = [
          "type": "data",
          "dimensions": .array(
            (arrays.dimensions.map(\.name) + arrays.axes.map(\.name)).map { .string($0) }),
        ]
        members["description"] = .string(variable.title)
        members["unit"] = variable.units.map { .string($0) }
        if let measured = variable.measured {
          members["extent"] = [.number(measured.minimum), .number(measured.maximum)]
        }
        return (variable.key, .object(members))
      })
  }

  /// The most values that are listed one by one.
  private static let longestList = 1000

  private func time(_ dimension: TileDimension) -> JSONValue {
    let stamps = dimension.values.map { Stamp($0)?.rfc3339 }
    var members: JSONObject = [
      "type": "temporal",
      "extent": .array(
        [stamps.first ?? nil, stamps.last ?? nil].map { $0.map { .string($0) } ?? .null }),
    ]
    let line = TimeLine(
      TimeCoverage(times: dimension.values, shares: dimension.values.map { _ in 1 }),
      calendar: entry.dataset.calendar)
    if let duration = line?.duration {
      members["step"] = .string(duration)
    } else if dimension.values.count > 1 {
      members["step"] = .null
    }
    if dimension.values.count <= Self.longestList {
      members["values"] = .array(dimension.values.map { .string($0) })
    }
    return .object(members)
  }

  private func other(_ dimension: TileDimension) -> JSONValue {
    let numbers = dimension.values.compactMap { Double($0) }
    var members: JSONObject = ["type": .string(dimension.name)]
    members["description"] = .string(dimension.title)
    members["unit"] = dimension.units.map { .string($0) }
    members["values"] =
      numbers.count == dimension.values.count
      ? .array(numbers.map { .number($0) }) : .array(dimension.values.map { .string($0) })
    return .object(members)
  }

  /// The number of the EPSG's list, or WKT2: the extension knows no other names.
  ///
  /// Axes are told apart by their letters, so that plain longitudes and latitudes may be named after
  /// EPSG:4326, whose order is the other one.
  private var referenceSystem: JSONValue {
    let crs = entry.dataset.crs
    if let code = crs.epsg ?? (crs.isPlainLongitudeLatitude ? 4326 : nil) {
      return .integer(Int64(code))
    }
    return .string(crs.wkt2 ?? crs.name)
  }

  private func horizontal(_ axis: CellAxis, _ letter: String) -> JSONValue {
    guard let first = axis.first, let last = axis.last else {
      // Cells with two-dimensional coordinates: along the dimension they are only counted.
      return ["type": "index", "extent": [0, .integer(Int64(axis.count - 1))], "step": 1]
    }
    var members: JSONObject = [
      "type": "spatial", "axis": .string(letter),
      "extent": [.number(min(first, last)), .number(max(first, last))],
    ]
    members["step"] = axis.step.map { .number(abs($0)) } ?? .null
    members["reference_system"] = referenceSystem
    return .object(members)
  }
}
