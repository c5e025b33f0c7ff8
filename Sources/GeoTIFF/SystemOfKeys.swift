/// The coordinate reference system that GeoTIFF keys name.
public enum SystemOfKeys: Sendable, Equatable {
  /// Longitude and latitude, in the words of PROJ.
  case geographic(String)
  /// A map, in the words of PROJ.
  case projected(String)
  /// None is named.
  case none
  /// One that these keys name in a way which is not understood, with what that is.
  case unknown(String)

  /// User-defined: what stands in other keys.
  private static let own = 32_767

  init(_ keys: GeoKeys) {
    switch keys.short(1024) {
    case 2: self = Self.geographic(keys)
    case 1: self = Self.projected(keys)
    case 3: self = .unknown("earth-centred coordinates")
    default:
      // Older writers leave the kind out.
      if keys.short(3072) != nil {
        self = Self.projected(keys)
      } else if keys.short(2048) != nil {
        self = Self.geographic(keys)
      } else {
        self = .none
      }
    }
  }

  /// A code of the EPSG (1024 to 32766), or of ESRI, whose numbers GDAL keeps in the private range.
  private static func code(_ number: Int?) -> String? {
    guard let number, number >= 1024, number != own else { return nil }
    return number < own ? "EPSG:\(number)" : "ESRI:\(number)"
  }

  private static func geographic(_ keys: GeoKeys) -> SystemOfKeys {
    if let code = code(keys.short(2048)) { return .geographic(code) }
    do {
      let meridian = keys.double(2061).map { $0 == 0 ? "" : "+pm=\($0)" } ?? ""
      return .geographic(
        words(["+proj=longlat"] + (try EarthOfKeys(keys).words) + [meridian]))
    } catch {
      return .unknown(error.what)
    }
  }

  private static func projected(_ keys: GeoKeys) -> SystemOfKeys {
    if let code = code(keys.short(3072)) { return .projected(code) }
    // What ArcGIS writes where no code says all.
    for key in [3073, 1026] {
      if let text = keys.text(key), let start = text.firstRange(of: "ESRI PE String = ") {
        return .projected(String(text[start.upperBound...].prefix { $0 != "|" }))
      }
    }
    do {
      let projection = try ProjectionOfKeys(keys)
      return .projected(words(projection.words + (try EarthOfKeys(keys).words)))
    } catch {
      return .unknown(error.what)
    }
  }

  private static func words(_ words: [String]) -> String {
    (words.filter { !$0.isEmpty } + ["+no_defs", "+type=crs"]).joined(separator: " ")
  }
}

/// What keys name that is not understood.
struct UnknownKeys: Error {
  let what: String
}

/// The shape of the Earth in the words of PROJ.
private struct EarthOfKeys {
  let words: [String]

  init(_ keys: GeoKeys) throws(UnknownKeys) {
    switch (keys.short(2048), keys.short(2050)) {
    case (4326, _), (_, 6326): words = ["+datum=WGS84"]
    case (4269, _), (_, 6269): words = ["+datum=NAD83"]
    case (4267, _), (_, 6267): words = ["+datum=NAD27"]
    default:
      if let major = keys.double(2057) {
        if let inverse = keys.double(2059), inverse != 0 {
          words = ["+a=\(major)", "+rf=\(inverse)"]
        } else {
          words = ["+a=\(major)", "+b=\(keys.double(2058) ?? major)"]
        }
      } else if let ellipsoid = keys.short(2056).flatMap({ Self.ellipsoids[$0] }) {
        words = ["+ellps=\(ellipsoid)"]
      } else {
        throw UnknownKeys(what: "datum \(keys.short(2050) ?? keys.short(2048) ?? 0)")
      }
    }
  }

  /// PROJ's names of ellipsoids by their codes of the EPSG.
  private static let ellipsoids = [
    7001: "airy", 7004: "bessel", 7008: "clrk66", 7012: "clrk80", 7019: "GRS80", 7022: "intl",
    7024: "krass", 7030: "WGS84", 7043: "WGS72", 7048: "sphere",
  ]
}

/// A projection with its numbers in the words of PROJ.
private struct ProjectionOfKeys {
  private(set) var words: [String]

  init(_ keys: GeoKeys) throws(UnknownKeys) {
    // ProjLinearUnits: the codes of the EPSG, or a size in metres.
    let unit: Double
    switch keys.short(3076) ?? 9001 {
    case 9001: unit = 1
    case 9002: unit = 0.3048
    case 9003: unit = 1200.0 / 3937
    case 9036: unit = 1000
    case let code:
      guard let size = keys.double(3077), size > 0 else {
        throw UnknownKeys(what: "unit \(code)")
      }
      unit = size
    }
    // GeogAngularUnits.
    let degree: Double
    switch keys.short(2054) ?? 9102 {
    case 9101: degree = 180 / Double.pi
    case 9105, 9106: degree = 0.9
    default: degree = 1
    }
    func angle(_ name: String, _ value: Double?) -> String {
      "+\(name)=\((value ?? 0) * degree)"
    }
    let (x, y) = (keys.double(3082, 3086, 3090) ?? 0, keys.double(3083, 3087, 3091) ?? 0)
    let lon = keys.double(3080, 3088, 3084, 3095)
    let lat = keys.double(3081, 3089, 3085)
    let (parallel, other) = (keys.double(3078), keys.double(3079))
    let scale = "+k_0=\(keys.double(3092, 3093) ?? 1)"
    // ProjCoordTrans, GeoTIFF 1.1 annex C.
    switch keys.short(3075) {
    case 1: words = ["+proj=tmerc", angle("lat_0", lat), angle("lon_0", lon), scale]
    case 3:
      words = [
        "+proj=omerc", angle("lat_0", keys.double(3089, 3081)),
        angle("lonc", keys.double(3088, 3080)), angle("alpha", keys.double(3094)), scale,
      ]
      if let turn = keys.double(3096) { words.append(angle("gamma", turn)) }
    case 7:
      words = ["+proj=merc", angle("lon_0", lon)]
      words.append(parallel.map { angle("lat_ts", $0) } ?? scale)
    case 8:
      words = [
        "+proj=lcc", angle("lat_1", parallel), angle("lat_2", other ?? parallel),
        angle("lat_0", keys.double(3085, 3081, 3089)),
        angle("lon_0", keys.double(3084, 3080, 3088)),
      ]
    case 9:
      words = ["+proj=lcc", angle("lat_1", lat), angle("lat_0", lat), angle("lon_0", lon), scale]
    case 10: words = ["+proj=laea", angle("lat_0", lat), angle("lon_0", lon)]
    case 11:
      words = [
        "+proj=aea", angle("lat_1", parallel), angle("lat_2", other), angle("lat_0", lat),
        angle("lon_0", lon),
      ]
    case 12: words = ["+proj=aeqd", angle("lat_0", lat), angle("lon_0", lon)]
    case 14: words = ["+proj=stere", angle("lat_0", lat), angle("lon_0", lon), scale]
    case 15:
      // The latitude is that of true scale; the map is about the pole on its side.
      words = [
        "+proj=stere", "+lat_0=\((lat ?? 0) < 0 ? -90 : 90)", angle("lat_ts", lat),
        angle("lon_0", keys.double(3095, 3080)),
      ]
      if abs((lat ?? 0) * degree) == 90 { words[2] = scale }
    case 16: words = ["+proj=sterea", angle("lat_0", lat), angle("lon_0", lon), scale]
    case 17:
      words = ["+proj=eqc", angle("lat_ts", parallel ?? lat), angle("lon_0", lon)]
    case 18: words = ["+proj=cass", angle("lat_0", lat), angle("lon_0", lon)]
    case 20: words = ["+proj=mill", angle("lon_0", lon)]
    case 21: words = ["+proj=ortho", angle("lat_0", lat), angle("lon_0", lon)]
    case 22: words = ["+proj=poly", angle("lat_0", lat), angle("lon_0", lon)]
    case 23: words = ["+proj=robin", angle("lon_0", lon)]
    case 24: words = ["+proj=sinu", angle("lon_0", lon)]
    case 25: words = ["+proj=vandg", angle("lon_0", lon)]
    case 28: words = ["+proj=cea", angle("lat_ts", parallel), angle("lon_0", lon)]
    case let method:
      throw UnknownKeys(what: method.map { "projection method \($0)" } ?? "a projection of its own")
    }
    words += ["+x_0=\(x * unit)", "+y_0=\(y * unit)"]
    words.append(unit == 1 ? "+units=m" : "+to_meter=\(unit)")
  }
}
