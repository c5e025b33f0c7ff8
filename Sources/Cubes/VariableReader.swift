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
  /// The array in one source; joined sources have one each.
  struct Part: Sendable {
    let source: any ArraySource
    let array: SourceArray
    let uses: [DimensionUse]
    let packing: Packing
  }

  /// Where a step lies, of one label where sources are joined along labels.
  struct Step: Sendable, Hashable {
    /// The part.
    let part: Int
    /// The position along the part's own time dimension; 0 where it has none.
    let index: Int
    /// The position along the part's own dimension of labels; 0 where it has none.
    var position = 0
  }

  /// The further dimension along which sources are joined.
  struct Joined: Sendable {
    /// Its place among the further dimensions.
    let axis: Int
    /// How many labels all sources have together.
    let count: Int
  }

  let parts: [Part]
  /// How many steps there are; one even without any time.
  let stepCount: Int
  let joined: Joined?
  /// For each step, for each label along the join: where it lies; nil where no source has it.
  let steps: [Step?]
  /// The lengths of the further dimensions.
  let extraCounts: [Int]
  let rows: Int
  let columns: Int

  /// Which chunks hold a field, apart from where they lie in the grid.
  struct ChunkPlace: Hashable {
    /// The part; nil of a field that no source has.
    let part: Int?
    /// The chunk's number along the time and each further dimension; where the data is contiguous,
    /// the positions themselves.
    let chunks: [Int]
  }

  /// Where a field lies in its part.
  private struct Place {
    let part: Int
    let time: Int
    let extras: [Int]
  }
}

extension VariableReader {
  func chunkPlace(of field: FieldSelection) throws(CubeError) -> ChunkPlace {
    let place = try locate(
      time: field.time, extras: field.extras, rows: 0..<rows, columns: 0..<columns)
    guard let place else {
      return ChunkPlace(part: nil, chunks: [field.time ?? 0] + field.extras)
    }
    let part = parts[place.part]
    let lengths =
      [part.chunkLength(.time)] + field.extras.indices.map { part.chunkLength(.extra($0)) }
    let chunks = zip([place.time] + place.extras, lengths).map { $0 / ($1 ?? 1) }
    return ChunkPlace(part: place.part, chunks: chunks)
  }

  /// Reads a window of several fields; those whose chunks are the same in one go.
  func read(
    _ fields: [FieldSelection], rows: Range<Int>, columns: Range<Int>,
    _ take: (Int, StoredWindow) throws(CubeError) -> Void
  ) throws(CubeError) {
    var groups: [ChunkPlace: [Int]] = [:]
    var places: [Place] = []
    guard !rows.isEmpty, !columns.isEmpty else { return }
    for (number, field) in fields.enumerated() {
      let place = try locate(time: field.time, extras: field.extras, rows: rows, columns: columns)
      // One entry for each field, also for one that no source has.
      places.append(place ?? Place(part: 0, time: 0, extras: field.extras))
      groups[try chunkPlace(of: field), default: []].append(number)
    }
    for (chunk, numbers) in groups {
      guard let partNumber = chunk.part else {
        for number in numbers { try take(number, .missing(rows.count, columns.count)) }
        continue
      }
      let part = parts[partNumber]
      let times = Self.span(numbers.map { places[$0].time })
      let extras = extraCounts.indices.map { axis in
        Self.span(numbers.map { places[$0].extras[axis] })
      }
      let array = try part.source.read(
        part.array, part.region(time: times, extras: extras, rows: rows, columns: columns))
      for number in numbers {
        let start = part.start(
          of: array, time: places[number].time - times.lowerBound,
          extras: zip(places[number].extras, extras).map { $0 - $1.lowerBound })
        let layout = part.layout(of: array, down: .row, across: .column, start: start)
        try take(number, .stored(part, array, layout))
      }
    }
  }

  /// The range that holds some indices, of which there is at least one.
  private static func span(_ indices: [Int]) -> Range<Int> {
    (indices.min() ?? 0)..<(indices.max() ?? 0) + 1
  }

  /// Says that several fields will be read soon.
  func expect(_ fields: [FieldSelection]) {
    let (rows, columns) = (0..<rows, 0..<columns)
    for field in fields {
      guard
        let place = try? locate(
          time: field.time, extras: field.extras, rows: rows, columns: columns)
      else { continue }
      let part = parts[place.part]
      part.source.expect(
        part.array,
        part.region(
          time: place.time..<place.time + 1, extras: place.extras.map { $0..<$0 + 1 }, rows: rows,
          columns: columns))
    }
  }

  func series(row: Int, column: Int, extras: [Int]) throws(CubeError) -> [Double] {
    var series = [Double](repeating: .nan, count: stepCount)
    var places: [Int: [(step: Int, index: Int)]] = [:]
    var positions: [Int: [Int]] = [:]
    for number in 0..<stepCount {
      let place = try locate(
        time: number, extras: extras, rows: row..<row + 1, columns: column..<column + 1)
      guard let place else { continue }
      places[place.part, default: []].append((number, place.time))
      positions[place.part] = place.extras
    }
    for (number, part) in parts.enumerated() {
      guard let wanted = places[number], let extras = positions[number],
        let first = wanted.map(\.index).min(),
        let last = wanted.map(\.index).max()
      else { continue }
      let region = part.region(
        time: first..<last + 1, extras: extras.map { $0..<$0 + 1 }, rows: row..<row + 1,
        columns: column..<column + 1)
      let array = try part.source.read(part.array, region)
      var values = [Double](repeating: .nan, count: last + 1 - first)
      let layout = part.layout(of: array, down: .column, across: .time, start: 0)
      try part.decode(array, layout, into: &values, rowStride: values.count)
      for (step, index) in wanted { series[step] = values[index - first] }
    }
    return series
  }

  func fingerprint(time: Int?, extras: [Int]) throws(CubeError) -> String {
    let place = try locate(time: time, extras: extras, rows: 0..<rows, columns: 0..<columns)
    guard let place else { return "no source" }
    let part = parts[place.part]
    let region = part.region(
      time: place.time..<place.time + 1, extras: place.extras.map { $0..<$0 + 1 }, rows: 0..<rows,
      columns: 0..<columns)
    return try part.source.fingerprint(part.array, region)
  }

  /// Where a field lies; nil where no source has it.
  private func locate(
    time: Int?, extras: [Int], rows: Range<Int>, columns: Range<Int>
  ) throws(CubeError) -> Place? {
    guard let first = parts.first else {
      throw CubeError("read a variable", of: "nothing", reason: "it has no source")
    }
    func refuse(_ reason: String) -> CubeError {
      CubeError("read \"\(first.array.name)\"", of: first.source.location, reason: reason)
    }
    guard time != nil || stepCount == 1 else {
      throw refuse("a step must be named: there are \(stepCount)")
    }
    guard (0..<stepCount).contains(time ?? 0) else {
      throw refuse("there is no step \(time ?? 0): there are \(stepCount)")
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
    let label = joined.map { extras[$0.axis] } ?? 0
    guard let step = steps[(time ?? 0) * (joined?.count ?? 1) + label] else { return nil }
    var inPart = extras
    if let joined { inPart[joined.axis] = step.position }
    return Place(part: step.part, time: step.index, extras: inPart)
  }
}

extension VariableReader.Part {
  /// The region of the stored array that holds a window.
  func region(
    time: Range<Int>, extras: [Range<Int>], rows: Range<Int>, columns: Range<Int>
  ) -> [Range<Int>] {
    uses.map { use in
      switch use {
      case .time: time
      case .extra(let number): extras[number]
      case .single: 0..<1
      case .row: rows
      case .column: columns
      }
    }
  }

  /// Where in an array that was read the window of a time and further positions begins, all of
  /// them counted within the array.
  func start(of array: NumericArray, time: Int, extras: [Int]) -> Int {
    zip(uses, Self.strides(of: array)).reduce(0) { start, dimension in
      switch dimension.0 {
      case .time: start + time * dimension.1
      case .extra(let number): start + extras[number] * dimension.1
      case .single, .row, .column: start
      }
    }
  }

  /// How a window of two dimensions that begins at an element lies in an array that was read.
  func layout(
    of array: NumericArray, down: DimensionUse, across: DimensionUse, start: Int
  ) -> WindowLayout {
    let strides = Self.strides(of: array)
    let row = uses.firstIndex(of: down)
    let column = uses.firstIndex(of: across)
    return WindowLayout(
      start: start, rows: row.map { array.shape[$0] } ?? 1,
      columns: column.map { array.shape[$0] } ?? 1, rowStride: row.map { strides[$0] } ?? 0,
      columnStride: column.map { strides[$0] } ?? 1)
  }

  /// How many elements lie between neighbours along each dimension of an array in C order.
  private static func strides(of array: NumericArray) -> [Int] {
    var strides = [Int](repeating: 1, count: array.shape.count)
    for index in array.shape.indices.dropLast().reversed() {
      strides[index] = strides[index + 1] * array.shape[index + 1]
    }
    return strides
  }

  /// Decodes a window of an array that was read.
  func decode<Decoded: DecodedNumber>(
    _ array: NumericArray, _ layout: WindowLayout, into target: UnsafeMutablePointer<Decoded>,
    rowStride: Int
  ) throws(CubeError) {
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
