/// How the multiscale cube of a dataset is made.
public struct CubeRecipe: Sendable, Hashable {
  /// The version of the Zarr format, 2 or 3.
  public var zarrFormat: Int
  /// How the values of variables are made smaller that do not say so themselves.
  public var quantisation: QuantisationRecipe

  /// Makes the recipe of a cube.
  public init(zarrFormat: Int = 3, quantisation: QuantisationRecipe = .lossless) {
    self.zarrFormat = zarrFormat
    self.quantisation = quantisation
  }
}

/// How the time series of a dataset are made.
public struct SeriesRecipe: Sendable, Hashable {
  /// Whether new times come often: the latest ones are then kept apart, so that a new one costs
  /// little.
  public var isGrowing: Bool

  /// Makes the recipe of series.
  public init(isGrowing: Bool = false) { self.isGrowing = isGrowing }
}

/// How values are made smaller before they are published.
public enum QuantisationRecipe: Sendable, Hashable {
  /// The whole numbers that values become.
  public enum Number: String, Sendable, Hashable, CaseIterable {
    /// 65,535 values and one that means "missing".
    case int16
    /// 255 values and one that means "missing".
    case uint8
  }

  /// They are not: the source's values stay as they are.
  case lossless
  /// They become whole numbers, spread evenly over a range that holds all of them.
  case range(Number, ClosedRange<Double>)
  /// They become whole numbers so that none is further off than this; 0 stands for `offset`.
  case maximumError(Number, Double, offset: Double)
}

/// Makes the recipes of array products from a checked recipe.
struct ArrayRecipeBuilder {
  let problems: ProblemList

  func cube(_ table: CheckedTable) -> CubeRecipe? {
    guard let value = table["cube"] else { return CubeRecipe() }
    guard let cube = value.table else { return nil }
    let format = cube.whole("zarr-format") ?? 3
    if format > 3, let place = cube["zarr-format"]?.place {
      problems.add(
        "bad-zarr-format", at: place, "there is no Zarr format \(format)",
        because: "Allowed: 2, for older clients, or 3.", fix: "write '3'")
    }
    return CubeRecipe(
      zarrFormat: format, quantisation: quantisation(cube["quantise"]) ?? .lossless)
  }

  func series(_ table: CheckedTable) -> SeriesRecipe? {
    guard let value = table["series"] else { return SeriesRecipe() }
    return value.table.map { SeriesRecipe(isGrowing: $0.text("growing") == "true") }
  }

  func quantisation(_ value: Checked?) -> QuantisationRecipe? {
    guard let value else { return nil }
    guard let table = value.table,
      let number = table.text("type").flatMap(QuantisationRecipe.Number.init)
    else { return .lossless }
    let ends = table.list("range").compactMap(\.number)
    let error = table.number("maximum-error")
    switch (ends.count == 2, error) {
    case (true, nil):
      guard ends[0] < ends[1] else {
        problems.add(
          "bad-range", at: table["range"]?.place ?? table.place,
          "the range \(ends[0]) to \(ends[1]) holds nothing",
          because: "The lower end comes first.", fix: "write [\(ends[1]), \(ends[0])]")
        return .lossless
      }
      if table["offset"] != nil {
        problems.add(
          "useless-key", at: table["offset"]?.place ?? table.place,
          "'offset' goes with 'maximum-error', not with 'range'",
          because: "A range says for itself where its numbers begin.", fix: "remove it")
      }
      return .range(number, ends[0]...ends[1])
    case (false, let error?):
      return .maximumError(number, error, offset: table.number("offset") ?? 0)
    default:
      if table.broken.isEmpty {
        problems.add(
          "bad-quantisation", at: table.place,
          "a quantisation needs either 'range' or 'maximum-error'",
          because: "One follows from the other.", fix: "write 'range: [low, high]'")
      }
      return .lossless
    }
  }
}
