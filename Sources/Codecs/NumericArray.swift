/// An n-dimensional array of numbers in C order and the byte order of this machine.
public struct NumericArray: Sendable, Equatable {
  /// The kind of number.
  public let type: ElementType
  /// The length of every dimension, slowest first; empty for a single number.
  public let shape: [Int]
  /// The numbers, one after the other.
  public var bytes: [UInt8]

  /// Makes an array from its bytes.
  ///
  /// - Throws: `CodecError` when a length is negative or the bytes are more or fewer than the shape
  ///   needs.
  public init(type: ElementType, shape: [Int], bytes: [UInt8]) throws(CodecError) {
    var expected = type.size
    for length in shape {
      let (product, overflows) = expected.multipliedReportingOverflow(by: length)
      guard length >= 0, !overflows else {
        throw CodecError(codec: "array", reason: "no array can have the shape \(shape)")
      }
      expected = product
    }
    guard bytes.count == expected else {
      throw CodecError(
        codec: "array",
        reason: "\(bytes.count) bytes do not make a \(type.rawValue) array of shape \(shape)")
    }
    self.type = type
    self.shape = shape
    self.bytes = bytes
  }

  /// How many numbers there are.
  public var count: Int { bytes.count / type.size }

  /// Every number as a `Double`; 64-bit integers above 2^53 are rounded, `bool` becomes 0 or 1.
  ///
  /// - Throws: `CodecError` when the numbers are complex.
  public func doubles() throws(CodecError) -> [Double] {
    switch type {
    case .bool, .uint8: values(UInt8.self) { Double($0) }
    case .int8: values(Int8.self) { Double($0) }
    case .int16: values(Int16.self) { Double($0) }
    case .int32: values(Int32.self) { Double($0) }
    case .int64: values(Int64.self) { Double($0) }
    case .uint16: values(UInt16.self) { Double($0) }
    case .uint32: values(UInt32.self) { Double($0) }
    case .uint64: values(UInt64.self) { Double($0) }
    case .float16: values(UInt16.self) { Double(float(halfBits: $0)) }
    case .float32: values(Float.self) { Double($0) }
    case .float64: values(Double.self) { $0 }
    case .complex64, .complex128:
      throw CodecError(codec: "array", reason: "complex numbers have no place on the real line")
    }
  }

  private func values<Stored: BitwiseCopyable>(
    _ stored: Stored.Type, _ convert: (Stored) -> Double
  ) -> [Double] {
    bytes.withUnsafeBytes { buffer in
      [Double](unsafeUninitializedCapacity: count) { target, filled in
        for index in 0..<count {
          let value = buffer.loadUnaligned(
            fromByteOffset: index * MemoryLayout<Stored>.size, as: Stored.self)
          target.initializeElement(at: index, to: convert(value))
        }
        filled = count
      }
    }
  }
}

/// The number that 16 bits mean as an IEEE 754 half; worked out by hand because `Float16` is not
/// there on every machine.
public func float(halfBits bits: UInt16) -> Float {
  let sign = UInt32(bits & 0x8000) << 16
  let exponent = UInt32(bits >> 10) & 0x1F
  let fraction = UInt32(bits & 0x3FF)
  switch (exponent, fraction) {
  case (0, _):
    let magnitude = Float(fraction) * 0x1p-24
    return sign == 0 ? magnitude : -magnitude
  case (0x1F, _): return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
  default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
  }
}

/// Reorders the dimensions: dimension `i` of the result is dimension `order[i]` of the array.
///
/// `order` names every dimension once; anything else leaves the array as it is.
public func transpose(_ array: NumericArray, order: [Int]) -> NumericArray {
  guard order.sorted() == Array(array.shape.indices) else { return array }
  let size = array.type.size
  let sourceStrides = byteStrides(of: array.shape, elementSize: size)
  let shape = order.map { array.shape[$0] }
  var target = [UInt8](repeating: 0, count: array.bytes.count)
  target.withUnsafeMutableBytes { targetBuffer in
    array.bytes.withUnsafeBytes { sourceBuffer in
      copyStrided(
        shape: shape, elementSize: size,
        from: StridedBytes(sourceBuffer, offset: 0, strides: order.map { sourceStrides[$0] }),
        to: targetBuffer, offset: 0, strides: byteStrides(of: shape, elementSize: size))
    }
  }
  // The result has as many bytes as the array, so this cannot fail.
  return (try? NumericArray(type: array.type, shape: shape, bytes: target)) ?? array
}
