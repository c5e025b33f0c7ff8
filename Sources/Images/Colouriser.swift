import CKernels

/// Turns values into indices of a palette.
///
/// The index of a value depends on nothing but the value and the style, on every processor:
/// `palette[index]` is `Style.colour(of:)` of the value, exactly.
public struct Colouriser: Sendable {
  /// Which kernel finds the bin.
  private enum Method: Sendable {
    case linear(origin: Float, rate: Float, margin: Float)
    case logarithmic(origin: Float, rate: Float, margin: Float)
    case symmetric(inverseThreshold: Float, origin: Float, rate: Float)
    case search
    case equal(indices: [UInt8])
  }

  /// The colours, at most 256.
  ///
  /// Entry 0 is missing. For categories, their colours follow in order. Otherwise 1 is below, 2 is above and 3 to 255
  /// are the bins.
  public let palette: [RGBA]
  private let method: Method
  /// 256 rising values, NaN where unused.
  private let thresholds: [Float]
  private let below: UInt8
  private let above: UInt8

  private static let missingIndex: UInt8 = 0
  private static let belowIndex: UInt8 = 1
  private static let aboveIndex: UInt8 = 2
  private static let firstBin: UInt8 = 3

  /// Prepares to draw in a style.
  public init(_ style: Style) {
    if case .categorical(let categories) = style.scale {
      palette = [style.missing] + categories.map(\.colour)
      let sorted = categories.enumerated().sorted { $0.element.value < $1.element.value }
      thresholds = Colouriser.padded(sorted.map { Float($0.element.value) })
      let indices = sorted.map { UInt8(truncatingIfNeeded: $0.offset + 1) }
      method = .equal(indices: indices + Array(repeating: 0, count: 256 - indices.count))
      below = Colouriser.missingIndex
      above = Colouriser.missingIndex
      return
    }
    let bins = (0..<Style.bins).map(style.colour(ofBin:))
    palette =
      [style.missing, style.below ?? bins[0], style.above ?? bins[Style.bins - 1]] + bins
    // The smallest Float at or above an edge parts the Floats as the edge parts their Doubles; the
    // last edge belongs to the bin below it, so there the next Float parts them.
    var edges = style.edges.map { Float(roundedUp: $0) }
    edges[Style.bins] = Float(roundedDown: style.range.upperBound).nextUp
    thresholds = Colouriser.padded(edges)
    below = style.below == nil ? Colouriser.firstBin : Colouriser.belowIndex
    above = style.above == nil ? UInt8.max : Colouriser.aboveIndex
    method = Colouriser.method(for: style)
  }

  /// Finds the palette index of each value.
  ///
  /// - Parameters:
  ///   - values: the values, NaN where missing.
  ///   - indices: where the indices go; only as many as both have are made.
  /// - Returns: what the indices have in common.
  @discardableResult
  public func indices(
    of values: UnsafeBufferPointer<Float>, into indices: UnsafeMutableBufferPointer<UInt8>
  ) -> IndexSummary {
    let count = min(values.count, indices.count)
    guard let from = values.baseAddress, let to = indices.baseAddress, count > 0 else {
      return IndexSummary(UnsafeBufferPointer(start: nil, count: 0))
    }
    switch method {
    case .linear(let origin, let rate, let margin):
      cubepress_quantise_linear(from, count, thresholds, origin, rate, margin, below, above, to)
    case .logarithmic(let origin, let rate, let margin):
      cubepress_quantise_logarithmic(
        from, count, thresholds, origin, rate, margin, below, above, to)
    case .symmetric(let inverse, let origin, let rate):
      cubepress_quantise_symmetric(
        from, count, thresholds, inverse, origin, rate, below, above, to)
    case .search:
      cubepress_quantise_search(from, count, thresholds, below, above, to)
    case .equal(let places):
      cubepress_quantise_equal(from, count, thresholds, places, to)
    }
    return IndexSummary(UnsafeBufferPointer(start: to, count: count))
  }

  private static func padded(_ values: [Float]) -> [Float] {
    values + Array(repeating: .nan, count: 256 - values.count)
  }

  /// A kernel that guesses is used only where its guess is surely less than one bin off.
  private static func method(for style: Style) -> Method {
    let (low, high) = (style.range.lowerBound, style.range.upperBound)
    let bins = Double(Style.bins)
    switch style.scale {
    case .linear:
      let width = (high - low) / bins
      let rounding = max(low.magnitude, high.magnitude) * 0x1p-22
      guard rounding < width / 4, (1e-30...1e30).contains(width) else { return .search }
      // Of the place: the origin's rounding, which is in `rounding`, and four roundings to 24 bits
      // of numbers up to 254, together less than 1e-4.
      return .linear(
        origin: Float(low), rate: Float(1 / width), margin: Float(rounding / width + 1e-4))
    case .logarithmic:
      let perOctave = bins * 2.0.logarithm / (high.logarithm - low.logarithm)
      guard perOctave < 1000, low >= Double(Float.leastNormalMagnitude),
        high <= Double(Float.greatestFiniteMagnitude)
      else { return .search }
      // The approximation is 2e-5 off; logarithms up to 128 are rounded twice, by 8e-6 each.
      return .logarithmic(
        origin: Float(low.logarithm / 2.0.logarithm), rate: Float(perOctave),
        margin: Float(perOctave * 5e-5 + 1e-4))
    case .symmetric(let threshold):
      let reach = max(low.magnitude, high.magnitude)
      guard threshold >= 1e-36, reach <= 1e36, reach / threshold < 1e36 else { return .search }
      // In units of the threshold a bin is the same everywhere but for its place on the line.
      let normalisation = Normalisation(style.scale, range: style.range)
      let rate = bins * normalisation.slope * threshold
      let origin = normalisation.start / threshold
      let parts = max(origin.magnitude, (bins / rate + origin).magnitude)
      guard rate * (2e-5 + parts * 0x1p-21) < 0.25 else { return .search }
      return .symmetric(
        inverseThreshold: Float(1 / threshold), origin: Float(origin), rate: Float(rate))
    case .categorical:
      return .search
    }
  }
}

extension Float {
  /// The smallest Float that is not less.
  init(roundedUp value: Double) {
    let nearest = Float(value)
    self = Double(nearest) < value ? nearest.nextUp : nearest
  }

  /// The greatest Float that is not more.
  init(roundedDown value: Double) {
    let nearest = Float(value)
    self = Double(nearest) > value ? nearest.nextDown : nearest
  }
}
