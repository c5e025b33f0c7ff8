import Foundation
import Sanitising

/// The size of a picture in CSS pixels, read from the first bytes of its file.
struct PictureSize: Equatable {
  let width: Int
  let height: Int

  /// The size that the header of a PNG, JPEG, GIF or WebP file states; `nil` where the bytes are no
  /// such file.
  init?(of bytes: [UInt8], type: String) {
    let size: (Int, Int)?
    switch type {
    case "image/png": size = Self.png(bytes)
    case "image/jpeg": size = Self.jpeg(bytes)
    case "image/gif": size = Self.gif(bytes)
    case "image/webp": size = Self.webp(bytes)
    default: size = nil
    }
    guard let size, size.0 > 0, size.1 > 0 else { return nil }
    (width, height) = size
  }

  /// The size of a picture in SVG, from its width and height or its box of coordinates.
  init?(of root: [MarkupAttribute]) {
    let box = (root["viewBox"] ?? "").split { $0 == " " || $0 == "," }.compactMap { Double($0) }
    let sides = ["width", "height"].enumerated().map { index, name -> Double? in
      root[name].flatMap(Self.pixels) ?? (box.count == 4 ? box[2 + index] : nil)
    }
    guard let width = sides[0], let height = sides[1], (0.5..<100_000).contains(width),
      (0.5..<100_000).contains(height)
    else { return nil }
    self.width = Int(width.rounded())
    self.height = Int(height.rounded())
  }

  /// A length of CSS in pixels.
  private static func pixels(_ text: String) -> Double? {
    let units: [(String, Double)] = [
      ("px", 1), ("pt", 96.0 / 72), ("pc", 16), ("in", 96), ("cm", 96 / 2.54), ("mm", 96 / 25.4),
    ]
    for (unit, factor) in units where text.hasSuffix(unit) {
      return Double(text.dropLast(unit.count)).map { $0 * factor }
    }
    return Double(text)
  }

  private static func number(_ bytes: ArraySlice<UInt8>, littleEndian: Bool = false) -> Int {
    (littleEndian ? Array(bytes.reversed()) : Array(bytes)).reduce(0) { $0 << 8 | Int($1) }
  }

  private static func png(_ bytes: [UInt8]) -> (Int, Int)? {
    guard bytes.count >= 33, bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    else { return nil }
    return (number(bytes[16..<20]), number(bytes[20..<24]))
  }

  private static func gif(_ bytes: [UInt8]) -> (Int, Int)? {
    guard bytes.count >= 13, bytes.starts(with: "GIF8".utf8) else { return nil }
    return (
      number(bytes[6..<8], littleEndian: true), number(bytes[8..<10], littleEndian: true)
    )
  }

  /// Walks the segments up to the frame header (ITU-T T.81, B.2.2).
  private static func jpeg(_ bytes: [UInt8]) -> (Int, Int)? {
    guard bytes.starts(with: [0xFF, 0xD8]) else { return nil }
    var position = 2
    while position + 9 < bytes.count {
      guard bytes[position] == 0xFF else { return nil }
      let marker = bytes[position + 1]
      if marker == 0xFF {
        position += 1
        continue
      }
      let isFrame = (0xC0...0xCF).contains(marker) && ![0xC4, 0xC8, 0xCC].contains(marker)
      if isFrame {
        return (
          number(bytes[(position + 7)..<(position + 9)]),
          number(bytes[(position + 5)..<(position + 7)])
        )
      }
      position += 2 + max(2, number(bytes[(position + 2)..<(position + 4)]))
    }
    return nil
  }

  private static func webp(_ bytes: [UInt8]) -> (Int, Int)? {
    guard bytes.count >= 30, bytes.starts(with: "RIFF".utf8),
      bytes[8..<12].elementsEqual("WEBP".utf8)
    else { return nil }
    func little(_ range: Range<Int>) -> Int { number(bytes[range], littleEndian: true) }
    switch String(decoding: bytes[12..<16], as: UTF8.self) {
    case "VP8X": return (little(24..<27) + 1, little(27..<30) + 1)
    case "VP8L":
      let bits = little(21..<25)
      return (bits & 0x3FFF + 1, bits >> 14 & 0x3FFF + 1)
    case "VP8 ": return (little(26..<28) & 0x3FFF, little(28..<30) & 0x3FFF)
    default: return nil
    }
  }
}
