import CTIFFShim
public import Codecs
import Glibc

/// The first image of a GeoTIFF file, described for reading: TIFF or BigTIFF, tiles or strips, also
/// cloud-optimised.
///
/// Pixels that its mask leaves out are missing. It may be used by several threads and holds nothing open.
/// Smaller copies in the file are not used.
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
  /// The type of the numbers as they are read; `nil` where they cannot be read.
  ///
  /// It is wider than that of the file where a mask leaves pixels out and no number stands for none.
  public var elementType: ElementType? { masked?.filler.type ?? layout?.type }
  /// Why the numbers cannot be read, as a clause with what to do.
  public let unreadable: String?
  /// The sizes of further images of the file that are neither smaller copies nor masks; not read.
  public let otherPages: [(rows: Int, columns: Int)]

  private let layout: BlockLayout?
  private let masked: (mask: PixelMask, filler: PixelMask.Filler)?
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
    // Mask of the whole image: bit 4 without bit 1, which marks smaller copies.
    let mask = others.firstIndex { $0.kind & 5 == 4 }
    var (layout, masked, unreadable): (BlockLayout?, (PixelMask, PixelMask.Filler)?, String?)
    do throws(BlockLayout.Obstacle) {
      let image = try BlockLayout(found)
      layout = image
      guard access(path + ".msk", F_OK) != 0 else {
        throw BlockLayout.Obstacle(
          reason: "a file beside it, \(path).msk, says which pixels count, which is not read",
          remedy: "put it into the file: "
            + "gdal_translate --config GDAL_TIFF_INTERNAL_MASK YES IN OUT")
      }
      if let mask {
        masked = (
          try PixelMask(page: mask + 1, of: image, in: handle),
          try PixelMask.Filler(image.type, noData: noData)
        )
      }
    } catch {
      unreadable = error.remedy.map { "\(error.reason); \($0)" } ?? error.reason
    }
    (self.layout, self.masked, self.unreadable) = (layout, masked, unreadable)
  }

  private static func number(_ text: String) -> Double? {
    let trimmed = text.filter { !$0.isWhitespace }
    return trimmed.lowercased().hasSuffix("nan") ? .nan : Double(trimmed)
  }

  /// Reads the numbers of a window as stored; where the file holds none, they are `noData` or 0, and
  /// where its mask leaves pixels out `noData` or NaN.
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
      layout: layout, bands: bands, rows: rows, columns: columns,
      empty: layout.type.bytes(noData ?? 0) ?? [UInt8](repeating: 0, count: layout.type.size))
    do {
      let numbers = try NumericArray(
        type: layout.type, shape: shape, bytes: try window.read(handle))
      guard let masked else { return numbers }
      return try masked.mask.applied(
        to: numbers, rows: rows, columns: columns, filler: masked.filler, handle)
    } catch let error as GeoTIFFError {
      throw error
    } catch {
      throw GeoTIFFError(operation, of: path, reason: "\(error)")
    }
  }
}
