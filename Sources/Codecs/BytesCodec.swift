/// A reversible transformation of bytes: a compressor, a checksum or a filter.
///
/// Data is outside data: a decoder never trusts what a header says about sizes.
public protocol BytesCodec: Sendable {
  /// The name the codec has in Zarr metadata.
  var name: String { get }

  /// Decodes the whole input.
  ///
  /// - Parameters:
  ///   - input: the encoded bytes.
  ///   - expectedSize: how many bytes must come out, where that is known; anything else is an error.
  ///   - limit: the most bytes that may come out, so that a small input cannot fill the memory.
  /// - Returns: the decoded bytes.
  /// - Throws: `CodecError` when the data is damaged or would grow beyond what is allowed.
  func decode(_ input: UnsafeRawBufferPointer, expectedSize: Int?, limit: Int)
    throws(CodecError) -> [UInt8]

  /// Encodes the whole input.
  ///
  /// - Throws: `CodecError` when the input cannot be encoded.
  func encode(_ input: UnsafeRawBufferPointer) throws(CodecError) -> [UInt8]
}

extension BytesCodec {
  /// Decodes an array of bytes; see ``decode(_:expectedSize:limit:)``.
  ///
  /// - Throws: `CodecError` when the data is damaged or would grow beyond what is allowed.
  public func decode(_ input: [UInt8], expectedSize: Int? = nil, limit: Int)
    throws(CodecError) -> [UInt8]
  {
    try input.withUnsafeBufferPointer { (buffer) throws(CodecError) in
      try decode(UnsafeRawBufferPointer(buffer), expectedSize: expectedSize, limit: limit)
    }
  }

  /// Encodes an array of bytes.
  ///
  /// - Throws: `CodecError` when the input cannot be encoded.
  public func encode(_ input: [UInt8]) throws(CodecError) -> [UInt8] {
    try input.withUnsafeBufferPointer { (buffer) throws(CodecError) in
      try encode(UnsafeRawBufferPointer(buffer))
    }
  }

  /// Refuses a size that is not the expected one or is beyond the limit.
  func check(size: Int, expectedSize: Int?, limit: Int) throws(CodecError) {
    guard size <= limit else { throw .tooLarge(name, size: size, limit: limit) }
    if let expectedSize, size != expectedSize {
      throw .wrongSize(name, size: size, expected: expectedSize)
    }
  }
}

/// Makes an array of at most `capacity` bytes without clearing them first.
///
/// `fill` gets exactly that much room and says how much of it it used; `nil` stands for failure.
func makeBytes(
  capacity: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Int?
) -> [UInt8]? {
  var failed = false
  let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
    // The array may have got more room than was asked for.
    let room = UnsafeMutableRawBufferPointer(
      start: UnsafeMutableRawPointer(buffer.baseAddress), count: capacity)
    if let used = fill(room) {
      count = used
    } else {
      failed = true
    }
  }
  return failed ? nil : bytes
}
