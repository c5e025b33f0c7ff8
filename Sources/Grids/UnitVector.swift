#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A direction from the centre of the Earth.
struct UnitVector: Sendable, Hashable {
  var x: Double
  var y: Double
  var z: Double

  init(x: Double, y: Double, z: Double) {
    self.x = x
    self.y = y
    self.z = z
  }

  /// The direction of a place given in degrees.
  init(longitude: Double, latitude: Double) {
    let (meridian, parallel) = (longitude * radiansPerDegree, latitude * radiansPerDegree)
    let radius = cos(parallel)
    self.init(x: radius * cos(meridian), y: radius * sin(meridian), z: sin(parallel))
  }

  func dot(_ other: UnitVector) -> Double { x * other.x + y * other.y + z * other.z }

  /// The angle between two directions in radians; exact for small angles, unlike an arc cosine.
  func angle(to other: UnitVector) -> Double { 2 * asin(min(chord(to: other) / 2, 1)) }

  /// The length of the straight line between the two ends.
  func chord(to other: UnitVector) -> Double {
    let (dx, dy, dz) = (x - other.x, y - other.y, z - other.z)
    return (dx * dx + dy * dy + dz * dz).squareRoot()
  }
}
