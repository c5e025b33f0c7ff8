import CTIFFShim
public import Codecs

/// The first image of a GeoTIFF file, described for reading: TIFF or BigTIFF, tiles or strips, also
/// cloud-optimised.
///
/// It may be used by several threads and holds nothing open. Smaller copies in the file are not used.
public struct GeoTIFFFile: Sendable {
  /// The path of the file.
  public let path: String
  /// How many bands there are.
  public var bandCount: Int { layout?.bands ?? bands.count }
  /// How many rows and columns.
  public let rows: Int
  /// How many columns.
  public let columns: Int
  /// What is known of each band.
  public let bands: [RasterBand]
  /// Where the pixels lie.
  public let placement: Placement
  /// The texts that stand for the whole, by name.
  public let metadata: [(name: String, text: String)]
  /// The value that stands for none.
  public let noData: Double?
  /// The type of the numbers; `nil` where they cannot be read.
  public var elementType: ElementType? { layout?.type }
  /// Why the numbers cannot be read, as a clause with what to do.
  public let unreadable: String?
  /// The sizes of further images of the file that are neither smaller copies nor masks; not read.
  public let otherPages: [(rows: Int, columns: Int)]

  private let layout: BlockLayout?
  private let state: TIFFHandle.State

  /// The smallest piece that can be decoded alone: bands, rows, columns; `nil` where nothing can.
  public var blockShape: [Int]? {
    layout.map { [$0.bandsOfBlock, $0.blockRows, $0.blockColumns] }
  }

  /// Looks at a file, but reads no values.
  ///
  /// - Throws: `GeoTIFFError` where the file is not there, not TIFF, damaged, or says not where it lies.
  public init(path: String) throws(GeoTIFFError) {
    self.path = path
    let handle = try TIFFHandle(path: path)
    state = handle.state
    let found = handle.layout
    (rows, columns) = (Int(found.height), Int(found.width))
    do {
      placement = try Placement(handle)
    } catch {
      throw GeoTIFFError(
        "find the place", of: path, reason: error.reason, remedy: error.remedy)
    }
    let items = GDALMetadata(handle.text(42_112) ?? "")
    metadata = items.texts
    bands = (0..<Int(found.samples)).map(items.band)
    noData = handle.text(42_113).flatMap(Self.number)
    let others = try handle.otherPages()
    otherPages = others.filter { $0.kind & 5 == 0 }
      .map { (rows: Int($0.height), columns: Int($0.width)) }
    do {
      layout = try BlockLayout(found)
      // Mask of the whole image: bit 4 without bit 1, which marks smaller copies.
      let isMasked = others.contains { $0.kind & 5 == 4 }
      unreadable =
        isMasked
        ? "a second image says which pixels count, which is not read; let a value say so: "
          + "gdalwarp -dstnodata -9999"
        : nil
    } catch {
      layout = nil
      unreadable = error.remedy.map { "\(error.reason); \($0)" } ?? error.reason
    }
  }

  private static func number(_ text: String) -> Double? {
    let trimmed = text.filter { !$0.isWhitespace }
    return trimmed.lowercased().hasSuffix("nan") ? .nan : Double(trimmed)
  }

  /// Reads the numbers of a window as stored; where the file holds none, they are `noData` or 0.
  ///
  /// - Parameters:
  ///   - bands: which bands, counted from 0.
  ///   - rows: which rows.
  ///   - columns: which columns.
  /// - Returns: an array of bands, rows and columns.
  /// - Throws: `GeoTIFFError` for what is not there or damaged.
  public func read(
    bands: Range<Int>, rows: Range<Int>, columns: Range<Int>
  ) throws(GeoTIFFError) -> NumericArray {
    let operation = "read rows \(rows), columns \(columns)"
    guard let layout, unreadable == nil else {
      throw GeoTIFFError(operation, of: path, reason: unreadable ?? "it cannot be read")
    }
    guard bands.lowerBound >= 0, bands.upperBound <= layout.bands, rows.lowerBound >= 0,
      rows.upperBound <= layout.rows, columns.lowerBound >= 0, columns.upperBound <= layout.columns
    else { throw GeoTIFFError(operation, of: path, reason: "it has no such cells") }
    let handle = try TIFFHandle(path: path)
    guard handle.state == state, let now = try? BlockLayout(handle.layout), now == layout else {
      throw GeoTIFFError(
        operation, of: path, reason: "the file was changed or replaced after it was opened first")
    }
    let shape = [bands.count, rows.count, columns.count]
    let window = WindowOfBlocks(
      layout: layout, bands: bands, rows: rows, columns: columns, empty: emptyNumber(layout.type))
    do {
      return try NumericArray(
        type: layout.type, shape: shape, bytes: try window.read(handle))
    } catch let error as GeoTIFFError {
      throw error
    } catch {
      throw GeoTIFFError(operation, of: path, reason: "\(error)")
    }
  }

  /// The bytes of the number that unwritten blocks hold.
  private func emptyNumber(_ type: ElementType) -> [UInt8] {
    let number = noData ?? 0
    func bytes<Number: BitwiseCopyable>(_ number: Number?) -> [UInt8] {
      guard let number else { return [UInt8](repeating: 0, count: type.size) }
      return withUnsafeBytes(of: number) { Array($0) }
    }
    return switch type {
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
    case .float16, .complex64, .complex128: bytes(UInt8?.none)
    }
  }
}
