import CDeflate

/// Gzip (RFC 1952): one member or several, one after the other.
public struct GzipCodec: BytesCodec, Hashable {
  /// The level used for encoding, 0 to 12.
  public var level: Int

  /// Makes a codec; the level matters only for encoding.
  public init(level: Int = 6) { self.level = level }

  /// The name in Zarr metadata.
  public var name: String { "gzip" }

  /// Decodes every member of the input.
  ///
  /// - Throws: `CodecError` when the data is damaged or decodes to another size than it should.
  public func decode(_ input: UnsafeRawBufferPointer, expectedSize: Int?, limit: Int)
    throws(CodecError) -> [UInt8]
  {
    try Deflate.gzip.decode(input, expectedSize: expectedSize, limit: limit)
  }

  /// Encodes into one member.
  ///
  /// - Throws: `CodecError` when the level is not one of libdeflate's.
  public func encode(_ input: UnsafeRawBufferPointer) throws(CodecError) -> [UInt8] {
    try Deflate.gzip.encode(input, level: level)
  }
}

/// A zlib stream (RFC 1950).
public struct ZlibCodec: BytesCodec, Hashable {
  /// The level used for encoding, 0 to 12.
  public var level: Int

  /// Makes a codec; the level matters only for encoding.
  public init(level: Int = 6) { self.level = level }

  /// The name in Zarr metadata.
  public var name: String { "zlib" }

  /// Decodes one stream.
  ///
  /// - Throws: `CodecError` when the data is damaged or decodes to another size than it should.
  public func decode(_ input: UnsafeRawBufferPointer, expectedSize: Int?, limit: Int)
    throws(CodecError) -> [UInt8]
  {
    try Deflate.zlib.decode(input, expectedSize: expectedSize, limit: limit)
  }

  /// Encodes into one stream.
  ///
  /// - Throws: `CodecError` when the level is not one of libdeflate's.
  public func encode(_ input: UnsafeRawBufferPointer) throws(CodecError) -> [UInt8] {
    try Deflate.zlib.encode(input, level: level)
  }
}

/// A bare deflate stream (RFC 1951), as ZIP files hold it.
public struct RawDeflate: BytesCodec, Hashable {
  /// The level used for encoding, 0 to 12.
  public var level: Int

  /// Makes a codec; the level matters only for encoding.
  public init(level: Int = 6) { self.level = level }

  /// The name used in messages; Zarr has no such codec.
  public var name: String { "deflate" }

  /// Decodes one stream.
  ///
  /// - Throws: `CodecError` when the data is damaged or decodes to another size than it should.
  public func decode(_ input: UnsafeRawBufferPointer, expectedSize: Int?, limit: Int)
    throws(CodecError) -> [UInt8]
  {
    try Deflate.raw.decode(input, expectedSize: expectedSize, limit: limit)
  }

  /// Encodes into one stream.
  ///
  /// - Throws: `CodecError` when the level is not one of libdeflate's.
  public func encode(_ input: UnsafeRawBufferPointer) throws(CodecError) -> [UInt8] {
    try Deflate.raw.encode(input, level: level)
  }
}

/// The three wrappings of one compression, through libdeflate.
private enum Deflate: String {
  case gzip
  case zlib
  case raw = "deflate"

  func decode(_ input: UnsafeRawBufferPointer, expectedSize: Int?, limit: Int)
    throws(CodecError) -> [UInt8]
  {
    guard let decompressor = libdeflate_alloc_decompressor() else {
      throw CodecError(codec: rawValue, reason: "there is no memory left")
    }
    defer { libdeflate_free_decompressor(decompressor) }
    return try decodeBounded(
      codec: rawValue, guess: guess(input, limit: limit), expectedSize: expectedSize, limit: limit
    ) { decode(input, into: $0, decompressor) }
  }

  /// How much may come out: gzip keeps the size (modulo 2^32) in its last four bytes.
  private func guess(_ input: UnsafeRawBufferPointer, limit: Int) -> Int {
    let fourfold = input.count > limit / 4 ? limit : input.count * 4
    guard self == .gzip, input.count >= 18 else { return fourfold }
    let told = Int(
      UInt32(littleEndian: input.loadUnaligned(fromByteOffset: input.count - 4, as: UInt32.self)))
    // Deflate cannot do better than 1032 : 1, so a larger size is a lie not worth memory.
    return told / 1032 <= input.count ? told : fourfold
  }

  private func decode(
    _ input: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer,
    _ decompressor: OpaquePointer
  ) -> Attempt {
    var read = 0
    var written = 0
    repeat {
      let source = UnsafeRawBufferPointer(rebasing: input[read...])
      let target = UnsafeMutableRawBufferPointer(rebasing: buffer[written...])
      var used = 0
      var made = 0
      switch decodeStream(source, target, decompressor, &used, &made) {
      case LIBDEFLATE_SUCCESS: break
      case LIBDEFLATE_INSUFFICIENT_SPACE: return .needsMoreRoom
      default: return .failed
      }
      read += used
      written += made
      // Only gzip strings members together, and writers may pad the last one with zeros.
    } while self == .gzip && input[read...].contains { $0 != 0 }
    return .done(written)
  }

  private func decodeStream(
    _ source: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer,
    _ decompressor: OpaquePointer, _ used: inout Int, _ made: inout Int
  ) -> libdeflate_result {
    switch self {
    case .gzip:
      libdeflate_gzip_decompress_ex(
        decompressor, source.baseAddress, source.count, target.baseAddress, target.count, &used,
        &made)
    case .zlib:
      libdeflate_zlib_decompress_ex(
        decompressor, source.baseAddress, source.count, target.baseAddress, target.count, &used,
        &made)
    case .raw:
      libdeflate_deflate_decompress_ex(
        decompressor, source.baseAddress, source.count, target.baseAddress, target.count, &used,
        &made)
    }
  }

  func encode(_ input: UnsafeRawBufferPointer, level: Int) throws(CodecError) -> [UInt8] {
    guard (0...12).contains(level), let compressor = libdeflate_alloc_compressor(CInt(level)) else {
      throw CodecError(codec: rawValue, reason: "there is no compression level \(level)")
    }
    defer { libdeflate_free_compressor(compressor) }
    let encoded = makeBytes(capacity: bound(compressor, input.count)) { buffer in
      let count =
        switch self {
        case .gzip:
          libdeflate_gzip_compress(
            compressor, input.baseAddress, input.count, buffer.baseAddress, buffer.count)
        case .zlib:
          libdeflate_zlib_compress(
            compressor, input.baseAddress, input.count, buffer.baseAddress, buffer.count)
        case .raw:
          libdeflate_deflate_compress(
            compressor, input.baseAddress, input.count, buffer.baseAddress, buffer.count)
        }
      return count > 0 ? count : nil
    }
    guard let encoded else { throw CodecError(codec: rawValue, reason: "the library refuses") }
    return encoded
  }

  private func bound(_ compressor: OpaquePointer, _ count: Int) -> Int {
    switch self {
    case .gzip: libdeflate_gzip_compress_bound(compressor, count)
    case .zlib: libdeflate_zlib_compress_bound(compressor, count)
    case .raw: libdeflate_deflate_compress_bound(compressor, count)
    }
  }
}
