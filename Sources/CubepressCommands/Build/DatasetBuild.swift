import Jobs
import Multiscales
import PaperCubes
import Recipes
import Stores
import ViewerLayers

/// A dataset of which is known what is there and what is to be made.
struct PlannedDataset: Sendable {
  let prepared: PreparedDataset
  let fields: FieldPlan

  /// Compares what is there with what is to be.
  ///
  /// - Parameters:
  ///   - prepared: the dataset.
  ///   - firstTurn: how many variables the datasets before it have.
  ///   - workshop: where it is made.
  /// - Throws: where the journal or the storage of a source cannot be read.
  init(_ prepared: PreparedDataset, firstTurn: Int, workshop: Workshop) throws {
    self.prepared = prepared
    let work = prepared.variables.enumerated().map { number, variable in
      FieldWork(
        variable: variable.variable, fields: variable.fields,
        products: [variable.builder] + prepared.arrays.products(number)
          + (prepared.terrain?.products(number) ?? [])
          + [variable.viewerLayer as (any FieldProduct)?, variable.paperCube].compactMap { $0 })
    }
    fields = try workshop.fieldPass.plan(work, firstTurn: firstTurn)
  }

  /// Makes what is not up to date.
  ///
  /// - Throws: the error of a field that failed; fields that were made stay made.
  func make(
    _ share: Share = .all, workshop: Workshop, progress: ProgressDisplay
  ) throws {
    let groups = fields.groups.filter { share.takes(turn: $0.turn) }
    progress.begin(prepared.recipe.id, total: groups.map(\.fields.count).reduce(0, +))
    defer { progress.end() }
    try workshop.fieldPass.run(fields, share: share) { progress.advance() }
  }
}

/// The products of one dataset, made or found up to date.
struct DatasetBuild: Sendable {
  let prepared: PreparedDataset
  /// For each variable, for each of its fields, what the making of its tiles left behind.
  let records: [[FinishedUnit]]
  /// The image tiles.
  let tiles: ProductFiles
  /// The files of the multiscale cube.
  let cube: ProductFiles
  /// The files of the time series.
  let series: ProductFiles
  /// The files of the terrain.
  let terrain: ProductFiles
  /// The tiles for the 4D viewer.
  let viewerTiles: ProductFiles
  /// For each variable its cube of paper.
  let paperCubes: [[BuiltObject]]
  /// For each variable by how much its published values may differ from the source's.
  let maximumErrors: [Double]
  /// How many fields were made now.
  let made: Int
  /// How long that took, in seconds.
  var seconds = 0.0

  /// All its products.
  var products: [ProductFiles] {
    [tiles, cube, series, terrain, viewerTiles, ProductFiles(others: Array(paperCubes.joined()))]
  }

  /// Makes the files that hold many fields, and those that describe them.
  ///
  /// - Parameters:
  ///   - planned: the dataset, all of whose fields are made.
  ///   - workshop: where it is made.
  /// - Throws: where a file cannot be made or written.
  init(_ planned: PlannedDataset, workshop: Workshop) throws {
    prepared = planned.prepared
    let arrays = prepared.arrays
    let all = planned.fields.records
    let results = all.enumerated().map { number, records in
      Array(records.prefix(1 + arrays.products(number).count))
    }
    records = results.map { $0[0].records }
    tiles = ProductFiles(Array(records.joined()))
    made = all.reduce(0) { $0 + ($1.map(\.made).max() ?? 0) }
    maximumErrors = arrays.maximumErrors(results)
    cube = try arrays.finishCube(results, workshop: workshop)
    series = try arrays.finishSeries(results, workshop: workshop)
    // Then those of the terrain, the viewer's layer and the cube of paper, where they are.
    let others = all.indices.map { number in
      OtherRecords(
        all[number].dropFirst(results[number].count), of: planned.prepared.variables[number])
    }
    terrain = ProductFiles(others.flatMap { $0.terrain.flatMap(\.records) })
    viewerTiles = ProductFiles(
      try zip(prepared.variables, others).flatMap { variable, others -> [FinishedUnit] in
        guard let layer = variable.viewerLayer, let records = others.viewerLayer?.records else {
          return []
        }
        return try records + layer.seal(records)
      })
    paperCubes = try zip(prepared.variables, others).map { variable, others in
      guard let cube = variable.paperCube, let records = others.paperCube?.records else {
        return []
      }
      return try cube.seal(records, of: variable.fields)
    }
  }
}

/// What products beside tiles and arrays left behind of a variable.
struct OtherRecords {
  let terrain: [ProductRecords]
  let viewerLayer: ProductRecords?
  let paperCube: ProductRecords?

  /// Takes them apart, in the order in which ``PlannedDataset`` lists the products.
  init(_ records: ArraySlice<ProductRecords>, of variable: PreparedDataset.PreparedVariable) {
    var rest = records
    paperCube = variable.paperCube == nil ? nil : rest.popLast()
    viewerLayer = variable.viewerLayer == nil ? nil : rest.popLast()
    terrain = Array(rest)
  }
}
