import CZstd

/// Zstandard (RFC 8878): one frame or several, one after the other.
public struct ZstdCodec: BytesCodec, Hashable {
  /// The level used for encoding, 1 to 22; 0 stands for the library's own choice.
  public var level: Int
  /// Whether encoding adds a checksum of the content.
  public var hasChecksum: Bool

  /// Makes a codec; the settings matter only for encoding.
  public init(level: Int = 0, hasChecksum: Bool = false) {
    self.level = level
    self.hasChecksum = hasChecksum
  }

  /// The name in Zarr metadata.
  public var name: String { "zstd" }

  /// Decodes every frame of the input.
  ///
  /// - Throws: `CodecError` when the data is damaged or decodes to another size than it should.
  public func decode(_ input: UnsafeRawBufferPointer, expectedSize: Int?, limit: Int)
    throws(CodecError) -> [UInt8]
  {
    guard let context = ZSTD_createDCtx() else {
      throw CodecError(codec: name, reason: "there is no memory left")
    }
    defer { ZSTD_freeDCtx(context) }
    // A frame may tell its size; ZSTD_CONTENTSIZE_UNKNOWN and _ERROR are the two highest values.
    let told = ZSTD_getFrameContentSize(input.baseAddress, input.count)
    let guess = Int(exactly: told) ?? (input.count > limit / 4 ? limit : input.count * 4)
    return try decodeBounded(codec: name, guess: guess, expectedSize: expectedSize, limit: limit) {
      Self.decode(input, into: $0, context)
    }
  }

  private static func decode(
    _ input: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer,
    _ context: OpaquePointer
  ) -> Attempt {
    let count = ZSTD_decompressDCtx(
      context, buffer.baseAddress, buffer.count, input.baseAddress, input.count)
    guard ZSTD_isError(count) != 0 else { return .done(count) }
    return ZSTD_getErrorCode(count) == ZSTD_error_dstSize_tooSmall ? .needsMoreRoom : .failed
  }

  /// Encodes into one frame that tells its size.
  ///
  /// - Throws: `CodecError` when the library refuses.
  public func encode(_ input: UnsafeRawBufferPointer) throws(CodecError) -> [UInt8] {
    guard let context = ZSTD_createCCtx() else {
      throw CodecError(codec: name, reason: "there is no memory left")
    }
    defer { ZSTD_freeCCtx(context) }
    _ = ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, CInt(level))
    _ = ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, hasChecksum ? 1 : 0)
    let encoded = makeBytes(capacity: ZSTD_compressBound(input.count)) { buffer in
      let count = ZSTD_compress2(
        context, buffer.baseAddress, buffer.count, input.baseAddress, input.count)
      return ZSTD_isError(count) == 0 ? count : nil
    }
    guard let encoded else { throw CodecError(codec: name, reason: "the library refuses") }
    return encoded
  }
}
