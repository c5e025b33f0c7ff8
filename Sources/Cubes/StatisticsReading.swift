import Grids

extension Variable {
  /// Reads every value once and describes them.
  ///
  /// Blocks are streamed, so memory is bounded by a block.
  ///
  /// - Throws: `CubeError` that names source, variable and step.
  public func statistics() throws(CubeError) -> VariableStatistics {
    var total = RunningStatistics()
    let fields = (0..<max(1, time?.count ?? 1)).flatMap { step in
      extraPositions.map { FieldSelection(time: step, extras: $0) }
    }
    for group in try storageGroups(of: fields) {
      for block in blocks {
        var values = [Double](repeating: .nan, count: block.count)
        try read(group, rows: block.rows, columns: block.columns) {
          (_, window) throws(CubeError) in
          try window.decode(into: &values, rowStride: block.columns.count)
          total.add(values)
        }
      }
    }
    return total.result
  }

  /// Values from all over the variable, for the choice of a colour range.
  ///
  /// Deterministic: up to five steps spread evenly over time, the first position of each further
  /// dimension and its middle one, and cells at even distances. Missing values are left out.
  ///
  /// - Parameter limit: About how many values to return.
  /// - Returns: The values, in an order that depends on how they are stored.
  /// - Throws: `CubeError` that names source, variable and step.
  public func sampleValues(limit: Int) throws(CubeError) -> [Float] {
    let steps = Self.spread(5, over: time?.count ?? 1)
    let positions = Self.spread(3, over: extraPositions.count).map { extraPositions[$0] }
    let cells = grid.rows * grid.columns
    let share = max(1, limit / max(1, steps.count * positions.count))
    // A stride that shares no factor with the width walks over all columns.
    var stride = max(1, cells / share)
    while stride > 1 && Self.greatestCommonDivisor(stride, grid.columns) != 1 { stride += 1 }
    var sample: [Float] = []
    let fields = steps.flatMap { step in
      positions.map { FieldSelection(time: step, extras: $0) }
    }
    for group in try storageGroups(of: fields) {
      for block in blocks {
        var values = [Float](repeating: .nan, count: block.count)
        try read(group, rows: block.rows, columns: block.columns) {
          (_, window) throws(CubeError) in
          try window.decode(into: &values, rowStride: block.columns.count)
          take(from: values, of: block, stride: stride, into: &sample)
        }
      }
    }
    return sample
  }

  /// Every combination of positions along the further dimensions, the last one changing fastest.
  public var extraPositions: [[Int]] {
    extras.reduce([[]]) { positions, axis in
      positions.flatMap { position in (0..<axis.count).map { position + [$0] } }
    }
  }

  /// Takes the cells of a block whose number in the whole grid is a multiple of the stride.
  private func take(
    from values: [Float], of block: GridBlock, stride: Int, into sample: inout [Float]
  ) {
    for (line, row) in block.rows.enumerated() {
      let start = row * grid.columns + block.columns.lowerBound
      var offset = (stride - start % stride) % stride
      while offset < block.columns.count {
        let value = values[line * block.columns.count + offset]
        if !value.isNaN { sample.append(value) }
        offset += stride
      }
    }
  }

  private static func spread(_ wanted: Int, over count: Int) -> [Int] {
    guard count > wanted else { return Array(0..<count) }
    return (0..<wanted).map { $0 * (count - 1) / (wanted - 1) }
  }

  private static func greatestCommonDivisor(_ first: Int, _ second: Int) -> Int {
    second == 0 ? first : greatestCommonDivisor(second, first % second)
  }
}

/// Count, extremes and sum of values that come in pieces.
struct RunningStatistics {
  private var count = 0
  private var missing = 0
  private var minimum = Double.infinity
  private var maximum = -Double.infinity
  private var sum = 0.0
  private var lost = 0.0

  /// Adds values.
  ///
  /// The sum is compensated (Neumaier 1974), so that its
  /// error does not grow with the number of values.
  mutating func add(_ values: [Double]) {
    for value in values {
      if value.isNaN {
        missing += 1
        continue
      }
      count += 1
      minimum = min(minimum, value)
      maximum = max(maximum, value)
      let next = sum + value
      lost += abs(sum) >= abs(value) ? (sum - next) + value : (value - next) + sum
      sum = next
    }
  }

  var result: VariableStatistics {
    guard count > 0 else {
      return VariableStatistics(
        count: 0, missing: missing, minimum: .nan, maximum: .nan, mean: .nan)
    }
    return VariableStatistics(
      count: count, missing: missing, minimum: minimum, maximum: maximum,
      mean: (sum + lost) / Double(count))
  }
}
