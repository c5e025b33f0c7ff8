/// A box of longitudes and latitudes, in degrees.
///
/// `west` lies in -180 ..< 180. `east` is not below `west` and exceeds 180 where the box crosses
/// the antimeridian; it is at most `west + 360`.
public struct GeographicBounds: Sendable, Hashable, Codable {
  /// The western edge, in degrees east, -180 ..< 180.
  public let west: Double
  /// The southern edge, in degrees north.
  public let south: Double
  /// The eastern edge, in degrees east, from `west` to `west + 360`.
  public let east: Double
  /// The northern edge, in degrees north.
  public let north: Double

  /// Makes a box; longitudes are brought into range and latitudes are cut at the poles.
  public init(west: Double, south: Double, east: Double, north: Double) {
    let width = min(max(east - west, 0), 360)
    let start = width >= 360 && west <= -180 ? -180 : normalisedLongitude(west)
    self.west = start
    self.east = start + width
    self.south = min(max(south, -90), 90)
    self.north = min(max(north, -90), 90)
  }

  /// The whole globe.
  public static let world = GeographicBounds(west: -180, south: -90, east: 180, north: 90)

  /// Whether the box goes past 180 degrees east.
  public var crossesAntimeridian: Bool { east > 180 }
}

/// The same meridian as a longitude in -180 ..< 180.
func normalisedLongitude(_ longitude: Double) -> Double {
  guard longitude < -180 || longitude >= 180 else { return longitude }
  let turned = (longitude + 180).truncatingRemainder(dividingBy: 360)
  return (turned < 0 ? turned + 360 : turned) - 180
}

/// Degrees to radians.
let radiansPerDegree = Double.pi / 180
