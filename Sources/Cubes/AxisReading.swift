import Grids
import JSON

extension GridReading {
  /// The two axes of a rectilinear grid in the units of its CRS.
  mutating func axes(
    x: SourceArray, y: SourceArray, isLongitude: Bool, crs: CRS = .geographic
  ) throws -> (x: GridAxis, y: GridAxis) {
    var xs = try CoordinateReading.values(of: x, in: source)
    var ys = try CoordinateReading.values(of: y, in: source)
    if isLongitude {
      xs = unwrapped(xs, of: x)
    } else {
      xs = Self.scaled(xs, units: x.text("units"), to: crs)
      ys = Self.scaled(ys, units: y.text("units"), to: crs)
    }
    // One row or column alone does not say how wide it is: bounds do, or the other axis.
    let across = try width(of: x, values: xs) ?? Self.step(ys)
    let down = try width(of: y, values: ys) ?? Self.step(xs)
    var columns = try GridAxis(values: xs, isLongitude: isLongitude, cellWidth: across)
    let rows = try GridAxis(values: ys, cellWidth: down)
    if columns.periodCount > 0, columns.periodCount < columns.count {
      let repeated = columns.count - columns.periodCount
      notes.add(
        "wrap-column", about: x.shortName,
        "goes round the globe and repeats its first \(repeated == 1 ? "column" : "columns"); "
          + "\(repeated) left out")
      columns = try GridAxis(
        values: Array(xs.prefix(columns.periodCount)), isLongitude: true, cellWidth: across)
    }
    return (columns, rows)
  }

  /// Longitudes that go on in one direction, where they were cut at a meridian.
  private mutating func unwrapped(_ values: [Double], of array: SourceArray) -> [Double] {
    var result = values
    var turn = 0.0
    var changed = false
    for index in values.indices.dropFirst() {
      let jump = values[index] - values[index - 1]
      if jump < -180 {
        turn += 360
      } else if jump > 180 {
        turn -= 360
      }
      if turn != 0 {
        result[index] += turn
        changed = true
      }
    }
    // A single jump is a cut; jumps forth and back are damage, which the axis refuses.
    guard changed else { return values }
    notes.add(
      "antimeridian", about: array.shortName,
      "jumps by 360 degrees between two columns; read as going on")
    return result
  }

  /// Coordinates in the unit of the CRS.
  private static func scaled(_ values: [Double], units: String?, to crs: CRS) -> [Double] {
    let factor: Double
    switch units?.lowercased() {
    case "km", "kilometer", "kilometers", "kilometre", "kilometres":
      factor = 1000 / crs.metresPerUnit
    case "m", "meter", "meters", "metre", "metres": factor = 1 / crs.metresPerUnit
    case "rad", "radian", "radians": factor = crs.satelliteHeight ?? 1
    case "microradian", "microradians", "urad": factor = (crs.satelliteHeight ?? 1) * 1e-6
    default: factor = 1
    }
    return factor == 1 ? values : values.map { $0 * factor }
  }

  private static func step(_ values: [Double]) -> Double? {
    guard values.count > 1, let first = values.first, let last = values.last else { return nil }
    return abs(last - first) / Double(values.count - 1)
  }

  private func width(of array: SourceArray, values: [Double]) throws -> Double? {
    guard values.count == 1, let name = array.text("bounds"),
      let bounds = source.array(named: name, near: array), bounds.valueCount == 2
    else { return nil }
    let edges = try CoordinateReading.values(of: bounds, in: source)
    let width = abs(edges[1] - edges[0])
    return width > 0 ? width : nil
  }
}
