import CTIFFShim
import Codecs
import Glibc

/// A TIFF that is open in libtiff, for one thread.
struct TIFFHandle: ~Copyable {
  private let file: OpaquePointer
  private let descriptor: Int32
  let path: String
  let state: State

  /// Which bytes a path names, to notice that they were replaced.
  struct State: Sendable, Equatable {
    let device: UInt64
    let number: UInt64
    let size: Int
    let changed: Int
  }

  /// Opens the first image of a file.
  ///
  /// - Throws: `GeoTIFFError` where there is no such file or its header is damaged.
  init(path: String) throws(GeoTIFFError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    var status = stat()
    guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
      let reason = String(cString: strerror(errno))
      if descriptor >= 0 { close(descriptor) }
      throw GeoTIFFError("open the header", of: path, reason: reason)
    }
    var message = [CChar](repeating: 0, count: ctiff_message_size)
    guard let file = ctiff_open(descriptor, &message) else {
      close(descriptor)
      throw GeoTIFFError(
        "read the header", of: path, reason: Self.text(message), remedy: Self.again)
    }
    self.path = path
    self.descriptor = descriptor
    self.file = file
    state = State(
      device: UInt64(status.st_dev), number: UInt64(status.st_ino), size: status.st_size,
      changed: status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec)
  }

  deinit {
    ctiff_close(file)
    close(descriptor)
  }

  static let again = "copy or download the file again"

  /// How the numbers of the image lie in the file.
  var layout: ctiff_layout { ctiff_describe(file) }

  /// The numbers of a field; none where it is not there.
  func doubles(_ tag: UInt32) -> [Double] {
    var values: UnsafePointer<Double>?
    let count = ctiff_doubles(file, tag, &values)
    return Array(UnsafeBufferPointer(start: values, count: values == nil ? 0 : count))
  }

  /// The numbers of a field; none where it is not there.
  func shorts(_ tag: UInt32) -> [UInt16] {
    var values: UnsafePointer<UInt16>?
    let count = ctiff_shorts(file, tag, &values)
    return Array(UnsafeBufferPointer(start: values, count: values == nil ? 0 : count))
  }

  /// The text of a field; bytes that are not UTF-8 are taken as Latin-1.
  func text(_ tag: UInt32) -> String? {
    guard let text = ctiff_text(file, tag) else { return nil }
    return String(validatingCString: text)
      ?? String(
        String.UnicodeScalarView(
          UnsafeBufferPointer(start: text, count: strlen(text))
            .map { Unicode.Scalar(UInt8(bitPattern: $0)) }))
  }

  /// The images after the first, as far as they can be made out.
  ///
  /// - Throws: `GeoTIFFError` where the first one is not found again.
  func otherPages() throws(GeoTIFFError) -> [ctiff_page] {
    var pages = [ctiff_page](repeating: ctiff_page(), count: 64)
    let count = ctiff_other_pages(file, &pages, Int32(pages.count))
    guard count >= 0 else {
      throw GeoTIFFError(
        "read the header", of: path, reason: String(cString: ctiff_complaint(file)),
        remedy: Self.again)
    }
    return Array(pages.prefix(Int(count)))
  }

  /// Goes to another image of the file, the first being 0; what is asked then is asked of it.
  ///
  /// - Throws: `GeoTIFFError` where it is not found.
  func select(page: Int) throws(GeoTIFFError) {
    guard let number = UInt16(exactly: page), ctiff_select(file, number) != 0 else {
      throw GeoTIFFError(
        "read the header of image \(page + 1)", of: path,
        reason: String(cString: ctiff_complaint(file)), remedy: Self.again)
    }
  }

  /// Decodes a block into memory that has room for it; what it does not fill stays as it is.
  ///
  /// - Returns: whether the file holds the block; sparse files leave blocks out.
  /// - Throws: `GeoTIFFError` where the block is damaged.
  func read(block: Int, into target: UnsafeMutableRawBufferPointer) throws(GeoTIFFError) -> Bool {
    let got = ctiff_read_block(file, UInt32(block), target.baseAddress, target.count)
    guard got >= 0 else {
      throw GeoTIFFError(
        "read block \(block)", of: path, reason: String(cString: ctiff_complaint(file)),
        remedy: Self.again)
    }
    return got > 0
  }

  private static func text(_ bytes: [CChar]) -> String {
    String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
