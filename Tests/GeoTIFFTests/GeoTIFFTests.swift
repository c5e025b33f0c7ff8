import Codecs
import Foundation
import Testing

@testable import GeoTIFF

/// A TIFF of a few numbers, written by hand after TIFF 6.0 and GeoTIFF 1.1.
private struct HandMadeTIFF {
  var fields: [(tag: UInt16, type: UInt16, count: Int, bytes: [UInt8])] = []
  var pixels: [UInt8]
  /// The images after the first.
  var further: [HandMadeTIFF] = []

  /// One strip of `rows` × `columns` numbers of 16 bits.
  init(rows: UInt16, columns: UInt16, values: [Int16], rowsPerStrip: UInt16? = nil) {
    pixels = values.flatMap { value in withUnsafeBytes(of: value.littleEndian) { Array($0) } }
    shorts(256, [columns])
    shorts(257, [rows])
    shorts(258, [16])
    shorts(259, [1])
    shorts(262, [1])
    shorts(277, [1])
    shorts(278, [rowsPerStrip ?? rows])
    shorts(339, [2])
  }

  mutating func shorts(_ tag: UInt16, _ values: [UInt16]) {
    set(tag, 3, values.count, values.flatMap(Self.bytes))
  }

  mutating func doubles(_ tag: UInt16, _ values: [Double]) {
    set(tag, 12, values.count, values.flatMap { Self.bytes($0.bitPattern) })
  }

  mutating func text(_ tag: UInt16, _ text: String) {
    set(tag, 2, text.utf8.count + 1, Array(text.utf8) + [0])
  }

  private mutating func set(_ tag: UInt16, _ type: UInt16, _ count: Int, _ bytes: [UInt8]) {
    fields.removeAll { $0.tag == tag }
    fields.append((tag, type, count, bytes))
  }

  private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }

  /// The file: header, then for each image pixels, what does not fit the directory, directory.
  var bytes: [UInt8] {
    var file: [UInt8] = Array("II".utf8) + Self.bytes(UInt16(42)) + [0, 0, 0, 0]
    var link = 4
    for image in [self] + further { image.append(to: &file, link: &link) }
    return file
  }

  /// `link` is where the place of the next directory stands.
  private func append(to file: inout [UInt8], link: inout Int) {
    var all = fields
    all.append((273, 4, 1, Self.bytes(UInt32(file.count))))
    all.append((279, 4, 1, Self.bytes(UInt32(pixels.count))))
    all.sort { $0.tag < $1.tag }
    file += pixels
    var entries: [UInt8] = Self.bytes(UInt16(all.count))
    for field in all {
      entries += Self.bytes(field.tag) + Self.bytes(field.type) + Self.bytes(UInt32(field.count))
      if field.bytes.count <= 4 {
        entries += field.bytes + [UInt8](repeating: 0, count: 4 - field.bytes.count)
      } else {
        if file.count % 2 == 1 { file.append(0) }
        entries += Self.bytes(UInt32(file.count))
        file += field.bytes
      }
    }
    if file.count % 2 == 1 { file.append(0) }
    file.replaceSubrange(link..<link + 4, with: Self.bytes(UInt32(file.count)))
    file += entries + [0, 0, 0, 0]
    link = file.count - 4
  }

  /// A file that is gone when the test is.
  func opened<Result>(_ body: (String) throws -> Result) throws -> Result {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "cubepress-\(UInt64.random(in: 0 ... .max)).tif").path(percentEncoded: false)
    try Data(bytes).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }
}

private func placed(_ values: [Int16] = [1, 2, 3, 4, 5, -6]) -> HandMadeTIFF {
  var file = HandMadeTIFF(rows: 2, columns: 3, values: values)
  file.doubles(33_550, [10, 20, 0])
  file.doubles(33_922, [0, 0, 0, 1000, 2000, 0])
  file.shorts(34_735, [1, 1, 0, 2, 1024, 0, 1, 1, 3072, 0, 1, 32_633])
  return file
}

@Suite struct GeoTIFFFiles {
  @Test func numbersAndPlaces() throws {
    try placed().opened { path in
      let file = try GeoTIFFFile(path: path)
      #expect(file.rows == 2 && file.columns == 3 && file.bandCount == 1)
      #expect(file.elementType == .int16 && file.unreadable == nil)
      #expect(file.placement.system == .projected("EPSG:32633"))
      #expect(file.placement.firstX == 1005 && file.placement.stepX == 10)
      #expect(file.placement.firstY == 1990 && file.placement.stepY == -20)
      let all = try file.read(bands: 0..<1, rows: 0..<2, columns: 0..<3)
      #expect(try all.doubles() == [1, 2, 3, 4, 5, -6])
      let part = try file.read(bands: 0..<1, rows: 1..<2, columns: 1..<3)
      #expect(try part.doubles() == [5, -6])
      #expect(throws: GeoTIFFError.self) {
        try file.read(bands: 0..<1, rows: 0..<3, columns: 0..<1)
      }
    }
  }

  @Test func wholeNumbersMeanMiddles() throws {
    var tiff = placed()
    tiff.shorts(34_735, [1, 1, 0, 2, 1024, 0, 1, 1, 1025, 0, 1, 2])
    try tiff.opened { path in
      let file = try GeoTIFFFile(path: path)
      #expect(file.placement.firstX == 1000 && file.placement.firstY == 2000)
      #expect(file.placement.system == .unknown("a projection of its own"))
    }
  }

  @Test func textsOfGDAL() throws {
    var tiff = placed()
    tiff.text(42_113, "-32768 ")
    tiff.text(
      42_112,
      "<GDALMetadata><Item name=\"A\">b &amp; c</Item>"
        + "<Item name=\"UNITTYPE\" sample=\"0\" role=\"unittype\">ft</Item>"
        + "<Item name='SCALE' sample='0' role='scale'>0.5</Item></GDALMetadata>")
    try tiff.opened { path in
      let file = try GeoTIFFFile(path: path)
      #expect(file.noData == -32768)
      #expect(file.metadata.map(\.name) == ["A"] && file.metadata.map(\.text) == ["b & c"])
      #expect(file.bands == [RasterBand(units: "ft", scale: 0.5)])
    }
  }

  @Test func liesAboutSizesAreRefused() throws {
    // A strip of gigabytes, and rows that the file cannot hold.
    var long = HandMadeTIFF(rows: 60_000, columns: 60_000, values: [1, 2, 3])
    long.shorts(259, [8])
    long.doubles(33_550, [1, 1, 0])
    long.doubles(33_922, [0, 0, 0, 0, 0, 0])
    try long.opened { path in
      let file = try GeoTIFFFile(path: path)
      #expect(file.unreadable?.contains("gdal_translate -co TILED=YES") == true)
      #expect(throws: GeoTIFFError.self) {
        try file.read(bands: 0..<1, rows: 0..<1, columns: 0..<1)
      }
    }
    var short = placed()
    short.pixels.removeLast(4)
    try short.opened { path in
      let file = try GeoTIFFFile(path: path)
      #expect(file.unreadable != nil)
      #expect(throws: GeoTIFFError.self) {
        try file.read(bands: 0..<1, rows: 0..<2, columns: 0..<3)
      }
    }
  }

  /// A mask of bytes or bits, which leaves out the second and the last pixel.
  private func mask(isBits: Bool, kind: UInt16 = 4, columns: UInt16 = 3) -> HandMadeTIFF {
    var mask = HandMadeTIFF(rows: 2, columns: columns, values: [])
    mask.shorts(254, [kind])
    mask.shorts(258, [isBits ? 1 : 8])
    mask.shorts(262, [4])
    mask.shorts(339, [1])
    mask.pixels = isBits ? [0b1010_0000, 0b1100_0000] : [255, 0, 1, 2, 128, 0]
    return mask
  }

  @Test(arguments: [false, true]) func masksLeavePixelsOut(isBits: Bool) throws {
    func numbers(_ tiff: HandMadeTIFF, _ columns: Range<Int> = 0..<3) throws -> [Double] {
      try tiff.opened { path in
        let file = try GeoTIFFFile(path: path)
        let read = try file.read(bands: 0..<1, rows: 0..<2, columns: columns)
        #expect(read.type == file.elementType)
        return try read.doubles()
      }
    }
    // Without a number for none they need a type with NaN, else they stay what they are.
    var tiff = placed()
    tiff.further = [mask(isBits: isBits)]
    let wide = try numbers(tiff)
    #expect(wide.map { $0.isNaN ? 0 : $0 } == [1, 0, 3, 4, 5, 0] && wide[1].isNaN && wide[5].isNaN)
    #expect(try numbers(tiff, 1..<2).map(\.isNaN) == [true, false])
    tiff.text(42_113, "-99")
    #expect(try numbers(tiff) == [1, -99, 3, 4, 5, -99])
    // Masks of smaller copies say nothing of the image itself.
    tiff.further = [mask(isBits: isBits, kind: 5)]
    #expect(try numbers(tiff) == [1, 2, 3, 4, 5, -6])
  }

  @Test func masksThatDoNotFitAreRefused() throws {
    for (change, words) in [(256, "another size"), (277, "all bands")] {
      var tiff = placed()
      var mask = mask(isBits: false, columns: change == 256 ? 2 : 3)
      if change == 277 {
        mask.shorts(277, [2])
        mask.pixels += mask.pixels
      } else {
        mask.pixels = [1, 1, 1, 1]
      }
      tiff.further = [mask]
      try tiff.opened { path in
        let file = try GeoTIFFFile(path: path)
        let reason = try #require(file.unreadable)
        #expect(reason.contains(words) && reason.contains("gdalwarp -dstnodata"))
      }
    }
    try placed().opened { path in
      try Data([0]).write(to: URL(filePath: path + ".msk"))
      defer { try? FileManager.default.removeItem(atPath: path + ".msk") }
      #expect(try GeoTIFFFile(path: path).unreadable?.contains("INTERNAL_MASK YES") == true)
    }
  }

  @Test func aReplacedFileIsAnError() throws {
    try placed().opened { path in
      let file = try GeoTIFFFile(path: path)
      try Data(placed([9, 9, 9, 9, 9, 9]).bytes + [0]).write(to: URL(filePath: path))
      #expect(throws: GeoTIFFError.self) {
        try file.read(bands: 0..<1, rows: 0..<1, columns: 0..<1)
      }
    }
  }

  @Test func placesThatAreNone() {
    func reason(_ scale: [Double], _ points: [Double], _ matrix: [Double] = []) -> String? {
      let keys = GeoKeys(directory: [], doubles: [], texts: "")
      do throws(Placement.Obstacle) {
        _ = try Placement(scale: scale, tiepoints: points, matrix: matrix, keys: keys)
        return nil
      } catch {
        return error.reason
      }
    }
    #expect(reason([], [])?.contains("does not say") == true)
    #expect(reason([], [Double](repeating: 1, count: 12))?.contains("single points") == true)
    #expect(reason([1, .nan], [0, 0, 0, 0, 0, 0])?.contains("no place") == true)
    var turned = [Double](repeating: 0, count: 16)
    (turned[0], turned[1], turned[4], turned[5]) = (1, 0.5, 0.5, 1)
    #expect(reason([], [], turned)?.contains("turned") == true)
    (turned[1], turned[4]) = (0, 0)
    #expect(reason([], [], turned) == nil)
  }

  @Test func keysThatContradictThemselves() {
    // A key that says it lies beyond its list, one whose text is too long, a count that is too high.
    let keys = GeoKeys(
      directory: [1, 1, 0, 9, 2057, 34_736, 1, 7, 1026, 34_737, 99, 0, 1024, 0, 1, 1], doubles: [1],
      texts: "a|")
    #expect(keys.double(2057) == nil && keys.text(1026) == nil && keys.short(1024) == 1)
  }
}

@Suite struct Blocks {
  /// Every cell of a window is in one block, for tiles that do not divide the image.
  @Test(arguments: [false, true]) func coverWindows(isSeparate: Bool) throws {
    let layout = BlockLayout(
      type: .int16, bands: 3, rows: 50, columns: 70, blockRows: 16, blockColumns: 32,
      isSeparate: isSeparate)
    var seen: [Int: Int] = [:]
    for block in layout.blocks(bands: 1..<3, rows: 5..<50, columns: 31..<65) {
      for band in block.bands {
        for row in block.rows {
          for column in block.columns {
            seen[(band * 50 + row) * 70 + column, default: 0] += 1
            #expect(row - block.firstRow < 16 && column - block.firstColumn < 32)
          }
        }
      }
    }
    #expect(seen.count == 2 * 45 * 34 && seen.values.allSatisfy { $0 == 1 })
  }
}
