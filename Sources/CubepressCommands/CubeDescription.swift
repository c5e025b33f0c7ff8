import Codecs
import Cubes
import Grids
import JSON

/// What `cubepress inspect` says of a cube, for people and for programs.
struct CubeDescription {
  let cube: Cube
  /// Of each variable, where they were asked for.
  let statistics: [VariableStatistics]?

  var json: JSONValue {
    var object: JSONObject = [
      "source": .string(cube.location),
      "title": cube.title.map(JSONValue.string) ?? .null,
      "attributes": .object(cube.attributes),
    ]
    object["variables"] = .array(cube.variables.indices.map(variableJSON))
    object["skipped"] = .array(
      cube.skipped.map { ["name": .string($0.name), "reason": .string($0.reason)] })
    object["notes"] = .array(cube.notes.map { ["id": .string($0.id), "text": .string($0.text)] })
    return .object(object)
  }

  private func variableJSON(_ index: Int) -> JSONValue {
    let variable = cube.variables[index]
    var object: JSONObject = [
      "name": .string(variable.name),
      "long_name": variable.longName.map(JSONValue.string) ?? .null,
      "standard_name": variable.standardName.map(JSONValue.string) ?? .null,
      "units": variable.units.map(JSONValue.string) ?? .null,
      "stored_type": .string(variable.storedType.rawValue),
      "categorical": .bool(variable.isCategorical),
      "dimensions": .array(variable.dimensionNames.map(JSONValue.string)),
      "shape": .array(variable.shape.map { .integer(Int64($0)) }),
      "grid": gridJSON(variable.grid),
      "time": variable.time.map(timeJSON) ?? .null,
      "extras": .array(variable.extras.map(extraJSON)),
      "attributes": .object(variable.attributes),
    ]
    if let statistics {
      let found = statistics[index]
      object["statistics"] = [
        "count": .integer(Int64(found.count)), "missing": .integer(Int64(found.missing)),
        "minimum": .number(found.minimum),
        "maximum": .number(found.maximum),
        "mean": .number(found.mean),
      ]
    }
    return .object(object)
  }

  private func gridJSON(_ grid: Grid) -> JSONValue {
    let bounds = grid.geographicBounds
    return [
      "rows": .integer(Int64(grid.rows)), "columns": .integer(Int64(grid.columns)),
      "crs": .string(grid.crs.definition), "crs_name": .string(grid.crs.name),
      "bounds": .array(
        [bounds.west, bounds.south, bounds.east, bounds.north].map(JSONValue.number)),
      "resolution_m": .number(grid.resolutionMetres),
    ]
  }

  private func timeJSON(_ axis: TimeAxis) -> JSONValue {
    [
      "name": .string(axis.name), "count": .integer(Int64(axis.count)),
      "calendar": .string(axis.calendar.rawValue), "units": .string(axis.units),
      "values": .array(axis.times.map { .string($0.iso) }),
    ]
  }

  private func extraJSON(_ axis: LabelAxis) -> JSONValue {
    [
      "name": .string(axis.name), "labels": .array(axis.labels.map(JSONValue.string)),
      "units": axis.units.map(JSONValue.string) ?? .null,
    ]
  }

  var text: String {
    var lines = [cube.title.map { "\($0)\n\(cube.location)" } ?? cube.location, ""]
    for (index, variable) in cube.variables.enumerated() {
      lines += describe(variable, statistics: statistics?[index])
      lines.append("")
    }
    if cube.variables.isEmpty { lines += ["No variable has a horizontal grid.", ""] }
    if !cube.skipped.isEmpty {
      lines += ["Left out:"] + cube.skipped.map { "  \($0)" } + [""]
    }
    if !cube.notes.isEmpty {
      lines += ["Odd, and how it is read:"] + cube.notes.map { "  - \($0.text)" } + [""]
    }
    return lines.joined(separator: "\n")
  }

  private func describe(_ variable: Variable, statistics: VariableStatistics?) -> [String] {
    let grid = variable.grid
    let bounds = grid.geographicBounds
    var lines = [
      variable.name + (variable.longName.map { " – \($0)" } ?? "")
        + (variable.units.map { " [\($0)]" } ?? "")
    ]
    let dimensions = zip(variable.dimensionNames, variable.shape).map { "\($0) \($1)" }
    lines.append(
      "  stored as  \(variable.storedType.rawValue), "
        + dimensions.joined(separator: " × ") + (variable.isCategorical ? ", categories" : ""))
    lines.append("  grid       \(grid.columns) × \(grid.rows) cells, \(grid.crs.name)")
    lines.append(
      "  covers     longitude \(Self.short(bounds.west)) to \(Self.short(bounds.east)), "
        + "latitude \(Self.short(bounds.south)) to \(Self.short(bounds.north))")
    if let axis = variable.time, let first = axis.times.first, let last = axis.times.last {
      lines.append(
        axis.count == 1
          ? "  time       \(first.iso) (\(axis.calendar.rawValue))"
          : "  time       \(axis.count) steps, \(first.iso) to \(last.iso) (\(axis.calendar.rawValue))"
      )
    }
    for axis in variable.extras {
      let shown = axis.labels.prefix(8).joined(separator: ", ") + (axis.count > 8 ? ", …" : "")
      lines.append("  \(axis.name): \(shown)" + (axis.units.map { " [\($0)]" } ?? ""))
    }
    if let flags = variable.flags {
      let shown = flags.entries.prefix(8).map { "\(Self.short($0.value)) \($0.meaning)" }
      lines.append(
        "  flags      " + shown.joined(separator: ", ") + (flags.entries.count > 8 ? ", …" : ""))
    }
    if let statistics { lines.append("  values     \(Self.describe(statistics))") }
    return lines
  }

  private static func describe(_ statistics: VariableStatistics) -> String {
    let missing = "\(statistics.missing) of \(statistics.count + statistics.missing) missing"
    guard statistics.count > 0 else { return missing }
    return "\(statistics.minimum) to \(statistics.maximum), mean \(statistics.mean), \(missing)"
  }

  /// A number with at most four decimals.
  static func short(_ value: Double) -> String {
    let rounded = (value * 10_000).rounded() / 10_000
    return Int(exactly: rounded).map(String.init) ?? "\(rounded)"
  }
}
