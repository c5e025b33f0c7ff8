/// The steps in which heights of a zoom are written.
///
/// Tiles beside each other must write the same heights along their common edge, although each has a
/// range of its own. So all heights of a zoom are whole multiples of one step, a power of two of
/// metres, which single precision holds exactly.
struct HeightStep: Sendable, Equatable {
  /// Heights beyond this many metres are none.
  static let furthest = 1e6
  /// The parts into which a tile divides its range.
  static let parts = 32_767

  /// The step in metres.
  let metres: Double

  /// The step for an allowed error: small beside it, but not so small that a tile which reaches over
  /// all of the heights, in metres, cannot count it.
  init(error: Double, heights: ClosedRange<Double>) {
    metres = max(Self.powerOfTwo(atMost: error / 8), Self.smallestError(heights: heights))
  }

  /// The smallest error that can be kept: rounding to steps takes half of it.
  static func smallestError(heights: ClosedRange<Double>) -> Double {
    // One part less: both ends are rounded.
    let range = (heights.upperBound - heights.lowerBound) / Double(parts - 1)
    // Heights have single precision, which must be finer than the error by some bits.
    let precision = max(abs(heights.lowerBound), abs(heights.upperBound)) * 0x1p-20
    let needed = max(range, precision)
    let step = powerOfTwo(atMost: needed)
    return step < needed ? 2 * step : step
  }

  private static func powerOfTwo(atMost value: Double) -> Double {
    // Of a constant surface any step will do.
    value > 0x1p-10 ? Double(sign: .plus, exponent: Int(value.exponent), significand: 1) : 0x1p-10
  }

  /// The whole number of steps nearest to a height.
  @inline(__always)
  func count(_ height: Float) -> Int32 { Int32((Double(height) / metres).rounded()) }

  /// The height of so many steps.
  @inline(__always)
  func height(_ count: Int32) -> Float { Float(Double(count) * metres) }

  /// How the heights of a tile are written: the lowest and the highest that its numbers 0 and 32,767
  /// stand for, in metres, and how many of its numbers make a step.
  struct Range: Equatable {
    let lowest: Float
    let highest: Float
    let numbersPerStep: Int32
  }

  /// The range for heights from `low` to `high` steps: as tight as steps can be cut into halves, so
  /// that clients know well how high a tile reaches.
  func range(low: Int32, high: Int32) -> Range {
    var halvings = 0
    let top = Double(max(abs(low), abs(high))) + Double(Self.parts)
    while halvings < 12, Int(high - low) << (halvings + 1) <= Self.parts,
      // Single precision holds 24 bits.
      top * Double(2 << halvings) < 0x1p24
    {
      halvings += 1
    }
    let number = metres / Double(1 << halvings)
    let lowest = Double(low) * metres
    return Range(
      lowest: Float(lowest), highest: Float(lowest + Double(Self.parts) * number),
      numbersPerStep: 1 << Int32(halvings))
  }
}
