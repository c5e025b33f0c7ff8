public import Cubes
import Grids

/// What terrain to make of one variable.
public struct TerrainPlan: Sendable {
  /// From where heights are counted; this is stated, never found out.
  public enum Reference: String, Sendable, Hashable, CaseIterable {
    /// The ellipsoid of WGS 84, on which globes draw.
    case ellipsoid
    /// The geoid, about mean sea level: up to 107 m away from the ellipsoid. Globes draw such heights
    /// as if they were above the ellipsoid.
    case geoid
  }

  /// What counts as water in the water mask.
  public enum Water: Sendable {
    /// Where the height is not above zero.
    case belowZero
    /// Where there is no height.
    case missing
    /// Where a variable on the same grid, such as a land-sea mask, has one of some values.
    case values([Double], of: Variable)
  }

  /// What a recipe may leave open.
  public struct Options: Sendable {
    /// From where heights are counted.
    public var reference: Reference
    /// The unit of the variable's numbers; that which it states without.
    public var units: String?
    /// How far the finest tiles may be off, in metres before exaggeration; what suits the grid without.
    public var error: Double?
    /// By how much heights are multiplied.
    public var exaggeration: Double
    /// The height, before that, where there is no value, in metres.
    public var missing: Double
    /// What the water mask shows; no mask without.
    public var water: Water?
    /// The finest zoom; that of the grid's resolution without.
    public var maxZoom: Int?

    /// States options.
    public init(
      reference: Reference, units: String? = nil, error: Double? = nil, exaggeration: Double = 1,
      missing: Double = 0, water: Water? = nil, maxZoom: Int? = nil
    ) {
      self.reference = reference
      self.units = units
      self.error = error
      self.exaggeration = exaggeration
      self.missing = missing
      self.water = water
      self.maxZoom = maxZoom
    }
  }

  /// The id of the dataset.
  public let dataset: String
  /// What people call the terrain.
  public let title: String
  /// Whom to name.
  public let attribution: String?
  /// The heights.
  public let variable: Variable
  /// The variable's name as a path segment.
  public let key: String
  /// What the recipe says.
  public let options: Options
  /// The finest zoom.
  public let maxZoom: Int
  /// Metres in one unit of the variable.
  let metresPerUnit: Double

  /// The finest error of a grid that none is stated for, in steps of the finest lattice: about what
  /// the steps between neighbouring cells of a plain are.
  private static let suitableError = 0.01

  /// Plans the terrain of a variable.
  ///
  /// - Throws: ``TerrainError`` where its values are no heights.
  public init(
    dataset: String, title: String, attribution: String?, variable: Variable, options: Options
  ) throws(TerrainError) {
    guard !variable.isCategorical else { throw .categorical(variable.name) }
    guard let metres = (options.units ?? variable.units).flatMap(LengthUnit.metres) else {
      throw .unit(variable.name, units: options.units ?? variable.units)
    }
    self.dataset = dataset
    self.title = title
    self.attribution = attribution
    self.variable = variable
    key = pathSegment(variable.name)
    self.options = options
    metresPerUnit = metres
    if case .values(_, let mask) = options.water {
      guard mask.grid == variable.grid else { throw .mask(mask.name, of: variable.name, .grid) }
      guard mask.extras.isEmpty else { throw .mask(mask.name, of: variable.name, .dimensions) }
      if let times = mask.time?.labels, times.count > 1, times != variable.time?.labels {
        throw .mask(mask.name, of: variable.name, .times)
      }
    }
    let tiles = TileMatrixSet.worldCRS84Quad
    maxZoom = min(tiles.matrices.count - 1, options.maxZoom ?? tiles.finestZoom(for: variable.grid))
  }

  /// What turns values of the variable into heights of the terrain.
  var scale: Double { metresPerUnit * options.exaggeration }

  /// The height of the terrain where there is no value.
  var missingHeight: Double { options.missing * options.exaggeration }

  /// How far the terrain's tiles of a zoom may be off in metres, exaggeration included, for heights of
  /// the terrain in some range.
  func error(z: Int, heights: ClosedRange<Double>) -> Double {
    let step = LatticeLocator.step(z: maxZoom) * CRS.metresPerDegree
    let finest =
      options.error.map { $0 * options.exaggeration }
      ?? max(
        Self.suitableError * step * options.exaggeration,
        HeightStep.smallestError(heights: heights))
    return finest * Double(1 << (maxZoom - z))
  }

  /// What the water mask of a field is made from.
  private func water(_ field: FieldSelection) -> String {
    switch options.water {
    case nil: return "none"
    case .belowZero: return "below zero"
    case .missing: return "missing"
    case .values(let values, let mask):
      let shown = maskField(mask, for: field)
      // What cannot be read is told when it is.
      let source = try? mask.fingerprint(time: shown.time, extras: shown.extras)
      return "\(values) of \(mask.name) \(source ?? "")"
    }
  }

  /// The field of a mask that belongs to a field of heights.
  func maskField(_ mask: Variable, for field: FieldSelection) -> FieldSelection {
    FieldSelection(time: mask.time.map { $0.count == 1 ? 0 : field.time ?? 0 }, extras: [])
  }

  /// Says from what and how things are made of a field; where it is equal they are.
  func fingerprint(of field: FieldSelection, source: String) -> String {
    let grid = variable.grid
    return """
      \(variable.labels(of: field))
      \(source)
      \(options.reference) \(options.error.map { "\($0)" } ?? "") \(scale) \(missingHeight) \(maxZoom) \(water(field))
      \(title)
      \(attribution ?? "")
      \(grid.crs.definition) \(grid.rows) \(grid.columns) \(grid.nativeBounds)
      """
  }

  /// The folder of the tiles of one field.
  func folder(_ field: FieldSelection) -> String {
    (["datasets", dataset, "terrain"] + variable.labels(of: field)).joined(separator: "/")
  }
}
