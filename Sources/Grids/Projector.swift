import CPROJ

/// Moves coordinates from one reference system to another.
///
/// Not `Sendable`: it owns a PROJ context, which only one thread may use at a time. Make one for
/// each thread.
public final class Projector {
  /// Operations done one after another; none where both systems are the same.
  private let steps: [ProjObject]

  /// Prepares the way from one system to another.
  ///
  /// - Throws: `GridError` when PROJ knows no way.
  public convenience init(from source: CRS, to target: CRS) throws(GridError) {
    guard source != target, !(source.isPlainLongitudeLatitude && target.isPlainLongitudeLatitude)
    else {
      self.init(steps: [])
      return
    }
    try self.init(fromDefinition: source.definition, toDefinition: target.definition)
  }

  private init(steps: [ProjObject]) { self.steps = steps }

  private convenience init(
    fromDefinition source: String, toDefinition target: String
  ) throws(GridError) {
    let attempt = "transform from “\(source.prefix(200))” to “\(target.prefix(200))”"
    let from = try ProjObject(definition: source)
    let to = try ProjObject(definition: target)
    guard from.isSpherical || to.isSpherical else {
      let step = try ProjObject(attempt: attempt) { context in
        Self.operation(context, from: from.handle, to: to.handle)
      }
      self.init(steps: [step])
      return
    }
    // Where a sphere takes part, longitude and latitude pass unchanged between the two bodies: a
    // datum step (which a bound CRS or a datum name may bring in) would shift latitudes by up to
    // 0.19 degrees.
    let leave = try ProjObject(attempt: attempt) { context in
      from.withHorizontalAndBase { Self.operation(context, from: $0, to: $1) }
    }
    let arrive = try ProjObject(attempt: attempt) { context in
      to.withHorizontalAndBase { Self.operation(context, from: $1, to: $0) }
    }
    self.init(steps: [leave, arrive])
  }

  private static func operation(
    _ context: OpaquePointer, from: OpaquePointer, to: OpaquePointer
  ) -> OpaquePointer? {
    guard let raw = proj_create_crs_to_crs_from_pj(context, from, to, nil, nil) else { return nil }
    defer { proj_destroy(raw) }
    return proj_normalize_for_visualization(context, raw)
  }

  /// Replaces each pair by its place in the target system.
  ///
  /// - Parameters:
  ///   - x: Eastings or longitudes (degrees).
  ///   - y: Northings or latitudes (degrees), as many as `x`; surplus elements of either stay as
  ///     they are. Pairs that cannot be reached, and those that are not finite, become NaN.
  public func transform(_ x: inout [Double], _ y: inout [Double]) {
    let count = min(x.count, y.count)
    x.withUnsafeMutableBufferPointer { x in
      y.withUnsafeMutableBufferPointer { y in
        transform(
          UnsafeMutableBufferPointer(rebasing: x[..<count]),
          UnsafeMutableBufferPointer(rebasing: y[..<count]))
      }
    }
  }

  /// The place of one pair in the target system, or `nil` where it cannot be reached.
  public func transform(x: Double, y: Double) -> (x: Double, y: Double)? {
    var (xs, ys) = ([x], [y])
    transform(&xs, &ys)
    return xs[0].isNaN ? nil : (xs[0], ys[0])
  }

  func transform(
    _ x: UnsafeMutableBufferPointer<Double>, _ y: UnsafeMutableBufferPointer<Double>
  ) {
    let stride = MemoryLayout<Double>.stride
    for step in steps {
      // Some pairs may fail without the others failing, so the count returned says nothing.
      _ = proj_trans_generic(
        step.handle, PJ_FWD, x.baseAddress, stride, x.count, y.baseAddress, stride, y.count,
        nil, 0, 0, nil, 0, 0)
    }
    for place in x.indices where !(x[place].isFinite && y[place].isFinite) {
      x[place] = .nan
      y[place] = .nan
    }
  }

  /// Brings pairs back from the target system to the source; what cannot be reached becomes NaN.
  func invert(_ x: inout [Double], _ y: inout [Double]) {
    let stride = MemoryLayout<Double>.stride
    let count = min(x.count, y.count)
    x.withUnsafeMutableBufferPointer { x in
      y.withUnsafeMutableBufferPointer { y in
        for step in steps.reversed() {
          _ = proj_trans_generic(
            step.handle, PJ_INV, x.baseAddress, stride, count, y.baseAddress, stride, count,
            nil, 0, 0, nil, 0, 0)
        }
        for place in 0..<count where !(x[place].isFinite && y[place].isFinite) {
          x[place] = .nan
          y[place] = .nan
        }
      }
    }
  }

  /// Whether longitudes and latitudes of this geographic CRS are those of WGS 84 to about a metre.
  static func keepsLongitudeLatitude(definition: String) throws(GridError) -> Bool {
    let projector = try Projector(
      fromDefinition: definition, toDefinition: CRS.geographic.definition)
    let samples = [(0.0, 0.0), (10, 50), (-100, 40), (140, -30), (100, 70), (-60, -75)]
    return samples.allSatisfy { longitude, latitude in
      guard let place = projector.transform(x: longitude, y: latitude) else { return false }
      return abs(place.x - longitude) < 2e-5 && abs(place.y - latitude) < 2e-5
    }
  }
}

extension ProjObject {
  /// Whether the CRS lies on a sphere.
  fileprivate var isSpherical: Bool {
    guard let ellipsoid = proj_get_ellipsoid(context, handle) else { return false }
    defer { proj_destroy(ellipsoid) }
    var (major, minor) = (0.0, 0.0)
    proj_ellipsoid_get_parameters(context, ellipsoid, &major, &minor, nil, nil)
    return major == minor
  }

  /// Calls `body` with the horizontal CRS and the longitudes and latitudes it is derived from.
  fileprivate func withHorizontalAndBase(
    _ body: (OpaquePointer, OpaquePointer) -> OpaquePointer?
  ) -> OpaquePointer? {
    guard let horizontal = horizontalCRS() else { return nil }
    defer { proj_destroy(horizontal) }
    var base = proj_crs_get_geodetic_crs(context, horizontal)
    while let derived = base, proj_crs_is_derived(context, derived) != 0 {
      base = proj_get_source_crs(context, derived)
      proj_destroy(derived)
    }
    guard let base else { return nil }
    defer { proj_destroy(base) }
    return body(horizontal, base)
  }
}
