import Codecs

/// A further image of a file that says which pixels of the first one count: those where it is not 0 (the
/// transparency mask of TIFF 6.0, bit 4 of `NewSubfileType`; single bits or bytes).
struct PixelMask: Sendable {
  /// Which image of the file it is, the first being 0.
  let page: Int
  private let layout: BlockLayout

  /// Why masks are not read, as a clause.
  private static func obstacle(_ reason: String) -> BlockLayout.Obstacle {
    BlockLayout.Obstacle(
      reason: "a second image says which pixels count, but \(reason)",
      remedy: "let a value say it: gdalwarp -dstnodata -9999")
  }

  /// Looks at the mask of an image, and leaves the handle there.
  ///
  /// - Throws: `Obstacle` where it is not one for all bands, or not as large as the image.
  init(
    page: Int, of image: BlockLayout, in handle: borrowing TIFFHandle
  ) throws(BlockLayout.Obstacle) {
    self.page = page
    do {
      try handle.select(page: page)
    } catch {
      throw Self.obstacle("it cannot be read: \(error.reason)")
    }
    do {
      layout = try BlockLayout(handle.layout)
    } catch {
      throw Self.obstacle(error.reason)
    }
    guard layout.type == .uint8, layout.bands == 1 else {
      throw Self.obstacle("it is not one of bits or bytes for all bands")
    }
    guard layout.rows == image.rows, layout.columns == image.columns else {
      throw Self.obstacle("it has another size")
    }
  }

  /// What stands in an image for a pixel that does not count.
  struct Filler: Equatable {
    /// The type that the numbers need to have for it: their own, or the smallest that holds all of
    /// them and NaN.
    let type: ElementType
    /// Its bytes in that type.
    let bytes: [UInt8]

    /// `noData` where whole numbers can be that, else NaN.
    ///
    /// - Throws: `Obstacle` where no type has room for it.
    init(_ type: ElementType, noData: Double?) throws(BlockLayout.Obstacle) {
      if !type.isFloatingPoint, let noData, let bytes = type.bytes(noData) {
        (self.type, self.bytes) = (type, bytes)
        return
      }
      let wide: ElementType =
        switch type {
        case .int8, .uint8, .int16, .uint16: .float32
        case .int32, .uint32: .float64
        case .int64, .uint64:
          throw PixelMask.obstacle("numbers of 64 bits leave no room for what does not count")
        default: type
        }
      guard let bytes = wide.bytes(.nan) else {
        throw PixelMask.obstacle("such numbers leave no room for what does not count")
      }
      (self.type, self.bytes) = (wide, bytes)
    }
  }

  /// Puts `filler` in place of the pixels of a window that do not count.
  ///
  /// - Parameters:
  ///   - array: bands, rows and columns.
  ///   - rows: which rows of the image it holds.
  ///   - columns: which columns.
  ///   - filler: what stands for no value.
  ///   - handle: the file, open; it is left at the mask.
  /// - Returns: the array, in the type of `filler`.
  /// - Throws: `GeoTIFFError` where the mask is damaged or another than before; `CodecError` for numbers
  ///   that cannot be made wider.
  func applied(
    to array: NumericArray, rows: Range<Int>, columns: Range<Int>, filler: Filler,
    _ handle: borrowing TIFFHandle
  ) throws -> NumericArray {
    try handle.select(page: page)
    guard let now = try? BlockLayout(handle.layout), now == layout else {
      throw GeoTIFFError(
        "read the mask", of: handle.path,
        reason: "the file was changed or replaced after it was opened first")
    }
    let mask = try WindowOfBlocks(
      layout: layout, bands: 0..<1, rows: rows, columns: columns, empty: [0]
    ).read(handle)
    var result = try array.widened(to: filler.type)
    let size = filler.type.size
    for place in 0..<result.count where mask[place % mask.count] == 0 {
      for byte in 0..<size { result.bytes[place * size + byte] = filler.bytes[byte] }
    }
    return result
  }
}

extension NumericArray {
  /// The same numbers in a type that holds all of them.
  fileprivate func widened(to wide: ElementType) throws(CodecError) -> NumericArray {
    guard wide != type else { return self }
    let numbers = try doubles()
    let bytes =
      wide == .float32
      ? numbers.map { Float($0) }.withUnsafeBytes { [UInt8]($0) }
      : numbers.withUnsafeBytes { [UInt8]($0) }
    return try NumericArray(type: wide, shape: shape, bytes: bytes)
  }
}

extension ElementType {
  fileprivate var isFloatingPoint: Bool {
    switch self {
    case .float16, .float32, .float64: true
    default: false
    }
  }

  /// The bytes of a number in this type; `nil` where it is none of its numbers.
  func bytes(_ number: Double) -> [UInt8]? {
    func bytes<Number: BitwiseCopyable>(_ number: Number?) -> [UInt8]? {
      number.map { number in withUnsafeBytes(of: number) { Array($0) } }
    }
    return switch self {
    case .int8: bytes(Int8(exactly: number))
    case .int16: bytes(Int16(exactly: number))
    case .int32: bytes(Int32(exactly: number))
    case .int64: bytes(Int64(exactly: number))
    case .uint8, .bool: bytes(UInt8(exactly: number))
    case .uint16: bytes(UInt16(exactly: number))
    case .uint32: bytes(UInt32(exactly: number))
    case .uint64: bytes(UInt64(exactly: number))
    case .float32: bytes(Float(number))
    case .float64: bytes(number)
    // Halves: that of none alone (IEEE 754, a quiet one).
    case .float16: number.isNaN ? bytes(UInt16(0x7E00)) : nil
    case .complex64, .complex128: nil
    }
  }
}
