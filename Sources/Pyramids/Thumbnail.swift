import CResampling
public import Cubes
import Glibc
import Grids
public import Images
public import Jobs
public import Multiscales

/// Draws a small picture of one field, north up, in the grid's own projection.
public enum Thumbnail {
  /// The longest side of the picture in pixels.
  public static let longestSide = 480

  /// Draws a field in each of several styles.
  ///
  /// - Returns: for each style a PNG with at most 480 × 480 pixels, in which a pixel is as wide as
  ///   high on the ground near the grid's centre.
  /// - Throws: `CubeError`, `MultiscaleError` or `ImageError` where the field cannot be read or drawn.
  public static func draw(
    _ variable: Variable, field: FieldSelection, styles: [Style], memory: FieldMemory,
    pool: WorkerPool
  ) throws -> [[UInt8]] {
    let levels = try Levels(of: variable, field: field, memory: memory, pool: pool)
    let frame = Frame(variable.grid)
    return try styles.map { try draw(levels, frame: frame, style: $0) }
  }

  private static func draw(_ levels: Levels, frame: Frame, style: Style) throws -> [UInt8] {
    let pixels = frame.width * frame.height
    let finest = levels.levels[0]
    let ratio = Double(finest.columns) / Double(frame.width)
    let number = min(levels.levels.count - 1, max(0, Int(ratio.rounded(.down)).bitLength - 1))
    let level = levels.levels[number]
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
    var window = cresample_window(
      cells: level.row(0), stride: level.columns, first_row: 0, first_column: 0,
      row_count: Int32(level.rows), column_count: Int32(level.columns),
      level_columns: Int32(level.columns), wraps: 0)
    cresample_scattered(
      &window, columns, rows, pixels, 1 / Float(1 << number),
      style.interpolation == .bilinear ? 1 : 0, &values)
    return try png(values, frame: frame, style: style)
  }

  private static func png(_ values: [Float], frame: Frame, style: Style) throws -> [UInt8] {
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
private struct Frame {
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
