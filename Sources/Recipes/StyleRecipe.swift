public import Images

/// A way to draw a variable; whatever is `nil` follows from what the variable is.
public struct StyleRecipe: Sendable, Hashable {
  /// The path segment of its tiles.
  public var id: String
  /// What people call it.
  public var title: String?
  /// The colours.
  public var colourMap: ColourMap?
  /// How values are spread over the colours.
  public var scale: ScaleRecipe?
  /// Which values the first and the last colour stand for.
  public var range: RangeRecipe
  /// The value that gets the middle colour: the range reaches equally far to both sides of it.
  public var centre: Double?
  /// The colour of values below the range; the first colour without.
  public var below: RGBA?
  /// The colour of values above the range; the last colour without.
  public var above: RGBA?
  /// The colour of missing values; transparent without.
  public var missing: RGBA?
  /// How values between cell centres are found.
  public var interpolation: Style.Interpolation?
  /// The classes of a categorical scale; those of the variable's flags when empty.
  public var categories: [Images.Category]

  /// Makes the recipe of a style.
  public init(
    id: String = "default", title: String? = nil, colourMap: ColourMap? = nil,
    scale: ScaleRecipe? = nil, range: RangeRecipe = .automatic, centre: Double? = nil,
    below: RGBA? = nil, above: RGBA? = nil, missing: RGBA? = nil,
    interpolation: Style.Interpolation? = nil, categories: [Images.Category] = []
  ) {
    self.id = id
    self.title = title
    self.colourMap = colourMap
    self.scale = scale
    self.range = range
    self.centre = centre
    self.below = below
    self.above = above
    self.missing = missing
    self.interpolation = interpolation
    self.categories = categories
  }
}

/// How values are spread over the colours.
public enum ScaleRecipe: Sendable, Hashable {
  /// Evenly.
  case linear
  /// By their logarithm; all of the range must be above zero.
  case logarithmic
  /// By their logarithm to both sides of zero, evenly within this distance of it.
  case symmetric(linearWithin: Double)
  /// One colour for each class.
  case categorical
}

/// Which values the first and the last colour stand for.
public enum RangeRecipe: Sendable, Hashable {
  /// These.
  case explicit(ClosedRange<Double>)
  /// These percentiles (0…100) of the values.
  case percentiles(lower: Double, upper: Double)
  /// The range the source declares valid.
  case validRange
  /// What suits the variable: percentiles 2 and 98, with round ends.
  case automatic
}
