import Cubes

/// Turns the flag values of a variable into one category a cell: bit masks can name several flags
/// at once, a map shows one of them.
///
/// The category is the value of the first listed flag that the cell has. A cell with a value that
/// the table does not list keeps it; one in which no listed bit is set counts as missing.
struct CategoryReader: Sendable {
  private let flags: FlagTable

  init(_ flags: FlagTable) { self.flags = flags }

  /// Stores decoded values (rows of `columns`) as categories.
  ///
  /// `target` must have room for the rows at distances of `stride` cells.
  func store(
    _ values: [Double], columns: Int, into target: UnsafeMutablePointer<Float>, stride: Int
  ) {
    for (index, value) in values.enumerated() {
      target[index / columns * stride + index % columns] = Float(category(of: value))
    }
  }

  private func category(of value: Double) -> Double {
    guard flags.kind != .values else { return value }
    guard let bits = Self.bits(of: value) else { return .nan }
    for entry in flags.entries {
      guard let mask = entry.mask, mask != 0 else { continue }
      let applies =
        flags.kind == .masks ? bits & mask == mask : Double(bits & mask) == entry.value
      if applies { return entry.value }
    }
    return .nan
  }

  private static func bits(of value: Double) -> UInt64? {
    UInt64(exactly: value) ?? Int64(exactly: value).map(UInt64.init(bitPattern:))
  }
}

/// Finds the most frequent of a group of values.
///
/// Values mostly come in runs, so they are counted run by run.
struct ModeCounter {
  private var counts: [Float: Int] = [:]
  private var current: Float = .nan
  private var run = 0

  /// Counts a value; NaN is missing and does not count.
  mutating func count(_ value: Float) {
    if value == current {
      run += 1
      return
    }
    endRun()
    current = value
    run = value.isNaN ? 0 : 1
  }

  /// The most frequent value, the smallest of equally frequent ones, NaN of none; starts anew.
  mutating func takeMode() -> Float {
    endRun()
    current = .nan
    let best = counts.max { $0.value < $1.value || ($0.value == $1.value && $0.key > $1.key) }
    counts.removeAll(keepingCapacity: true)
    return best?.key ?? .nan
  }

  private mutating func endRun() {
    if run > 0 { counts[current, default: 0] += run }
    run = 0
  }
}
