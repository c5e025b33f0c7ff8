import CDeflate

/// The chunks of a PNG, written into one buffer that is kept for the next file.
struct PNGFile {
  private var bytes: [UInt8]
  private var end = 0

  private static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
  /// Colour type 3 of the PNG specification, section 11.2.1.
  private static let indexedColour: UInt8 = 3
  private static let greyAlpha: UInt8 = 4
  /// Deflate with a window of 32 KiB (RFC 1950).
  private static let zlibHeader: [UInt8] = [0x78, 0x01]
  /// Check sum of the image data, of the chunk, and the closing chunk.
  private static let tail = 4 + 4 + 12

  /// Makes room for `capacity` bytes of image data and what surrounds them.
  init(capacity: Int) {
    bytes = Array(repeating: 0, count: capacity)
  }

  /// Begins a new file: all before the image data.
  mutating func begin(width: Int, height: Int, bits: UInt8, palette: [RGBA]) {
    begin(width: width, height: height, bits: bits, colourType: PNGFile.indexedColour)
    writeChunk("PLTE") { file in
      for colour in palette { file.write([colour.r, colour.g, colour.b]) }
    }
    // Entries left out at the end are opaque.
    let translucent = palette.prefix(palette.lastIndex { $0.a != 255 }.map { $0 + 1 } ?? 0)
    if !translucent.isEmpty {
      writeChunk("tRNS") { file in
        file.write(translucent.map(\.a))
      }
    }
  }

  /// Begins a new file of grey levels and opacities.
  mutating func begin(width: Int, height: Int, greyAlphaBits bits: UInt8) {
    begin(width: width, height: height, bits: bits, colourType: PNGFile.greyAlpha)
  }

  private mutating func begin(width: Int, height: Int, bits: UInt8, colourType: UInt8) {
    end = 0
    write(PNGFile.signature)
    writeChunk("IHDR") { file in
      file.write(width)
      file.write(height)
      file.write([bits, colourType, 0, 0, 0])
    }
  }

  /// Writes the image data and closes the file.
  ///
  /// - Parameters:
  ///   - filtered: holds the filtered lines.
  ///   - count: how many of its bytes they are.
  ///   - deflate: writes raw deflate to a place of some capacity; returns its size, 0 on failure.
  /// - Returns: false if deflate failed.
  mutating func writeImageData(
    _ filtered: [UInt8], count: Int, deflate: (UnsafeMutablePointer<UInt8>, Int) -> Int
  ) -> Bool {
    var isWritten = false
    writeChunk("IDAT") { file in
      file.write(PNGFile.zlibHeader)
      let start = file.end
      let size = file.bytes.withUnsafeMutableBufferPointer { buffer in
        buffer.baseAddress.map { base in
          deflate(base + start, buffer.count - start - PNGFile.tail)
        } ?? 0
      }
      file.end += size
      isWritten = size > 0
      file.write(Int(libdeflate_adler32(1, filtered, count)))
    }
    writeChunk("IEND") { _ in }
    return isWritten
  }

  /// Lends the file.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[0..<end])) }
  }

  private mutating func write(_ data: [UInt8]) {
    for byte in data {
      bytes[end] = byte
      end += 1
    }
  }

  /// Four bytes, the highest first.
  private mutating func write(_ value: Int) {
    for shift in [24, 16, 8, 0] {
      bytes[end] = UInt8(truncatingIfNeeded: value >> shift)
      end += 1
    }
  }

  private mutating func writeChunk(_ name: StaticString, _ data: (inout PNGFile) -> Void) {
    let start = end
    end += 4
    for place in 0..<name.utf8CodeUnitCount { bytes[end + place] = name.utf8Start[place] }
    end += 4
    data(&self)
    let dataEnd = end
    end = start
    write(dataEnd - start - 8)
    end = dataEnd
    let sum = bytes.withUnsafeBytes { bytes in
      libdeflate_crc32(0, bytes.baseAddress.map { $0 + start + 4 }, dataEnd - start - 4)
    }
    write(Int(sum))
  }
}
