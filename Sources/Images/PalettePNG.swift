import CDeflate
import CDeflateBlocks
import CKernels

/// Writes palette PNGs (PNG specification, third edition) of one size.
///
/// - The palette is cut to the entries between the lowest and the highest index of the image.
/// - Lines are filtered by "up" (fast), by the filter that leaves the least (standard) or by the
///   one that leaves what is cheapest to encode (small), and encoded by runs and Huffman codes
///   (`deflate_runs.h`): on such data smaller than a search for matches, and faster.
/// - An image of at most 16 colours is packed to 1, 2 or 4 bits a pixel, unfiltered, and matches
///   are searched: it is areas and outlines, where they pay.
final class PalettePNG {
  private let width: Int
  private let height: Int
  private let palette: [RGBA]
  private let effort: Effort
  private let compressor: OpaquePointer?
  /// Indices after renumbering, then the packed ones of small palettes.
  private var renumbered: [UInt8]
  private var packed: [UInt8]
  private var filtered: [UInt8]
  private var lines: [UInt8]
  private var segments: [UInt32]
  private var file: PNGFile

  /// The most colours that are packed into less than a byte.
  private static let few = 16

  init(width: Int, height: Int, effort: Effort, palette: [RGBA]) throws(ImageError) {
    self.width = width
    self.height = height
    self.palette = palette
    self.effort = effort
    compressor = libdeflate_alloc_compressor(effort == .small ? 9 : 6)
    guard compressor != nil else {
      throw ImageError("prepare to write PNG", because: "memory is short")
    }
    let size = (width + 1) * height
    renumbered = Array(repeating: 0, count: width * height)
    packed = Array(repeating: 0, count: (width + 1) / 2 * height)
    filtered = Array(repeating: 0, count: size)
    lines = Array(repeating: 0, count: 6 * width)
    segments = Array(repeating: 0, count: cubepress_deflate_runs_scratch(size) / 4 + 1)
    file = PNGFile(capacity: size + size / 8 + 4096)
  }

  deinit { libdeflate_free_compressor(compressor) }

  func encode<Result>(
    _ indices: UnsafeBufferPointer<UInt8>, _ body: (UnsafeRawBufferPointer) -> Result
  ) throws(ImageError) -> Result {
    let summary = IndexSummary(indices)
    guard Int(summary.highest) < palette.count else {
      throw TileEncoder.outside(summary.highest, palette.count)
    }
    let used = effort == .fast ? nil : PalettePNG.fewColours(indices)
    let isWritten: Bool
    if let used {
      isWritten = encodePacked(indices, used: used)
    } else {
      isWritten = encodeBytes(indices, summary)
    }
    guard isWritten else { throw ImageError("encode a tile", because: "memory is short") }
    return file.withBytes(body)
  }

  /// One byte a pixel: 0 stays missing, the lowest index becomes 1.
  private func encodeBytes(
    _ indices: UnsafeBufferPointer<UInt8>, _ summary: IndexSummary
  ) -> Bool {
    let lowest = max(summary.lowest ?? 1, 1)
    cubepress_shift_indices(indices.baseAddress, indices.count, lowest, &renumbered)
    if effort == .fast {
      cubepress_filter_up(renumbered, width, height, &filtered)
    } else {
      cubepress_filter_adaptive(renumbered, width, height, &filtered, &lines)
    }
    if effort == .small {
      cubepress_filter_cheapest(renumbered, width, height, &filtered, &lines)
    }
    let colours = [palette[0]] + palette[Int(lowest)..<max(Int(summary.highest) + 1, Int(lowest))]
    file.begin(width: width, height: height, bits: 8, palette: colours)
    return file.writeImageData(filtered, count: filtered.count) { to, capacity in
      cubepress_deflate_runs(filtered, filtered.count, &segments, to, capacity)
    }
  }

  /// Less than a byte a pixel; the colours used are numbered anew, in order.
  private func encodePacked(_ indices: UnsafeBufferPointer<UInt8>, used: [UInt8]) -> Bool {
    var numbers = [UInt8](repeating: 0, count: 256)
    for (number, index) in used.enumerated() {
      numbers[Int(index)] = UInt8(truncatingIfNeeded: number)
    }
    cubepress_renumber_indices(indices.baseAddress, indices.count, numbers, &renumbered)
    let bits = used.count <= 2 ? 1 : used.count <= 4 ? 2 : 4
    let line = (width * bits + 7) / 8
    cubepress_pack_indices(renumbered, width, height, Int32(bits), &packed)
    cubepress_filter_none(packed, line, height, &filtered)
    file.begin(
      width: width, height: height, bits: UInt8(bits), palette: used.map { palette[Int($0)] })
    let count = (line + 1) * height
    return file.writeImageData(filtered, count: count) { to, capacity in
      libdeflate_deflate_compress(compressor, filtered, count, to, capacity)
    }
  }

  /// The indices that occur, rising, if they are few.
  private static func fewColours(_ indices: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    var seen = [UInt8](repeating: 0, count: 256)
    // Most images of measured values show it in the first pixels looked at.
    let count = seen.withUnsafeMutableBufferPointer { seen in
      cubepress_mark_indices(
        indices.baseAddress, indices.count, Int32(PalettePNG.few), seen.baseAddress)
    }
    guard count <= PalettePNG.few else { return nil }
    return (0..<256).filter { seen[$0] != 0 }.map { UInt8($0) }
  }
}
