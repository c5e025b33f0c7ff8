/// What terrain to make of a dataset.
public struct TerrainRecipe: Sendable, Hashable {
  /// What is water in a mask.
  public enum Water: Sendable, Hashable {
    /// Heights up to zero.
    case belowZero
    /// Where there is no height.
    case missing
    /// Where a variable has one of some values.
    case values([Double], variable: String)
  }

  /// The name of the variable that holds heights.
  public var variable: String
  /// From where heights are counted: `ellipsoid` or `geoid`.
  public var heightsAbove: String
  /// The unit of its numbers; that which it states without.
  public var units: String?
  /// How far the finest tiles may be off, in metres; what suits the grid without.
  public var error: Double?
  /// By how much heights are multiplied.
  public var exaggeration: Double
  /// The height in metres where there is no value.
  public var missing: Double
  /// What the water mask shows; no mask without.
  public var water: Water?
  /// The finest zoom; that of the grid's resolution without.
  public var maxZoom: Int?
  /// Whether Terrain-RGB pictures are made too.
  public var hasPictures: Bool

  /// Makes the recipe of a terrain.
  public init(
    variable: String, heightsAbove: String, units: String? = nil, error: Double? = nil,
    exaggeration: Double = 1, missing: Double = 0, water: Water? = nil, maxZoom: Int? = nil,
    hasPictures: Bool = true
  ) {
    self.variable = variable
    self.heightsAbove = heightsAbove
    self.units = units
    self.error = error
    self.exaggeration = exaggeration
    self.missing = missing
    self.water = water
    self.maxZoom = maxZoom
    self.hasPictures = hasPictures
  }

  /// Makes it from a checked recipe.
  init?(_ table: CheckedTable?) {
    guard let table, let variable = table.text("variable"),
      let heightsAbove = table.text("heights-above")
    else { return nil }
    self.init(
      variable: variable, heightsAbove: heightsAbove, units: table.text("units"),
      error: table.number("error"), exaggeration: table.number("exaggeration") ?? 1,
      missing: table.number("missing") ?? 0, water: Self.water(table["water"]),
      maxZoom: table.whole("max-zoom"), hasPictures: table.text("rgb") != "false")
  }

  private static func water(_ value: Checked?) -> Water? {
    if let mask = value?.table, let variable = mask.text("variable") {
      return .values(mask.list("values").compactMap(\.number), variable: variable)
    }
    return value?.text.map { $0 == "missing" ? .missing : .belowZero }
  }
}
