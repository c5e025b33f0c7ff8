/// Why the resolutions of a field could not be made.
public struct MultiscaleError: Error, CustomStringConvertible, Sendable {
  /// What was tried, on what, why it failed and what to do.
  public let description: String

  static func scratch(_ reason: String, path: String?) -> MultiscaleError {
    MultiscaleError(
      description: "the field is too large for memory and its scratch file"
        + (path.map { " \($0)" } ?? "") + " failed: \(reason). "
        + "Free some room, or put the output on a larger disk")
  }

  static func dimensions(_ variable: String, rows: Int, columns: Int) -> MultiscaleError {
    MultiscaleError(
      description: "variable \(variable): a field of \(rows) × \(columns) cells is too large; "
        + "at most 2^31 - 1 rows and columns and 2^40 cells can be made coarser")
  }
}
