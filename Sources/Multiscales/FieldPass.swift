public import Cubes
import Grids
public import Jobs
import Synchronization

/// Brings the products of variables up to date: reads the fields that some product lacks, each chunk
/// of the source once, and hands them to the products that lack them.
///
/// The unit of reading is a group of fields that the storage keeps in the same chunks (a Zarr chunk
/// with thirty time steps makes a group of thirty); the unit of record is one field and product, so
/// that one new time step costs one time step and a killed build goes on.
public struct FieldPass: Sendable {
  private let journal: Journal
  private let memory: FieldMemory
  private let pool: WorkerPool

  /// Prepares passes.
  ///
  /// - Parameters:
  ///   - journal: remembers which units are done.
  ///   - memory: where fields find room; groups that do not fit the heap go to scratch files.
  ///   - pool: who does the work.
  public init(journal: Journal, memory: FieldMemory, pool: WorkerPool) {
    self.journal = journal
    self.memory = memory
    self.pool = pool
  }

  /// Finds out what is there and what is to be made.
  ///
  /// - Parameters:
  ///   - work: the variables and their products.
  ///   - firstTurn: the turn of the first group, see ``FieldPlan/Group/turn``.
  /// - Returns: what is there, and what is to be made.
  /// - Throws: where the journal or the storage of a source cannot be read.
  public func plan(_ work: [FieldWork], firstTurn: Int = 0) throws -> FieldPlan {
    let states = try work.map { try FieldStates($0, journal: journal, pool: pool) }
    let groups = try work.indices.flatMap { number in
      try work[number].variable.storageGroups(of: work[number].fields).enumerated()
        .map { place, fields in
          FieldPlan.Group(
            work: number, fields: fields, wanted: fields.filter(states[number].wanted.contains),
            turn: firstTurn + number + place)
        }
    }
    return FieldPlan(work: work, states: states, groups: groups)
  }

  /// Makes what is not up to date.
  ///
  /// - Parameters:
  ///   - plan: what to make.
  ///   - share: which part of it.
  ///   - done: called once for each field of each variable, when all products have it.
  /// - Throws: the error of a field that failed; units that were made stay made.
  public func run(
    _ plan: FieldPlan, share: Share = .all, done: @Sendable () -> Void = {}
  ) throws {
    let groups = plan.groups.filter { share.takes(turn: $0.turn) }
    for group in groups { for _ in group.wanted.count..<group.fields.count { done() } }
    let pieces = groups.flatMap { group in
      self.pieces(of: group, plan.work[group.work]).map { (work: group.work, fields: $0) }
    }
    let bytes = pieces.map { self.bytes(of: plan.work[$0.work]) * $0.fields.count }.max() ?? 1
    let width = max(1, memory.pieces(bytes: bytes))
    try pool.forEach(pieces.count, width: width) { index in
      let piece = pieces[index]
      // While this piece is made, the one whose turn comes after it may be on its way.
      let next = index + min(width, pool.workers)
      try make(piece.fields, of: plan.work[piece.work], plan.states[piece.work], done: done) {
        guard pieces.indices.contains(next) else { return }
        plan.work[pieces[next].work].variable.expect(pieces[next].fields)
      }
    }
  }

  /// Reads a group of fields and hands each to the products that lack it.
  private func make(
    _ fields: [FieldSelection], of work: FieldWork, _ states: FieldStates,
    done: @Sendable () -> Void, wasRead: () -> Void
  ) throws {
    let block = try FieldBlock(
      fields, of: work.variable, withDoubles: Self.wantsDoubles(work), memory: memory, pool: pool)
    wasRead()
    try pool.forEach(fields.count) { number in
      let field = fields[number]
      let levels = try block.levels(number, pool: pool)
      for (index, product) in work.products.enumerated() {
        guard let fingerprint = states.fingerprint(of: field, product: index) else { continue }
        let result = try product.build(field, levels: levels)
        let record = UnitRecord(
          fingerprint: fingerprint, objects: result.objects, summary: result.summary)
        try journal.save(record, of: product.unit(of: field))
        states.set(
          FinishedUnit(record, of: product.unit(of: field)), field: field, product: index)
      }
      done()
    }
  }

  /// The wanted fields of a group, as many at once as scratch files have room for.
  private func pieces(of group: FieldPlan.Group, _ work: FieldWork) -> [[FieldSelection]] {
    let bytes = bytes(of: work)
    let most = max(1, memory.pieces(bytes: bytes), memory.scratchPieces(bytes: bytes))
    return stride(from: 0, to: group.wanted.count, by: most).map {
      Array(group.wanted[$0..<min(group.wanted.count, $0 + most)])
    }
  }

  private func bytes(of work: FieldWork) -> Int {
    FieldMemory.bytes(
      rows: work.variable.grid.rows, columns: work.variable.grid.columns,
      withDoubles: Self.wantsDoubles(work))
  }

  private static func wantsDoubles(_ work: FieldWork) -> Bool {
    work.products.contains { $0.wantsDoubles }
  }
}

/// What a pass has to do.
public struct FieldPlan: Sendable {
  /// Fields of one variable that are read together: the piece of work that one worker does.
  public struct Group: Sendable {
    /// The number of the variable.
    public let work: Int
    /// Its fields that the storage keeps in the same chunks.
    public let fields: [FieldSelection]
    /// Those that some product lacks.
    public let wanted: [FieldSelection]
    /// Where it comes among the groups that workers share.
    ///
    /// The turns of a variable's groups begin where those of the variable before it began, plus one:
    /// the newest time of several variables falls to several workers.
    public let turn: Int
  }

  /// The variables and their products.
  public let work: [FieldWork]
  /// All fields, whether they are wanted or not.
  public let groups: [Group]
  fileprivate let states: [FieldStates]

  fileprivate init(work: [FieldWork], states: [FieldStates], groups: [Group]) {
    self.work = work
    self.states = states
    self.groups = groups
  }

  /// Whether nothing is to be made.
  public var isDone: Bool { groups.allSatisfy(\.wanted.isEmpty) }

  /// For each variable the records of each of its products, as far as they are made.
  public var records: [[ProductRecords]] {
    zip(work, states).map { work, state in
      work.products.indices.map { state.records(product: $0) }
    }
  }
}

/// What the products of a variable have of its fields, before and while a pass runs.
private final class FieldStates: Sendable {
  /// A field for one product.
  private struct Key: Hashable {
    let field: FieldSelection
    let product: Int
  }

  /// The fields that some product lacks.
  let wanted: Set<FieldSelection>
  private let fields: [FieldSelection]
  /// The fingerprints of what is to be made.
  private let fingerprints: [Key: String]
  private let records: Mutex<[Key: FinishedUnit]>

  /// Asks journal and products what is up to date.
  init(_ work: FieldWork, journal: Journal, pool: WorkerPool) throws {
    let states = try pool.map(work.fields.count) { number in
      let field = work.fields[number]
      let source = try work.variable.fingerprint(time: field.time, extras: field.extras)
      return try work.products.map { product in
        let fingerprint = product.fingerprint(of: field, source: source)
        let record = try journal.finished(product.unit(of: field))
        return (
          fingerprint: fingerprint, record: record?.fingerprint == fingerprint ? record : nil
        )
      }
    }
    var records: [Key: FinishedUnit] = [:]
    var fingerprints: [Key: String] = [:]
    for (index, product) in work.products.enumerated() {
      let stale = Set(
        work.fields.indices.filter { states[$0][index].record == nil }
          .map { work.fields[$0] })
      let toMake = try product.fieldsToMake(stale: stale, of: work.fields).union(stale)
      for (field, state) in zip(work.fields, states) {
        let key = Key(field: field, product: index)
        if toMake.contains(field) {
          fingerprints[key] = state[index].fingerprint
        } else {
          records[key] = state[index].record
        }
      }
    }
    fields = work.fields
    wanted = Set(fingerprints.keys.map(\.field))
    self.fingerprints = fingerprints
    self.records = Mutex(records)
  }

  /// The fingerprint of a field that a product lacks; nil where it has the field.
  func fingerprint(of field: FieldSelection, product: Int) -> String? {
    fingerprints[Key(field: field, product: product)]
  }

  func set(_ record: FinishedUnit, field: FieldSelection, product: Int) {
    records.withLock { $0[Key(field: field, product: product)] = record }
  }

  func records(product: Int) -> ProductRecords {
    let records = records.withLock { all in
      fields.compactMap { all[Key(field: $0, product: product)] }
    }
    return ProductRecords(
      records: records, made: fingerprints.keys.count { $0.product == product })
  }
}
