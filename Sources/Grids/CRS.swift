import CPROJ

/// A coordinate reference system that PROJ understands.
///
/// Coordinates are always x (easting, longitude) first, whatever order the authority states;
/// geographic and rotated-pole coordinates are in degrees, all others in the unit of the CRS.
///
/// Longitudes and latitudes of a **sphere** (most model output) are taken as they are when they
/// meet WGS 84: no shift between geocentric and geodetic latitude is applied. That is what GDAL and
/// PROJ do for an unknown datum and what map makers expect: a coastline of a spherical model lies
/// on the coastline of the base map. Between two ellipsoids PROJ's datum transformation is used,
/// with grids that are installed and never the network.
public struct CRS: Sendable, Hashable, CustomStringConvertible, Codable {
  /// What PROJ reads: `EPSG:n`, `OGC:CRS84`, a PROJ string, WKT or PROJJSON.
  public let definition: String
  /// The name the definition gives, or PROJ's name for it.
  public let name: String
  /// The EPSG code, where the definition has one.
  public let epsg: Int?
  /// Whether coordinates are longitude and latitude (not those of a rotated pole).
  public let isGeographic: Bool
  /// Whether coordinates are angles in degrees: geographic, or of a rotated pole.
  public let isAngular: Bool
  /// Length of one unit of the coordinates in metres; a degree counts as 111,319.49 m, the degree
  /// of the equator of WGS 84 that OGC scale denominators are based on.
  public let metresPerUnit: Double
  /// Height of a geostationary satellite above the ellipsoid in metres, which turns its scanning
  /// angles into x and y.
  public let satelliteHeight: Double?
  /// Whether longitude and latitude are used on WGS 84 maps as they are.
  public let isPlainLongitudeLatitude: Bool

  /// Metres in one degree of the equator of WGS 84 (OGC 17-083r4, 6.2).
  public static let metresPerDegree = 6_378_137 * radiansPerDegree

  /// Longitude and latitude on WGS 84 in degrees, OGC:CRS84.
  public static let geographic = CRS(
    definition: "OGC:CRS84", name: "WGS 84 (CRS84)", epsg: nil, isGeographic: true,
    isAngular: true, metresPerUnit: metresPerDegree, satelliteHeight: nil,
    isPlainLongitudeLatitude: true)

  /// Reads a definition.
  ///
  /// - Parameter definition: `EPSG:n`, another authority code, a PROJ string (`+type=crs` may be
  ///   missing), WKT 1 or 2, or PROJJSON.
  /// - Throws: `GridError` when PROJ does not read it or it is not a horizontal CRS.
  public init(_ definition: String) throws(GridError) {
    let object = try ProjObject(definition: definition)
    let shape = try Shape(of: object, definition: definition)
    var isPlain = false
    if shape.isGeographic {
      isPlain = try Projector.keepsLongitudeLatitude(definition: definition)
    }
    self.init(
      definition: definition, name: shape.name, epsg: shape.epsg,
      isGeographic: shape.isGeographic, isAngular: shape.isAngular,
      metresPerUnit: shape.metresPerUnit, satelliteHeight: shape.satelliteHeight,
      isPlainLongitudeLatitude: isPlain)
  }

  init(
    definition: String, name: String, epsg: Int?, isGeographic: Bool, isAngular: Bool,
    metresPerUnit: Double, satelliteHeight: Double?, isPlainLongitudeLatitude: Bool
  ) {
    self.definition = definition
    self.name = name
    self.epsg = epsg
    self.isGeographic = isGeographic
    self.isAngular = isAngular
    self.metresPerUnit = metresPerUnit
    self.satelliteHeight = satelliteHeight
    self.isPlainLongitudeLatitude = isPlainLongitudeLatitude
  }

  /// The definition as WKT 2 (ISO 19162) on one line; `nil` where PROJ cannot write it so.
  public var wkt2: String? { try? ProjObject(definition: definition).wkt() }

  /// The code or the name, for messages.
  public var description: String { epsg.map { "EPSG:\($0)" } ?? name }

  /// Two systems are equal when their definitions are.
  public static func == (left: CRS, right: CRS) -> Bool { left.definition == right.definition }

  /// Hashes the definition.
  public func hash(into hasher: inout Hasher) { hasher.combine(definition) }
}

/// What PROJ says about a CRS.
private struct Shape {
  var name = "unknown"
  var epsg: Int?
  var isGeographic = false
  var isAngular = false
  var metresPerUnit = 1.0
  var satelliteHeight: Double?

  init(of object: ProjObject, definition: String) throws(GridError) {
    let attempt = "use “\(definition.prefix(200))” as a map's coordinate reference system"
    guard let horizontal = object.horizontalCRS() else {
      throw GridError(
        attempt: attempt, reason: "it is not a geographic or projected system",
        remedy: "name a horizontal CRS, for example EPSG:4326")
    }
    defer { proj_destroy(horizontal) }
    let context = object.context
    if let text = proj_get_name(object.handle) { name = String(cString: text) }
    if let authority = proj_get_id_auth_name(object.handle, 0),
      String(cString: authority) == "EPSG", let code = proj_get_id_code(object.handle, 0)
    {
      epsg = Int(String(cString: code))
    }
    guard let system = proj_crs_get_coordinate_system(context, horizontal) else {
      throw GridError(
        attempt: attempt, reason: "PROJ gives it no axes", remedy: "name a horizontal CRS")
    }
    defer { proj_destroy(system) }
    isAngular = proj_cs_get_type(context, system) == PJ_CS_TYPE_ELLIPSOIDAL
    isGeographic = isAngular && proj_crs_is_derived(context, horizontal) == 0
    var factor = 1.0
    proj_cs_get_axis_info(context, system, 0, nil, nil, nil, &factor, nil, nil, nil)
    metresPerUnit = isAngular ? CRS.metresPerDegree : factor
    satelliteHeight = Self.satelliteHeight(context, horizontal)
    // PROJ strings with ob_tran make a geographic CRS that is none: its axes are those of the
    // rotated pole, in degrees only by `+to_meter`.
    if definition.contains("+proj=ob_tran"), definition.contains("o_proj=longlat") {
      (isAngular, isGeographic, metresPerUnit) = (true, false, CRS.metresPerDegree)
    }
  }

  private static func satelliteHeight(_ context: OpaquePointer, _ crs: OpaquePointer) -> Double? {
    guard let conversion = proj_crs_get_coordoperation(context, crs) else { return nil }
    defer { proj_destroy(conversion) }
    let place = proj_coordoperation_get_param_index(context, conversion, "Satellite Height")
    var height = 0.0
    guard place >= 0,
      proj_coordoperation_get_param(
        context, conversion, place, nil, nil, nil, &height, nil, nil, nil, nil, nil, nil) != 0
    else { return nil }
    return height
  }
}

extension ProjObject {
  /// The horizontal part of a CRS, without bindings and heights; the caller frees it.
  func horizontalCRS() -> OpaquePointer? {
    guard var crs = proj_clone(context, handle) else { return nil }
    while true {
      let next: OpaquePointer?
      switch proj_get_type(crs) {
      case PJ_TYPE_GEOGRAPHIC_2D_CRS, PJ_TYPE_GEOGRAPHIC_3D_CRS, PJ_TYPE_PROJECTED_CRS:
        return crs
      case PJ_TYPE_BOUND_CRS:
        next = proj_get_source_crs(context, crs)
      case PJ_TYPE_COMPOUND_CRS:
        next = proj_crs_get_sub_crs(context, crs, 0)
      default:
        next = nil
      }
      proj_destroy(crs)
      guard let next else { return nil }
      crs = next
    }
  }
}
