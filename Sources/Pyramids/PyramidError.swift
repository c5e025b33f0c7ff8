/// Why a pyramid could not be made.
public struct PyramidError: Error, CustomStringConvertible, Sendable {
  /// What was tried, on what, why it failed and what to do.
  public let description: String

  static func scratch(_ reason: String, path: String?) -> PyramidError {
    PyramidError(
      description: "the field is too large for memory and its scratch file"
        + (path.map { " \($0)" } ?? "") + " failed: \(reason). "
        + "Free some room, or put the output on a larger disk")
  }

  static func dimensions(_ variable: String, rows: Int, columns: Int) -> PyramidError {
    PyramidError(
      description: "variable \(variable): a field of \(rows) × \(columns) cells is too large; "
        + "at most 2^31 - 1 rows and columns and 2^40 cells can be tiled")
  }
}
