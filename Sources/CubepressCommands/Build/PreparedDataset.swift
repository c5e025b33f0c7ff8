import Cubes
import Grids
import Images
import JSON
import Jobs
import Multiscales
import Pyramids
import Recipes
import Stores

/// A dataset of a recipe with its cube opened and everything decided: what is left is work.
struct PreparedDataset: Sendable {
  /// One variable with the fields to make of it.
  struct PreparedVariable: Sendable {
    let recipe: VariableRecipe
    let builder: TileBuilder
    let fields: [FieldSelection]

    var variable: Variable { builder.plan.variable }
  }

  let recipe: DatasetRecipe
  let cube: Cube
  let variables: [PreparedVariable]
  let arrays: ArrayProducts
  let terrain: TerrainProducts?

  /// Opens the cube and plans what is made of it.
  ///
  /// - Throws: the error of the first thing that is wrong.
  init(_ recipe: DatasetRecipe, workshop: Workshop) throws {
    self.recipe = recipe
    let cube = try Cube.open(recipe.sources, options: recipe.options)
    self.cube = cube
    let wanted =
      recipe.variables.isEmpty
      ? cube.variables.map { VariableRecipe(name: $0.name) } : recipe.variables
    guard !wanted.isEmpty else {
      let reasons = cube.skipped.prefix(5).map { "\($0)" }.joined(separator: "; ")
      throw CommandError(
        description: "\(cube.location) has no variable on a horizontal grid"
          + (reasons.isEmpty ? "" : " (\(reasons))"))
    }
    let variables = try wanted.map { wanted in
      guard let variable = cube.variable(named: wanted.name) else {
        throw CommandError.unknownVariable(
          wanted.name, source: cube.location, known: cube.variables.map(\.name))
      }
      return try Self.prepare(variable, wanted, dataset: recipe, workshop: workshop)
    }
    self.variables = variables
    arrays = try ArrayProducts(
      recipe, cube: cube,
      variables: variables.map { ($0.variable, $0.recipe, $0.fields) }, workshop: workshop)
    terrain = try TerrainProducts(recipe, cube: cube, variables: variables, workshop: workshop)
  }

  private static func prepare(
    _ variable: Variable, _ recipe: VariableRecipe, dataset: DatasetRecipe, workshop: Workshop
  ) throws -> PreparedVariable {
    let fields = try chosenFields(of: variable, recipe: dataset)
    let styles = try (recipe.styles.isEmpty ? [StyleRecipe()] : recipe.styles).map { style in
      let measured = try style.percentilesNeeded(for: variable).flatMap {
        try measuredRange(
          of: variable, from: $0.0, to: $0.1, field: fields[0], dataset: dataset.id,
          style: style.id, journal: workshop.journal)
      }
      return TilePlan.PlannedStyle(
        style: try style.resolved(for: variable, measured: measured), format: dataset.format,
        effort: dataset.effort)
    }
    let sets = dataset.tileMatrixSets ?? TileMatrixSet.suitable(for: variable.grid)
    let plan = TilePlan(
      dataset: dataset.id, variable: variable, styles: styles,
      matrixSets: sets.map {
        TilePlan.PlannedMatrixSet($0, grid: variable.grid, maxZoom: dataset.maxZoom)
      })
    return PreparedVariable(
      recipe: recipe,
      builder: try TileBuilder(
        plan: plan, folder: workshop.folder, pool: workshop.pool),
      fields: fields)
  }

  /// The values at two percentiles of a sample.
  ///
  /// They are measured once and kept as long as the first field stays the same: a new time step
  /// must not change the colours of all older ones.
  private static func measuredRange(
    of variable: Variable, from lower: Double, to upper: Double, field: FieldSelection,
    dataset: String, style: String, journal: Journal
  ) throws -> ClosedRange<Double>? {
    let unit = "measure/\(dataset)/\(pathSegment(variable.name))/\(style)"
    let source = try variable.fingerprint(time: field.time, extras: field.extras)
    let attributes = JSONValue.object(variable.attributes).serialized()
    let fingerprint = sha256Hex(Array("\(lower) \(upper)\n\(source)\n\(attributes)".utf8))
    if let record = try journal.record(of: unit), record.fingerprint == fingerprint {
      guard let low = record.summary["lower"]?.doubleValue,
        let high = record.summary["upper"]?.doubleValue, low <= high
      else { return nil }
      return low...high
    }
    let values = try variable.sampleValues(limit: 2_000_000).filter(\.isFinite).sorted()
    func value(at percentile: Double) -> Double {
      Double(values[min(values.count - 1, Int(Double(values.count) * percentile / 100))])
    }
    let range = values.isEmpty ? nil : value(at: lower)...max(value(at: lower), value(at: upper))
    try journal.save(
      UnitRecord(
        fingerprint: fingerprint, objects: [],
        summary: [
          "lower": range.map { .number($0.lowerBound) } ?? .null,
          "upper": range.map { .number($0.upperBound) } ?? .null,
        ]), of: unit)
    return range
  }
}

extension TileMatrixSet {
  /// The tile matrix sets in which a grid is best seen: the two of the whole world, and for a polar
  /// grid that of its pole.
  static func suitable(for grid: Grid) -> [TileMatrixSet] {
    let world: [TileMatrixSet] = [.webMercatorQuad, .worldCRS84Quad]
    guard !grid.crs.isGeographic else { return world }
    let bounds = grid.geographicBounds
    if bounds.south <= -89.9, bounds.north < 0 { return world + [.upsAntarctic] }
    if bounds.north >= 89.9, bounds.south > 0 { return world + [.upsArctic] }
    return world
  }
}

/// What the parts of a build share.
struct Workshop: Sendable {
  let folder: SiteFolder
  let journal: Journal
  let pool: WorkerPool
  let memory: FieldMemory
}
