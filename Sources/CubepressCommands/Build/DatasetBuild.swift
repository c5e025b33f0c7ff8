import Cubes
import Jobs
import Multiscales
import Pyramids
import Recipes
import Synchronization

/// The tiles of one dataset, made or found up to date.
struct DatasetBuild: Sendable {
  let prepared: PreparedDataset
  /// For each variable, for each of its fields, what its unit of work left behind.
  let records: [[UnitRecord]]
  /// How many fields were made now.
  let made: Int

  /// Makes what is not up to date.
  ///
  /// - Throws: the error of the first field that failed; fields that were made stay made.
  init(_ prepared: PreparedDataset, workshop: Workshop, progress: ProgressDisplay) throws {
    self.prepared = prepared
    let work = prepared.variables.enumerated().flatMap { index, variable in
      variable.fields.map { (variable: index, field: $0) }
    }
    let width = prepared.variables.map(\.builder.fieldsAtOnce).min() ?? 1
    let made = Mutex(0)
    let records = try workshop.pool.map(work.count, width: width) { index in
      let builder = prepared.variables[work[index].variable].builder
      let (record, isNew) = try Self.bringUpToDate(
        builder, field: work[index].field, workshop: workshop)
      if isNew { made.withLock { $0 += 1 } }
      progress.advance()
      return record
    }
    var lists = [[UnitRecord]](repeating: [], count: prepared.variables.count)
    for (item, record) in zip(work, records) { lists[item.variable].append(record) }
    self.records = lists
    self.made = made.withLock { $0 }
  }

  private static func bringUpToDate(
    _ builder: TileBuilder, field: FieldSelection, workshop: Workshop
  ) throws -> (record: UnitRecord, isNew: Bool) {
    let unit = builder.plan.unit(of: field)
    if let record = try workshop.journal.record(of: unit),
      record.fingerprint == (try builder.fingerprint(of: field)),
      UnitSummary(record.summary) != nil
    {
      return (record, false)
    }
    let record = try builder.build(field)
    try workshop.journal.save(record, of: unit)
    return (record, true)
  }
}
