import Glibc

/// The ellipsoid of WGS 84, in metres.
enum Ellipsoid {
  static let major = 6_378_137.0
  static let minor = 6_356_752.314_245_179
  static let eccentricitySquared = 1 - minor * minor / (major * major)

  /// A place in earth-centred coordinates.
  struct Point: Equatable {
    var x, y, z: Double

    static func - (left: Point, right: Point) -> Point {
      Point(x: left.x - right.x, y: left.y - right.y, z: left.z - right.z)
    }

    func dot(_ other: Point) -> Double { x * other.x + y * other.y + z * other.z }

    var length: Double { dot(self).squareRoot() }

    func scaled(_ factor: Double) -> Point { Point(x: x * factor, y: y * factor, z: z * factor) }
  }

  /// Sine and cosine of an angle given in degrees; exact at whole quarters.
  struct Angle {
    let sine, cosine: Double

    init(degrees: Double) {
      let radians = degrees * Double.pi / 180
      sine = abs(degrees) == 180 ? 0 : sin(radians)
      cosine = abs(degrees) == 90 ? 0 : cos(radians)
    }
  }

  /// The radius of curvature across the meridian.
  static func primeVertical(_ latitude: Angle) -> Double {
    major / (1 - eccentricitySquared * latitude.sine * latitude.sine).squareRoot()
  }

  /// The radius of curvature along the meridian.
  static func meridional(_ latitude: Angle) -> Double {
    let root = (1 - eccentricitySquared * latitude.sine * latitude.sine).squareRoot()
    return major * (1 - eccentricitySquared) / (root * root * root)
  }

  /// Where a place at some height above the ellipsoid is, with ``primeVertical(_:)`` there.
  static func point(longitude: Angle, latitude: Angle, radius: Double, height: Double) -> Point {
    Point(
      x: (radius + height) * latitude.cosine * longitude.cosine,
      y: (radius + height) * latitude.cosine * longitude.sine,
      z: (radius * (1 - eccentricitySquared) + height) * latitude.sine)
  }

  /// The point in the direction of a centre which is hidden by the globe only where all of some
  /// points are, on a globe scaled to radius 1.
  ///
  /// See Ring, "Horizon Culling", 2013, on the site of Cesium. Points a quarter of the globe away
  /// from the centre can be seen from everywhere in that direction; the point is then very far away.
  static func horizonPoint(towards centre: Point, of points: [Point]) -> Point {
    let direction = onUnitSphere(centre)
    let length = direction.length
    guard length > 1e-9 else { return Point(x: 0, y: 0, z: 0) }
    let unit = direction.scaled(1 / length)
    var farthest = 1.0
    for point in points {
      let scaled = onUnitSphere(point)
      // Points below the ellipsoid count as on it.
      let magnitude = max(1, scaled.length)
      let cosine = scaled.dot(unit) / scaled.length
      let sine = max(0, 1 - cosine * cosine).squareRoot()
      let horizonCosine = 1 / magnitude
      let horizonSine = (magnitude * magnitude - 1).squareRoot() / magnitude
      let nearness = cosine * horizonCosine - sine * horizonSine
      farthest = max(farthest, nearness > 1e-4 ? 1 / nearness : 1e4)
    }
    return unit.scaled(farthest)
  }

  private static func onUnitSphere(_ point: Point) -> Point {
    Point(x: point.x / major, y: point.y / major, z: point.z / minor)
  }

  /// A sphere around points: the middle of the box around them and the distance of the furthest.
  static func sphere(around points: [Point]) -> (centre: Point, radius: Double) {
    guard var low = points.first else { return (Point(x: 0, y: 0, z: 0), 0) }
    var high = low
    for point in points {
      low = Point(x: min(low.x, point.x), y: min(low.y, point.y), z: min(low.z, point.z))
      high = Point(x: max(high.x, point.x), y: max(high.y, point.y), z: max(high.z, point.z))
    }
    let centre = Point(x: (low.x + high.x) / 2, y: (low.y + high.y) / 2, z: (low.z + high.z) / 2)
    return (centre, points.reduce(0) { max($0, ($1 - centre).length) })
  }
}
