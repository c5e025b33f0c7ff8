/// One built-in colour map as it stands in the source.
struct ColourTable: Sendable {
  let name: String
  let group: ColourMap.Group
  let isSafe: Bool
  /// 256 times `rrggbb`.
  let hex: String

  static let all = MatplotlibColours.tables + OceanColours.tables

  /// The maps by name; each is decoded when the first of them is asked for.
  static let maps = Dictionary(
    all.compactMap { table in table.map.map { (table.name, $0) } }, uniquingKeysWith: { $1 })

  /// The map, nil if the table is damaged (which a test rules out).
  var map: ColourMap? {
    let digits = hex.utf8.compactMap(RGBA.digit)
    guard digits.count == ColourMap.size * 6 else { return nil }
    let colours = (0..<ColourMap.size).map { index in
      let byte = { (place: Int) in digits[index * 6 + place] * 16 + digits[index * 6 + place + 1] }
      return RGBA(r: byte(0), g: byte(2), b: byte(4))
    }
    return ColourMap(name: name, group: group, isColourBlindSafe: isSafe, colours: colours)
  }
}
