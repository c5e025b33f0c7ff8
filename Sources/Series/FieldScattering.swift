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
    // No band is larger than the first one of the first shard.
    let room = UnsafeMutableRawBufferPointer.allocate(
      byteCount: layout.band(0, shard: (0, 0)).pieceBytes,
      alignment: MemoryLayout<Double>.alignment)
    defer { room.deallocate() }
    guard let target = room.baseAddress else { return 0 }
    for column in 0..<layout.shards.columns {
      for number in 0..<layout.bands {
        let band = layout.band(number, shard: (shardRow, column))
        if band.rows.count * band.columns.count * layout.elementSize < band.pieceBytes {
          packer.packing.fill(target, count: band.pieceBytes / layout.elementSize)
        }
        worst = max(
          worst,
          packer.pack(
            rows: band.rows, columns: band.columns, into: target, rowBytes: band.rowBytes))
        try scratch?.write(
          UnsafeRawBufferPointer(start: target, count: band.pieceBytes),
          at: arrays.offset(of: band, level: level, extra: extra, time: time))
      }
    }
    return worst
  }
}
