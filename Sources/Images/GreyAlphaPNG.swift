import CDeflate

/// Writes PNGs of a grey level and an opacity for each pixel (PNG specification, colour type 4).
public enum GreyAlphaPNG {
  /// The bytes of a picture.
  ///
  /// - Parameters:
  ///   - pixels: 2 × width × height bytes, row by row.
  ///   - width: its width, above 0.
  ///   - height: its height, above 0.
  /// - Returns: the file.
  /// - Throws: `ImageError` where the sizes do not fit, or memory is short.
  public static func encode(
    _ pixels: [UInt8], width: Int, height: Int
  ) throws(ImageError) -> [UInt8] {
    guard width > 0, height > 0, pixels.count == 2 * width * height else {
      throw ImageError(
        "encode a picture of \(width) × \(height) pixels",
        because: "\(pixels.count) bytes are not two a pixel")
    }
    guard let compressor = libdeflate_alloc_compressor(6) else {
      throw ImageError("write PNG", because: "memory is short")
    }
    defer { libdeflate_free_compressor(compressor) }
    let line = 2 * width
    // Filter "up": neighbouring rows are alike.
    var filtered = [UInt8](repeating: 0, count: (line + 1) * height)
    for row in 0..<height {
      let (from, to) = (row * line, row * (line + 1))
      filtered[to] = 2
      for place in 0..<line {
        let above = row > 0 ? pixels[from + place - line] : 0
        filtered[to + 1 + place] = pixels[from + place] &- above
      }
    }
    let bound = libdeflate_deflate_compress_bound(compressor, filtered.count)
    var file = PNGFile(capacity: bound + 256)
    file.begin(width: width, height: height, greyAlphaBits: 8)
    let isWritten = file.writeImageData(filtered, count: filtered.count) { to, capacity in
      libdeflate_deflate_compress(compressor, filtered, filtered.count, to, capacity)
    }
    guard isWritten else { throw ImageError("write PNG", because: "memory is short") }
    return file.withBytes { Array($0) }
  }
}
