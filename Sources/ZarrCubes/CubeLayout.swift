import PublishedArrays
import Zarr

/// How the levels of a variable are cut for maps: windows of 256 × 256 cells of one field, up to
/// 16 × 16 of which make a shard, so that a map tile costs one range request once the index is there.
struct CubeLayout: Sendable {
  /// The side of a window, in cells.
  static let windowSide = 256
  /// How many windows lie along the side of a shard.
  static let windowsPerSide = 16

  let format: ZarrFormat
  let rows: Int
  let columns: Int

  init(_ grid: PublishedGrid, level: Int, format: ZarrFormat) {
    self.format = format
    rows = grid.rows(level: level)
    columns = grid.columns(level: level)
  }

  /// The shape of a window.
  var window: (rows: Int, columns: Int) {
    (min(Self.windowSide, rows), min(Self.windowSide, columns))
  }

  /// How many windows there are along each side.
  var windows: (rows: Int, columns: Int) {
    ((rows + window.rows - 1) / window.rows, (columns + window.columns - 1) / window.columns)
  }

  /// How many windows a shard has along each side; `nil` where each window is an object.
  var windowsPerShard: (rows: Int, columns: Int)? {
    guard format == .v3, windows.rows * windows.columns > 1 else { return nil }
    return (min(Self.windowsPerSide, windows.rows), min(Self.windowsPerSide, windows.columns))
  }

  func chunkShape(dimensions: Int) -> [Int] {
    [Int](repeating: 1, count: dimensions - 2) + [window.rows, window.columns]
  }

  func shardShape(dimensions: Int) -> [Int]? {
    windowsPerShard.map {
      [Int](repeating: 1, count: dimensions - 2)
        + [$0.rows * window.rows, $0.columns * window.columns]
    }
  }
}
