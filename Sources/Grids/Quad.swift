#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A plane that touches the sphere at a place, with two axes at right angles.
struct LocalPlane {
  let ax: Double
  let ay: Double
  let az: Double
  let bx: Double
  let by: Double
  let bz: Double

  /// The plane at a direction, without any trigonometry and without trouble at the poles.
  ///
  /// Duff et al., Building an Orthonormal Basis, Revisited, JCGT 6(1), 2017.
  @inline(__always)
  init(at place: UnitVector) {
    let sign: Double = place.z < 0 ? -1 : 1
    let first = -1 / (sign + place.z)
    let second = place.x * place.y * first
    (ax, ay, az) = (1 + sign * place.x * place.x * first, sign * second, -sign * place.x)
    (bx, by, bz) = (second, sign + place.y * place.y * first, -place.y)
  }
}

/// Four neighbouring cell centres: `a` `b` on one row, `c` `d` on the next.
struct Quad {
  let a: UnitVector
  let b: UnitVector
  let c: UnitVector
  let d: UnitVector

  /// Whether the four are placed, apart from each other and not further apart than `side`.
  func isUsable(upTo side: Double) -> Bool {
    let lengths = [a.chord(to: b), c.chord(to: d), a.chord(to: c), b.chord(to: d)]
    return lengths.allSatisfy { $0 <= side } && lengths.contains { $0 > 0 }
      && max(lengths[0], lengths[1]) > 0 && max(lengths[2], lengths[3]) > 0
  }

  /// The direction at `u` along a row and `v` across, both from 0 to 1 between the centres.
  func direction(_ u: Double, _ v: Double) -> UnitVector {
    let (ofA, ofB, ofC, ofD) = ((1 - v) * (1 - u), (1 - v) * u, v * (1 - u), v * u)
    let x = ofA * a.x + ofB * b.x + ofC * c.x + ofD * d.x
    let y = ofA * a.y + ofB * b.y + ofC * c.y + ofD * d.y
    let z = ofA * a.z + ofB * b.z + ofC * c.z + ofD * d.z
    let length = (x * x + y * y + z * z).squareRoot()
    return UnitVector(x: x / length, y: y / length, z: z / length)
  }

  /// The `u` and `v` of a place: bilinear interpolation turned round, in the plane at the place.
  ///
  /// Quads that share a side share its ends in that plane, so no place falls between them.
  /// Newton's steps start from the affine solution; three are enough near the quad. Far from it
  /// the affine solution is returned. NaN when the quad is seen from the other side of the Earth.
  @inline(__always)
  func solve(_ place: UnitVector, _ plane: LocalPlane) -> (u: Double, v: Double) {
    // Below 0 the place and the quad are more than 90 degrees apart.
    guard a.dot(place) > 0 else { return (.nan, .nan) }
    let first = (
      a.x * plane.ax + a.y * plane.ay + a.z * plane.az,
      a.x * plane.bx + a.y * plane.by + a.z * plane.bz
    )
    let second = (
      b.x * plane.ax + b.y * plane.ay + b.z * plane.az,
      b.x * plane.bx + b.y * plane.by + b.z * plane.bz
    )
    let third = (
      c.x * plane.ax + c.y * plane.ay + c.z * plane.az,
      c.x * plane.bx + c.y * plane.by + c.z * plane.bz
    )
    let fourth = (
      d.x * plane.ax + d.y * plane.ay + d.z * plane.az,
      d.x * plane.bx + d.y * plane.by + d.z * plane.bz
    )
    let along = (second.0 - first.0, second.1 - first.1)
    let across = (third.0 - first.0, third.1 - first.1)
    let twist = (
      first.0 - second.0 - third.0 + fourth.0, first.1 - second.1 - third.1 + fourth.1
    )
    var (u, v) = (0.5, 0.5)
    for round in 0..<5 {
      let (ux, uy) = (along.0 + v * twist.0, along.1 + v * twist.1)
      let (vx, vy) = (across.0 + u * twist.0, across.1 + u * twist.1)
      let (x, y) = (
        first.0 + u * along.0 + v * vx, first.1 + u * along.1 + v * vy
      )
      let determinant = ux * vy - uy * vx
      guard determinant != 0 else { return (.nan, .nan) }
      let (du, dv) = ((x * vy - y * vx) / determinant, (ux * y - uy * x) / determinant)
      u -= du
      v -= dv
      if round == 0, abs(u - 0.5) > 2 || abs(v - 0.5) > 2 { break }
      if abs(du) + abs(dv) < 1e-7 { break }
    }
    return (u, v)
  }
}

extension UnitVector {
  /// The longitude and latitude in degrees.
  var place: (longitude: Double, latitude: Double) {
    (
      atan2(y, x) / radiansPerDegree,
      atan2(z, (x * x + y * y).squareRoot()) / radiansPerDegree
    )
  }
}
