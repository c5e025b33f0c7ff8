import CDeflate
import CKernels

/// Writes palette PNGs (PNG specification, third edition) with libdeflate.
final class PalettePNG {
  private let width: Int
  private let height: Int
  private let palette: [RGBA]
  private let compressor: OpaquePointer?
  private var filtered: [UInt8]
  private var scratch: [UInt8]
  private var file: [UInt8]
  private let effort: Effort

  init(width: Int, height: Int, effort: Effort, palette: [RGBA]) {
    self.width = width
    self.height = height
    self.palette = palette
    self.effort = effort
    compressor = libdeflate_alloc_compressor(effort == .small ? 6 : 1)
    filtered = Array(repeating: 0, count: (width + 1) * height)
    scratch = Array(repeating: 0, count: 4 * width)
    let bound = libdeflate_zlib_compress_bound(compressor, filtered.count)
    file = Array(repeating: 0, count: bound + 2048)
  }

  deinit { libdeflate_free_compressor(compressor) }

  func encode<Result>(
    _ indices: UnsafeBufferPointer<UInt8>, _ body: (UnsafeRawBufferPointer) -> Result
  ) throws(ImageError) -> Result {
    let summary = IndexSummary(indices)
    guard Int(summary.highest) < palette.count else {
      throw TileEncoder.outside(summary.highest, palette.count)
    }
    if effort == .fast {
      cubepress_filter_up(indices.baseAddress, width, height, &filtered)
    } else {
      cubepress_filter_adaptive(indices.baseAddress, width, height, &filtered, &scratch)
    }
    var end = 0
    file.replaceSubrange(0..<8, with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
    end = 8
    chunk("IHDR", bigEndian(width) + bigEndian(height) + [8, 3, 0, 0, 0], &end)
    let used = palette.prefix(Int(summary.highest) + 1)
    chunk("PLTE", used.flatMap { [$0.r, $0.g, $0.b] }, &end)
    chunk("tRNS", used.map(\.a), &end)
    let start = end + 8
    let size = file.withUnsafeMutableBufferPointer { buffer in
      libdeflate_zlib_compress(
        compressor, filtered, filtered.count, buffer.baseAddress?.advanced(by: start),
        buffer.count - start - 16)
    }
    guard size > 0 else {
      throw ImageError("encode a tile", because: "memory is short")
    }
    chunk("IDAT", count: size, &end)
    chunk("IEND", [], &end)
    return file.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[0..<end])) }
  }

  private func bigEndian(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private func chunk(_ name: String, _ data: [UInt8], _ end: inout Int) {
    file.replaceSubrange(end + 8..<end + 8 + data.count, with: data)
    chunk(name, count: data.count, &end)
  }

  /// Closes a chunk whose data already stand in place.
  private func chunk(_ name: String, count: Int, _ end: inout Int) {
    file.replaceSubrange(end..<end + 4, with: bigEndian(count))
    file.replaceSubrange(end + 4..<end + 8, with: Array(name.utf8))
    let sum = file.withUnsafeBytes { bytes in
      libdeflate_crc32(0, bytes.baseAddress?.advanced(by: end + 4), count + 4)
    }
    end += 8 + count
    file.replaceSubrange(end..<end + 4, with: bigEndian(Int(sum)))
    end += 4
  }
}
