/// A checksum of the bytes, put behind them in four little-endian bytes (CRC-32C, RFC 3720 B.4).
public struct CRC32CCodec: BytesCodec, Hashable {
  /// Makes a codec.
  public init() {}

  /// The name in Zarr metadata.
  public var name: String { "crc32c" }

  /// Checks the checksum and returns the bytes before it.
  ///
  /// - Throws: `CodecError` when the checksum is missing or is not that of the bytes.
  public func decode(_ input: UnsafeRawBufferPointer, expectedSize: Int?, limit: Int)
    throws(CodecError) -> [UInt8]
  {
    let content = try verified(input)
    try check(size: content.count, expectedSize: expectedSize, limit: limit)
    return Array(content)
  }

  /// The bytes before the checksum, not copied.
  ///
  /// - Throws: `CodecError` when the checksum is missing or is not that of the bytes.
  public func verified(_ input: UnsafeRawBufferPointer) throws(CodecError) -> UnsafeRawBufferPointer
  {
    guard input.count >= 4 else { throw .damaged(name) }
    let content = UnsafeRawBufferPointer(rebasing: input.dropLast(4))
    let stored = UInt32(
      littleEndian: input.loadUnaligned(fromByteOffset: content.count, as: UInt32.self))
    guard Self.checksum(content) == stored else {
      throw CodecError(codec: name, reason: "the checksum is wrong, so the data is damaged")
    }
    return content
  }

  /// Puts the checksum behind the bytes.
  public func encode(_ input: UnsafeRawBufferPointer) throws(CodecError) -> [UInt8] {
    var encoded = Array(input)
    withUnsafeBytes(of: Self.checksum(input).littleEndian) { encoded.append(contentsOf: $0) }
    return encoded
  }

  /// The CRC-32C of bytes.
  public static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    tables.withUnsafeBufferPointer { tables in
      var crc: UInt32 = 0xFFFF_FFFF
      var index = 0
      while index + 8 <= bytes.count {
        let word = UInt64(
          littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        let mixed = word ^ UInt64(crc)
        crc = 0
        for slice in 0..<8 {
          crc ^= tables[(7 - slice) * 256 + Int(truncatingIfNeeded: mixed >> (8 * slice)) & 0xFF]
        }
        index += 8
      }
      while index < bytes.count {
        crc = crc >> 8 ^ tables[Int((crc ^ UInt32(bytes[index])) & 0xFF)]
        index += 1
      }
      return ~crc
    }
  }

  /// Eight tables of 256, so that eight bytes are worked off at once ("slicing by 8").
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var crc = UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82F6_3B78 : crc >> 1 }
      tables[byte] = crc
    }
    for index in 256..<tables.count {
      let previous = tables[index - 256]
      tables[index] = previous >> 8 ^ tables[Int(previous & 0xFF)]
    }
    return tables
  }()
}
