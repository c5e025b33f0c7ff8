import Codecs
public import Multiscales

extension [[Double]] {
  /// Of the errors of fields by level, the largest of each level.
  public var largestByLevel: [Double] {
    reduce(into: [Double]()) { worst, errors in
      for (level, error) in errors.enumerated() {
        if worst.indices.contains(level) {
          worst[level] = Swift.max(worst[level], error)
        } else {
          worst.append(error)
        }
      }
    }
  }
}

/// Packs rectangles of one level of a field.
public struct LevelPacker: Sendable {
  /// How many rows the level has.
  public let rows: Int
  /// How many columns the level has.
  public let columns: Int
  /// How its values are stored.
  public let packing: ValuePacking
  private let levels: Levels
  private let number: Int
  private let needsExact: Bool

  /// Takes a level.
  ///
  /// - Throws: `PublishedArrayError` where there is no such level.
  public init(_ levels: Levels, level number: Int, packing: VariablePacking)
    throws(PublishedArrayError)
  {
    guard levels.levels.indices.contains(number) else {
      throw PublishedArrayError(
        attempt: "pack level \(number)", reason: "there are \(levels.levels.count) levels",
        remedy: "report this as a mistake of the program")
    }
    self.levels = levels
    self.number = number
    self.packing = packing.level(number)
    needsExact = packing.needsExact
    rows = levels.levels[number].rows
    columns = levels.levels[number].columns
  }

  /// How many bytes a stored number takes.
  public var elementSize: Int { packing.type.size }

  /// Refuses a level of which a value could not be stored, as its error shows.
  ///
  /// - Throws: `PublishedArrayError` that names the error.
  public func check(error: Double, _ name: String) throws(PublishedArrayError) {
    guard packing.isScaled, error > abs(packing.scale) * 0.51 else { return }
    throw PublishedArrayError(
      attempt: "store level \(number) of \(name) as \(packing.type.rawValue)",
      reason: "a value is \(error) from the nearest number that can be stored",
      remedy: "State a quantisation with a larger range")
  }

  /// Packs a rectangle that lies inside the level.
  ///
  /// - Parameters:
  ///   - rows: Its rows.
  ///   - columns: Its columns.
  ///   - target: Where the first cell goes; each row has room for its columns.
  ///   - rowBytes: How many bytes lie between the begins of two rows there.
  /// - Returns: The largest distance of a cell from what its stored number means.
  public func pack(
    rows: Range<Int>, columns: Range<Int>, into target: UnsafeMutableRawPointer, rowBytes: Int
  ) -> Double {
    var worst = 0.0
    let level = levels.levels[number]
    for (line, row) in rows.enumerated() {
      let target = target + line * rowBytes
      let error: Double
      if number == 0, needsExact, let exact = levels.doubles?.row(row) {
        error = packing.pack(exact + columns.lowerBound, count: columns.count, into: target)
      } else {
        error = packing.pack(
          level.row(row) + columns.lowerBound, count: columns.count, into: target)
      }
      worst = max(worst, error)
    }
    return worst
  }

  /// Refuses a field whose values cannot be stored.
  ///
  /// - Parameter name: What is packed, for the message.
  /// - Throws: `PublishedArrayError` that names the range of the values and that of the packing.
  public func checkRange(_ name: String) throws(PublishedArrayError) {
    let statistics = levels.statistics
    guard statistics.valid > 0, packing.isScaled, !packing.type.isFloat else { return }
    let allowance = abs(packing.scale) / 2 * 1.001
    let range = packing.range
    guard
      Double(statistics.minimum) < range.lowerBound - allowance
        || Double(statistics.maximum) > range.upperBound + allowance
    else { return }
    throw PublishedArrayError(
      attempt: "quantise \(name)",
      reason: "its values go from \(statistics.minimum) to \(statistics.maximum), and "
        + "\(packing.type.rawValue) with this quantisation holds \(Float(range.lowerBound)) to "
        + "\(Float(range.upperBound))",
      remedy: "State a range that holds all values, a larger maximum-error, or leave the "
        + "quantisation out")
  }
}
