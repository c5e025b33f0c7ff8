import CHalving
public import Cubes
import Grids
public import Jobs

/// One two-dimensional field (a variable at one time and one place on its other axes) at all
/// resolutions: level 0 holds the source cells, a cell (row, column) of level *k* stands for the
/// source rows row · 2^k ..< (row + 1) · 2^k, as far as there are such, and columns likewise.
///
/// Continuous values are averaged, weighted by the area that cells have on the ground; of categories
/// the most frequent value is taken, of equally frequent ones the smallest. Missing cells are NaN
/// and never enter a mean. Values are decoded and have single precision, also in level 0; a copy of
/// that in double precision is kept for who needs the source's own values.
public struct Levels: Sendable {
  /// One resolution: `rows` × `columns` cells, row 0 first as in the source.
  public struct Level: Sendable {
    /// How many rows there are.
    public let rows: Int
    /// How many columns there are.
    public let columns: Int
    let memory: LevelMemory<Float>

    /// The cells of a row that is inside the level: `columns` of them, after which those of the next
    /// row follow.
    ///
    /// The pointer may be used as long as the levels exist.
    public func row(_ row: Int) -> UnsafePointer<Float> {
      UnsafePointer(memory.cells + row * columns)
    }

    func target(_ row: Int) -> UnsafeMutablePointer<Float> { memory.cells + row * columns }
  }

  /// The resolutions, finest first, down to a single cell.
  public let levels: [Level]
  /// Whether column 0 follows the last column, because the columns go round the whole circle.
  ///
  /// Columns with which the source repeats its first ones are left out.
  public let wraps: Bool
  /// What was seen of the values of level 0.
  public let statistics: FieldStatistics

  private let exact: LevelMemory<Double>?

  /// The values of a row of level 0 in double precision, of bit flags the bits themselves; `nil`
  /// where they were not asked for.
  ///
  /// The pointer may be used as long as the levels exist.
  public func exactRow(_ row: Int) -> UnsafePointer<Double>? {
    exact.map { UnsafePointer($0.cells + row * levels[0].columns) }
  }

  /// Gives back the memory pages that hold levels in scratch files; they are read again when needed.
  public func letGo() {
    for level in levels { level.memory.letGo() }
    exact?.letGo()
  }
}

/// Where fields find room: heap up to a budget, scratch files beyond.
public struct FieldMemory: Sendable {
  /// How many bytes fields may take on the heap, all together.
  public let budget: Int
  /// The folder for the scratch files of larger fields.
  public let scratchFolder: String

  /// States a budget.
  public init(budget: Int, scratchFolder: String) {
    self.budget = budget
    self.scratchFolder = scratchFolder
  }

  /// Bytes that a field with all its levels and the weights of two takes.
  static func bytes(rows: Int, columns: Int) -> Int {
    // Levels: 1 + 1/4 + 1/16 … ≤ 4/3; weights of levels 1 and 2: 1/4 + 1/16.
    rows * columns * MemoryLayout<Float>.stride * 5 / 3
  }

  /// How many fields of a size fit the budget at once; 0 where not even one does.
  public func fields(rows: Int, columns: Int) -> Int {
    budget / max(1, Self.bytes(rows: rows, columns: columns))
  }
}

extension Levels {
  /// Reads a field and makes its coarser levels.
  ///
  /// Copies at coarser resolutions that the source brings along are used where there are any.
  ///
  /// - Parameters:
  ///   - variable: The variable.
  ///   - field: The field of it.
  ///   - keepingExact: Whether level 0 is also kept in double precision.
  ///   - memory: Where the field finds room.
  ///   - pool: The threads that read and compute.
  /// - Throws: `CubeError` where the source cannot be read, `MultiscaleError` without room.
  public init(
    of variable: Variable, field: FieldSelection, keepingExact: Bool = false, memory: FieldMemory,
    pool: WorkerPool
  ) throws {
    let grid = variable.grid
    guard grid.rows <= Int(Int32.max), grid.columns <= Int(Int32.max),
      grid.rows.multipliedReportingOverflow(by: grid.columns).partialValue <= 1 << 40
    else {
      throw MultiscaleError.dimensions(variable.name, rows: grid.rows, columns: grid.columns)
    }
    let scratch =
      memory.fields(rows: grid.rows, columns: grid.columns) > 0 ? nil : memory.scratchFolder
    // Columns that repeat the first ones of a closed axis would be seen twice.
    let columns = grid.turn ?? grid.columns
    let source = Level(
      rows: grid.rows, columns: columns,
      memory: try LevelMemory<Float>(count: grid.rows * columns, scratchFolder: scratch))
    exact =
      keepingExact
      ? try LevelMemory(count: grid.rows * columns, scratchFolder: scratch) : nil
    statistics = try Self.fill(source, exact: exact, from: variable, field: field, pool: pool)
    wraps = grid.turn != nil
    if variable.isCategorical {
      levels = try Self.modes(of: source, scratch: scratch, pool: pool)
    } else {
      levels = try Self.means(
        of: source, areas: grid.rowAreaWeights(), scratch: scratch, pool: pool
      ) {
        try Self.copy(into: $0, level: $1, of: variable, field: field, pool: pool)
      }
    }
  }

  /// How many levels there are above level 0 until one cell is left along the longer side.
  private static func levelCount(rows: Int, columns: Int) -> Int {
    let longer = max(rows, columns)
    return longer <= 1 ? 0 : Int.bitWidth - (longer - 1).leadingZeroBitCount
  }

  /// Reads a level from its source; each block of the storage is read once.
  private static func fill(
    _ level: Level, exact: LevelMemory<Double>? = nil, from variable: Variable, field: FieldSelection, pool: WorkerPool
  ) throws -> FieldStatistics {
    let blocks = variable.blocks(rows: 0..<level.rows, columns: 0..<level.columns)
    let categories = variable.flags.map(CategoryReader.init)
    let parts = try pool.map(blocks.count) { index in
      let block = blocks[index]
      // The blocks are disjoint parts of the level: no two threads touch one cell.
      let target = level.target(block.rows.lowerBound) + block.columns.lowerBound
      let exactTarget = exact.map {
        $0.cells + block.rows.lowerBound * level.columns + block.columns.lowerBound
      }
      if let categories {
        let values = try variable.readDoubles(
          time: field.time, extras: field.extras, rows: block.rows, columns: block.columns)
        categories.store(values, columns: block.columns.count, into: target, stride: level.columns)
        for (index, value) in values.enumerated() {
          let (row, column) = index.quotientAndRemainder(dividingBy: block.columns.count)
          exactTarget?[row * level.columns + column] = value
        }
      } else if let exactTarget {
        try variable.read(
          time: field.time, extras: field.extras, rows: block.rows, columns: block.columns,
          into: target, and: exactTarget, rowStride: level.columns)
      } else {
        try variable.read(
          time: field.time, extras: field.extras, rows: block.rows, columns: block.columns,
          into: target, rowStride: level.columns)
      }
      defer {
        level.memory.letGo()
        exact?.letGo()
      }
      return FieldStatistics(
        target, rows: block.rows.count, columns: block.columns.count, stride: level.columns)
    }
    return parts.reduce(into: FieldStatistics()) { $0.add($1) }
  }

  /// Fills a level from a coarser copy that the source brings, where it has one of that size.
  private static func copy(
    into level: Level, level number: Int, of variable: Variable, field: FieldSelection,
    pool: WorkerPool
  ) throws -> Bool {
    guard
      let copy = variable.levels.first(where: { $0.level == number })?.variable,
      copy.grid.rows == level.rows, copy.grid.columns == level.columns
    else { return false }
    _ = try fill(level, from: copy, field: field, pool: pool)
    return true
  }

  private static func means(
    of source: Level, areas: [Float], scratch: String?, pool: WorkerPool,
    copy: (_ into: Level, _ number: Int) throws -> Bool
  ) throws -> [Level] {
    var levels = [source]
    var weights: LevelMemory<Float>?
    for number in 1..<levelCount(rows: source.rows, columns: source.columns) + 1 {
      let finer = levels[levels.count - 1]
      let coarser = try half(of: finer, scratch: scratch)
      let finerWeights = weights
      let coarserWeights = try LevelMemory<Float>(
        count: coarser.memory.count, scratchFolder: scratch)
      try forEachRow(of: coarser, pool: pool) { row in
        let upper = 2 * row
        let hasLower = upper + 1 < finer.rows
        let weight = coarserWeights.cells + row * coarser.columns
        if let finerWeights {
          let upperWeights = finerWeights.cells + upper * finer.columns
          chalving_means(
            finer.row(upper), upperWeights, hasLower ? finer.row(upper + 1) : nil,
            hasLower ? upperWeights + finer.columns : nil, finer.columns, coarser.target(row),
            weight)
        } else {
          chalving_cells(
            finer.row(upper), hasLower ? finer.row(upper + 1) : nil, finer.columns, areas[upper],
            hasLower ? areas[upper + 1] : 0, coarser.target(row), weight)
        }
      }
      _ = try copy(coarser, number)
      finer.memory.letGo()
      levels.append(coarser)
      weights = coarserWeights
    }
    return levels
  }

  /// Modes of source cells, not of modes: a mode of modes can be a value that is rare.
  private static func modes(
    of source: Level, scratch: String?, pool: WorkerPool
  ) throws -> [Level] {
    var levels = [source]
    for step in 0..<levelCount(rows: source.rows, columns: source.columns) {
      let coarser = try half(of: levels[levels.count - 1], scratch: scratch)
      let side = 2 << step
      try forEachRow(of: coarser, pool: pool) { row in
        var counter = ModeCounter()
        let rows = row * side..<min(source.rows, (row + 1) * side)
        for column in 0..<coarser.columns {
          let columns = column * side..<min(source.columns, (column + 1) * side)
          for sourceRow in rows {
            let cells = source.row(sourceRow)
            for sourceColumn in columns { counter.count(cells[sourceColumn]) }
          }
          coarser.target(row)[column] = counter.takeMode()
        }
      }
      source.memory.letGo()
      levels.append(coarser)
    }
    return levels
  }

  private static func half(of level: Level, scratch: String?) throws(MultiscaleError) -> Level {
    let rows = (level.rows + 1) / 2
    let columns = (level.columns + 1) / 2
    return Level(
      rows: rows, columns: columns,
      memory: try LevelMemory<Float>(count: rows * columns, scratchFolder: scratch))
  }

  /// Runs the rows of a level in bands that are worth a thread's while.
  private static func forEachRow(
    of level: Level, pool: WorkerPool, _ body: @Sendable (Int) -> Void
  ) throws {
    let band = max(1, 65_536 / max(1, level.columns))
    try pool.forEach((level.rows + band - 1) / band) { index in
      for row in index * band..<min(level.rows, (index + 1) * band) { body(row) }
    }
  }
}
