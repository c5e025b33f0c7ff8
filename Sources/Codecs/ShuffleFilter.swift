/// Sorts bytes by their place within a number, so that like stands beside like.
///
/// The first bytes of all numbers come first, then all second bytes, and so on (as numcodecs and
/// HDF5 do it).
public struct ShuffleFilter: BytesCodec, Hashable {
  /// How many bytes one number takes.
  public var elementSize: Int

  /// Makes a filter.
  public init(elementSize: Int) { self.elementSize = elementSize }

  /// The name in Zarr metadata.
  public var name: String { "shuffle" }

  /// Puts the bytes of every number together again.
  ///
  /// - Throws: `CodecError` when the bytes are no whole number of elements.
  public func decode(_ input: UnsafeRawBufferPointer, expectedSize: Int?, limit: Int)
    throws(CodecError) -> [UInt8]
  {
    try check(size: input.count, expectedSize: expectedSize, limit: limit)
    return try transposed(input, rows: elementSize)
  }

  /// Sorts the bytes.
  ///
  /// - Throws: `CodecError` when the bytes are no whole number of elements.
  public func encode(_ input: UnsafeRawBufferPointer) throws(CodecError) -> [UInt8] {
    guard elementSize > 0 else { return try transposed(input, rows: elementSize) }
    return try transposed(input, rows: input.count / elementSize)
  }

  /// Turns a table of bytes on its side; one of its sides is the element size.
  private func transposed(_ input: UnsafeRawBufferPointer, rows: Int) throws(CodecError) -> [UInt8]
  {
    guard elementSize > 0, input.count.isMultiple(of: elementSize) else {
      throw CodecError(
        codec: name, reason: "\(input.count) bytes are not whole elements of \(elementSize) bytes")
    }
    guard elementSize > 1, !input.isEmpty else { return Array(input) }
    let columns = input.count / rows
    return makeBytes(capacity: input.count) { buffer in
      if rows == elementSize, Unshuffle.decode(input, into: buffer, elementSize: rows) {
        return input.count
      }
      copyStrided(
        shape: [columns, rows], elementSize: 1,
        from: StridedBytes(input, offset: 0, strides: [1, columns]), to: buffer, offset: 0,
        strides: [rows, 1])
      return input.count
    } ?? []
  }
}

/// Puts numbers of two, four or eight bytes together, sixteen at a time.
private enum Unshuffle {
  /// Returns whether there is a fast way for that size, and if so decodes.
  static func decode(
    _ input: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, elementSize: Int
  ) -> Bool {
    let count = input.count / elementSize
    let lanes = count / 16 * 16
    guard [2, 4, 8].contains(elementSize), let from = input.baseAddress,
      let to = target.baseAddress
    else { return false }
    for first in stride(from: 0, to: lanes, by: 16) {
      let place = to + first * elementSize
      switch elementSize {
      case 2: place.storeBytes(of: pairs(from + first, count), as: SIMD16<UInt16>.self)
      case 4: place.storeBytes(of: fours(from + first, count), as: SIMD16<UInt32>.self)
      default:
        let numbers = interleaved(
          fours(from + first, count), fours(from + first + 4 * count, count))
        place.storeBytes(of: numbers, as: SIMD32<UInt32>.self)
      }
    }
    for index in lanes..<count {
      for byte in 0..<elementSize {
        target[index * elementSize + byte] = input[byte * count + index]
      }
    }
    return true
  }

  /// Sixteen numbers of two bytes, whose bytes lie `count` apart.
  private static func pairs(_ from: UnsafeRawPointer, _ count: Int) -> SIMD16<UInt16> {
    var bytes = SIMD32<UInt8>()
    bytes.evenHalf = from.loadUnaligned(as: SIMD16<UInt8>.self)
    bytes.oddHalf = from.loadUnaligned(fromByteOffset: count, as: SIMD16<UInt8>.self)
    return unsafeBitCast(bytes, to: SIMD16<UInt16>.self)
  }

  /// Sixteen numbers of four bytes, whose bytes lie `count` apart.
  private static func fours(_ from: UnsafeRawPointer, _ count: Int) -> SIMD16<UInt32> {
    var halves = SIMD32<UInt16>()
    halves.evenHalf = pairs(from, count)
    halves.oddHalf = pairs(from + 2 * count, count)
    return unsafeBitCast(halves, to: SIMD16<UInt32>.self)
  }

  private static func interleaved(
    _ even: SIMD16<UInt32>, _ odd: SIMD16<UInt32>
  ) -> SIMD32<UInt32> {
    var words = SIMD32<UInt32>()
    words.evenHalf = even
    words.oddHalf = odd
    return words
  }
}
