import CDeflate
import CDeflateBlocks

/// Compresses many pieces to gzip (RFC 1952) with one compressor and one buffer.
///
/// The header holds no time and no name, so equal input gives equal bytes. An encoder belongs to one
/// thread at a time.
public final class GzipEncoder {
  private let deflate: any DeflateEncoder
  private var buffer: [UInt8] = []

  /// RFC 1952, 2.3: deflate, no flags, no time, fastest, unknown system.
  private static let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255]
  /// Check sum and size.
  private static let tail = 8

  /// Makes an encoder that searches for matches everywhere.
  ///
  /// - Parameter level: 0 (none) to 12 (slow and small).
  /// - Throws: `CodecError` when there is no such level.
  public init(level: Int) throws(CodecError) {
    deflate = try LevelDeflate(level)
  }

  /// Makes an encoder for arrays of numbers: on measured values about as small as level 1 and up to
  /// five times as fast (see Tests/Benchmarks).
  ///
  /// - Parameter width: How many bytes a number has: 1, 2, 4 or 8.
  public init(numbersOf width: Int) {
    deflate = NumberDeflate(width: width)
  }

  /// Encodes into one member.
  ///
  /// - Throws: `CodecError` when the library refuses.
  public func encode(_ input: UnsafeRawBufferPointer) throws(CodecError) -> [UInt8] {
    let room = Self.header.count + deflate.bound(input.count) + Self.tail
    if buffer.count < room { buffer = [UInt8](repeating: 0, count: room) }
    let count = buffer.withUnsafeMutableBytes { room -> Int? in
      room.copyBytes(from: Self.header)
      let start = Self.header.count
      guard
        let size = deflate.encode(
          input, into: UnsafeMutableRawBufferPointer(rebasing: room[start..<room.count - Self.tail])
        )
      else { return nil }
      let checksum = libdeflate_crc32(0, input.baseAddress, input.count)
      let end = start + size
      room.storeBytes(of: checksum.littleEndian, toByteOffset: end, as: UInt32.self)
      room.storeBytes(
        of: UInt32(truncatingIfNeeded: input.count).littleEndian, toByteOffset: end + 4,
        as: UInt32.self)
      return end + Self.tail
    }
    guard let count else { throw CodecError(codec: "gzip", reason: "the library refuses") }
    return Array(buffer[..<count])
  }
}

/// Makes bare deflate streams (RFC 1951).
private protocol DeflateEncoder: AnyObject {
  /// The most that so many bytes can become.
  func bound(_ count: Int) -> Int

  /// Encodes into room for the bound; how many bytes there are, `nil` on failure.
  func encode(_ input: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) -> Int?
}

/// Through libdeflate.
private final class LevelDeflate: DeflateEncoder {
  private let compressor: OpaquePointer

  init(_ level: Int) throws(CodecError) {
    guard (0...12).contains(level), let compressor = libdeflate_alloc_compressor(CInt(level)) else {
      throw CodecError(codec: "gzip", reason: "there is no compression level \(level)")
    }
    self.compressor = compressor
  }

  deinit { libdeflate_free_compressor(compressor) }

  func bound(_ count: Int) -> Int { libdeflate_deflate_compress_bound(compressor, count) }

  func encode(_ input: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) -> Int? {
    let count = libdeflate_deflate_compress(
      compressor, input.baseAddress, input.count, room.baseAddress, room.count)
    return count > 0 ? count : nil
  }
}

/// Through our own `deflate_numbers.h`.
private final class NumberDeflate: DeflateEncoder {
  private let width: Int
  private let scratch: UnsafeMutableRawPointer

  init(width: Int) {
    self.width = width
    scratch = .allocate(byteCount: cubepress_deflate_numbers_scratch(), alignment: 8)
  }

  deinit { scratch.deallocate() }

  func bound(_ count: Int) -> Int { cubepress_deflate_numbers_bound(count) }

  func encode(_ input: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) -> Int? {
    // Positions within a piece are 32-bit numbers.
    guard input.count <= UInt32.max, room.count >= bound(input.count) else { return nil }
    return cubepress_deflate_numbers(
      input.baseAddress, input.count, width, scratch, room.baseAddress)
  }
}
