import Jobs
import Multiscales
import PublishedArrays

/// Puts the packed cells of a field where the bands of the shards want them.
struct FieldScattering {
  private let arrays: SeriesArrays
  private let scratch: ScratchFile?
  private let pool: WorkerPool

  init(_ arrays: SeriesArrays, scratch: ScratchFile?, pool: WorkerPool) {
    self.arrays = arrays
    self.scratch = scratch
    self.pool = pool
  }

  /// Writes the levels of a field; without a scratch file they are only looked at.
  ///
  /// - Returns: For each level the largest distance of a cell from what its stored number means.
  func scatter(_ levels: Levels, number: Int, name: String) throws -> [Double] {
    let (time, extra) = number.quotientAndRemainder(dividingBy: arrays.extraCount)
    var errors: [Double] = []
    for (level, layout) in arrays.layouts.enumerated() {
      let packer = try LevelPacker(levels, level: level, packing: arrays.variable.packing)
      if level == 0 { try packer.checkRange(name) }
      let rows = try pool.map(layout.shards.rows) { row in
        try scatter(packer, layout: layout, level: level, shardRow: row, time: time, extra: extra)
      }
      let error = rows.reduce(0, max)
      try packer.check(error: error, name)
      errors.append(error)
      levels.letGo()
    }
    return errors
  }

  private func scatter(
    _ packer: LevelPacker, layout: SeriesLayout, level: Int, shardRow: Int, time: Int, extra: Int
  ) throws -> Double {
    var worst = 0.0
    let piece = UnsafeMutableRawBufferPointer.allocate(
      byteCount: layout.pieceBytes, alignment: MemoryLayout<Double>.alignment)
    defer { piece.deallocate() }
    guard let target = piece.baseAddress else { return 0 }
    for column in 0..<layout.shards.columns {
      for band in 0..<layout.bands {
        let shard = (row: shardRow, column: column)
        let cells = layout.cells(shard: shard, band: band)
        if cells.rows.count * cells.columns.count * layout.elementSize < layout.pieceBytes {
          packer.packing.fill(target, count: layout.pieceBytes / layout.elementSize)
        }
        worst = max(
          worst,
          packer.pack(
            rows: cells.rows, columns: cells.columns, into: target, rowBytes: layout.rowBytes))
        try scratch?.write(
          UnsafeRawBufferPointer(piece),
          at: arrays.offset(level: level, extra: extra, shard: shard, band: band, time: time))
      }
    }
    return worst
  }
}
