/// The cell centres along one side of a rectilinear grid, going up or down.
///
/// Fractional indices count from 0 at the centre of the first cell; between centres they are
/// linear. Cells end half-way to their neighbours, the outer ones as far out as they reach in.
public struct GridAxis: Sendable, Hashable {
  /// The cell centres, strictly rising or strictly falling.
  public let values: [Double]
  /// How many cells there are.
  public var count: Int { values.count }
  /// Whether all cells are equally wide (to the precision of the stored coordinates).
  public let isRegular: Bool
  /// The mean distance from one centre to the next; negative on a falling axis.
  public let step: Double
  /// Whether the axis holds longitudes, so that values 360 apart are the same place.
  public let isLongitude: Bool
  /// 360 when the axis is longitude and closes the globe, else `nil`.
  ///
  /// Indices of a closed axis run from 0 up to, not including, ``periodCount``.
  public let period: Double?
  /// How many cells make one turn: `count`, or fewer when the last columns repeat the first; 0
  /// when the axis does not close.
  public let periodCount: Int

  /// How far outside an outer cell's edge a coordinate still counts as on it, in cells: rounding
  /// in coordinates stored as `Float` must not open a gap between two datasets side by side.
  static let tolerance = 1e-6

  /// Makes an axis from cell centres.
  ///
  /// - Parameters:
  ///   - values: The centres: finite, strictly rising or strictly falling.
  ///   - isLongitude: Whether they are longitudes in degrees.
  ///   - cellWidth: The width of the cell where there is only one; ignored otherwise.
  /// - Throws: `GridError` when there are no values, when one is not finite or out of order, or
  ///   when there is one value without a width.
  public init(
    values: [Double], isLongitude: Bool = false, cellWidth: Double? = nil
  ) throws(GridError) {
    let attempt = "make a grid axis of \(values.count) values"
    guard let first = values.first, let last = values.last else {
      throw GridError(
        attempt: attempt, reason: "there are none", remedy: "check the coordinate variable")
    }
    if let place = values.firstIndex(where: { !$0.isFinite || abs($0) > 1e15 }) {
      throw GridError(
        attempt: attempt, reason: "value \(place) is \(values[place])",
        remedy: "check the coordinate variable for missing values")
    }
    if values.count == 1 {
      guard let cellWidth, cellWidth.isFinite, cellWidth > 0 else {
        throw GridError(
          attempt: attempt, reason: "one cell does not say how wide it is",
          remedy: "add bounds to the coordinate variable")
      }
      self.init(checked: values, step: cellWidth, isRegular: true, isLongitude: isLongitude)
      return
    }
    let rising = last > first
    for place in 1..<values.count
    where rising ? values[place] <= values[place - 1] : values[place] >= values[place - 1] {
      throw GridError(
        attempt: attempt,
        reason: "value \(place) (\(values[place])) does not go on in the direction of the others",
        remedy: "sort the coordinate, or describe the grid by 2-D latitude and longitude")
    }
    if isLongitude, abs(last - first) >= 720 {
      throw GridError(
        attempt: attempt, reason: "longitudes span \(abs(last - first)) degrees",
        remedy: "check the units of the coordinate variable")
    }
    let step = (last - first) / Double(values.count - 1)
    // Coordinates stored as Float lie up to half a unit in the last place off; such noise is not
    // irregularity.
    let noise = 2 * Double(Float(max(abs(first), abs(last))).ulp)
    let allowed = max(1e-3 * abs(step), min(noise, 0.05 * abs(step)))
    let isRegular = values.indices.allSatisfy {
      abs(values[$0] - (first + Double($0) * step)) <= allowed
    }
    self.init(checked: values, step: step, isRegular: isRegular, isLongitude: isLongitude)
  }

  /// Makes a regular axis.
  ///
  /// - Throws: `GridError` when `count` is below 1 or `step` is 0 or not finite.
  public init(
    first: Double, step: Double, count: Int, isLongitude: Bool = false
  ) throws(GridError) {
    guard count > 0, step != 0 else {
      throw GridError(
        attempt: "make a grid axis of \(count) cells \(step) wide", reason: "it would be empty",
        remedy: "give at least one cell of some width")
    }
    try self.init(
      values: (0..<count).map { first + Double($0) * step }, isLongitude: isLongitude,
      cellWidth: abs(step))
  }

  private init(checked values: [Double], step: Double, isRegular: Bool, isLongitude: Bool) {
    self.values = values
    self.step = step
    self.isRegular = isRegular
    self.isLongitude = isLongitude
    let turn = Self.cellsPerTurn(values, step: step, isRegular: isRegular)
    periodCount = isLongitude ? turn : 0
    period = periodCount > 0 ? 360 : nil
  }

  /// The number of cells after which longitudes repeat; 0 when they do not close the globe.
  private static func cellsPerTurn(_ values: [Double], step: Double, isRegular: Bool) -> Int {
    guard let first = values.first, let last = values.last, values.count > 1 else {
      return abs(step) >= 360 ? 1 : 0
    }
    let sign = step < 0 ? -1.0 : 1.0
    let span = (last - first) * sign
    let repeated = values.lastIndex { ($0 - first) * sign < 360 - 0.01 * abs(step) } ?? 0
    if repeated < values.count - 1 { return repeated + 1 }
    let widest =
      isRegular
      ? abs(step) * 1.01
      : 1.5 * zip(values.dropFirst(), values).map { ($0 - $1) * sign }.reduce(0, max)
    return 360 - span <= widest ? values.count : 0
  }

  /// The outer edge of the first cell or the last, whichever is lower.
  public var lowerEdge: Double { min(firstEdge, lastEdge) }

  /// The outer edge of the first cell or the last, whichever is higher.
  public var upperEdge: Double { max(firstEdge, lastEdge) }

  /// The outer edge of the first cell.
  var firstEdge: Double {
    values.count > 1 && !isRegular
      ? values[0] - (values[1] - values[0]) / 2 : values[0] - step / 2
  }

  /// The outer edge of the last cell.
  var lastEdge: Double {
    let end = values.count - 1
    return end > 0 && !isRegular
      ? values[end] + (values[end] - values[end - 1]) / 2
      : values[0] + (Double(end) + 0.5) * step
  }

  /// The edge between the cells `index - 1` and `index`, for an index from 0 to `count`.
  public func edge(_ index: Int) -> Double {
    if index <= 0 { return firstEdge }
    if index >= count { return lastEdge }
    return isRegular
      ? values[0] + (Double(index) - 0.5) * step : (values[index - 1] + values[index]) / 2
  }

  /// Where a coordinate lies, counted in cells from the centre of the first.
  ///
  /// Longitudes may be given in any turn.
  ///
  /// - Returns: A number in -0.5 ... `count` - 0.5 (within a millionth of a cell), or NaN outside.
  ///   On a closed axis, a number in 0 ..< ``periodCount``; above `periodCount` - 1 the neighbour
  ///   on the far side is cell 0.
  public func index(of coordinate: Double) -> Double {
    guard coordinate.isFinite else { return .nan }
    if isLongitude { return longitudeIndex(coordinate) }
    let place = position(of: coordinate)
    return isInside(place) ? place : .nan
  }

  private func longitudeIndex(_ longitude: Double) -> Double {
    if periodCount > 0 {
      let sign = step < 0 ? -1.0 : 1.0
      var ahead = ((longitude - values[0]) * sign).truncatingRemainder(dividingBy: 360)
      if ahead < 0 { ahead += 360 }
      let place = isRegular && !closesUnevenly ? ahead / abs(step) : closedPosition(ahead, sign)
      return place < Double(periodCount) ? place : 0
    }
    // The turn that starts half a cell before the lower edge.
    let edge = lowerEdge - Self.tolerance * abs(step)
    let turned = (longitude - edge).truncatingRemainder(dividingBy: 360)
    let place = position(of: edge + (turned < 0 ? turned + 360 : turned))
    return isInside(place) ? place : .nan
  }

  /// Whether the gap between the last and the first cell of a turn differs from the step.
  private var closesUnevenly: Bool {
    abs(360 - Double(periodCount) * abs(step)) > 1e-6 * abs(step) * Double(periodCount)
  }

  /// The index on a closed irregular axis, `ahead` degrees (0 ..< 360) on from the first centre.
  private func closedPosition(_ ahead: Double, _ sign: Double) -> Double {
    let last = periodCount - 1
    let span = (values[last] - values[0]) * sign
    guard ahead > span else { return position(of: values[0] + ahead * sign) }
    return Double(last) + (ahead - span) / (360 - span)
  }

  /// Whether a position is within the outer cells.
  func isInside(_ position: Double) -> Bool {
    position >= -0.5 - Self.tolerance && position <= Double(count) - 0.5 + Self.tolerance
  }

  /// The index of a coordinate without limits: outside, the outer spacing goes on.
  func position(of coordinate: Double) -> Double {
    guard !isRegular, count > 1 else { return (coordinate - values[0]) / step }
    let rising = step > 0
    var (low, high) = (0, count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if (values[middle] <= coordinate) == rising { low = middle } else { high = middle }
    }
    return Double(low) + (coordinate - values[low]) / (values[low + 1] - values[low])
  }

  /// The coordinate at an index; the inverse of ``index(of:)``.
  public func coordinate(at index: Double) -> Double {
    guard !isRegular, count > 1 else { return values[0] + index * step }
    let low = Int(min(max(index.rounded(.down), 0), Double(count - 2)))
    return values[low] + (index - Double(low)) * (values[low + 1] - values[low])
  }
}
