/// One mesh cell: nine projected places (corners, middles of sides, middle) and four more that
/// test whether the biquadratic surface through the nine is good enough.
struct MeshPatch {
  enum State {
    /// No place can be reached.
    case unreachable
    /// Some places cannot be reached, or there is a jump between them.
    case broken
    case whole
  }

  private(set) var state = State.whole
  /// The nine places, row by row.
  private(set) var xs = InlineArray<9, Double>(repeating: .nan)
  private(set) var ys = InlineArray<9, Double>(repeating: .nan)
  /// The middles of the four quarters, where the error of a quadratic is near its largest.
  private(set) var testX = InlineArray<4, Double>(repeating: .nan)
  private(set) var testY = InlineArray<4, Double>(repeating: .nan)

  /// How many places there are.
  static let count = 13

  /// Where a place lies, in quarters of the cell's width and height.
  @inline(__always)
  static func offset(of order: Int) -> (right: Int, down: Int) {
    order < 9
      ? (order % 3 * 2, order / 3 * 2) : ((order - 9) % 2 * 2 + 1, (order - 9) / 2 * 2 + 1)
  }

  /// Wider than this in degrees, a cell holds a pole or a jump.
  private static let widest = 90.0

  /// Collects the places, given in quarters of the cell.
  @inline(__always)
  init(isAngular: Bool, _ place: (_ right: Int, _ down: Int) -> (x: Double, y: Double)) {
    var reached = 0
    var (low, high) = (Double.infinity, -Double.infinity)
    let base = place(0, 0).x
    for order in 0..<Self.count {
      let offset = Self.offset(of: order)
      var found = place(offset.right, offset.down)
      if !found.x.isNaN {
        if isAngular, !base.isNaN { found.x = unwrapped(found.x, near: base) }
        low = min(low, found.x)
        high = max(high, found.x)
        reached += 1
      }
      if order < 9 {
        xs[order] = found.x
        ys[order] = found.y
      } else {
        testX[order - 9] = found.x
        testY[order - 9] = found.y
      }
    }
    if reached == 0 {
      state = .unreachable
    } else if reached < Self.count || (isAngular && high - low > Self.widest) {
      state = .broken
    }
  }

  /// How far off interpolation is at the test places, in pixels; infinite where directions collapse.
  ///
  /// Coordinates become pixels by the derivatives at the corner next to the test place: towards the
  /// limb of a satellite's disk they go to 0 and the same error of a coordinate is more pixels.
  func error(width: Double) -> Double {
    var (worst, orientation) = (0.0, 0.0)
    for test in 0..<4 {
      let (isRight, isLower) = (test % 2 == 1, test > 1)
      let (edge, side) = (isLower ? 6 : 0, isRight ? 2 : 0)
      let slope = { (values: InlineArray<9, Double>) in
        (
          across: Quadratic(values[edge], values[edge + 1], values[edge + 2])
            .slope(atEnd: isRight),
          down: Quadratic(values[side], values[side + 3], values[side + 6])
            .slope(atEnd: isLower)
        )
      }
      let (slopeX, slopeY) = (slope(xs), slope(ys))
      let determinant = slopeX.across * slopeY.down - slopeY.across * slopeX.down
      // A map that turns over within the cell is not understood.
      guard determinant * orientation >= 0, determinant != 0 else { return .infinity }
      orientation = determinant
      let (right, down) = (isRight ? 0.75 : 0.25, isLower ? 0.75 : 0.25)
      let dx = testX[test] - Self.line(xs, at: down).value(at: right)
      let dy = testY[test] - Self.line(ys, at: down).value(at: right)
      let pixelsX = (dx * slopeY.down - dy * slopeX.down) / determinant * width
      let pixelsY = (dy * slopeX.across - dx * slopeY.across) / determinant * width
      worst = max(worst, pixelsX * pixelsX + pixelsY * pixelsY)
    }
    return worst.squareRoot()
  }

  /// The quadratic along one line across the cell.
  @inline(__always)
  static func line(_ values: InlineArray<9, Double>, at down: Double) -> Quadratic {
    Quadratic(
      Quadratic(values[0], values[3], values[6]).value(at: down),
      Quadratic(values[1], values[4], values[7]).value(at: down),
      Quadratic(values[2], values[5], values[8]).value(at: down))
  }

  /// The lowest and highest of nine values.
  static func span(_ values: InlineArray<9, Double>) -> (low: Double, high: Double) {
    var (low, high) = (values[0], values[0])
    for order in 1..<9 {
      low = min(low, values[order])
      high = max(high, values[order])
    }
    return (low, high)
  }
}

/// The parabola through values at 0, 1/2 and 1.
struct Quadratic {
  let constant: Double
  let linear: Double
  let square: Double

  @inline(__always)
  init(_ first: Double, _ middle: Double, _ last: Double) {
    constant = first
    linear = 4 * middle - 3 * first - last
    square = 2 * (first - 2 * middle + last)
  }

  /// The derivative at 0 or at 1.
  @inline(__always)
  func slope(atEnd: Bool) -> Double { atEnd ? linear + 2 * square : linear }

  @inline(__always)
  func value(at share: Double) -> Double { constant + share * (linear + share * square) }
}
