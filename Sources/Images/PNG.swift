import CPNGShim
import Glibc

/// PNG files in full colour, by libpng; tiles are written by `TileEncoder`.
public enum PNG {
  /// A decoded image.
  public struct Image: Sendable, Hashable {
    /// Red, green, blue, alpha of each pixel, row by row from the top.
    public let rgba: [UInt8]
    /// Pixels across.
    public let width: Int
    /// Pixels down.
    public let height: Int
  }

  /// The most pixels that are decoded if the caller does not say.
  public static let pixelLimit = 1 << 26

  /// Writes an image of 8-bit RGBA.
  ///
  /// - Parameters:
  ///   - rgba: 4 · width · height bytes, row by row from the top.
  ///   - width: pixels across.
  ///   - height: pixels down.
  ///   - level: how hard zlib tries, 1 to 9.
  /// - Returns: the file.
  /// - Throws: `ImageError` if sizes do not fit together or memory is short.
  public static func encode(
    rgba: [UInt8], width: Int, height: Int, level: Int = 6
  ) throws(ImageError) -> [UInt8] {
    let attempt = "write a PNG of \(width) × \(height) pixels"
    guard (1...65535).contains(width), (1...65535).contains(height),
      rgba.count == 4 * width * height
    else {
      throw ImageError(attempt, because: "there are \(rgba.count) bytes of pixels")
    }
    var bytes: UnsafeMutablePointer<UInt8>?
    var size = 0
    var message = PNGMessage()
    let status = message.withBuffer { text in
      cubepress_png_encode(
        rgba, UInt32(width), UInt32(height), Int32(min(max(level, 1), 9)), &bytes, &size, text)
    }
    defer { free(bytes) }
    guard status == 0 else { throw ImageError(attempt, because: message.text) }
    return Array(UnsafeBufferPointer(start: bytes, count: size))
  }

  /// Reads a PNG of any kind as 8-bit RGBA.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - pixelLimit: the most pixels allowed; memory is 4 bytes for each.
  /// - Returns: the image, 8 bits a channel whatever the file has.
  /// - Throws: `ImageError` for a damaged file, or one with more pixels.
  public static func decode(
    _ bytes: [UInt8], pixelLimit: Int = PNG.pixelLimit
  ) throws(ImageError) -> Image {
    let attempt = "read a PNG of \(bytes.count) bytes"
    var width: UInt32 = 0
    var height: UInt32 = 0
    var message = PNGMessage()
    let limit = UInt32(clamping: min(pixelLimit, 1 << 28))
    var status = message.withBuffer { text in
      cubepress_png_size(bytes, bytes.count, limit, &width, &height, text)
    }
    guard status == 0 else { throw ImageError(attempt, because: message.text) }
    let size = 4 * Int(width) * Int(height)
    let pixels = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      status = message.withBuffer { text in
        cubepress_png_decode(bytes, bytes.count, width, height, buffer.baseAddress, text)
      }
      count = status == 0 ? size : 0
    }
    guard status == 0 else { throw ImageError(attempt, because: message.text) }
    return Image(rgba: pixels, width: Int(width), height: Int(height))
  }
}

/// What libpng had to say, in a buffer of its size.
private struct PNGMessage {
  private var characters = [CChar](repeating: 0, count: Int(cubepress_png_message_size))

  mutating func withBuffer(_ body: (UnsafeMutablePointer<CChar>?) -> Int32) -> Int32 {
    characters.withUnsafeMutableBufferPointer { body($0.baseAddress) }
  }

  var text: String {
    let bytes = characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return bytes.isEmpty ? "memory is short" : String(decoding: bytes, as: UTF8.self)
  }
}
