/// A direction in two bytes: the octahedron folded flat.
///
/// Cigolle et al., "A Survey of Efficient Representations for Independent Unit Vectors", JCGT 3 (2014),
/// as the extension *oct-encoded per-vertex normals* of quantized-mesh 1.0 has it.
struct OctNormal: Equatable {
  let x: UInt8
  let y: UInt8

  /// Encodes a direction of length 1.
  init(_ direction: Ellipsoid.Point) {
    let sum = abs(direction.x) + abs(direction.y) + abs(direction.z)
    var (u, v) = (direction.x / sum, direction.y / sum)
    if direction.z < 0 {
      (u, v) = ((1 - abs(v)) * (u < 0 ? -1 : 1), (1 - abs(u)) * (v < 0 ? -1 : 1))
    }
    x = Self.byte(u)
    y = Self.byte(v)
  }

  private static func byte(_ value: Double) -> UInt8 {
    UInt8((min(max(value, -1), 1) * 0.5 + 0.5) * 255 + 0.5)
  }
}
