import Codecs

/// What a stored dimension stands for.
enum DimensionUse: Sendable, Hashable {
  case time
  /// A further dimension, by its place among `Variable.extras`.
  case extra(Int)
  /// A dimension of one position that is not offered as an axis.
  case single
  case row
  case column
}

/// How the values of a variable are found in its sources and decoded.
struct VariableReader: Sendable {
  /// The array in one source; sources joined over time have one each.
  struct Part: Sendable {
    let source: any ArraySource
    let array: SourceArray
    let uses: [DimensionUse]
    let packing: Packing
  }

  /// Where a step of the joined time axis lies.
  struct Step: Sendable, Hashable {
    /// The part.
    let part: Int
    /// The position along the part's own time dimension; 0 where it has none.
    let index: Int
  }

  let parts: [Part]
  /// The steps in order; one even without any time.
  let steps: [Step]
  /// The lengths of the further dimensions.
  let extraCounts: [Int]
  let rows: Int
  let columns: Int
}

extension VariableReader {
  func read<Decoded: DecodedNumber>(
    time: Int?, extras: [Int], rows: Range<Int>, columns: Range<Int>,
    into target: UnsafeMutablePointer<Decoded>, rowStride: Int
  ) throws(CubeError) {
    let (part, index) = try locate(time: time, extras: extras, rows: rows, columns: columns)
    guard !rows.isEmpty, !columns.isEmpty else { return }
    let region = part.region(time: index..<index + 1, extras: extras, rows: rows, columns: columns)
    let array = try part.source.read(part.array, region)
    try part.decode(array, down: .row, across: .column, into: target, rowStride: rowStride)
  }

  /// Reads a window once and decodes it in both precisions.
  func read(
    time: Int?, extras: [Int], rows: Range<Int>, columns: Range<Int>,
    into floats: UnsafeMutablePointer<Float>, and doubles: UnsafeMutablePointer<Double>,
    rowStride: Int
  ) throws(CubeError) {
    let (part, index) = try locate(time: time, extras: extras, rows: rows, columns: columns)
    guard !rows.isEmpty, !columns.isEmpty else { return }
    let region = part.region(time: index..<index + 1, extras: extras, rows: rows, columns: columns)
    let array = try part.source.read(part.array, region)
    try part.decode(array, down: .row, across: .column, into: floats, rowStride: rowStride)
    try part.decode(array, down: .row, across: .column, into: doubles, rowStride: rowStride)
  }

  func series(row: Int, column: Int, extras: [Int]) throws(CubeError) -> [Double] {
    var series = [Double](repeating: .nan, count: steps.count)
    var places: [Int: [(step: Int, index: Int)]] = [:]
    for (number, step) in steps.enumerated() {
      places[step.part, default: []].append((number, step.index))
    }
    _ = try locate(
      time: steps.isEmpty ? nil : 0, extras: extras, rows: row..<row + 1,
      columns: column..<column + 1)
    for (number, part) in parts.enumerated() {
      guard let wanted = places[number], let first = wanted.map(\.index).min(),
        let last = wanted.map(\.index).max()
      else { continue }
      let region = part.region(
        time: first..<last + 1, extras: extras, rows: row..<row + 1, columns: column..<column + 1)
      let array = try part.source.read(part.array, region)
      var values = [Double](repeating: .nan, count: last + 1 - first)
      try part.decode(array, down: .column, across: .time, into: &values, rowStride: values.count)
      for (step, index) in wanted { series[step] = values[index - first] }
    }
    return series
  }

  func fingerprint(time: Int?, extras: [Int]) throws(CubeError) -> String {
    let (part, index) = try locate(
      time: time, extras: extras, rows: 0..<rows, columns: 0..<columns)
    let region = part.region(
      time: index..<index + 1, extras: extras, rows: 0..<rows, columns: 0..<columns)
    return try part.source.fingerprint(part.array, region)
  }

  private func locate(
    time: Int?, extras: [Int], rows: Range<Int>, columns: Range<Int>
  ) throws(CubeError) -> (Part, Int) {
    guard let first = parts.first else {
      throw CubeError("read a variable", of: "nothing", reason: "it has no source")
    }
    func refuse(_ reason: String) -> CubeError {
      CubeError("read \"\(first.array.name)\"", of: first.source.location, reason: reason)
    }
    guard time != nil || steps.count == 1 else {
      throw refuse("a step must be named: there are \(steps.count)")
    }
    guard steps.indices.contains(time ?? 0) else {
      throw refuse("there is no step \(time ?? 0): there are \(steps.count)")
    }
    guard extras.count == extraCounts.count,
      zip(extras, extraCounts).allSatisfy({ (0..<$1).contains($0) })
    else { throw refuse("there is no position \(extras) in further dimensions \(extraCounts)") }
    guard rows.lowerBound >= 0, rows.upperBound <= self.rows, columns.lowerBound >= 0,
      columns.upperBound <= self.columns
    else {
      throw refuse(
        "rows \(rows), columns \(columns) leave the grid of \(self.rows)×\(self.columns)")
    }
    let step = steps[time ?? 0]
    return (parts[step.part], step.index)
  }
}

extension VariableReader.Part {
  /// The region of the stored array that holds a window.
  func region(
    time: Range<Int>, extras: [Int], rows: Range<Int>, columns: Range<Int>
  ) -> [Range<Int>] {
    uses.map { use in
      switch use {
      case .time: time
      case .extra(let number): extras[number]..<extras[number] + 1
      case .single: 0..<1
      case .row: rows
      case .column: columns
      }
    }
  }

  /// Decodes an array that was read, of which only two dimensions are longer than one.
  func decode<Decoded: DecodedNumber>(
    _ array: NumericArray, down: DimensionUse, across: DimensionUse,
    into target: UnsafeMutablePointer<Decoded>, rowStride: Int
  ) throws(CubeError) {
    var strides = [Int](repeating: 1, count: array.shape.count)
    for index in array.shape.indices.dropLast().reversed() {
      strides[index] = strides[index + 1] * array.shape[index + 1]
    }
    let row = uses.firstIndex(of: down)
    let column = uses.firstIndex(of: across)
    let layout = WindowLayout(
      rows: row.map { array.shape[$0] } ?? 1, columns: column.map { array.shape[$0] } ?? 1,
      rowStride: row.map { strides[$0] } ?? 0, columnStride: column.map { strides[$0] } ?? 1)
    do {
      try packing.decode(array, layout, into: target, rowStride: rowStride)
    } catch {
      throw CubeError(
        "decode \"\(self.array.name)\"", of: source.location, reason: error.description)
    }
  }

  /// The chunk length along a use of a dimension; `nil` where the data is contiguous.
  func chunkLength(_ use: DimensionUse) -> Int? {
    guard let place = uses.firstIndex(of: use), let chunks = array.chunkShape else { return nil }
    return max(1, chunks[place])
  }
}
