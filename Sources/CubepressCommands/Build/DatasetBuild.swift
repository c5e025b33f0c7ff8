import Jobs
import Multiscales

/// The products of one dataset, made or found up to date.
struct DatasetBuild: Sendable {
  let prepared: PreparedDataset
  /// For each variable, for each of its fields, what the making of its tiles left behind.
  let records: [[UnitRecord]]
  /// How many fields were made now.
  let made: Int

  /// Makes what is not up to date.
  ///
  /// - Throws: the error of a field that failed; fields that were made stay made.
  init(_ prepared: PreparedDataset, workshop: Workshop, progress: ProgressDisplay) throws {
    self.prepared = prepared
    let pass = FieldPass(
      journal: workshop.journal, memory: workshop.memory, pool: workshop.pool)
    let work = prepared.variables.map {
      FieldWork(variable: $0.variable, fields: $0.fields, products: [$0.builder])
    }
    let results = try pass.run(work) { progress.advance() }
    records = results.map { $0.first?.records ?? [] }
    made = results.reduce(0) { $0 + ($1.first?.made ?? 0) }
  }
}
