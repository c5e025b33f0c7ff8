/// A colour: red, green, blue in sRGB and how opaque it is, each from 0 to 255.
public struct RGBA: Sendable, Hashable, Codable {
  /// Red.
  public var r: UInt8
  /// Green.
  public var g: UInt8
  /// Blue.
  public var b: UInt8
  /// 255 is opaque, 0 is invisible.
  public var a: UInt8

  /// Wholly see-through.
  public static let transparent = RGBA(r: 0, g: 0, b: 0, a: 0)

  /// Makes a colour of its parts.
  public init(r: UInt8, g: UInt8, b: UInt8, a: UInt8 = 255) {
    self.r = r
    self.g = g
    self.b = b
    self.a = a
  }

  /// Reads `#rgb`, `#rrggbb` or `#rrggbbaa`, in either case.
  ///
  /// - Throws: `ImageError` for any other text.
  public init(hex text: String) throws(ImageError) {
    let digits = text.utf8.dropFirst().compactMap(RGBA.digit)
    guard text.utf8.first == UInt8(ascii: "#"), digits.count == text.utf8.count - 1,
      [3, 6, 8].contains(digits.count)
    else {
      throw ImageError(
        "read the colour '\(text)'", because: "it is not of the form #rrggbb or #rrggbbaa",
        remedy: "write for instance #1f78b4, in quotes because # begins a comment in YAML")
    }
    if digits.count == 3 {
      self.init(r: digits[0] * 17, g: digits[1] * 17, b: digits[2] * 17)
    } else {
      let bytes = (0..<digits.count / 2).map { (place: Int) -> UInt8 in
        digits[2 * place] << 4 | digits[2 * place + 1]
      }
      self.init(r: bytes[0], g: bytes[1], b: bytes[2], a: bytes.count == 4 ? bytes[3] : 255)
    }
  }

  /// `#rrggbb`, or `#rrggbbaa` when not opaque.
  public var hex: String {
    let bytes = a == 255 ? [r, g, b] : [r, g, b, a]
    return "#"
      + bytes.map { byte in
        let text = String(byte, radix: 16)
        return byte < 16 ? "0" + text : text
      }.joined()
  }

  /// The value of a hexadecimal digit, nil for anything else.
  static func digit(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
