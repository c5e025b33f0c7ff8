import CWebP

/// libwebp set up for images of one size.
struct WebPEncoder {
  private let width: Int
  private let height: Int
  private var config: WebPConfig

  init(width: Int, height: Int, compression: WebP.Compression) throws(ImageError) {
    self.width = width
    self.height = height
    config = WebPConfig()
    var isValid = WebPConfigInit(&config) != 0
    switch compression {
    case .lossless(let level):
      isValid = isValid && WebPConfigLosslessPreset(&config, Int32(clamping: level)) != 0
      // Without it, colours under invisible pixels are changed.
      config.exact = 1
    case .lossy(let quality, let method):
      config.quality = quality
      config.method = Int32(clamping: method)
    }
    guard isValid, WebPValidateConfig(&config) != 0 else {
      throw ImageError(
        "write WebP", because: "libwebp refuses the setting \(compression)",
        remedy: "use a quality from 0 to 100, a level from 0 to 9, a method from 0 to 6")
    }
  }

  /// Encodes pixels (`0xAARRGGBB`) and lends the bytes to `body`.
  mutating func encode<Result>(
    argb: UnsafeBufferPointer<UInt32>, _ body: (UnsafeRawBufferPointer) -> Result
  ) throws(ImageError) -> Result {
    let attempt = "write a WebP of \(width) × \(height) pixels"
    var picture = WebPPicture()
    guard argb.count == width * height, WebPPictureInit(&picture) != 0 else {
      throw ImageError(attempt, because: "there are \(argb.count) pixels")
    }
    picture.use_argb = 1
    picture.width = Int32(width)
    picture.height = Int32(height)
    guard WebPPictureAlloc(&picture) != 0, let to = picture.argb else {
      throw ImageError(attempt, because: "memory is short")
    }
    defer { WebPPictureFree(&picture) }
    for row in 0..<height {
      let line = UnsafeBufferPointer(rebasing: argb[row * width..<(row + 1) * width])
      guard let from = line.baseAddress else { continue }
      to.advanced(by: row * Int(picture.argb_stride)).update(from: from, count: width)
    }
    var writer = WebPMemoryWriter()
    WebPMemoryWriterInit(&writer)
    defer { WebPMemoryWriterClear(&writer) }
    let status = withUnsafeMutablePointer(to: &writer) { pointer in
      picture.writer = WebPMemoryWrite
      picture.custom_ptr = UnsafeMutableRawPointer(pointer)
      return WebPEncode(&config, &picture)
    }
    guard status != 0 else {
      throw ImageError(attempt, because: "libwebp gives error \(picture.error_code.rawValue)")
    }
    return body(UnsafeRawBufferPointer(start: writer.mem, count: writer.size))
  }
}
