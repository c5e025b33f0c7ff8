import CRSVG

/// A sheet of paper with an SVG document on all of it, as PDF: lines and letters stay such, with their
/// fonts inside, and pictures stay pictures.
public struct PDFSheet: Sendable {
  private let svg: String
  private let title: String
  private let width: Double
  private let height: Double

  /// Points of a millimetre.
  private static let point = 72 / 25.4

  /// Prepares a sheet.
  ///
  /// - Parameters:
  ///   - svg: the document, whose viewport has the proportions of the sheet.
  ///   - title: what programs show as the title.
  ///   - width: of the sheet, in millimetres.
  ///   - height: of the sheet, in millimetres.
  public init(svg: String, title: String, width: Double, height: Double) {
    self.svg = svg
    self.title = title
    self.width = width
    self.height = height
  }

  /// The file, the same for the same sheet: it says no date.
  ///
  /// - Throws: `ImageError` where librsvg or cairo cannot draw it.
  public func pdf() throws(ImageError) -> [UInt8] {
    let attempt = "draw a PDF of \(width) × \(height) mm"
    let written = Written()
    // Cairo writes before `cairo_surface_finish` returns, so that the object lives long enough.
    let surface = cairo_pdf_surface_create_for_stream(
      { written, bytes, count in
        guard let written, let bytes else { return CAIRO_STATUS_WRITE_ERROR }
        Unmanaged<Written>.fromOpaque(written).takeUnretainedValue()
          .bytes.append(contentsOf: UnsafeBufferPointer(start: bytes, count: Int(count)))
        return CAIRO_STATUS_SUCCESS
      }, Unmanaged.passUnretained(written).toOpaque(), width * Self.point, height * Self.point)
    defer { cairo_surface_destroy(surface) }
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title)
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "")
    let context = cairo_create(surface)
    defer { cairo_destroy(context) }
    try SVGPicture.draw(
      svg, in: context, width: width * Self.point, height: height * Self.point, attempt: attempt)
    cairo_show_page(context)
    cairo_surface_finish(surface)
    return try withExtendedLifetime(written) { () throws(ImageError) in
      guard cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS, !written.bytes.isEmpty else {
        throw ImageError(attempt, because: "cairo cannot write it")
      }
      return written.bytes
    }
  }

  /// What cairo has written.
  private final class Written {
    var bytes: [UInt8] = []
  }
}
