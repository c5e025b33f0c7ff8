import Jobs
import Multiscales
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
          + [variable.viewerLayer].compactMap { $0 })
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
  let records: [[UnitRecord]]
  /// The files of the multiscale cube.
  let cube: [BuiltObject]
  /// The files of the time series.
  let series: [BuiltObject]
  /// The tiles for the 4D viewer.
  let viewerTiles: [BuiltObject]
  /// For each variable by how much its published values may differ from the source's.
  let maximumErrors: [Double]
  /// How many fields were made now.
  let made: Int

  /// Makes the files that hold many fields, and those that describe them.
  ///
  /// - Parameters:
  ///   - planned: the dataset, all of whose fields are made.
  ///   - workshop: where it is made.
  /// - Throws: where a file cannot be made or written.
  init(_ planned: PlannedDataset, workshop: Workshop) throws {
    prepared = planned.prepared
    let arrays = prepared.arrays
    let results = planned.fields.records
    records = results.map { $0[0].records }
    made = results.reduce(0) { $0 + ($1.map(\.made).max() ?? 0) }
    // The viewer's layer, where there is one, comes last.
    let ownResults = zip(prepared.variables, results).map { variable, results in
      variable.viewerLayer == nil ? results : results.dropLast()
    }
    maximumErrors = arrays.maximumErrors(ownResults)
    cube = try arrays.finishCube(ownResults, workshop: workshop)
    series = try arrays.finishSeries(ownResults, workshop: workshop)
    viewerTiles = zip(prepared.variables, results).flatMap { variable, results in
      variable.viewerLayer == nil ? [] : results.last?.records.flatMap(\.objects) ?? []
    }
  }
}
