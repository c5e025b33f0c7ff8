/// What values have in common: their number, extremes, mean and spread, and where wanted all of them.
///
/// Every value counts the same, as for xcube and xarray. Mean and deviation are updated in pairs (Chan,
/// Golub, LeVeque 1983), so that rounding does not grow with their number.
struct ValueSummary: Sendable {
  private(set) var count = 0
  private(set) var minimum = Double.infinity
  private(set) var maximum = -Double.infinity
  private(set) var mean = 0.0
  /// The sum of squared distances from the mean.
  private var squares = 0.0
  /// All of them, where they are kept.
  private(set) var values: [Double]?

  init(keepingValues: Bool) { values = keepingValues ? [] : nil }

  /// The deviation of the values themselves, not of what they may be a sample of.
  var deviation: Double { count > 0 ? (max(0, squares) / Double(count)).squareRoot() : .nan }

  /// Takes values in; NaN is none.
  mutating func add(_ new: UnsafeBufferPointer<Double>) {
    var added = 0
    var sum = 0.0
    for value in new where !value.isNaN {
      added += 1
      sum += value
      minimum = min(minimum, value)
      maximum = max(maximum, value)
    }
    guard added > 0 else { return }
    let itsMean = sum / Double(added)
    var itsSquares = 0.0
    for value in new where !value.isNaN {
      itsSquares += (value - itsMean) * (value - itsMean)
      values?.append(value)
    }
    let distance = itsMean - mean
    let total = Double(count + added)
    mean += distance * Double(added) / total
    squares += itsSquares + distance * distance * Double(count) * Double(added) / total
    count += added
  }

  /// The middle value, or the mean of the two in the middle; `nil` of none, or where they were not kept.
  func median() -> Double? {
    guard let sorted = values?.sorted(), !sorted.isEmpty else { return nil }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}

/// How often values occur between equally distant edges.
public struct LiveHistogram: Sendable, Equatable {
  /// The share of the values in each bin, divided by its width: their integral is 1.
  public let densities: [Double]
  /// The edges of the bins, one more than there are bins; a bin holds its lower edge, the last one both.
  public let edges: [Double]

  /// Of values, of which there is at least one, by the definition of `numpy.histogram`.
  init(_ values: [Double], minimum: Double, maximum: Double, bins: Int) {
    // Of equal values the one bin would be infinitely high.
    let (low, high) =
      minimum < maximum ? (minimum, maximum) : (minimum - 0.5, maximum + 0.5)
    let width = (high - low) / Double(bins)
    let edges = (0...bins).map { $0 == bins ? high : low + Double($0) * width }
    var counts = [Int](repeating: 0, count: bins)
    for value in values {
      var bin = min(max(Int((value - low) / (high - low) * Double(bins)), 0), bins - 1)
      // The quotient is rounded; the edges decide.
      if value < edges[bin], bin > 0 { bin -= 1 }
      if bin < bins - 1, value >= edges[bin + 1] { bin += 1 }
      counts[bin] += 1
    }
    let total = Double(max(1, values.count))
    self.edges = edges
    densities = counts.enumerated().map { bin, count in
      Double(count) / total / (edges[bin + 1] - edges[bin])
    }
  }
}
