import Multiscales

/// The grey levels of a part of a field: two bytes a cell, the level and whether there is a value.
///
/// A value becomes the whole part of (value − low) / (high − low) × 255, cut off at both ends, in
/// double precision: what matplotlib's `Normalize` makes of it in the viewer's own server.
struct GreyLevels {
  private let low: Double
  private let high: Double
  private let width: Double

  init(_ range: ClosedRange<Double>) {
    low = range.lowerBound
    high = range.upperBound
    width = high - low
  }

  /// Writes a window of a level, row by row from the north, filled up with missing cells.
  ///
  /// - Parameters:
  ///   - window: which cells, counted from the north and west at a resolution.
  ///   - levels: the field.
  ///   - level: how often it is halved.
  ///   - grid: how tiles lie.
  ///   - bytes: 2 × height × width of the window, all 0.
  func write(
    _ window: Window, of levels: Levels, level: Int, grid: ViewerTileGrid, into bytes: inout [UInt8]
  ) {
    // Vertices stand on cells of the source: a mean would stand between them.
    let isSampled = window.isSampled
    let source = levels.levels[isSampled ? 0 : min(level, levels.levels.count - 1)]
    let step = isSampled ? 1 << level : 1
    for j in 0..<window.height {
      let fromNorth = (window.y + j) * step
      guard fromNorth < source.rows else { break }
      let row = source.row(grid.isFlipped.y ? source.rows - 1 - fromNorth : fromNorth)
      var to = 2 * j * window.width
      for i in 0..<window.width {
        let fromWest = (window.x + i) * step
        guard fromWest < source.columns else { break }
        let value = row[grid.isFlipped.x ? source.columns - 1 - fromWest : fromWest]
        if !value.isNaN {
          bytes[to] = grey(Double(value))
          bytes[to + 1] = 255
        }
        to += 2
      }
    }
  }

  private func grey(_ value: Double) -> UInt8 {
    UInt8(max(0, min(255, (min(max(value, low), high) - low) / width * 255)))
  }

  /// Cells of a resolution, counted from the north-west.
  struct Window {
    let x: Int
    let y: Int
    let width: Int
    let height: Int
    /// Whether every 2ᵏ-th cell of the source is taken instead of means.
    let isSampled: Bool
  }
}
