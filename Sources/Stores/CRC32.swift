/// The CRC-32 of zip files and PNG (ISO 3309, polynomial 0x04C11DB7 reflected).
enum CRC32 {
  /// Eight tables, so that eight bytes are taken at once (Kounavis and Berry, 2005).
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for index in 0..<256 {
      var value = UInt32(index)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1 }
      tables[index] = value
    }
    for index in 256..<tables.count {
      let shorter = tables[index - 256]
      tables[index] = shorter >> 8 ^ tables[Int(shorter & 0xff)]
    }
    return tables
  }()

  /// The sum over some bytes.
  static func sum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    tables.withUnsafeBufferPointer { table in
      var sum = ~UInt32(0)
      var offset = 0
      while offset + 8 <= bytes.count {
        let low =
          sum ^ UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        let high = UInt32(
          littleEndian: bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt32.self))
        sum =
          table[1792 + Int(low & 0xff)] ^ table[1536 + Int(low >> 8 & 0xff)]
          ^ table[1280 + Int(low >> 16 & 0xff)] ^ table[1024 + Int(low >> 24)]
          ^ table[768 + Int(high & 0xff)] ^ table[512 + Int(high >> 8 & 0xff)]
          ^ table[256 + Int(high >> 16 & 0xff)] ^ table[Int(high >> 24)]
        offset += 8
      }
      while offset < bytes.count {
        sum = sum >> 8 ^ table[Int((sum ^ UInt32(bytes[offset])) & 0xff)]
        offset += 1
      }
      return ~sum
    }
  }
}
