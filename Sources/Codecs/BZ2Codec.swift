import CBzip2

/// Bzip2: one stream or several, one after the other.
public struct BZ2Codec: BytesCodec, Hashable {
  /// The level used for encoding, 1 to 9.
  public var level: Int

  /// Makes a codec; the level matters only for encoding.
  public init(level: Int = 1) { self.level = level }

  /// The name in Zarr metadata.
  public var name: String { "bz2" }

  /// Decodes every stream of the input.
  ///
  /// - Throws: `CodecError` when the data is damaged or decodes to another size than it should.
  public func decode(_ input: UnsafeRawBufferPointer, expectedSize: Int?, limit: Int)
    throws(CodecError) -> [UInt8]
  {
    let guess = input.count > limit / 4 ? limit : input.count * 4
    return try decodeBounded(codec: name, guess: guess, expectedSize: expectedSize, limit: limit) {
      Self.decode(input, into: $0)
    }
  }

  private static func decode(
    _ input: UnsafeRawBufferPointer, into buffer: UnsafeMutableRawBufferPointer
  ) -> Attempt {
    var read = 0
    var written = 0
    repeat {
      switch decodeStream(input, &read, into: buffer, &written) {
      case BZ_STREAM_END: break
      case BZ_OUTBUFF_FULL: return .needsMoreRoom
      default: return .failed
      }
    } while read < input.count
    return .done(written)
  }

  private static func decodeStream(
    _ input: UnsafeRawBufferPointer, _ read: inout Int,
    into buffer: UnsafeMutableRawBufferPointer, _ written: inout Int
  ) -> CInt {
    var stream = bz_stream()
    guard BZ2_bzDecompressInit(&stream, 0, 0) == BZ_OK else { return BZ_MEM_ERROR }
    defer { BZ2_bzDecompressEnd(&stream) }
    while true {
      // The counters of a stream have 32 bits.
      let source = input[read...].prefix(Int(Int32.max))
      let target = buffer[written...].prefix(Int(Int32.max))
      // The library takes a pointer to mutable bytes but does not write through it.
      stream.next_in = UnsafeMutableRawPointer(
        mutating: UnsafeRawBufferPointer(rebasing: source).baseAddress)?
        .assumingMemoryBound(to: CChar.self)
      stream.next_out = UnsafeMutableRawBufferPointer(rebasing: target).baseAddress?
        .assumingMemoryBound(to: CChar.self)
      stream.avail_in = UInt32(source.count)
      stream.avail_out = UInt32(target.count)
      let result = BZ2_bzDecompress(&stream)
      let used = source.count - Int(stream.avail_in)
      let made = target.count - Int(stream.avail_out)
      read += used
      written += made
      guard result == BZ_OK else { return result }
      if used == 0 && made == 0 {
        return written == buffer.count && read < input.count ? BZ_OUTBUFF_FULL : BZ_DATA_ERROR
      }
    }
  }

  /// Encodes into one stream.
  ///
  /// - Throws: `CodecError` when the level is not one of bzip2's or the input has over 4 GiB.
  public func encode(_ input: UnsafeRawBufferPointer) throws(CodecError) -> [UInt8] {
    guard (1...9).contains(level), let count = UInt32(exactly: input.count) else {
      throw CodecError(codec: name, reason: "level \(level) or \(input.count) bytes do not fit")
    }
    // The bound that the library's manual gives: 1 % more and 600 bytes.
    let encoded = makeBytes(capacity: input.count + input.count / 100 + 600) { buffer in
      var made = UInt32(clamping: buffer.count)
      var empty: CChar = 0
      let result = withUnsafeMutablePointer(to: &empty) { empty in
        BZ2_bzBuffToBuffCompress(
          buffer.baseAddress?.assumingMemoryBound(to: CChar.self), &made,
          UnsafeMutableRawPointer(mutating: input.baseAddress)?
            .assumingMemoryBound(to: CChar.self) ?? empty,
          count, CInt(level), 0, 0)
      }
      return result == BZ_OK ? Int(made) : nil
    }
    guard let encoded else { throw CodecError(codec: name, reason: "the library refuses") }
    return encoded
  }
}
