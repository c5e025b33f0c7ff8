/// Encodes palette images of one size, one after another.
///
/// Keeps its buffers: make one for each thread and use it for many tiles. The same indices give
/// the same bytes, whatever was encoded before.
public final class TileEncoder {
  /// How images are written.
  public let format: ImageFormat
  /// What is spent on size.
  public let effort: Effort
  /// Pixels across.
  public let width: Int
  /// Pixels down.
  public let height: Int

  private enum Writer {
    case png(PalettePNG)
    case webp(WebPEncoder, colours: [UInt32], pixels: [UInt32])
  }

  private var writer: Writer

  /// Prepares to encode.
  ///
  /// - Parameters:
  ///   - width: pixels across, at most 16383.
  ///   - height: pixels down, at most 16383.
  ///   - format: PNG or WebP.
  ///   - effort: what to spend on size.
  ///   - palette: 1 to 256 colours.
  ///   - quality: nil keeps every pixel; 0 to 100, for WebP only, keeps how it looks.
  /// - Throws: `ImageError` for sizes or palettes out of bounds, or a quality for PNG.
  public init(
    width: Int, height: Int, format: ImageFormat, effort: Effort, palette: [RGBA],
    quality: Float? = nil
  ) throws(ImageError) {
    let attempt = "prepare \(format.rawValue) images of \(width) × \(height) pixels"
    guard (1...WebP.sideLimit).contains(width), (1...WebP.sideLimit).contains(height) else {
      throw ImageError(attempt, because: "a side has 1 to \(WebP.sideLimit) pixels")
    }
    guard (1...256).contains(palette.count) else {
      throw ImageError(attempt, because: "the palette has \(palette.count) colours, not 1 to 256")
    }
    self.width = width
    self.height = height
    self.format = format
    self.effort = effort
    switch format {
    case .png:
      guard quality == nil else {
        throw ImageError(
          attempt, because: "PNG has no quality", remedy: "leave the quality out, or use webp")
      }
      writer = .png(try PalettePNG(width: width, height: height, effort: effort, palette: palette))
    case .webp:
      let encoder = try WebPEncoder(
        width: width, height: height, compression: effort.compression(quality: quality))
      writer = .webp(
        encoder, colours: palette.map(\.argb), pixels: Array(repeating: 0, count: width * height))
    }
  }

  /// Encodes one image.
  ///
  /// - Parameter indices: width · height entries of the palette, row by row from the top.
  /// - Returns: the file.
  /// - Throws: `ImageError` if there are more or fewer, one is outside the palette, or memory is
  ///   short.
  public func encode(_ indices: UnsafeBufferPointer<UInt8>) throws(ImageError) -> [UInt8] {
    try withEncoded(indices) { Array($0) }
  }

  /// Encodes one image and lends its bytes, which saves a copy.
  ///
  /// - Parameters:
  ///   - indices: width · height entries of the palette, row by row from the top.
  ///   - body: gets the file, valid only until it returns.
  /// - Returns: what `body` returns.
  /// - Throws: as `encode(_:)`.
  public func withEncoded<Result>(
    _ indices: UnsafeBufferPointer<UInt8>, _ body: (UnsafeRawBufferPointer) -> Result
  ) throws(ImageError) -> Result {
    guard indices.count == width * height else {
      throw ImageError(
        "encode a tile of \(width) × \(height) pixels", because: "there are \(indices.count)")
    }
    switch writer {
    case .png(let png):
      return try png.encode(indices, body)
    case .webp(var encoder, let colours, var pixels):
      // The enum must let go of the array, or writing to it copies it.
      writer = .webp(encoder, colours: colours, pixels: [])
      defer { writer = .webp(encoder, colours: colours, pixels: pixels) }
      for (place, index) in indices.enumerated() {
        guard Int(index) < colours.count else { throw TileEncoder.outside(index, colours.count) }
        pixels[place] = colours[Int(index)]
      }
      return try pixels.withUnsafeBufferPointer { buffer throws(ImageError) in
        try encoder.encode(argb: buffer, body)
      }
    }
  }

  static func outside(_ index: UInt8, _ count: Int) -> ImageError {
    ImageError(
      "encode a tile", because: "index \(index) is outside the palette of \(count) colours")
  }
}

extension Effort {
  fileprivate func compression(quality: Float?) -> WebP.Compression {
    let (level, method) =
      switch self {
      case .fast: (0, 0)
      case .standard: (2, 2)
      case .small: (6, 4)
      }
    return quality.map { .lossy(quality: $0, method: method) } ?? .lossless(level: level)
  }
}

extension RGBA {
  /// `0xAARRGGBB`.
  var argb: UInt32 {
    UInt32(a) << 24 | UInt32(r) << 16 | UInt32(g) << 8 | UInt32(b)
  }
}
