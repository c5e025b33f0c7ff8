import CResampling
public import Grids
public import Images
public import Multiscales

/// Takes the pixels of one tile from a field: nearest cell or bilinear, at the level that fits.
///
/// The rules, which hold across tile edges and at every level:
/// - a pixel is missing where its nearest cell is missing, so that data end where their cells end;
/// - a bilinear pixel is the weighted mean of the valid ones of its four cells;
/// - at the rim of a grid the outermost cells reach to their own edge.
public struct TileSampler {
  /// Pixels along a side of a tile.
  public static let side = 256
  /// Pixels of a tile.
  public static let pixels = side * side

  private let levels: Levels
  private var upper = SampledRow()
  private var lower = SampledRow()

  /// Samples a field, or tiles that lie within a window of it.
  public init(_ levels: Levels) { self.levels = levels }

  /// Fills the pixels of a tile, row by row from the north-west.
  ///
  /// - Parameters:
  ///   - map: where the pixels fall in level 0.
  ///   - number: which level to take them from.
  ///   - interpolation: how.
  ///   - pixels: room for 65,536 values.
  /// - Returns: false where the tile lies outside the grid or where no cell under it is valid; the
  ///   pixels are not defined then.
  public mutating func sample(
    _ map: TileIndexMap, level number: Int, interpolation: Style.Interpolation,
    into pixels: UnsafeMutablePointer<Float>
  ) -> Bool {
    let number = min(number, levels.levels.count - 1)
    switch map {
    case .outside: return false
    case .separable(let columns, let rows):
      guard columns.count == Self.side, rows.count == Self.side else { return false }
      let level = levels.levels[number]
      let window = levels.window
      let origin = window.origin(ofLevel: number)
      let across = AxisPositions(
        columns, level: number, count: window.columnCount(ofLevel: number),
        sourceCount: window.fieldColumns, wraps: levels.wraps
      ).within(origin.column..<origin.column + level.columns)
      let down = AxisPositions(
        rows, level: number, count: window.rowCount(ofLevel: number),
        sourceCount: window.fieldRows, wraps: false
      ).within(origin.row..<origin.row + level.rows)
      guard levels.hasValidCell(columns: across.cells, rows: down.cells, level: number) else {
        return false
      }
      switch interpolation {
      case .nearest: sampleNearest(level, across: across, down: down, into: pixels)
      case .bilinear: sampleBilinear(level, across: across, down: down, into: pixels)
      }
    case .full(let columns, let rows):
      guard columns.count == Self.pixels, rows.count == Self.pixels else { return false }
      columns.withUnsafeBufferPointer { columns in
        rows.withUnsafeBufferPointer { rows in
          levels.sample(
            level: number, columns: columns, rows: rows, interpolation: interpolation, into: pixels)
        }
      }
    }
    return true
  }

  private func sampleNearest(
    _ level: Levels.Level, across: AxisPositions, down: AxisPositions,
    into pixels: UnsafeMutablePointer<Float>
  ) {
    for y in 0..<Self.side {
      let out = pixels + y * Self.side
      guard down.inside[y] != 0 else {
        out.update(repeating: .nan, count: Self.side)
        continue
      }
      let cells = level.row(Int(down.nearest(y)))
      for x in 0..<Self.side {
        // Positions hold indices of existing cells only, outside of the grid too.
        let value = cells[Int(across.nearest(x))]
        out[x] = across.inside[x] != 0 ? value : .nan
      }
    }
  }

  private mutating func sampleBilinear(
    _ level: Levels.Level, across: AxisPositions, down: AxisPositions,
    into pixels: UnsafeMutablePointer<Float>
  ) {
    upper.row = -1
    lower.row = -1
    for y in 0..<Self.side {
      let out = pixels + y * Self.side
      guard down.inside[y] != 0 else {
        out.update(repeating: .nan, count: Self.side)
        continue
      }
      let first = Int(down.first[y])
      let second = Int(down.second[y])
      if upper.row != first {
        if lower.row == first {
          swap(&upper, &lower)
        } else {
          upper.sample(level, row: first, across: across)
        }
      }
      if lower.row != second { lower.sample(level, row: second, across: across) }
      upper.blend(with: lower, fraction: down.fraction[y], into: out)
    }
  }
}

/// Between which cells of one level the 256 pixels of a tile fall along one axis.
struct AxisPositions {
  private(set) var first = [Int32](repeating: 0, count: TileSampler.side)
  private(set) var second = [Int32](repeating: 0, count: TileSampler.side)
  private(set) var fraction = [Float](repeating: 0, count: TileSampler.side)
  private(set) var inside = [Int32](repeating: 0, count: TileSampler.side)
  /// The smallest and largest index used; empty where every pixel is outside.
  private(set) var cells: Range<Int> = 0..<0

  /// Turns fractional indices of level 0 into positions in a level.
  ///
  /// - Parameters:
  ///   - indices: 0 is the centre of the first cell; NaN is outside.
  ///   - level: the level.
  ///   - count: how many cells it has.
  ///   - sourceCount: how many cells level 0 has.
  ///   - wraps: whether the first cell follows the last.
  init(_ indices: [Double], level: Int, count: Int, sourceCount: Int, wraps: Bool) {
    let side = Double(1 << level)
    let end = Double(sourceCount)
    // The last cell of a level is narrower where the source does not divide evenly.
    let lastCentre = (Double(count - 1) * side + end) / 2
    var lowest = Int32.max
    var highest = Int32.min
    for (pixel, index) in indices.enumerated().prefix(TileSampler.side) {
      guard index >= -1, index <= end else { continue }
      let edge = index + 0.5
      var before: Int
      var after: Int
      var part: Double
      if edge >= lastCentre {
        before = count - 1
        after = wraps ? 0 : count - 1
        part = wraps ? (edge - lastCentre) / (end + side / 2 - lastCentre) : 0
      } else if edge < min(side / 2, lastCentre) {
        before = wraps ? count - 1 : 0
        after = 0
        part = wraps ? (edge + end - lastCentre) / (end + side / 2 - lastCentre) : 0
      } else {
        before = min(count - 2, Int(edge / side - 0.5))
        let centre = (Double(before) + 0.5) * side
        let next = before == count - 2 ? lastCentre : centre + side
        after = before + 1
        part = (edge - centre) / (next - centre)
      }
      before = min(max(before, 0), count - 1)
      after = min(max(after, 0), count - 1)
      part = min(max(part, 0), 1)
      first[pixel] = Int32(before)
      second[pixel] = Int32(after)
      fraction[pixel] = Float(part)
      inside[pixel] = 1
      lowest = min(lowest, first[pixel], second[pixel])
      highest = max(highest, first[pixel], second[pixel])
    }
    if lowest <= highest { cells = Int(lowest)..<Int(highest) + 1 }
  }

  /// The same, counted from the begin of a window; pixels that need cells outside are outside.
  func within(_ window: Range<Int>) -> AxisPositions {
    guard window.lowerBound > 0 || cells.upperBound > window.upperBound else { return self }
    var moved = self
    let origin = Int32(window.lowerBound)
    let last = Int32(window.count - 1)
    var lowest = Int32.max
    var highest = Int32.min
    for pixel in inside.indices {
      moved.first[pixel] = min(max(first[pixel] - origin, 0), last)
      moved.second[pixel] = min(max(second[pixel] - origin, 0), last)
      guard inside[pixel] != 0 else { continue }
      if window.contains(Int(first[pixel])), window.contains(Int(second[pixel])) {
        lowest = min(lowest, moved.first[pixel], moved.second[pixel])
        highest = max(highest, moved.first[pixel], moved.second[pixel])
      } else {
        moved.inside[pixel] = 0
      }
    }
    moved.cells = lowest <= highest ? Int(lowest)..<Int(highest) + 1 : 0..<0
    return moved
  }

  /// The nearer of the two cells of a pixel.
  func nearest(_ pixel: Int) -> Int32 { fraction[pixel] < 0.5 ? first[pixel] : second[pixel] }
}

/// One row of a level, interpolated at the pixel columns of a tile.
private struct SampledRow {
  var row = -1
  private var isComplete = false
  private var sum = [Float](repeating: 0, count: TileSampler.side)
  private var share = [Float](repeating: 0, count: TileSampler.side)
  private var nearest = [Float](repeating: 0, count: TileSampler.side)

  mutating func sample(_ level: Levels.Level, row: Int, across: AxisPositions) {
    self.row = row
    isComplete =
      cresample_row(
        level.row(row), across.first, across.second, across.fraction, across.inside,
        TileSampler.side, &sum, &share, &nearest) != 0
  }

  func blend(with lower: SampledRow, fraction: Float, into out: UnsafeMutablePointer<Float>) {
    if isComplete, lower.isComplete {
      cresample_blend_complete(sum, lower.sum, fraction, TileSampler.side, out)
    } else {
      cresample_blend(
        sum, share, nearest, lower.sum, lower.share, lower.nearest, fraction, TileSampler.side,
        out)
    }
  }
}

extension Levels {
  /// Takes scattered places from one of the levels, by the rules of ``TileSampler``.
  ///
  /// - Parameters:
  ///   - number: which level, or the coarsest one where there are fewer.
  ///   - columns: fractional columns of level 0; NaN gives NaN.
  ///   - rows: as many rows.
  ///   - interpolation: how.
  ///   - values: room for as many values.
  public func sample(
    level number: Int, columns: UnsafeBufferPointer<Float>, rows: UnsafeBufferPointer<Float>,
    interpolation: Style.Interpolation, into values: UnsafeMutablePointer<Float>
  ) {
    let number = min(number, levels.count - 1)
    let level = levels[number]
    let origin = self.window.origin(ofLevel: number)
    var window = cresample_window(
      cells: level.row(0), stride: level.columns, first_row: Int32(origin.row),
      first_column: Int32(origin.column), row_count: Int32(level.rows),
      column_count: Int32(level.columns),
      level_columns: Int32(self.window.columnCount(ofLevel: number)), wraps: wraps ? 1 : 0)
    guard let firstColumn = columns.baseAddress, let firstRow = rows.baseAddress else { return }
    cresample_scattered(
      &window, firstColumn, firstRow, min(columns.count, rows.count), 1 / Float(1 << number),
      interpolation == .bilinear ? 1 : 0, values)
  }

  /// Whether any cell under a part of a level is valid, told from a coarser level in a few looks.
  func hasValidCell(columns: Range<Int>, rows: Range<Int>, level: Int) -> Bool {
    guard !columns.isEmpty, !rows.isEmpty else { return false }
    var coarse = level
    while coarse < levels.count - 1,
      max(columns.count, rows.count) >> (coarse - level) > 8
    {
      coarse += 1
    }
    let shift = coarse - level
    let cells = levels[coarse]
    for row in rows.lowerBound >> shift...(rows.upperBound - 1) >> shift {
      let start = cells.row(row)
      for column in columns.lowerBound >> shift...(columns.upperBound - 1) >> shift
      where !start[column].isNaN {
        return true
      }
    }
    return false
  }
}
