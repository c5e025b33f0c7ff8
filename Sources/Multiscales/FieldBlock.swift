import Cubes
import Grids
import Jobs

/// Source cells of fields that are read together, because the storage keeps them in the same chunks:
/// each chunk is read and decoded once for all of them.
///
/// Where they do not fit the memory together, all of them go to scratch files.
struct FieldBlock: Sendable {
  private let variable: Variable
  private let window: LevelWindow
  private let scratch: String?
  private let fields: [Field]

  /// What was read of one field.
  private struct Field {
    let cells: Levels.Level
    let doubles: Levels.DoubleCells?
    /// Coarser copies that the source brings, by level.
    let copies: [Int: Levels.Level]
    var statistics = FieldStatistics()
  }

  /// Reads fields, or a window of each; before each block of the storage `check` may end it.
  ///
  /// - Throws: `CubeError` where the source cannot be read, `MultiscaleError` without room.
  init(
    _ selections: [FieldSelection], of variable: Variable, window: LevelWindow? = nil,
    withDoubles: Bool, memory: FieldMemory, pool: WorkerPool,
    check: @Sendable () throws -> Void = {}
  ) throws {
    let grid = variable.grid
    // Columns that repeat the first ones of a closed axis would be seen twice.
    let window = window ?? LevelWindow(wholeOf: variable)
    let (rows, columns) = (window.cells.rows.count, window.cells.columns.count)
    guard grid.rows <= Int(Int32.max), grid.columns <= Int(Int32.max),
      grid.rows.multipliedReportingOverflow(by: grid.columns).partialValue <= 1 << 40
    else {
      throw MultiscaleError.dimensions(variable.name, rows: grid.rows, columns: grid.columns)
    }
    let bytes = FieldMemory.bytes(rows: rows, columns: columns, withDoubles: withDoubles)
    let scratch = memory.pieces(bytes: bytes * selections.count) > 0 ? nil : memory.scratchFolder
    let copies = window.isWhole ? Self.copies(of: variable, rows: rows, columns: columns) : [:]
    var fields = try selections.map { _ in
      Field(
        cells: try Levels.Level(rows: rows, columns: columns, scratch: scratch),
        doubles: withDoubles
          ? try Levels.DoubleCells(rows: rows, columns: columns, scratch: scratch) : nil,
        copies: try copies.mapValues {
          try Levels.Level(rows: $0.grid.rows, columns: $0.grid.columns, scratch: scratch)
        })
    }
    let seen = try Self.fill(
      fields.map(\.cells), doubles: fields.compactMap(\.doubles), from: variable, selections,
      at: window.cells, pool, check)
    for (number, statistics) in seen.enumerated() { fields[number].statistics = statistics }
    for (level, copy) in copies {
      _ = try Self.fill(
        fields.compactMap { $0.copies[level] }, doubles: [], from: copy, selections,
        at: GridBlock(rows: 0..<copy.grid.rows, columns: 0..<copy.grid.columns), pool, check)
    }
    self.variable = variable
    self.window = window
    self.scratch = scratch
    self.fields = fields
  }

  /// Makes the coarser levels of one of the fields.
  ///
  /// - Throws: `MultiscaleError` without room.
  func levels(_ number: Int, pool: WorkerPool) throws -> Levels {
    let field = fields[number]
    // A whole field goes down to one cell, a window only as far as it is aligned.
    let depth = window.isWhole ? .max : window.depth
    let levels =
      if variable.isCategorical {
        try Levels.modes(of: field.cells, depth: depth, scratch: scratch, pool: pool)
      } else {
        try Levels.means(
          of: field.cells, areas: Array(variable.grid.rowAreaWeights()[window.cells.rows]),
          copies: field.copies, depth: depth, scratch: scratch, pool: pool)
      }
    return Levels(
      levels: levels, window: window,
      wraps: variable.grid.turn != nil && window.cells.columns.count == window.fieldColumns,
      statistics: field.statistics, doubles: field.doubles)
  }

  /// The coarser copies of a variable that have the size of a level, by its number.
  private static func copies(
    of variable: Variable, rows: Int, columns: Int
  ) -> [Int: Variable] {
    guard !variable.isCategorical else { return [:] }
    var copies: [Int: Variable] = [:]
    var (rows, columns) = (rows, columns)
    for number in 1..<Levels.levelCount(rows: rows, columns: columns) + 1 {
      (rows, columns) = ((rows + 1) / 2, (columns + 1) / 2)
      if let copy = variable.levels.first(where: { $0.level == number })?.variable,
        copy.grid.rows == rows, copy.grid.columns == columns
      {
        copies[number] = copy
      }
    }
    return copies
  }

  /// Reads a block of one level of all fields from its source, one block of the storage after the
  /// other.
  private static func fill(
    _ levels: [Levels.Level], doubles: [Levels.DoubleCells], from variable: Variable,
    _ selections: [FieldSelection], at place: GridBlock, _ pool: WorkerPool,
    _ check: @Sendable () throws -> Void
  ) throws -> [FieldStatistics] {
    let (top, left) = (place.rows.lowerBound, place.columns.lowerBound)
    // Only whole fields are worth fetching ahead.
    if place == LevelWindow(wholeOf: variable).cells { variable.expect(selections) }
    let blocks = variable.blocks(rows: place.rows, columns: place.columns)
    let categories = variable.flags.map(CategoryReader.init)
    let parts = try pool.map(blocks.count) { index in
      try check()
      let block = blocks[index]
      var seen = [FieldStatistics](repeating: FieldStatistics(), count: levels.count)
      var values = [Double](repeating: .nan, count: categories == nil ? 0 : block.count)
      try variable.read(selections, rows: block.rows, columns: block.columns) {
        (number, window) throws(CubeError) in
        // The blocks are disjoint parts of a level: no two threads touch one cell.
        let level = levels[number]
        let target = level.target(block.rows.lowerBound - top) + block.columns.lowerBound - left
        if let categories {
          try window.decode(into: &values, rowStride: block.columns.count)
          categories.store(
            values, columns: block.columns.count, into: target, stride: level.columns)
        } else {
          try window.decode(into: target, rowStride: level.columns)
        }
        seen[number] = FieldStatistics(
          target, rows: block.rows.count, columns: block.columns.count, stride: level.columns)
        level.memory.letGo()
        if doubles.indices.contains(number) {
          let cells = doubles[number]
          try window.decode(
            into: cells.memory.cells + (block.rows.lowerBound - top) * cells.columns
              + block.columns.lowerBound - left, rowStride: cells.columns)
          cells.memory.letGo()
        }
      }
      return seen
    }
    return parts.reduce(into: levels.map { _ in FieldStatistics() }) { total, part in
      for (number, statistics) in part.enumerated() { total[number].add(statistics) }
    }
  }
}
