import CWebP

/// WebP files, by libwebp.
public enum WebP {
  /// How the pixels are kept.
  public enum Compression: Sendable, Hashable {
    /// Every pixel as it is; level 0 (fast) to 9 (small).
    case lossless(level: Int)
    /// As it looks; quality 0 to 100, method 0 (fast) to 6 (small). Values cannot be read back.
    case lossy(quality: Float, method: Int)
  }

  /// The longest side that WebP can have.
  public static let sideLimit = 16383

  /// Writes an image of 8-bit RGBA.
  ///
  /// - Parameters:
  ///   - rgba: 4 · width · height bytes, row by row from the top.
  ///   - width: pixels across.
  ///   - height: pixels down.
  ///   - compression: how the pixels are kept.
  /// - Returns: the file.
  /// - Throws: `ImageError` if sizes do not fit together or libwebp fails.
  public static func encode(
    rgba: [UInt8], width: Int, height: Int, compression: Compression = .lossless(level: 2)
  ) throws(ImageError) -> [UInt8] {
    let attempt = "write a WebP of \(width) × \(height) pixels"
    guard (1...sideLimit).contains(width), (1...sideLimit).contains(height),
      rgba.count == 4 * width * height
    else {
      throw ImageError(attempt, because: "there are \(rgba.count) bytes of pixels")
    }
    let pixels = stride(from: 0, to: rgba.count, by: 4).map { place in
      RGBA(r: rgba[place], g: rgba[place + 1], b: rgba[place + 2], a: rgba[place + 3]).argb
    }
    var encoder = try WebPEncoder(width: width, height: height, compression: compression)
    return try pixels.withUnsafeBufferPointer { buffer throws(ImageError) in
      try encoder.encode(argb: buffer) { Array($0) }
    }
  }

  /// Reads a WebP as 8-bit RGBA.
  ///
  /// - Throws: `ImageError` for a damaged file, or one with more pixels than `pixelLimit`.
  public static func decode(
    _ bytes: [UInt8], pixelLimit: Int = PNG.pixelLimit
  ) throws(ImageError) -> PNG.Image {
    let attempt = "read a WebP of \(bytes.count) bytes"
    var width: Int32 = 0
    var height: Int32 = 0
    guard WebPGetInfo(bytes, bytes.count, &width, &height) != 0 else {
      throw ImageError(attempt, because: "it is not one")
    }
    let size = 4 * Int(width) * Int(height)
    guard size / 4 <= pixelLimit else {
      throw ImageError(attempt, because: "it has \(width) × \(height) pixels, more than allowed")
    }
    let pixels = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      let end = WebPDecodeRGBAInto(bytes, bytes.count, buffer.baseAddress, size, 4 * width)
      count = end == nil ? 0 : size
    }
    guard pixels.count == size else { throw ImageError(attempt, because: "it is damaged") }
    return PNG.Image(rgba: pixels, width: Int(width), height: Int(height))
  }
}
