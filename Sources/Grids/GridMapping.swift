public import JSON

extension CRS {
  /// Reads the attributes of a CF grid mapping variable.
  ///
  /// `crs_wkt` (CF 1.11, section 5.6.1) and `spatial_ref` (GDAL's) are preferred when PROJ reads
  /// them; else the kinds of appendix F are read from their parameters. Attributes that say nothing
  /// about the shape of the Earth mean WGS 84. The system has metres, whatever unit the coordinates
  /// of the file have: multiply them by ``factor(forCoordinateUnits:)``.
  ///
  /// - Parameter gridMapping: The attributes, `grid_mapping_name` among them.
  /// - Throws: `GridError` when the kind is unknown or a parameter that it needs is missing.
  public init(gridMapping: JSONObject) throws(GridError) {
    for key in ["crs_wkt", "spatial_ref"] {
      guard let text = gridMapping[key]?.stringValue, !text.isEmpty,
        let crs = try? CRS(text)
      else { continue }
      self = crs
      return
    }
    try self.init(GridMappingReader(gridMapping).definition())
  }

  /// What to multiply a file's x and y by to get this system's coordinates.
  ///
  /// Angles on a map of a geostationary satellite are scanning angles: they count times the height
  /// of the satellite.
  ///
  /// - Parameter units: The `units` attribute of the coordinate variables; `nil` or empty means the
  ///   system's own unit.
  /// - Returns: Units of the system in one unit of the file.
  /// - Throws: `GridError` when the unit does not fit the system.
  public func factor(forCoordinateUnits units: String?) throws(GridError) -> Double {
    guard let units, !units.isEmpty else { return 1 }
    let text = units.lowercased().replacing(" ", with: "_")
    if isAngular {
      if text.hasPrefix("deg") { return 1 }
      if text.hasPrefix("rad") { return 1 / radiansPerDegree }
    } else if let metres = Self.lengths[text] {
      return metres / metresPerUnit
    } else if let satelliteHeight, text.hasPrefix("rad") || text.contains("microrad") {
      return satelliteHeight / metresPerUnit * (text.contains("micro") ? 1e-6 : 1)
    }
    throw GridError(
      attempt: "use coordinates in “\(units)” with \(self)",
      reason: "that is not a unit of its coordinates",
      remedy: isAngular ? "give degrees" : "give metres, kilometres or feet")
  }

  private static let lengths: [String: Double] = [
    "m": 1, "metre": 1, "metres": 1, "meter": 1, "meters": 1, "km": 1000, "kilometre": 1000,
    "kilometres": 1000, "kilometer": 1000, "kilometers": 1000, "cm": 0.01, "1": 1, "ft": 0.3048,
    "foot": 0.3048, "feet": 0.3048, "us_survey_foot": 1200.0 / 3937, "us-ft": 1200.0 / 3937,
  ]
}

/// Turns the attributes of a CF grid mapping (CF 1.11, appendix F) into what PROJ reads.
private struct GridMappingReader {
  private let attributes: JSONObject
  private let kind: String

  init(_ attributes: JSONObject) throws(GridError) {
    self.attributes = attributes
    guard let kind = attributes["grid_mapping_name"]?.stringValue else {
      throw GridError(
        attempt: "read a grid mapping", reason: "it has no attribute grid_mapping_name",
        remedy: "add the attribute, or give the CRS in the recipe")
    }
    self.kind = kind
  }

  func definition() throws(GridError) -> String {
    if kind == "rotated_latitude_longitude" { return try rotatedPole() }
    let projection = try projection()
    let origin =
      kind == "latitude_longitude"
      ? [] : ["+x_0=\(number("false_easting") ?? 0)", "+y_0=\(number("false_northing") ?? 0)"]
    let unit = kind == "latitude_longitude" ? [] : ["+units=m"]
    return (projection + origin + earth() + meridian() + unit + ["+no_defs", "+type=crs"])
      .joined(separator: " ")
  }

  private func projection() throws(GridError) -> [String] {
    switch kind {
    case "latitude_longitude": return ["+proj=longlat"]
    case "albers_conical_equal_area": return try conic("aea")
    case "lambert_conformal_conic": return try conic("lcc")
    case "azimuthal_equidistant": return try azimuthal("aeqd")
    case "lambert_azimuthal_equal_area": return try azimuthal("laea")
    case "orthographic": return try azimuthal("ortho")
    case "stereographic":
      return try azimuthal("stere") + ["+k_0=\(number("scale_factor_at_projection_origin") ?? 1)"]
    case "polar_stereographic": return try polarStereographic()
    case "transverse_mercator":
      let scale = number("scale_factor_at_central_meridian") ?? 1
      return [
        "+proj=tmerc", "+lat_0=\(number("latitude_of_projection_origin") ?? 0)",
        "+lon_0=\(try needed("longitude_of_central_meridian"))", "+k_0=\(scale)",
      ]
    case "mercator":
      let longitude = number("longitude_of_projection_origin") ?? 0
      return ["+proj=merc", "+lon_0=\(longitude)"] + trueScale(neutral: "+k_0=1")
    case "lambert_cylindrical_equal_area":
      return ["+proj=cea", "+lon_0=\(try needed("longitude_of_central_meridian"))"]
        + trueScale(neutral: "+lat_ts=0")
    case "sinusoidal":
      return [
        "+proj=sinu",
        "+lon_0=\(try needed("longitude_of_projection_origin", "longitude_of_central_meridian"))",
      ]
    case "geostationary": return try geostationary()
    case "vertical_perspective":
      return try azimuthal("nsper") + ["+h=\(try needed("perspective_point_height"))"]
    case "oblique_mercator":
      return [
        "+proj=omerc", "+lat_0=\(try needed("latitude_of_projection_origin"))",
        "+lonc=\(try needed("longitude_of_projection_origin"))",
        "+alpha=\(try needed("azimuth_of_central_line"))",
        "+k_0=\(number("scale_factor_at_projection_origin") ?? 1)",
      ]
    default:
      throw GridError(
        attempt: "read a grid mapping", reason: "“\(kind)” is not in appendix F of CF 1.11",
        remedy: "add crs_wkt to the grid mapping, or give the CRS in the recipe")
    }
  }

  private func conic(_ name: String) throws(GridError) -> [String] {
    let parallels = numbers("standard_parallel")
    guard let first = parallels.first else { throw missing("standard_parallel") }
    let origin = number("latitude_of_projection_origin") ?? (parallels.count == 1 ? first : 0)
    return [
      "+proj=\(name)", "+lat_1=\(first)", "+lat_2=\(parallels.dropFirst().first ?? first)",
      "+lat_0=\(origin)", "+lon_0=\(try needed("longitude_of_central_meridian"))",
    ]
  }

  private func azimuthal(_ name: String) throws(GridError) -> [String] {
    [
      "+proj=\(name)", "+lat_0=\(try needed("latitude_of_projection_origin"))",
      "+lon_0=\(try needed("longitude_of_projection_origin"))",
    ]
  }

  private func polarStereographic() throws(GridError) -> [String] {
    let pole = try needed("latitude_of_projection_origin", "standard_parallel") < 0 ? -90 : 90
    let longitude = try needed(
      "straight_vertical_longitude_from_pole", "longitude_of_projection_origin")
    return ["+proj=stere", "+lat_0=\(pole)", "+lon_0=\(longitude)"]
      + trueScale(neutral: "+k_0=1")
  }

  /// CF lets a map say where it is true to scale either by a parallel or by a factor.
  private func trueScale(neutral: String) -> [String] {
    if let parallel = number("standard_parallel") { return ["+lat_ts=\(parallel)"] }
    if let scale = number("scale_factor_at_projection_origin") { return ["+k_0=\(scale)"] }
    return [neutral]
  }

  private func geostationary() throws(GridError) -> [String] {
    // CF names one axis; the two must differ, so either attribute settles both.
    let sweep =
      attributes["sweep_angle_axis"]?.stringValue
      ?? (attributes["fixed_angle_axis"]?.stringValue == "x" ? "y" : nil)
      ?? (attributes["fixed_angle_axis"]?.stringValue == "y" ? "x" : nil) ?? "y"
    guard number("latitude_of_projection_origin") ?? 0 == 0 else {
      throw GridError(
        attempt: "read a grid mapping of kind “geostationary”",
        reason: "the satellite is not above the equator",
        remedy: "use vertical_perspective, or add crs_wkt")
    }
    return [
      "+proj=geos", "+h=\(try needed("perspective_point_height"))",
      "+lon_0=\(try needed("longitude_of_projection_origin"))",
      "+sweep=\(sweep.lowercased() == "x" ? "x" : "y")",
    ]
  }

  /// WKT, because a PROJ string cannot say that the rotated coordinates are degrees.
  private func rotatedPole() throws(GridError) -> String {
    let latitude = try needed("grid_north_pole_latitude")
    let longitude = try needed("grid_north_pole_longitude")
    let turn = number("north_pole_grid_longitude") ?? 0
    let base = try ProjObject(
      definition: (["+proj=longlat"] + earth() + meridian() + ["+no_defs", "+type=crs"])
        .joined(separator: " "))
    // BASEGEOGCRS has what GEOGCRS has before its axes.
    guard let text = base.wkt(), text.hasPrefix("GEOGCRS["),
      let axes = text.firstRange(of: ",CS[")
    else {
      throw GridError(
        attempt: "read a grid mapping of kind “\(kind)”",
        reason: "PROJ cannot write its longitude and latitude as WKT",
        remedy: "add crs_wkt to the grid mapping")
    }
    let degree = #"ANGLEUNIT["degree",0.0174532925199433]"#
    let parameter = { (name: String, value: Double) in
      #"PARAMETER["\#(name) (netCDF CF convention)",\#(value),\#(degree)]"#
    }
    return #"GEOGCRS["Rotated pole",BASE\#(text[..<axes.lowerBound])"#
      + #"],DERIVINGCONVERSION["Pole rotation",METHOD["Pole rotation (netCDF CF convention)"],"#
      + parameter("Grid north pole latitude", latitude) + ","
      + parameter("Grid north pole longitude", longitude) + ","
      + parameter("North pole grid longitude", turn)
      + #"],CS[ellipsoidal,2],AXIS["longitude",east,ORDER[1],\#(degree)],"#
      + #"AXIS["latitude",north,ORDER[2],\#(degree)]]"#
  }

  /// The shape of the Earth, most exact attribute first.
  private func earth() -> [String] {
    if let radius = number("earth_radius") { return ["+R=\(radius)"] }
    if let major = number("semi_major_axis") {
      if let inverse = number("inverse_flattening") {
        // CF: an inverse flattening of 0 means a sphere.
        return inverse == 0 ? ["+R=\(major)"] : ["+a=\(major)", "+rf=\(inverse)"]
      }
      if let minor = number("semi_minor_axis") {
        return minor == major ? ["+R=\(major)"] : ["+a=\(major)", "+b=\(minor)"]
      }
      return ["+R=\(major)"]
    }
    let name = attributes["reference_ellipsoid_name"]?.stringValue ?? ""
    let plain = name.lowercased().filter { $0.isLetter || $0.isNumber }
    if let ellipsoid = Self.ellipsoids[plain] { return ["+ellps=\(ellipsoid)"] }
    return ["+datum=WGS84"]
  }

  private func meridian() -> [String] {
    guard let longitude = number("longitude_of_prime_meridian"), longitude != 0 else { return [] }
    return ["+pm=\(longitude)"]
  }

  /// PROJ's names of the ellipsoids that data name, in lower case without signs.
  private static let ellipsoids = [
    "wgs84": "WGS84", "wgs1984": "WGS84", "wgs72": "WGS72", "wgs1972": "WGS72",
    "grs80": "GRS80", "grs1980": "GRS80", "grs67": "GRS67", "grs1967": "GRS67",
    "clarke1866": "clrk66", "clarke1880": "clrk80", "clarke1880rgs": "clrk80",
    "clarke1880ign": "clrk80ign", "bessel1841": "bessel", "airy1830": "airy",
    "airymodified1849": "mod_airy", "international1924": "intl", "hayford": "intl",
    "krassowsky1940": "krass", "krassovsky1940": "krass", "australiannationalspheroid": "aust_SA",
    "helmert1906": "helmert", "everest1830": "evrst30", "sphere": "sphere",
  ]

  private func numbers(_ key: String) -> [Double] {
    switch attributes[key] {
    case .array(let elements): elements.compactMap(Self.number)
    case .some(let value): Self.number(value).map { [$0] } ?? []
    case nil: []
    }
  }

  private func number(_ key: String) -> Double? { numbers(key).first }

  /// Some writers store numbers as text.
  private static func number(_ value: JSONValue) -> Double? {
    let number = value.doubleValue ?? value.stringValue.flatMap { Double($0) }
    return number.flatMap { $0.isFinite ? $0 : nil }
  }

  /// The first of the attributes that is there; the later ones are names that older files use.
  private func needed(_ keys: String...) throws(GridError) -> Double {
    for key in keys {
      if let value = number(key) { return value }
    }
    throw missing(keys[0])
  }

  private func missing(_ key: String) -> GridError {
    GridError(
      attempt: "read a grid mapping of kind “\(kind)”", reason: "the attribute \(key) is missing",
      remedy: "add it, or give the CRS in the recipe")
  }
}
