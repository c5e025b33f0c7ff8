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
      copyStrided(
        shape: [columns, rows], elementSize: 1,
        from: StridedBytes(input, offset: 0, strides: [1, columns]), to: buffer, offset: 0,
        strides: [rows, 1])
      return input.count
    } ?? []
  }
}
