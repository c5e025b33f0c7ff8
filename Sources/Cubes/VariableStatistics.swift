/// Numbers that describe all decoded values of a variable.
public struct VariableStatistics: Sendable, Hashable {
  /// How many values there are that are not missing.
  public let count: Int
  /// How many values are missing.
  public let missing: Int
  /// The smallest value; NaN where all are missing.
  public let minimum: Double
  /// The greatest value; NaN where all are missing.
  public let maximum: Double
  /// The arithmetic mean of the cells, not weighted by area; NaN where all are missing.
  public let mean: Double

  /// The share of missing values, 0 to 1; 0 for a variable without values.
  public var missingShare: Double {
    count + missing == 0 ? 0 : Double(missing) / Double(count + missing)
  }
}
