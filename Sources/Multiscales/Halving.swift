import CHalving
import Jobs

extension Levels {
  /// How many levels there are above level 0 until one cell is left along the longer side.
  static func levelCount(rows: Int, columns: Int) -> Int {
    let longer = max(rows, columns)
    return longer <= 1 ? 0 : Int.bitWidth - (longer - 1).leadingZeroBitCount
  }

  /// Means over the area of source cells, of which each row has its own; `copies` are levels that the
  /// source brings, by number, and are used as they are; levels above `depth` are not made.
  static func means(
    of source: Level, areas: [Float], copies: [Int: Level], depth: Int = .max, scratch: String?,
    pool: WorkerPool
  ) throws -> [Level] {
    var levels = [source]
    var weights: LevelMemory<Float>?
    let last = min(depth, levelCount(rows: source.rows, columns: source.columns))
    for number in 1..<last + 1 {
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
      finer.memory.letGo()
      levels.append(copies[number] ?? coarser)
      weights = coarserWeights
    }
    return levels
  }

  /// Modes of source cells, not of modes: a mode of modes can be a value that is rare.
  static func modes(
    of source: Level, depth: Int = .max, scratch: String?, pool: WorkerPool
  ) throws -> [Level] {
    var levels = [source]
    for step in 0..<min(depth, levelCount(rows: source.rows, columns: source.columns)) {
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
    try Level(rows: (level.rows + 1) / 2, columns: (level.columns + 1) / 2, scratch: scratch)
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
