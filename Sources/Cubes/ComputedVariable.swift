import Codecs
import JSON

extension Variable {
  /// Whether decoded values keep to single precision, as xarray decodes them: what is stored in single precision
  /// or less, and whole numbers of up to 16 bits, where nothing is scaled.
  public var isSinglePrecision: Bool {
    let small: [ElementType] = [.float16, .float32, .int8, .int16, .uint8, .uint16, .bool]
    return small.contains(storedType) && reader.parts.allSatisfy { !$0.packing.isScaled }
  }

  /// A variable whose values are computed, cell by cell, from those of others when they are read.
  ///
  /// It has the dimensions of the operand that has most; an operand with fewer of them counts for each position
  /// of the others.
  ///
  /// - Parameters:
  ///   - name: what it is called.
  ///   - operands: variables of one cube.
  ///   - compute: makes the values of those of the operands, in their order; all have the same count, missing
  ///     ones are NaN.
  /// - Returns: the variable, in double precision and without attributes.
  /// - Throws: `CubeError` where the operands do not lie over each other.
  public static func computed(
    _ name: String, from operands: [Variable],
    by compute: @escaping @Sendable ([[Double]]) -> [Double]
  ) throws(CubeError) -> Variable {
    guard let first = operands.max(by: { $0.shape.count < $1.shape.count }) else {
      throw CubeError("compute \"\(name)\"", of: "nothing", reason: "it has no operands")
    }
    for operand in operands {
      guard operand.grid == first.grid, operand.time == nil || operand.time == first.time,
        operand.extras.allSatisfy({ first.extras.contains($0) })
      else { throw refusal(name, operand, first) }
    }
    var parts: [VariableReader.Part] = []
    for (number, part) in first.reader.parts.enumerated() {
      var inputs: [ComputedSource.Operand] = []
      for operand in operands {
        let others = operand.reader.parts
        // What does not change along the join is read from its only source.
        let isJoined = others.count > 1 || operand.reader.steps.count > 1
        guard let other = others.count == 1 ? others.first : others.dropFirst(number).first,
          !isJoined || operand.reader.steps == first.reader.steps,
          let axes = ComputedSource.axes(of: other.array, in: part.array)
        else { throw refusal(name, operand, first) }
        inputs.append(.init(part: other, axes: axes))
      }
      let source = ComputedSource(name, like: part, operands: inputs, compute: compute)
      guard let array = source.arrays.first else { continue }
      parts.append(
        VariableReader.Part(
          source: source, array: array, uses: part.uses, packing: Packing(type: .float64)))
    }
    let reader = VariableReader(
      parts: parts, stepCount: first.reader.stepCount, joined: first.reader.joined,
      steps: first.reader.steps, extraCounts: first.reader.extraCounts, rows: first.reader.rows,
      columns: first.reader.columns)
    return Variable(
      name: name, attributes: [:], storedType: .float64, dimensionNames: first.dimensionNames,
      shape: first.shape, grid: first.grid, time: first.time, extras: first.extras,
      scalars: first.scalars, flags: nil, validRange: nil, levels: [], reader: reader)
  }

  private static func refusal(_ name: String, _ operand: Variable, _ other: Variable) -> CubeError {
    CubeError(
      "compute \"\(name)\"", of: operand.name,
      reason: "its grid, times or labels are not those of \(other.name)",
      remedy: "use variables that lie over each other")
  }
}

/// One array that is computed from arrays of other sources.
private struct ComputedSource: ArraySource {
  struct Operand: Sendable {
    let part: VariableReader.Part
    /// For each of its dimensions, which dimension of the computed array it is.
    let axes: [Int]
  }

  let location: String
  let attributes: JSONObject = [:]
  let arrays: [SourceArray]
  private let operands: [Operand]
  private let compute: @Sendable ([[Double]]) -> [Double]

  init(
    _ name: String, like part: VariableReader.Part, operands: [Operand],
    compute: @escaping @Sendable ([[Double]]) -> [Double]
  ) {
    location = part.source.location
    arrays = [
      SourceArray(
        name: name, dimensions: part.array.dimensions, shape: part.array.shape,
        elementType: .float64, isString: false, attributes: [:], chunkShape: part.array.chunkShape,
        defaultFill: nil, unreadable: nil)
    ]
    self.operands = operands
    self.compute = compute
  }

  /// Where the dimensions of an array are among those of another; `nil` where some are not.
  static func axes(of array: SourceArray, in other: SourceArray) -> [Int]? {
    let axes = zip(array.dimensions, array.shape).compactMap { name, length in
      other.dimensions.firstIndex(of: name).flatMap { other.shape[$0] == length ? $0 : nil }
    }
    return axes.count == array.dimensions.count && Set(axes).count == axes.count ? axes : nil
  }

  func read(_ array: SourceArray, _ region: [Range<Int>]) throws(CubeError) -> NumericArray {
    let shape = region.map(\.count)
    var values: [[Double]] = []
    for operand in operands { values.append(try read(operand, region, shape)) }
    let computed = compute(values)
    do {
      return try NumericArray(
        type: .float64, shape: shape, bytes: computed.withUnsafeBytes { Array($0) })
    } catch {
      throw CubeError("compute \"\(array.name)\"", of: location, reason: error.description)
    }
  }

  private func read(
    _ operand: Operand, _ region: [Range<Int>], _ shape: [Int]
  ) throws(CubeError) -> [Double] {
    let part = operand.part
    let found = try part.source.read(part.array, operand.axes.map { region[$0] })
    var values = [Double](repeating: .nan, count: found.count)
    guard !values.isEmpty else { return [] }
    let layout = WindowLayout(
      start: 0, rows: 1, columns: values.count, rowStride: values.count, columnStride: 1)
    try part.decode(found, layout, into: &values, rowStride: values.count)
    return operand.axes == Array(shape.indices)
      ? values : Self.spread(values, of: found.shape, along: operand.axes, to: shape)
  }

  /// The values with those dimensions of a shape that they lack, in its order.
  private static func spread(
    _ values: [Double], of own: [Int], along axes: [Int], to shape: [Int]
  ) -> [Double] {
    var strides = [Int](repeating: 0, count: shape.count)
    var step = 1
    for (axis, length) in zip(axes, own).reversed() {
      strides[axis] = step
      step *= length
    }
    var result: [Double] = []
    result.reserveCapacity(shape.reduce(1, *))
    func fill(_ dimension: Int, _ start: Int) {
      guard dimension < shape.count else {
        result.append(values[start])
        return
      }
      for index in 0..<shape[dimension] { fill(dimension + 1, start + index * strides[dimension]) }
    }
    fill(0, 0)
    return result
  }

  func readStrings(_ array: SourceArray) throws(CubeError) -> [String] {
    throw CubeError("read \"\(array.name)\"", of: location, reason: "it holds numbers")
  }

  func fingerprint(_ array: SourceArray, _ region: [Range<Int>]) throws(CubeError) -> String {
    var texts: [String] = []
    for operand in operands {
      texts.append(
        try operand.part.source.fingerprint(operand.part.array, operand.axes.map { region[$0] }))
    }
    return texts.joined(separator: " ")
  }

  func expect(_ array: SourceArray, _ region: [Range<Int>]) {
    for operand in operands {
      operand.part.source.expect(operand.part.array, operand.axes.map { region[$0] })
    }
  }
}
