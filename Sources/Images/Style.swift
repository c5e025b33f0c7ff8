/// How one variable is drawn: colours, scale, range.
///
/// Which colour a value has is defined here; the kernels of `Colouriser` agree with it exactly.
///
/// - A linear, logarithmic or symmetric style cuts its range into 253 bins (a palette of 256 less
///   missing, below and above). Edge 0 is the low end, edge 253 the high end, edge k the value at
///   position k / 253 of the scale. Bin k holds the values from edge k up to, not including,
///   edge k + 1; the last bin holds the high end too. Bin k has the colour map's entry
///   ⌊(k + ½) · 256 / 253⌋, so the first and the last bin have the end colours.
/// - A lower value has the colour `below`, a higher one `above` (infinities too), or the colour of
///   the first or last bin where these are nil.
/// - A categorical style gives a value the colour of the category of equal value, both rounded to
///   single precision. Other values are drawn as missing.
/// - NaN is missing.
public struct Style: Sendable, Hashable, Codable {
  /// How values between the cells of a grid come about.
  public enum Interpolation: String, Sendable, Hashable, CaseIterable, Codable {
    /// The value of the cell; always used for categories.
    case nearest
    /// Blended of the four cells around, never with missing ones.
    case bilinear
  }

  /// How it is called in paths and services.
  public var id: String
  /// How it is called for people.
  public var title: String
  /// The colours of a style that is not categorical.
  public let colourMap: ColourMap
  /// How values spread over the colours.
  public let scale: Scale
  /// The values at the ends of the colour map; without meaning for a categorical style.
  public let range: ClosedRange<Double>
  /// The colour of lower values; nil: that of the low end.
  public let below: RGBA?
  /// The colour of higher values; nil: that of the high end.
  public let above: RGBA?
  /// The colour where there is no value.
  public let missing: RGBA
  /// How values between cells come about.
  public let interpolation: Interpolation

  /// Makes a style.
  ///
  /// - Throws: `ImageError` if the range is empty or not finite, not positive for a logarithmic
  ///   scale, or if there are no or more than 253 categories, or two of the same value.
  public init(
    id: String = "default", title: String = "", colourMap: ColourMap, scale: Scale = .linear,
    range: ClosedRange<Double> = 0...1, below: RGBA? = nil, above: RGBA? = nil,
    missing: RGBA = .transparent, interpolation: Interpolation = .bilinear
  ) throws(ImageError) {
    try Style.check(scale, range, id: id)
    self.id = id
    self.title = title
    self.colourMap = colourMap
    self.scale = scale
    self.range = range
    self.below = below
    self.above = above
    self.missing = missing
    if case .categorical = scale {
      self.interpolation = .nearest
    } else {
      self.interpolation = interpolation
    }
  }

  /// The colour of a value: the definition that all drawing follows.
  ///
  /// Made for single values (probes, tests, legends); for many use `Colouriser`.
  public func colour(of value: Double) -> RGBA {
    guard !value.isNaN else { return missing }
    if case .categorical(let categories) = scale {
      return categories.first { Float($0.value) == Float(value) }?.colour ?? missing
    }
    if value < range.lowerBound { return below ?? colour(ofBin: 0) }
    if value > range.upperBound { return above ?? colour(ofBin: Style.bins - 1) }
    let passed = edges.dropFirst().prefix { $0 <= value }.count
    return colour(ofBin: min(passed, Style.bins - 1))
  }

  /// How many bins the range is cut into.
  static let bins = 253

  /// The 254 edges of the bins, rising.
  public var edges: [Double] {
    let normalisation = Normalisation(scale, range: range)
    var last = range.lowerBound
    return (0...Style.bins).map { bin in
      if bin == Style.bins { return range.upperBound }
      guard bin > 0 else { return last }
      let value = normalisation.value(at: Double(bin) / Double(Style.bins))
      // Rounding must not let an edge fall behind the one before or out of the range.
      last = min(max(value, last), range.upperBound)
      return last
    }
  }

  func colour(ofBin bin: Int) -> RGBA {
    colourMap.colours[(2 * bin + 1) * ColourMap.size / (2 * Style.bins)]
  }

  private static func check(
    _ scale: Scale, _ range: ClosedRange<Double>, id: String
  ) throws(ImageError) {
    let attempt = "make the style '\(id)'"
    if case .categorical(let categories) = scale {
      return try check(categories, attempt: attempt)
    }
    let (low, high) = (range.lowerBound, range.upperBound)
    guard low.isFinite, high.isFinite, low < high else {
      throw ImageError(
        attempt, because: "its range \(low)...\(high) holds no values",
        remedy: "give two finite numbers, the lower one first")
    }
    if scale == .logarithmic, low <= 0 {
      throw ImageError(
        attempt, because: "a logarithmic scale cannot begin at \(low)",
        remedy: "begin above 0, or use a symmetric scale")
    }
    if case .symmetric(let threshold) = scale, !(threshold > 0 && threshold.isFinite) {
      throw ImageError(
        attempt, because: "a symmetric scale cannot be linear within \(threshold)",
        remedy: "give a positive number, such as the smallest size that matters")
    }
  }

  private static func check(_ categories: [Category], attempt: String) throws(ImageError) {
    guard !categories.isEmpty, categories.count <= Scale.maximumCategories else {
      throw ImageError(
        attempt,
        because: "it has \(categories.count) categories and 1 to \(Scale.maximumCategories) fit",
        remedy: "leave out those that do not occur")
    }
    var seen: [Float: Category] = [:]
    for category in categories {
      guard category.value.isFinite else {
        throw ImageError(
          attempt, because: "the category '\(category.label)' has the value \(category.value)")
      }
      if let other = seen.updateValue(category, forKey: Float(category.value)) {
        throw ImageError(
          attempt,
          because: "the categories '\(other.label)' and '\(category.label)' share the value "
            + "\(category.value)")
      }
    }
  }
}
