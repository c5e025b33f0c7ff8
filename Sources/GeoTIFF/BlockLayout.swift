import CTIFFShim
import Codecs

/// How the numbers of an image lie in the blocks (tiles or strips) of its file.
struct BlockLayout: Sendable, Equatable {
  let type: ElementType
  let bands: Int
  let rows: Int
  let columns: Int
  let blockRows: Int
  let blockColumns: Int
  /// Whether each band has blocks of its own; else a block holds all bands of a pixel together.
  let isSeparate: Bool

  /// Why an image cannot be read, as a clause, and what to do.
  struct Obstacle: Error {
    let reason: String
    var remedy: String? = "write it anew with gdal_translate"
  }

  /// The most bytes that a decoded block may have.
  static let largestBlock = 256 << 20
  /// The most rows and columns of an image.
  private static let mostCells = 1 << 31

  /// How many bands a block holds.
  var bandsOfBlock: Int { isSeparate ? 1 : bands }
  private var blocksAcross: Int { (columns + blockColumns - 1) / blockColumns }
  private var blocksDown: Int { (rows + blockRows - 1) / blockRows }
  /// How many blocks there are; not a whole number, as headers can say more than those count.
  private var blockCount: Double {
    Double(blocksAcross) * Double(blocksDown) * (isSeparate ? Double(bands) : 1)
  }
  var blockBytes: Int { blockRows * blockColumns * bandsOfBlock * type.size }

  /// A block that a window touches.
  struct Block {
    /// Its number in the file.
    let number: Int
    /// The bands that are wanted of it.
    let bands: Range<Int>
    /// Where it begins in the image.
    let firstRow: Int
    let firstColumn: Int
    /// The rows and columns that are wanted of it, of the image.
    let rows: Range<Int>
    let columns: Range<Int>
  }

  /// The blocks that hold a window, which must lie within the image.
  func blocks(bands: Range<Int>, rows: Range<Int>, columns: Range<Int>) -> [Block] {
    guard !bands.isEmpty, !rows.isEmpty, !columns.isEmpty else { return [] }
    var blocks: [Block] = []
    for band in isSeparate ? bands : bands.lowerBound..<bands.lowerBound + 1 {
      for down in rows.lowerBound / blockRows...(rows.upperBound - 1) / blockRows {
        for across in columns.lowerBound / blockColumns...(columns.upperBound - 1) / blockColumns {
          let (row, column) = (down * blockRows, across * blockColumns)
          blocks.append(
            Block(
              number: ((isSeparate ? band : 0) * blocksDown + down) * blocksAcross + across,
              bands: isSeparate ? band..<band + 1 : bands, firstRow: row, firstColumn: column,
              rows: rows.clamped(to: row..<row + blockRows),
              columns: columns.clamped(to: column..<column + blockColumns)))
        }
      }
    }
    return blocks
  }
}

extension BlockLayout {
  /// - Throws: `Obstacle` for kinds of images that are not read, and sizes that contradict each other.
  init(_ layout: ctiff_layout) throws(Obstacle) {
    bands = Int(layout.samples)
    (rows, columns) = (Int(layout.height), Int(layout.width))
    (blockRows, blockColumns) = (Int(layout.block_height), Int(layout.block_width))
    isSeparate = layout.is_separate != 0
    guard rows > 0, columns > 0, bands > 0, blockRows > 0, blockColumns > 0,
      rows < Self.mostCells, columns < Self.mostCells
    else { throw Obstacle(reason: "it has no pixels", remedy: nil) }
    type = try Self.elementType(layout)
    try Self.checkKind(layout)
    let bytes = Double(blockRows) * Double(blockColumns) * Double(bandsOfBlock * type.size)
    guard bytes <= Double(Self.largestBlock) else {
      throw Obstacle(
        reason: "it is stored in blocks of \(blockRows) × \(blockColumns) pixels, which are too "
          + "large to be read one by one",
        remedy: "write it anew in tiles: gdal_translate -co TILED=YES")
    }
    guard Int(bytes) == Int(clamping: layout.block_bytes), blockCount == Double(layout.block_count),
      layout.is_guessed == 0
    else { throw Obstacle(reason: "its header contradicts itself", remedy: TIFFHandle.again) }
  }

  private static func elementType(_ layout: ctiff_layout) throws(Obstacle) -> ElementType {
    // SampleFormat of TIFF 6.0: 1 is unsigned, 2 signed, 3 a floating-point number, 4 undefined.
    let type: ElementType? =
      switch (layout.format, layout.bits) {
      case (1, 8), (4, 8): .uint8
      case (1, 16), (4, 16): .uint16
      case (1, 32), (4, 32): .uint32
      case (1, 64), (4, 64): .uint64
      case (2, 8): .int8
      case (2, 16): .int16
      case (2, 32): .int32
      case (2, 64): .int64
      case (3, 16): .float16
      case (3, 32): .float32
      case (3, 64): .float64
      default: nil
      }
    guard let type else {
      let kind = [1: "whole", 2: "whole", 3: "floating-point", 5: "complex", 6: "complex"]
      throw Obstacle(
        reason: "it holds \(kind[Int(layout.format)] ?? "unknown") numbers of \(layout.bits) bits",
        remedy: "write it anew with another type: gdal_translate -ot Float32")
    }
    return type
  }

  private static func checkKind(_ layout: ctiff_layout) throws(Obstacle) {
    // None, LZW, deflate (two numbers), PackBits, LERC, LZMA, Zstandard: what keeps numbers. Those for
    // photographs and facsimiles do not.
    let lossless: Set<UInt16> = [1, 5, 8, 32_946, 32_773, 34_887, 34_925, 50_000]
    guard lossless.contains(layout.compression), layout.is_known != 0 else {
      throw Obstacle(
        reason: "it is compressed by method \(layout.compression), which is not read",
        remedy: "write it anew: gdal_translate -co COMPRESS=DEFLATE")
    }
    // 6: YCbCr, whose blocks hold fewer numbers than pixels.
    guard layout.photometric != 6, layout.fill_order == 1 else {
      throw Obstacle(reason: "it is a picture in a form that is not read")
    }
  }
}
