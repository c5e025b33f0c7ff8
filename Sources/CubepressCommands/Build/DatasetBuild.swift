import Jobs
import Multiscales
import Stores
import ViewerLayers

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

  /// Makes what is not up to date.
  ///
  /// - Throws: the error of a field that failed; fields that were made stay made.
  init(_ prepared: PreparedDataset, workshop: Workshop, progress: ProgressDisplay) throws {
    self.prepared = prepared
    let arrays = prepared.arrays
    let pass = FieldPass(
      journal: workshop.journal, memory: workshop.memory, pool: workshop.pool)
    let work = prepared.variables.enumerated().map { number, variable in
      FieldWork(
        variable: variable.variable, fields: variable.fields,
        products: [variable.builder] + arrays.products(number)
          + [variable.viewerLayer].compactMap { $0 })
    }
    let results = try pass.run(work) { progress.advance() }
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
