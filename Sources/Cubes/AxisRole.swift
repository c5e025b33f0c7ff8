/// What a coordinate measures.
enum AxisRole: Sendable, Hashable {
  case longitude
  case latitude
  /// Easting, or longitude of a rotated pole.
  case x
  /// Northing, or latitude of a rotated pole.
  case y
  case time
  case other
}

extension AxisRole {
  /// Reads the role of a coordinate: by standard name, then units, then axis, then name.
  init(of array: SourceArray) {
    self =
      Self.byStandardName(array) ?? Self.byUnits(array) ?? Self.byAxis(array)
      ?? Self.byName(array.shortName)
  }

  var isHorizontal: Bool { self != .time && self != .other }
  var isColumn: Bool { self == .longitude || self == .x }
  var isRow: Bool { self == .latitude || self == .y }

  private static func byStandardName(_ array: SourceArray) -> AxisRole? {
    switch array.text("standard_name")?.lowercased() {
    case "longitude": .longitude
    case "latitude": .latitude
    case "grid_longitude", "projection_x_coordinate", "projection_x_angular_coordinate": .x
    case "grid_latitude", "projection_y_coordinate", "projection_y_angular_coordinate": .y
    case "time": isTimeUnit(array.text("units")) || array.isString ? .time : nil
    case nil: nil
    default: .other
    }
  }

  private static func byUnits(_ array: SourceArray) -> AxisRole? {
    guard let units = array.text("units") else { return nil }
    // CF 1.11 sections 4.1 and 4.2 allow six spellings of each.
    switch units.lowercased().filter({ $0 != "_" && $0 != " " }) {
    case "degreeseast", "degreeeast", "degreee", "degreese": return .longitude
    case "degreesnorth", "degreenorth", "degreen", "degreesn": return .latitude
    default: return isTimeUnit(units) ? .time : nil
    }
  }

  private static func byAxis(_ array: SourceArray) -> AxisRole? {
    let name = byName(array.shortName)
    return switch array.text("axis")?.uppercased() {
    case "X": name == .longitude ? .longitude : .x
    case "Y": name == .latitude ? .latitude : .y
    case "Z": .other
    default: nil
    }
  }

  static func byName(_ name: String) -> AxisRole {
    switch name.lowercased() {
    case "lon", "longitude", "nav_lon", "long", "lons", "xlong", "longitudes": .longitude
    case "lat", "latitude", "nav_lat", "lats", "xlat", "latitudes": .latitude
    case "x", "xc", "rlon", "easting", "eastings", "xgeo", "x_coordinate": .x
    case "y", "yc", "rlat", "northing", "northings", "ygeo", "y_coordinate": .y
    default: .other
    }
  }

  static func isTimeUnit(_ units: String?) -> Bool {
    units?.lowercased().contains(" since ") ?? false
  }
}
