import Codecs

/// One field of a variable: a time, where it has times, and a place on each of its other axes.
public struct FieldSelection: Sendable, Hashable {
  /// The index of the time; nil for a variable without times.
  public let time: Int?
  /// An index for each of the variable's other axes.
  public let extras: [Int]

  /// Selects a field.
  public init(time: Int?, extras: [Int]) {
    self.time = time
    self.extras = extras
  }
}

extension Variable {
  /// The labels that tell a field from the others of the variable: its time, then its place on each
  /// further axis.
  ///
  /// They are path segments. The field must be one of the variable.
  public func labels(of field: FieldSelection) -> [String] {
    var labels: [String] = []
    if let time, let index = field.time { labels.append(time.labels[index]) }
    for (axis, index) in zip(extras, field.extras) { labels.append(axis.labels[index]) }
    return labels
  }

  /// Puts fields together that the storage keeps in the same chunks: read with one call of
  /// `read(_:rows:columns:_:)`, each of those chunks is decoded once.
  ///
  /// - Returns: the groups in the order of their first fields; a field that shares its chunks with
  ///   no other, or whose storage has no chunks, is a group of its own.
  /// - Throws: `CubeError` where the variable has no such field.
  public func storageGroups(of fields: [FieldSelection]) throws(CubeError) -> [[FieldSelection]] {
    var groups: [[FieldSelection]] = []
    var numbers: [VariableReader.ChunkPlace: Int] = [:]
    for field in fields {
      let place = try reader.chunkPlace(of: field)
      if let number = numbers[place] {
        groups[number].append(field)
      } else {
        numbers[place] = groups.count
        groups.append([field])
      }
    }
    return groups
  }

  /// Reads a window of several fields; of fields in one of the `storageGroups`, each chunk once.
  ///
  /// - Parameters:
  ///   - fields: The fields.
  ///   - rows: The rows to read, inside the grid.
  ///   - columns: The columns to read, inside the grid.
  ///   - take: Is handed the number of a field and its window, each field once, in any order.
  /// - Throws: `CubeError` that names source, variable and step; what `take` throws.
  public func read(
    _ fields: [FieldSelection], rows: Range<Int>, columns: Range<Int>,
    _ take: (_ number: Int, _ window: StoredWindow) throws(CubeError) -> Void
  ) throws(CubeError) {
    try reader.read(fields, rows: rows, columns: columns, take)
  }

  /// Says that fields will be read soon, whole and in this order, so that chunks that are far away are
  /// on their way meanwhile.
  public func expect(_ fields: [FieldSelection]) {
    reader.expect(fields)
  }
}

/// A window of one field as it is stored: read, but not yet decoded.
///
/// Of joined sources it may be a window that no source has, all of which is missing.
public struct StoredWindow {
  private enum Content {
    case stored(VariableReader.Part, NumericArray, WindowLayout)
    case missing(rows: Int, columns: Int)
  }
  private let content: Content

  static func stored(
    _ part: VariableReader.Part, _ array: NumericArray, _ layout: WindowLayout
  ) -> StoredWindow { StoredWindow(content: .stored(part, array, layout)) }

  static func missing(_ rows: Int, _ columns: Int) -> StoredWindow {
    StoredWindow(content: .missing(rows: rows, columns: columns))
  }

  /// Decodes the values into memory of the caller; missing ones become NaN.
  ///
  /// Row 0 of the grid is the first row as stored: nothing is flipped. Unpacking is done in double
  /// precision and rounded once.
  ///
  /// - Parameters:
  ///   - target: Where the value of the first row and column goes.
  ///   - rowStride: How many values lie between the begins of two rows; at least the columns.
  /// - Throws: `CubeError` that names source and variable.
  public func decode(
    into target: UnsafeMutablePointer<Float>, rowStride: Int
  ) throws(CubeError) {
    try decode(to: target, rowStride: rowStride)
  }

  /// The same in double precision.
  ///
  /// - Throws: `CubeError` that names source and variable.
  public func decode(
    into target: UnsafeMutablePointer<Double>, rowStride: Int
  ) throws(CubeError) {
    try decode(to: target, rowStride: rowStride)
  }

  private func decode<Decoded: DecodedNumber>(
    to target: UnsafeMutablePointer<Decoded>, rowStride: Int
  ) throws(CubeError) {
    switch content {
    case .stored(let part, let array, let layout):
      try part.decode(array, layout, into: target, rowStride: rowStride)
    case .missing(let rows, let columns):
      for row in 0..<rows {
        (target + row * rowStride).update(repeating: .missing, count: columns)
      }
    }
  }
}
