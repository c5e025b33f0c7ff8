import CBlosc

/// Blosc 1, a container of blocks that are shuffled and then compressed one by one.
///
/// Every compressor that the installed library knows can be read; what a chunk was made with stands
/// in its header.
public struct BloscCodec: BytesCodec, Hashable {
  /// The compressors that a Blosc container can hold.
  public enum Compressor: String, Sendable, CaseIterable {
    case blosclz
    case lz4
    case lz4hc
    case snappy
    case zlib
    case zstd
  }

  /// How the bytes of neighbouring numbers are sorted before they are compressed.
  public enum Shuffle: Int, Sendable, CaseIterable {
    case none = 0
    case bytes = 1
    case bits = 2
  }

  /// The compressor used for encoding.
  public var compressor: Compressor
  /// From 0 (store) to 9 (smallest).
  public var level: Int
  /// The sorting used for encoding.
  public var shuffle: Shuffle
  /// How many bytes one number takes.
  public var typeSize: Int

  /// Makes a codec; the settings matter only for encoding.
  public init(
    compressor: Compressor = .lz4, level: Int = 5, shuffle: Shuffle = .bytes, typeSize: Int = 1
  ) {
    self.compressor = compressor
    self.level = level
    self.shuffle = shuffle
    self.typeSize = typeSize
  }

  /// The name in Zarr metadata.
  public var name: String { "blosc" }

  /// The compressors that the installed library can decode and encode.
  public static var available: [Compressor] {
    Compressor.allCases.filter { blosc_compname_to_compcode($0.rawValue) >= 0 }
  }

  /// Decodes one Blosc container.
  ///
  /// - Throws: `CodecError` when the header lies or the data is damaged.
  public func decode(_ input: UnsafeRawBufferPointer, expectedSize: Int?, limit: Int)
    throws(CodecError) -> [UInt8]
  {
    var size = 0
    guard let base = input.baseAddress, input.count >= Int(BLOSC_MIN_HEADER_LENGTH),
      blosc_cbuffer_validate(base, input.count, &size) == 0
    else { throw .damaged(name) }
    try check(size: size, expectedSize: expectedSize, limit: limit)
    if size == 0 { return [] }
    try checkCompressor(flags: input[2])
    return try decodeExactly(codec: name, size: size) { buffer in
      let count = blosc_decompress_ctx(base, buffer.baseAddress, buffer.count, 1)
      return count == buffer.count ? .done(buffer.count) : .failed
    }
  }

  /// Encodes into one Blosc container.
  ///
  /// - Throws: `CodecError` when the input has more than 2 GiB or the library lacks the compressor.
  public func encode(_ input: UnsafeRawBufferPointer) throws(CodecError) -> [UInt8] {
    guard input.count <= Int(Int32.max) - Int(BLOSC_MAX_OVERHEAD) else {
      throw CodecError(codec: name, reason: "\(input.count) bytes are more than Blosc can hold")
    }
    let encoded = makeBytes(capacity: input.count + Int(BLOSC_MAX_OVERHEAD)) { buffer in
      let count = blosc_compress_ctx(
        CInt(level), CInt(shuffle.rawValue), typeSize, input.count, input.baseAddress,
        buffer.baseAddress, buffer.count, compressor.rawValue, 0, 1)
      return count > 0 ? Int(count) : nil
    }
    guard let encoded else {
      throw CodecError(
        codec: name, reason: "the installed library cannot compress with \(compressor.rawValue)")
    }
    return encoded
  }

  /// Says which compressor is missing, which the library would only call damage.
  private func checkCompressor(flags: UInt8) throws(CodecError) {
    let isStored = flags & UInt8(BLOSC_MEMCPYED) != 0
    let formats: [Compressor] = [.blosclz, .lz4, .snappy, .zlib, .zstd]
    let format = Int(flags >> 5)
    guard !isStored else { return }
    guard formats.indices.contains(format) else { throw .damaged(name) }
    guard Self.available.contains(formats[format]) else {
      throw CodecError(
        codec: name,
        reason: "the installed Blosc library was built without \(formats[format].rawValue)")
    }
  }
}
