import CRSVG

/// An SVG document drawn by librsvg.
struct SVGPicture {
  let svg: String
  /// The size of the document.
  let width: Int
  let height: Int

  /// Draws at a multiple of the size; what is not painted is transparent.
  func png(scale: Int) throws(ImageError) -> [UInt8] {
    let attempt = "draw an SVG of \(width) × \(height) pixels \(scale) times as large"
    guard (1...8).contains(scale), (1...4096).contains(width), (1...4096).contains(height) else {
      throw ImageError(
        attempt, because: "the picture is too large", remedy: "use a scale of 1 or 2")
    }
    let (columns, rows) = (width * scale, height * scale)
    guard let surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, Int32(columns), Int32(rows))
    else { throw ImageError(attempt, because: "memory is short") }
    defer { cairo_surface_destroy(surface) }
    let context = cairo_create(surface)
    defer { cairo_destroy(context) }
    try Self.draw(
      svg, in: context, width: Double(columns), height: Double(rows), attempt: attempt)
    cairo_surface_flush(surface)
    guard cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS,
      let pixels = cairo_image_surface_get_data(surface)
    else { throw ImageError(attempt, because: "cairo has no image") }
    let stride = Int(cairo_image_surface_get_stride(surface))
    let size = 4 * columns * rows
    let rgba = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      var place = 0
      for row in 0..<rows {
        let line = UnsafeRawPointer(pixels + row * stride)
        for column in 0..<columns {
          let argb = line.loadUnaligned(fromByteOffset: 4 * column, as: UInt32.self)
          let colour = SVGPicture.straight(argb)
          buffer[place] = colour.r
          buffer[place + 1] = colour.g
          buffer[place + 2] = colour.b
          buffer[place + 3] = colour.a
          place += 4
        }
      }
      count = size
    }
    return try PNG.encode(rgba: rgba, width: columns, height: rows, level: 9)
  }

  /// Draws a document into all of a surface of cairo, whose size is in its own units.
  static func draw(
    _ svg: String, in context: OpaquePointer?, width: Double, height: Double, attempt: String
  ) throws(ImageError) {
    let bytes = Array(svg.utf8)
    guard let handle = rsvg_handle_new_from_data(bytes, gsize(bytes.count), nil) else {
      throw ImageError(attempt, because: "librsvg cannot read it")
    }
    defer { g_object_unref(handle) }
    var viewport = RsvgRectangle(x: 0, y: 0, width: width, height: height)
    guard rsvg_handle_render_document(handle, context, &viewport, nil) != 0 else {
      throw ImageError(attempt, because: "librsvg cannot draw it")
    }
  }

  /// Cairo multiplies colours by opacity, PNG does not.
  private static func straight(_ argb: UInt32) -> RGBA {
    let alpha = argb >> 24
    guard alpha > 0 else { return .transparent }
    func channel(_ shift: UInt32) -> UInt8 {
      UInt8(min(((argb >> shift & 255) * 255 + alpha / 2) / alpha, 255))
    }
    return RGBA(r: channel(16), g: channel(8), b: channel(0), a: UInt8(alpha))
  }
}
