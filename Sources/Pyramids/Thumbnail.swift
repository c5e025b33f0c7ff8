import CResampling
import Glibc
public import Grids
public import Images
public import Multiscales

/// What a small picture of one field is drawn from, north up, in the grid's own projection: a copy of
/// the level whose cells are about as large as its pixels.
public struct Thumbnail: Sendable {
  /// The longest side of the picture in pixels.
  public static let longestSide = 480

  private let frame: Frame
  private let finest: (rows: Int, columns: Int)
  private let number: Int
  private let level: (rows: Int, columns: Int)
  private let cells: [Float]

  /// Takes what is needed of a field.
  public init(_ levels: Levels, of grid: Grid) {
    frame = Frame(grid)
    let source = levels.levels[0]
    finest = (source.rows, source.columns)
    let ratio = Double(source.columns) / Double(frame.width)
    number = min(levels.levels.count - 1, max(0, Int(ratio.rounded(.down)).bitLength - 1))
    let level = levels.levels[number]
    self.level = (level.rows, level.columns)
    cells = Array(
      UnsafeBufferPointer(start: level.row(0), count: level.rows * level.columns))
  }

  /// Draws the field in a style.
  ///
  /// - Returns: a PNG with at most 480 × 480 pixels, in which a pixel is as wide as high on the ground
  ///   near the grid's centre.
  /// - Throws: `ImageError` where it cannot be drawn.
  public func png(_ style: Style) throws -> [UInt8] {
    let pixels = frame.width * frame.height
    var columns = [Float](repeating: 0, count: pixels)
    var rows = columns
    for y in 0..<frame.height {
      for x in 0..<frame.width {
        let across = (Double(x) + 0.5) / Double(frame.width) * Double(finest.columns) - 0.5
        let down = (Double(y) + 0.5) / Double(frame.height) * Double(finest.rows) - 0.5
        columns[y * frame.width + x] =
          Float(frame.flipsColumns ? Double(finest.columns - 1) - across : across)
        rows[y * frame.width + x] =
          Float(frame.flipsRows ? Double(finest.rows - 1) - down : down)
      }
    }
    var values = [Float](repeating: .nan, count: pixels)
    cells.withUnsafeBufferPointer { cells in
      var window = cresample_window(
        cells: cells.baseAddress, stride: level.columns, first_row: 0, first_column: 0,
        row_count: Int32(level.rows), column_count: Int32(level.columns),
        level_columns: Int32(level.columns), wraps: 0)
      cresample_scattered(
        &window, columns, rows, pixels, 1 / Float(1 << number),
        style.interpolation == .bilinear ? 1 : 0, &values)
    }
    return try png(values, style: style)
  }

  private func png(_ values: [Float], style: Style) throws -> [UInt8] {
    let colouriser = Colouriser(style)
    var indices = [UInt8](repeating: 0, count: values.count)
    _ = values.withUnsafeBufferPointer { values in
      indices.withUnsafeMutableBufferPointer { colouriser.indices(of: values, into: $0) }
    }
    let encoder = try TileEncoder(
      width: frame.width, height: frame.height, format: .png, effort: .small,
      palette: colouriser.palette)
    return try indices.withUnsafeBufferPointer { try encoder.encode($0) }
  }
}

/// The shape of a thumbnail and how the grid lies in it.
private struct Frame: Sendable {
  let width: Int
  let height: Int
  let flipsRows: Bool
  let flipsColumns: Bool

  init(_ grid: Grid) {
    var aspect = Double(grid.columns) / Double(max(1, grid.rows))
    if case .rectilinear(let x, let y) = grid.geometry {
      flipsRows = (y.values.first ?? 0) < (y.values.last ?? 0)
      flipsColumns = (x.values.first ?? 0) > (x.values.last ?? 0)
      let bounds = grid.nativeBounds
      let middle = (bounds.minY + bounds.maxY) / 2
      // Degrees of longitude shrink towards the poles; a whole globe is drawn as a plate carrée.
      let shrink =
        grid.crs.isGeographic && bounds.maxX - bounds.minX < 180
        ? max(0.2, cos(middle / 180 * .pi)) : 1
      aspect = (bounds.maxX - bounds.minX) * shrink / max(1e-9, bounds.maxY - bounds.minY)
    } else {
      flipsRows =
        grid.cellCentre(row: 0, column: grid.columns / 2).latitude
        < grid.cellCentre(row: grid.rows - 1, column: grid.columns / 2).latitude
      flipsColumns = false
    }
    let side = Double(Thumbnail.longestSide)
    aspect = min(8, max(1 / 8, aspect))
    width = max(1, Int((aspect >= 1 ? side : side * aspect).rounded()))
    height = max(1, Int((aspect >= 1 ? side / aspect : side).rounded()))
  }
}

extension Int {
  /// How many binary digits a number that is not negative has.
  fileprivate var bitLength: Int { Int.bitWidth - leadingZeroBitCount }
}
