/// What was seen of a field while it was in memory.
public struct FieldStatistics: Sendable, Equatable {
  /// How many cells hold a value.
  public var valid = 0
  /// How many cells are missing.
  public var missing = 0
  /// The smallest value; +∞ where there is none.
  public var minimum = Float.infinity
  /// The largest value; -∞ where there is none.
  public var maximum = -Float.infinity
  /// The sum of the values.
  public var sum = 0.0

  /// Of no field at all.
  public init() {}

  /// Of cells in rows at distances of `stride`, all of which must exist.
  init(_ cells: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int) {
    for row in 0..<rows {
      let start = cells + row * stride
      var rowSum = 0.0
      for column in 0..<columns {
        let value = start[column]
        let isValid = value == value
        valid += isValid ? 1 : 0
        rowSum += isValid ? Double(value) : 0
        minimum = value < minimum ? value : minimum
        maximum = value > maximum ? value : maximum
      }
      sum += rowSum
    }
    missing = rows * columns - valid
  }

  /// Takes another field, or another part of one, in.
  public mutating func add(_ other: FieldStatistics) {
    valid += other.valid
    missing += other.missing
    minimum = min(minimum, other.minimum)
    maximum = max(maximum, other.maximum)
    sum += other.sum
  }
}
