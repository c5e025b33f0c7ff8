extension BytesCodec {
  /// Reads every number of one stored type as a `Double`, changes it, and stores it as another.
  func convert(
    _ input: UnsafeRawBufferPointer, from source: StoredType, to target: StoredType,
    _ expectedSize: Int?, _ limit: Int, _ change: (Double) -> Double
  ) throws(CodecError) -> [UInt8] {
    try convert(
      input, from: source, to: target, expectedSize, limit,
      load: { source.loadDouble($0, $1) }, change, store: { target.store($2, $0, $1) })
  }

  /// Reads every number of one stored type as 64 bits, changes it, and stores it as another; numbers
  /// that do not fit lose their upper bits, as they do in NumPy.
  func convert(
    _ input: UnsafeRawBufferPointer, from source: StoredType, to target: StoredType,
    _ expectedSize: Int?, _ limit: Int, _ change: (Int64) -> Int64
  ) throws(CodecError) -> [UInt8] {
    try convert(
      input, from: source, to: target, expectedSize, limit,
      load: { source.loadInteger($0, $1) }, change, store: { target.store($2, $0, $1) })
  }

  private func convert<Value>(
    _ input: UnsafeRawBufferPointer, from source: StoredType, to target: StoredType,
    _ expectedSize: Int?, _ limit: Int,
    load: (UnsafeRawBufferPointer, Int) -> Value, _ change: (Value) -> Value,
    store: (UnsafeMutableRawBufferPointer, Int, Value) -> Void
  ) throws(CodecError) -> [UInt8] {
    let (from, to) = (source.element, target.element)
    guard !from.isComplex, !to.isComplex else {
      throw CodecError(codec: name, reason: "it is not defined for complex numbers")
    }
    guard input.count.isMultiple(of: from.size) else {
      throw CodecError(
        codec: name, reason: "\(input.count) bytes are not whole \(from.rawValue) numbers")
    }
    let count = input.count / from.size
    let (size, overflows) = count.multipliedReportingOverflow(by: to.size)
    guard !overflows else { throw .damaged(name) }
    try check(size: size, expectedSize: expectedSize, limit: limit)
    return makeBytes(capacity: size) { buffer in
      for index in 0..<count {
        store(buffer, index * to.size, change(load(input, index * from.size)))
      }
      return size
    } ?? []
  }
}

extension StoredType {
  private func word<Word: FixedWidthInteger & BitwiseCopyable>(
    _ buffer: UnsafeRawBufferPointer, _ offset: Int, _ type: Word.Type
  ) -> Word {
    let word = buffer.loadUnaligned(fromByteOffset: offset, as: Word.self)
    return order == .native ? word : word.byteSwapped
  }

  fileprivate func loadInteger(_ buffer: UnsafeRawBufferPointer, _ offset: Int) -> Int64 {
    switch element {
    case .int8: Int64(word(buffer, offset, Int8.self))
    case .bool, .uint8: Int64(word(buffer, offset, UInt8.self))
    case .int16: Int64(word(buffer, offset, Int16.self))
    case .uint16: Int64(word(buffer, offset, UInt16.self))
    case .int32: Int64(word(buffer, offset, Int32.self))
    case .uint32: Int64(word(buffer, offset, UInt32.self))
    default: word(buffer, offset, Int64.self)
    }
  }

  fileprivate func loadDouble(_ buffer: UnsafeRawBufferPointer, _ offset: Int) -> Double {
    switch element {
    case .float16: Double(float(halfBits: word(buffer, offset, UInt16.self)))
    case .float32: Double(Float(bitPattern: word(buffer, offset, UInt32.self)))
    case .float64: Double(bitPattern: word(buffer, offset, UInt64.self))
    case .uint64: Double(word(buffer, offset, UInt64.self))
    default: Double(loadInteger(buffer, offset))
    }
  }

  private func put<Word: FixedWidthInteger & BitwiseCopyable>(
    _ word: Word, _ buffer: UnsafeMutableRawBufferPointer, _ offset: Int
  ) {
    let stored = order == .native ? word : word.byteSwapped
    buffer.storeBytes(of: stored, toByteOffset: offset, as: Word.self)
  }

  fileprivate func store(
    _ value: Int64, _ buffer: UnsafeMutableRawBufferPointer, _ offset: Int
  ) {
    switch element.size {
    case 1: put(UInt8(truncatingIfNeeded: value), buffer, offset)
    case 2: put(UInt16(truncatingIfNeeded: value), buffer, offset)
    case 4: put(UInt32(truncatingIfNeeded: value), buffer, offset)
    default: put(value, buffer, offset)
    }
  }

  fileprivate func store(
    _ value: Double, _ buffer: UnsafeMutableRawBufferPointer, _ offset: Int
  ) {
    switch element {
    case .float16: put(halfBits(value), buffer, offset)
    case .float32: put(Float(value).bitPattern, buffer, offset)
    case .float64: put(value.bitPattern, buffer, offset)
    case .uint64:
      let whole = UInt64(exactly: value.rounded(.towardZero))
      put(whole ?? (value > 0 ? .max : 0), buffer, offset)
    default:
      // Numbers without a place in the type have no defined value in C; the nearest is taken.
      let whole = Int64(exactly: value.rounded(.towardZero))
      store(whole ?? (value > 0 ? .max : value < 0 ? .min : 0), buffer, offset)
    }
  }
}

/// The 16 bits of the IEEE 754 half nearest to a number, halves to even.
public func halfBits(_ value: Double) -> UInt16 {
  let sign: UInt16 = value.sign == .minus ? 0x8000 : 0
  let magnitude = value.magnitude
  if value.isNaN { return sign | 0x7E00 }
  if magnitude >= 65520 { return sign | 0x7C00 }
  if magnitude < 0x1p-14 {
    return sign | UInt16((magnitude * 0x1p24).rounded(.toNearestOrEven))
  }
  let exponent = Int(magnitude.exponent)
  let fraction = (magnitude.significand * 1024).rounded(.toNearestOrEven)
  return sign | (UInt16(exponent + 14) << 10 &+ UInt16(fraction))
}
