import CLZ4

/// One LZ4 block behind its size in four little-endian bytes, as numcodecs frames it.
public struct LZ4Codec: BytesCodec, Hashable {
  /// How much speed counts for encoding, from 1; more is faster and larger.
  public var acceleration: Int

  /// Makes a codec; the setting matters only for encoding.
  public init(acceleration: Int = 1) { self.acceleration = acceleration }

  /// The name in Zarr metadata.
  public var name: String { "lz4" }

  /// Decodes one block.
  ///
  /// - Throws: `CodecError` when the size in front lies or the block is damaged.
  public func decode(_ input: UnsafeRawBufferPointer, expectedSize: Int?, limit: Int)
    throws(CodecError) -> [UInt8]
  {
    guard input.count >= 4, let base = input.baseAddress,
      let blockSize = CInt(exactly: input.count - 4)
    else { throw .damaged(name) }
    let size = Int(UInt32(littleEndian: base.loadUnaligned(as: UInt32.self)))
    try check(size: size, expectedSize: expectedSize, limit: limit)
    // One byte of a block stands for 255 bytes at most (lz4 block format, "match length").
    guard size <= Int(LZ4_MAX_INPUT_SIZE), size / 255 <= input.count else { throw .damaged(name) }
    return try decodeExactly(codec: name, size: size) { buffer in
      let count = LZ4_decompress_safe(base + 4, buffer.baseAddress, blockSize, CInt(buffer.count))
      return count == buffer.count ? .done(buffer.count) : .failed
    }
  }

  /// Encodes one block.
  ///
  /// - Throws: `CodecError` when the input is larger than a block may be.
  public func encode(_ input: UnsafeRawBufferPointer) throws(CodecError) -> [UInt8] {
    guard input.count <= Int(LZ4_MAX_INPUT_SIZE), let count = CInt(exactly: input.count) else {
      throw CodecError(codec: name, reason: "\(input.count) bytes are more than a block can hold")
    }
    let room = Int(LZ4_compressBound(count))
    let encoded = makeBytes(capacity: room + 4) { buffer in
      guard let target = buffer.baseAddress else { return nil }
      target.storeBytes(of: UInt32(count).littleEndian, as: UInt32.self)
      let made = LZ4_compress_fast(
        input.baseAddress, target + 4, count, CInt(room), CInt(clamping: acceleration))
      return made > 0 ? Int(made) + 4 : nil
    }
    guard let encoded else { throw CodecError(codec: name, reason: "the library refuses") }
    return encoded
  }
}
