/// How values spread over a colour map.
public enum Scale: Sendable, Hashable, Codable {
  /// Equal steps of value are equal steps of colour.
  case linear
  /// Equal ratios of values are equal steps of colour; the range must be positive.
  case logarithmic
  /// Linear between `-linearWithin` and `linearWithin`, logarithmic beyond, as matplotlib's
  /// `SymLogNorm` with base 10 and `linscale` 1: for fields of both signs and many magnitudes.
  case symmetric(linearWithin: Double)
  /// Each listed value has its own colour; every other value is drawn as missing.
  case categorical([Category])

  /// The most categories a style can have.
  public static let maximumCategories = 253
}

/// One value of categorical data.
public struct Category: Sendable, Hashable, Codable {
  /// The value as it is in the data.
  public let value: Double
  /// What it means.
  public let label: String
  /// How it is drawn.
  public let colour: RGBA

  /// Makes a category.
  public init(value: Double, label: String, colour: RGBA) {
    self.value = value
    self.label = label
    self.colour = colour
  }
}

/// A scale between two values: value ↔ position from 0 to 1.
///
/// With `lo` and `hi` the ends of the range, in double precision:
/// - linear: `(v - lo) / (hi - lo)`
/// - logarithmic: `(ln v - ln lo) / (ln hi - ln lo)`
/// - symmetric with threshold `c`: `(s(v) - s(lo)) / (s(hi) - s(lo))` where `s(v) = v · 10/9` if
///   `|v| ≤ c`, else `sign(v) · c · (10/9 + log10(|v| / c))`.
struct Normalisation: Sendable {
  private let scale: Scale
  private let low: Double
  private let high: Double

  init(_ scale: Scale, range: ClosedRange<Double>) {
    self.scale = scale
    low = Normalisation.transformed(range.lowerBound, by: scale)
    high = Normalisation.transformed(range.upperBound, by: scale)
  }

  /// The transformed low end.
  var start: Double { low }
  /// How far a unit of transformed values moves the position.
  var slope: Double { 1 / (high - low) }

  /// 0 at the low end, 1 at the high one; not clamped.
  func position(of value: Double) -> Double {
    // Halves keep ranges close to the largest Double from overflowing.
    let part = Normalisation.transformed(value, by: scale) / 2 - low / 2
    return part / (high / 2 - low / 2)
  }

  /// The value at a position; the inverse of `position(of:)` up to rounding.
  func value(at position: Double) -> Double {
    // Not low + p (high - low): that may overflow.
    Normalisation.restored(low * (1 - position) + high * position, by: scale)
  }

  private static let linearShare = 10.0 / 9.0

  private static func transformed(_ value: Double, by scale: Scale) -> Double {
    switch scale {
    case .linear, .categorical: return value
    case .logarithmic: return value.logarithm
    case .symmetric(let threshold):
      let size = value.magnitude
      guard size > threshold else { return value * linearShare }
      return value.signum * threshold * (linearShare + (size / threshold).decimalLogarithm)
    }
  }

  private static func restored(_ position: Double, by scale: Scale) -> Double {
    switch scale {
    case .linear, .categorical: return position
    case .logarithmic: return position.exponential
    case .symmetric(let threshold):
      let size = position.magnitude / threshold
      guard size > linearShare else { return position / linearShare }
      return position.signum * threshold * (size - linearShare).powerOfTen
    }
  }
}
