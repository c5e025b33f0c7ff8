import Grids

extension Variable {
  /// How many cells a block should have at most, where chunks allow it.
  public static let blockCells = 2 << 20

  /// Cuts a window of the grid into blocks that are read well at once: disjoint, covering the
  /// window, aligned to storage chunks so that each chunk is decoded for one block only.
  ///
  /// - Parameters:
  ///   - rows: The rows of the window, inside the grid.
  ///   - columns: The columns of the window, inside the grid.
  /// - Returns: Blocks by rows, then columns; each of about `blockCells` cells, or of one chunk
  ///   where that has more.
  public func blocks(rows: Range<Int>, columns: Range<Int>) -> [GridBlock] {
    reader.blocks(rows: rows, columns: columns)
  }

  /// The blocks of the whole grid.
  public var blocks: [GridBlock] { blocks(rows: 0..<grid.rows, columns: 0..<grid.columns) }

  /// Reads decoded values of one step into memory of the caller; missing ones become NaN.
  ///
  /// Row 0 of the grid is the first row as stored: nothing is flipped. Unpacking is done in double
  /// precision and rounded once.
  ///
  /// - Parameters:
  ///   - time: The step; may be `nil` where there is one step or no time.
  ///   - extras: One position for each of `extras`.
  ///   - rows: The rows to read, inside the grid.
  ///   - columns: The columns to read, inside the grid.
  ///   - target: Where the value of the first row and column goes.
  ///   - rowStride: How many values lie between the begins of two rows; at least `columns.count`.
  /// - Throws: `CubeError` that names source, variable and step.
  public func read(
    time: Int?, extras: [Int], rows: Range<Int>, columns: Range<Int>,
    into target: UnsafeMutablePointer<Float>, rowStride: Int
  ) throws(CubeError) {
    try reader.read(
      time: time, extras: extras, rows: rows, columns: columns, into: target, rowStride: rowStride)
  }

  /// Reads decoded values of one step once and gives them in both precisions; missing ones are NaN.
  ///
  /// - Parameters:
  ///   - time: The step; may be `nil` where there is one step or no time.
  ///   - extras: One position for each of `extras`.
  ///   - rows: The rows to read, inside the grid.
  ///   - columns: The columns to read, inside the grid.
  ///   - floats: Where the value of the first row and column goes in single precision.
  ///   - doubles: Where it goes in double precision.
  ///   - rowStride: How many values lie between the begins of two rows, in both.
  /// - Throws: `CubeError` that names source, variable and step.
  public func read(
    time: Int?, extras: [Int], rows: Range<Int>, columns: Range<Int>,
    into floats: UnsafeMutablePointer<Float>, and doubles: UnsafeMutablePointer<Double>,
    rowStride: Int
  ) throws(CubeError) {
    try reader.read(
      time: time, extras: extras, rows: rows, columns: columns, into: floats, and: doubles,
      rowStride: rowStride)
  }

  /// Reads decoded values of one step in double precision, by rows; missing ones are NaN.
  ///
  /// - Throws: `CubeError` that names source, variable and step.
  public func readDoubles(
    time: Int?, extras: [Int], rows: Range<Int>, columns: Range<Int>
  ) throws(CubeError) -> [Double] {
    var values = [Double](repeating: .nan, count: rows.count * columns.count)
    try reader.read(
      time: time, extras: extras, rows: rows, columns: columns, into: &values,
      rowStride: columns.count)
    return values
  }

  /// Reads decoded values of one step in single precision, by rows; missing ones are NaN.
  ///
  /// - Throws: `CubeError` that names source, variable and step.
  public func readFloats(
    time: Int?, extras: [Int], rows: Range<Int>, columns: Range<Int>
  ) throws(CubeError) -> [Float] {
    var values = [Float](repeating: .nan, count: rows.count * columns.count)
    try reader.read(
      time: time, extras: extras, rows: rows, columns: columns, into: &values,
      rowStride: columns.count)
    return values
  }

  /// Reads one cell at every step; one value where there is no time.
  ///
  /// - Throws: `CubeError` that names source and variable.
  public func series(row: Int, column: Int, extras: [Int]) throws(CubeError) -> [Double] {
    try reader.series(row: row, column: column, extras: extras)
  }

  /// A text that changes when the values of one step may have changed.
  ///
  /// It depends on what the sources say about themselves (file name, size and time of change, or the
  /// store's fingerprints of the chunks), not on the folder in which they lie.
  ///
  /// - Throws: `CubeError` where the source cannot tell.
  public func fingerprint(time: Int?, extras: [Int]) throws(CubeError) -> String {
    try reader.fingerprint(time: time, extras: extras)
  }
}
