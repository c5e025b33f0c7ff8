import Jobs
import Multiscales
import Stores

/// The products of one dataset, made or found up to date.
struct DatasetBuild: Sendable {
  let prepared: PreparedDataset
  /// For each variable, for each of its fields, what the making of its tiles left behind.
  let records: [[UnitRecord]]
  /// The files of the multiscale cube.
  let cube: [BuiltObject]
  /// The files of the time series.
  let series: [BuiltObject]
  /// The files of the terrain.
  let terrain: [BuiltObject]
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
          + (prepared.terrain?.products(number) ?? []))
    }
    let all = try pass.run(work) { progress.advance() }
    let results = all.enumerated().map { number, records in
      Array(records.prefix(1 + arrays.products(number).count))
    }
    terrain = zip(all, results).flatMap { all, others in
      all.dropFirst(others.count).flatMap { $0.records.flatMap(\.objects) }
    }
    records = results.map { $0[0].records }
    made = all.reduce(0) { $0 + ($1.map(\.made).max() ?? 0) }
    maximumErrors = arrays.maximumErrors(results)
    cube = try arrays.finishCube(results, workshop: workshop)
    series = try arrays.finishSeries(results, workshop: workshop)
  }
}
