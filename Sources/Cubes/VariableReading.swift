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
  /// - Returns: Blocks by rows, then columns; each of about `blockCells` cells in all fields that
  ///   share its chunks, or of one chunk where that has more.
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
    try read(FieldSelection(time: time, extras: extras), rows: rows, columns: columns) {
      (window) throws(CubeError) in try window.decode(into: target, rowStride: rowStride)
    }
  }

  /// Reads decoded values of one step in double precision, by rows; missing ones are NaN.
  ///
  /// - Throws: `CubeError` that names source, variable and step.
  public func readDoubles(
    time: Int?, extras: [Int], rows: Range<Int>, columns: Range<Int>
  ) throws(CubeError) -> [Double] {
    var values = [Double](repeating: .nan, count: rows.count * columns.count)
    try read(FieldSelection(time: time, extras: extras), rows: rows, columns: columns) {
      (window) throws(CubeError) in try window.decode(into: &values, rowStride: columns.count)
    }
    return values
  }

  /// Reads decoded values of one step in single precision, by rows; missing ones are NaN.
  ///
  /// - Throws: `CubeError` that names source, variable and step.
  public func readFloats(
    time: Int?, extras: [Int], rows: Range<Int>, columns: Range<Int>
  ) throws(CubeError) -> [Float] {
    var values = [Float](repeating: .nan, count: rows.count * columns.count)
    try read(FieldSelection(time: time, extras: extras), rows: rows, columns: columns) {
      (window) throws(CubeError) in try window.decode(into: &values, rowStride: columns.count)
    }
    return values
  }

  private func read(
    _ field: FieldSelection, rows: Range<Int>, columns: Range<Int>,
    _ take: (StoredWindow) throws(CubeError) -> Void
  ) throws(CubeError) {
    try read([field], rows: rows, columns: columns) {
      (_, window) throws(CubeError) in try take(window)
    }
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
