/// The values of a variable at a place over time.
public struct PlaceSeries: Sendable, Hashable {
  /// The times, rising, as ISO 8601 texts.
  public let times: [String]
  /// For each time a number that grows with it, such as seconds.
  public let positions: [Double]
  /// The values in the variable's unit; NaN where there is none.
  public let values: [Double]

  /// Makes a series; only times that have a position and a value count.
  public init(times: [String], positions: [Double], values: [Double]) {
    let count = min(times.count, positions.count, values.count)
    self.times = Array(times.prefix(count))
    self.positions = Array(positions.prefix(count))
    self.values = Array(values.prefix(count))
  }

  /// The smallest and the largest value; `nil` where there is none.
  var range: ClosedRange<Double>? {
    let known = values.filter(\.isFinite)
    guard let low = known.min(), let high = known.max() else { return nil }
    return low...high
  }

  /// What a look for a series finds.
  public enum Search: Sendable {
    /// The series of the cell that holds the place.
    case found(PlaceSeries)
    /// The place lies outside of the grid.
    case outside
    /// The files of the series are not at hand, such as where only a part of a site is made.
    case away
  }
}
