/// How one level of a variable is cut for series: a chunk holds all times, or a long block of them, of
/// a small window of cells; up to 32 × 32 windows with all their blocks make a shard.
///
/// A click then costs the shard's index (16 KiB a block) and the blocks of one window, which lie one
/// after the other.
struct SeriesLayout: Sendable, Hashable {
  /// What a chunk takes at most before it is compressed.
  private static let chunkBytes = 64 << 10
  /// The largest window, for cubes with few times.
  private static let largestWindow = 256
  private static let windowsPerSide = 32
  /// About how many bytes of a shard are worked on at once by one thread.
  private static let bandBytes = 8 << 20

  let times: Int
  let rows: Int
  let columns: Int
  let elementSize: Int
  /// How many times a chunk holds.
  let blockTimes: Int
  /// How many cells a window has along each side: a power of two.
  let window: Int

  init(times: Int, rows: Int, columns: Int, elementSize: Int) {
    self.times = times
    self.rows = rows
    self.columns = columns
    self.elementSize = elementSize
    blockTimes = max(1, min(times, Self.chunkBytes / elementSize))
    var window = 1
    while window < Self.largestWindow, window < max(rows, columns),
      4 * window * window * blockTimes * elementSize <= Self.chunkBytes
    { window *= 2 }
    self.window = window
  }

  /// How many blocks of times there are.
  var blocks: Int { (times + blockTimes - 1) / blockTimes }

  /// How many windows a shard has along each side.
  var windowsPerShard: (rows: Int, columns: Int) {
    (
      min(Self.windowsPerSide, (rows + window - 1) / window),
      min(Self.windowsPerSide, (columns + window - 1) / window)
    )
  }

  /// How many shards there are along each side; none without times.
  var shards: (rows: Int, columns: Int) {
    guard times > 0 else { return (0, 0) }
    let side = (windowsPerShard.rows * window, windowsPerShard.columns * window)
    return ((rows + side.0 - 1) / side.0, (columns + side.1 - 1) / side.1)
  }

  var chunksPerShard: Int { max(1, blocks) * windowsPerShard.rows * windowsPerShard.columns }

  func chunkShape(dimensions: Int) -> [Int] {
    [blockTimes] + [Int](repeating: 1, count: dimensions - 3) + [window, window]
  }

  /// `nil` where a shard would hold one chunk.
  func shardShape(dimensions: Int) -> [Int]? {
    guard chunksPerShard > 1 else { return nil }
    return [blockTimes * max(1, blocks)] + [Int](repeating: 1, count: dimensions - 3)
      + [windowsPerShard.rows * window, windowsPerShard.columns * window]
  }
}

/// A part of a shard that is worked on at once: some rows of windows, as far as the grid goes.
struct SeriesBand: Sendable, Hashable {
  /// The rows and columns of the grid; beyond the last ones windows are filled up.
  let rows: Range<Int>
  let columns: Range<Int>
  /// How many rows of windows the shard has above it.
  let firstWindowRow: Int
  /// Where it lies in the scratch file: how many cells of the level lie before it.
  let cellsBefore: Int
  /// How many cells a window has along each side.
  let window: Int
  let elementSize: Int

  /// How many windows it has along each side; none beyond the edge of the grid.
  var windows: (rows: Int, columns: Int) {
    ((rows.count + window - 1) / window, (columns.count + window - 1) / window)
  }

  /// How many bytes a row takes.
  var rowBytes: Int { windows.columns * window * elementSize }

  /// How many bytes it takes at one time.
  var pieceBytes: Int { windows.rows * window * rowBytes }

  /// The cells of one of its windows, without what is filled up.
  func cells(windowRow: Int, windowColumn: Int) -> (rows: Range<Int>, columns: Range<Int>) {
    let (top, left) = (
      rows.lowerBound + windowRow * window, columns.lowerBound + windowColumn * window
    )
    return (
      top..<min(top + window, rows.upperBound), left..<min(left + window, columns.upperBound)
    )
  }
}

// A shard is worked on in bands.
extension SeriesLayout {
  /// How many rows of windows a band has at most.
  private var windowRowsPerBand: Int {
    let rowBytes = windowsPerShard.columns * window * elementSize
    return max(1, min(windowsPerShard.rows, Self.bandBytes / (blockTimes * window * rowBytes)))
  }

  /// How many bands a shard has; at the edges of the grid the last ones may be empty.
  var bands: Int { (windowsPerShard.rows + windowRowsPerBand - 1) / windowRowsPerBand }

  /// A band of a shard.
  func band(_ number: Int, shard: (row: Int, column: Int)) -> SeriesBand {
    let shardTop = shard.row * windowsPerShard.rows * window
    let shardEnd = min(shardTop + windowsPerShard.rows * window, rows)
    let top = min(shardTop + number * windowRowsPerBand * window, shardEnd)
    let end = min(top + windowRowsPerBand * window, shardEnd)
    let left = shard.column * windowsPerShard.columns * window
    let right = min(left + windowsPerShard.columns * window, columns)
    // Rows of shards lie one after the other, in them shards, in them bands.
    let before =
      shardTop * filled(columns) + filled(shardEnd - shardTop) * left
      + (top - shardTop) * filled(right - left)
    return SeriesBand(
      rows: top..<end, columns: left..<right, firstWindowRow: number * windowRowsPerBand,
      cellsBefore: before, window: window, elementSize: elementSize)
  }

  /// How many bytes all bands take at all times.
  var stackBytes: Int { filled(rows) * filled(columns) * elementSize * times }

  /// How many bytes a shard takes before it is compressed.
  var shardBytes: Int { chunksPerShard * windowBytes }

  /// How many bytes a window takes in one block.
  var windowBytes: Int { blockTimes * window * window * elementSize }

  /// Cells along a side, filled up to whole windows.
  private func filled(_ cells: Int) -> Int { (cells + window - 1) / window * window }
}

/// A part of the times that has arrays of its own.
struct SeriesSegment: Sendable, Hashable {
  /// The group that holds its levels; `nil` for the root.
  let group: String?
  /// Which of the published times it holds.
  let times: Range<Int>

  /// The name in units of work and of its scratch file.
  var name: String { group ?? "history" }

  /// How the times of a cube are divided.
  ///
  /// Of a cube that grows, the latest are kept apart, so that a new time rewrites only these; how many
  /// follows from the number of times alone: in steps of a sixteenth of the power of two below it, at
  /// least 64.
  static func segments(times: Int, isGrowing: Bool) -> [SeriesSegment] {
    guard isGrowing, times > 0 else { return [SeriesSegment(group: nil, times: 0..<times)] }
    let power = 1 << (Int.bitWidth - 1 - times.leadingZeroBitCount)
    let step = max(64, power / 16)
    let history = times / step * step
    let segments = [
      SeriesSegment(group: nil, times: 0..<history),
      SeriesSegment(group: "recent", times: history..<times),
    ]
    return history < times ? segments : [segments[0]]
  }
}
