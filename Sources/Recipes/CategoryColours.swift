import Images

/// Colours for classes whose source gives none.
enum CategoryColours {
  /// The colour of the class at some place of the list.
  ///
  /// The first twelve are Paul Tol's "bright" and "light" schemes (SRON/EPS/TN/09-002, issue 3.2),
  /// which people with any kind of colour blindness can tell apart; after them hues follow each
  /// other by the golden angle.
  static func colour(at index: Int) -> RGBA {
    if distinct.indices.contains(index) { return distinct[index] }
    let hue = (Double(index) * 0.618033988749895).truncatingRemainder(dividingBy: 1)
    return colour(hue: hue, lightness: index % 2 == 0 ? 0.45 : 0.7)
  }

  private static let distinct: [RGBA] = [
    RGBA(r: 0x44, g: 0x77, b: 0xAA), RGBA(r: 0xEE, g: 0x66, b: 0x77),
    RGBA(r: 0x22, g: 0x88, b: 0x33), RGBA(r: 0xCC, g: 0xBB, b: 0x44),
    RGBA(r: 0x66, g: 0xCC, b: 0xEE), RGBA(r: 0xAA, g: 0x33, b: 0x77),
    RGBA(r: 0xBB, g: 0xBB, b: 0xBB), RGBA(r: 0xEE, g: 0x88, b: 0x66),
    RGBA(r: 0x99, g: 0xDD, b: 0xFF), RGBA(r: 0xAA, g: 0xAA, b: 0x00),
    RGBA(r: 0xFF, g: 0xAA, b: 0xBB), RGBA(r: 0x44, g: 0xBB, b: 0x99),
  ]

  /// A colour of medium saturation by hue and lightness (CSS Color 4, section 7.1).
  private static func colour(hue: Double, lightness: Double) -> RGBA {
    func channel(_ offset: Double) -> UInt8 {
      let k = (offset + hue * 12).truncatingRemainder(dividingBy: 12)
      let a = 0.55 * min(lightness, 1 - lightness)
      return UInt8((255 * (lightness - a * max(-1, min(k - 3, 9 - k, 1)))).rounded())
    }
    return RGBA(r: channel(0), g: channel(8), b: channel(4))
  }
}
