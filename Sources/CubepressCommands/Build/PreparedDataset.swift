import Cubes
import Grids
import Images
import JSON
import Jobs
import Multiscales
import PaperCubes
import Pyramids
import Recipes
import Stores
import ViewerLayers

/// A dataset of a recipe with its cube opened and everything decided: what is left is work.
struct PreparedDataset: Sendable {
  /// One variable with the fields to make of it.
  struct PreparedVariable: Sendable {
    let recipe: VariableRecipe
    let builder: TileBuilder
    let fields: [FieldSelection]
    /// Its tiles for the 4D viewer, where it is a layer there.
    let viewerLayer: ViewerLayerBuilder?
    /// Its cube of paper, where the recipe wants one.
    let paperCube: PaperCubeBuilder?

    var variable: Variable { builder.plan.variable }
  }

  let recipe: DatasetRecipe
  let cube: Cube
  let variables: [PreparedVariable]
  let arrays: ArrayProducts
  let terrain: TerrainProducts?

  /// The units whose records cubes of paper need.
  var paperUnits: Set<String> {
    Set(variables.flatMap { $0.paperCube?.units($0.fields) ?? [] })
  }

  /// The units whose records the tiles for the 4D viewer need.
  var viewerUnits: Set<String> {
    Set(
      variables.flatMap { variable in
        variable.viewerLayer.map { layer in
          variable.fields.map { layer.unit(of: $0) }
            + layer.volumeUnits + ["measure/\(recipe.id)/\(layer.layer.key)/4d"]
        } ?? []
      })
  }

  /// The same dataset with a few of its fields, which stand for all.
  ///
  /// - Throws: as ``init(_:workshop:sample:)``.
  func sample(workshop: Workshop) throws -> PreparedDataset {
    // A volume is made of all fields of a time.
    let hasVolumes = variables.contains { $0.viewerLayer?.layer.kind == .heatmap3d }
    return try PreparedDataset(
      recipe, workshop: workshop,
      sample: FieldSample(times: hasVolumes ? 1 : 3, positions: hasVolumes ? nil : 3))
  }

  /// Opens the cube and plans what is made of it.
  ///
  /// - Parameters:
  ///   - recipe: what is wanted.
  ///   - workshop: where it is made.
  ///   - sample: which fields are made; `nil` for all that the recipe chooses.
  /// - Throws: the error of the first thing that is wrong.
  init(_ recipe: DatasetRecipe, workshop: Workshop, sample: FieldSample? = nil) throws {
    self.recipe = recipe
    let cube = try Cube.open(
      recipe.sources, options: recipe.options, access: workshop.access)
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
      let fields = try chosenFields(of: variable, recipe: recipe)
      return try Self.prepare(
        variable, wanted, fields: sample?.fields(of: fields) ?? fields, dataset: recipe, cube: cube,
        workshop: workshop)
    }
    self.variables = variables
    arrays = try ArrayProducts(
      recipe, cube: cube,
      variables: variables.map { ($0.variable, $0.recipe, $0.fields) }, workshop: workshop)
    terrain = try TerrainProducts(recipe, cube: cube, variables: variables, workshop: workshop)
  }

  private static func prepare(
    _ variable: Variable, _ recipe: VariableRecipe, fields: [FieldSelection],
    dataset: DatasetRecipe, cube: Cube, workshop: Workshop
  ) throws -> PreparedVariable {
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
    let sets =
      dataset.hasTiles ? dataset.tileMatrixSets ?? TileMatrixSet.suitable(for: variable.grid) : []
    let plan = TilePlan(
      dataset: dataset.id, variable: variable, styles: styles,
      matrixSets: sets.map {
        TilePlan.PlannedMatrixSet($0, grid: variable.grid, maxZoom: dataset.maxZoom)
      })
    return PreparedVariable(
      recipe: recipe,
      builder: try TileBuilder(
        plan: plan, folder: workshop.folder, pool: workshop.pool),
      fields: fields,
      viewerLayer: try viewerLayer(
        variable, recipe, fields: fields, dataset: dataset, cube: cube, workshop: workshop),
      paperCube: recipe.hasPaperCube
        ? try paperCube(
          variable, recipe, style: styles[0].style, fields: fields, dataset: dataset, cube: cube,
          workshop: workshop) : nil)
  }

  private static func paperCube(
    _ variable: Variable, _ recipe: VariableRecipe, style: Style, fields: [FieldSelection],
    dataset: DatasetRecipe, cube: Cube, workshop: Workshop
  ) throws -> PaperCubeBuilder {
    PaperCubeBuilder(
      try PaperCube(
        dataset: dataset.id, datasetTitle: dataset.title ?? cube.title ?? dataset.id,
        attribution: dataset.attribution ?? cube.institution, key: pathSegment(variable.name),
        title: recipe.title ?? variable.longName ?? variable.name, variable: variable, style: style,
        fields: fields),
      folder: workshop.folder, journal: workshop.journal)
  }

  /// What the 4D viewer is to show of a variable, as the recipe or else the source says.
  private static func viewerLayer(
    _ variable: Variable, _ recipe: VariableRecipe, fields: [FieldSelection],
    dataset: DatasetRecipe, cube: Cube, workshop: Workshop
  ) throws -> ViewerLayerBuilder? {
    let said = variable.attributes["4d_viewer_layer_type"]?.stringValue
      .flatMap(ViewerLayerRecipe.Kind.init)
    let wanted = recipe.viewerLayer ?? ViewerLayerRecipe(kind: said)
    guard let kind = wanted.kind else { return nil }
    let range =
      try wanted.range ?? variable.validRange
      ?? measuredRange(
        of: variable, from: 0, to: 100, field: fields[0], dataset: dataset.id, style: "4d",
        journal: workshop.journal)
    let layer = try ViewerLayer(
      dataset: dataset.id, datasetTitle: dataset.title ?? cube.title ?? dataset.id,
      key: pathSegment(variable.name), title: recipe.title ?? variable.longName ?? variable.name,
      variable: variable, kind: kind, range: range ?? 0...1)
    return try ViewerLayerBuilder(
      layer, fields: fields, folder: workshop.folder, journal: workshop.journal)
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
    let ends = percentiles([lower, upper], of: try variable.sampleValues(limit: 2_000_000))
    let range = ends.isEmpty ? nil : ends[0]...max(ends[0], ends[1])
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

/// What the parts of a build share.
struct Workshop: Sendable {
  let folder: SiteFolder
  /// Whether workers on other machines write the same folder.
  let isShared: Bool
  let journal: Journal
  let pool: WorkerPool
  let memory: FieldMemory
  let access: SourceAccess

  /// Makes the fields of cubes.
  var fieldPass: FieldPass { FieldPass(journal: journal, memory: memory, pool: pool) }
}
