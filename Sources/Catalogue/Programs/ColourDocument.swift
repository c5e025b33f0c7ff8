import Images
import JSON

/// All colour maps for programs: `api/colours.json`.
///
/// A map is 256 colours from low to high, written one behind the other as `rrggbb`.
enum ColourDocument {
  static var document: JSONValue {
    let groups = ColourMap.Group.allCases.map { group in
      (group: group, maps: ColourMap.all.filter { $0.group == group })
    }
    return [
      "groups": .array(
        groups.filter { !$0.maps.isEmpty }.map { group, maps in
          [
            "id": .string(group.rawValue), "title": .string(group.title),
            "maps": .array(
              maps.map { map in
                [
                  "name": .string(map.name), "safe": .bool(map.isColourBlindSafe),
                  "colours": .string(digits(map, alpha: false)),
                ]
              }),
          ]
        })
    ]
  }

  /// A built-in map by its name, perhaps with `_r`; any other with its colours, as `rrggbbaa` where
  /// some of them let through what is below.
  static func reference(to map: ColourMap) -> JSONValue {
    if ColourMap.named(map.name) == map { return .string(map.name) }
    let alpha = map.colours.contains { $0.a < 255 }
    return [
      "name": .string(map.name), "alpha": .bool(alpha),
      "colours": .string(digits(map, alpha: alpha)),
    ]
  }

  private static func digits(_ map: ColourMap, alpha: Bool) -> String {
    map.colours.map { colour in
      let digits = colour.hex.dropFirst()
      return String(alpha && digits.count == 6 ? digits + "ff" : digits)
    }.joined()
  }
}
