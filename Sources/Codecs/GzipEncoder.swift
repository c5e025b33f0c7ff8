import CDeflate

/// Compresses many pieces to gzip (RFC 1952) with one compressor and one buffer.
///
/// The header holds no time and no name, so equal input gives equal bytes. An encoder belongs to one
/// thread at a time.
public final class GzipEncoder {
  private let compressor: OpaquePointer
  private var buffer: [UInt8] = []

  /// Makes an encoder.
  ///
  /// - Parameter level: 0 (none) to 12 (slow and small).
  /// - Throws: `CodecError` when there is no such level.
  public init(level: Int) throws(CodecError) {
    guard (0...12).contains(level), let compressor = libdeflate_alloc_compressor(CInt(level)) else {
      throw CodecError(codec: "gzip", reason: "there is no compression level \(level)")
    }
    self.compressor = compressor
  }

  deinit { libdeflate_free_compressor(compressor) }

  /// Encodes into one member.
  ///
  /// - Throws: `CodecError` when the library refuses.
  public func encode(_ input: UnsafeRawBufferPointer) throws(CodecError) -> [UInt8] {
    let bound = libdeflate_gzip_compress_bound(compressor, input.count)
    if buffer.count < bound { buffer = [UInt8](repeating: 0, count: bound) }
    let count = buffer.withUnsafeMutableBytes { room in
      libdeflate_gzip_compress(
        compressor, input.baseAddress, input.count, room.baseAddress, room.count)
    }
    guard count > 0 else { throw CodecError(codec: "gzip", reason: "the library refuses") }
    return Array(buffer[..<count])
  }
}
