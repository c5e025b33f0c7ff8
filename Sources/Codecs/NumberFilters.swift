/// Stores differences of neighbours instead of numbers (numcodecs `delta`).
public struct DeltaFilter: BytesCodec, Hashable {
  /// The type of the numbers.
  public var type: StoredType
  /// The type of the stored differences.
  public var encodedType: StoredType

  /// Makes a filter.
  public init(_ type: StoredType, encodedType: StoredType? = nil) {
    self.type = type
    self.encodedType = encodedType ?? type
  }

  /// The name in Zarr metadata.
  public var name: String { "delta" }

  /// Adds the differences up.
  ///
  /// - Throws: `CodecError` when the bytes are no whole numbers or the types cannot be added.
  public func decode(_ input: UnsafeRawBufferPointer, expectedSize: Int?, limit: Int)
    throws(CodecError) -> [UInt8]
  {
    if type.element.isFloat || encodedType.element.isFloat {
      var sum = 0.0
      // NumPy adds up in the type of the result.
      let isNarrow = type.element == .float32
      return try convert(input, from: encodedType, to: type, expectedSize, limit) {
        (step: Double) in
        sum = isNarrow ? Double(Float(sum) + Float(step)) : sum + step
        return sum
      }
    }
    var sum: Int64 = 0
    return try convert(input, from: encodedType, to: type, expectedSize, limit) { (step: Int64) in
      sum &+= step
      return sum
    }
  }

  /// Takes the differences.
  ///
  /// - Throws: `CodecError` when the bytes are no whole numbers or the types cannot be subtracted.
  public func encode(_ input: UnsafeRawBufferPointer) throws(CodecError) -> [UInt8] {
    if type.element.isFloat || encodedType.element.isFloat {
      var previous = 0.0
      return try convert(input, from: type, to: encodedType, nil, .max) { (value: Double) in
        defer { previous = value }
        return value - previous
      }
    }
    var previous: Int64 = 0
    return try convert(input, from: type, to: encodedType, nil, .max) { (value: Int64) in
      defer { previous = value }
      return value &- previous
    }
  }
}

/// Stores `round((value - offset) * scale)` (numcodecs `fixedscaleoffset`).
public struct FixedScaleOffsetFilter: BytesCodec, Hashable {
  /// What is subtracted before scaling.
  public var offset: Double
  /// What the difference is multiplied by.
  public var scale: Double
  /// The type of the numbers.
  public var type: StoredType
  /// The type of the stored numbers.
  public var encodedType: StoredType

  /// Makes a filter.
  public init(offset: Double, scale: Double, type: StoredType, encodedType: StoredType? = nil) {
    self.offset = offset
    self.scale = scale
    self.type = type
    self.encodedType = encodedType ?? type
  }

  /// The name in Zarr metadata.
  public var name: String { "fixedscaleoffset" }

  /// Returns `stored / scale + offset`.
  ///
  /// - Throws: `CodecError` when the bytes are no whole numbers or are complex.
  public func decode(_ input: UnsafeRawBufferPointer, expectedSize: Int?, limit: Int)
    throws(CodecError) -> [UInt8]
  {
    // NumPy computes in the stored type where that is a float, else in double precision.
    if encodedType.element == .float32 {
      let (offset, scale) = (Float(offset), Float(scale))
      return try convert(input, from: encodedType, to: type, expectedSize, limit) {
        (value: Double) in Double(Float(value) / scale + offset)
      }
    }
    return try convert(input, from: encodedType, to: type, expectedSize, limit) {
      (value: Double) in value / scale + offset
    }
  }

  /// Returns `round((value - offset) * scale)`, halves to even.
  ///
  /// - Throws: `CodecError` when the bytes are no whole numbers or are complex.
  public func encode(_ input: UnsafeRawBufferPointer) throws(CodecError) -> [UInt8] {
    try convert(input, from: type, to: encodedType, nil, .max) { (value: Double) in
      ((value - offset) * scale).rounded(.toNearestOrEven)
    }
  }
}

/// Keeps only some bits of every fraction, so that numbers compress better (numcodecs `bitround`).
///
/// What is dropped is lost: decoding returns the bytes as they are.
public struct BitRoundFilter: BytesCodec, Hashable {
  /// How many bits of the fraction stay.
  public var keptBits: Int
  /// The type of the numbers, `float32` or `float64`; anything else passes unchanged.
  public var type: StoredType

  /// Makes a filter.
  public init(keptBits: Int, type: StoredType) {
    self.keptBits = keptBits
    self.type = type
  }

  /// The name in Zarr metadata.
  public var name: String { "bitround" }

  /// Returns the bytes as they are.
  ///
  /// - Throws: `CodecError` when there are more or fewer bytes than there should be.
  public func decode(_ input: UnsafeRawBufferPointer, expectedSize: Int?, limit: Int)
    throws(CodecError) -> [UInt8]
  {
    try check(size: input.count, expectedSize: expectedSize, limit: limit)
    return Array(input)
  }

  /// Rounds every number to the kept bits, halves to even (Klöwer and others, 2021).
  ///
  /// - Throws: `CodecError` when the bytes are no whole numbers.
  public func encode(_ input: UnsafeRawBufferPointer) throws(CodecError) -> [UInt8] {
    var bytes = Array(input)
    guard input.count.isMultiple(of: type.element.size) else { throw .damaged(name) }
    let swaps = type.order != .native
    if swaps { swapBytes(&bytes, wordSize: type.element.wordSize) }
    switch type.element {
    case .float32: round(&bytes, fractionBits: 23, as: UInt32.self)
    case .float64: round(&bytes, fractionBits: 52, as: UInt64.self)
    default: break
    }
    if swaps { swapBytes(&bytes, wordSize: type.element.wordSize) }
    return bytes
  }

  private func round<Word: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: inout [UInt8], fractionBits: Int, as word: Word.Type
  ) {
    let dropped = fractionBits - keptBits
    guard dropped > 0, keptBits >= 0 else { return }
    let half = Word(1) << (dropped - 1) - 1
    let mask = ~(Word(1) << dropped - 1)
    bytes.withUnsafeMutableBytes { buffer in
      for offset in stride(from: 0, to: buffer.count, by: Word.bitWidth / 8) {
        let bits = buffer.loadUnaligned(fromByteOffset: offset, as: Word.self)
        let odd = bits >> dropped & 1
        buffer.storeBytes(of: (bits &+ half &+ odd) & mask, toByteOffset: offset, as: Word.self)
      }
    }
  }
}
