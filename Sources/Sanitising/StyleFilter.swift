/// Keeps of style sheets and `style` attributes what only changes how something looks in its place.
enum StyleFilter {
  /// The allowed declarations of a `style` attribute.
  static func declarations(_ text: String, idPrefix: String) -> String {
    guard text.utf8.count <= 20_000 else { return "" }
    var kept: [String] = []
    for declaration in withoutComments(text).split(separator: ";") {
      guard let colon = declaration.firstIndex(of: ":") else { continue }
      let property = declaration[..<colon].trimmingBlanks.lowercased()
      let value = declaration[declaration.index(after: colon)...].trimmingBlanks
      guard isAllowed(property), let value = self.value(value, idPrefix: idPrefix) else { continue }
      // What is moved out of its place may cover something else.
      if property.hasPrefix("margin") || property == "text-indent", value.contains("-") { continue }
      kept.append("\(property): \(value)")
    }
    return kept.joined(separator: "; ")
  }

  /// A value without anything that loads, runs or ends the declaration; `nil` where it has such.
  static func value(_ text: String, idPrefix: String) -> String? {
    guard !text.isEmpty, text.utf8.allSatisfy(isPlain) else { return nil }
    var kept = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "(") {
      let name = rest[..<open].reversed().prefix { $0.isLetter || $0.isNumber || $0 == "-" }
      let function = String(name.reversed()).lowercased()
      kept += rest[...open]
      rest = rest[rest.index(after: open)...]
      if function == "url" {
        // Only to a part of the same picture.
        let target = rest.prefix { $0 != ")" }
        let id = target.filter { $0 != "\"" && $0 != "'" && $0 != " " }
        guard id.first == "#", !id.contains("(") else { return nil }
        kept += "#\(idPrefix)\(id.dropFirst())"
        rest = rest[target.endIndex...]
      } else if !functions.contains(function) {
        return nil
      }
    }
    return kept + rest
  }

  /// A style sheet with only its plain rules, each of which applies below `scope` alone.
  static func sheet(_ text: String, scope: String, idPrefix: String) -> String {
    guard text.utf8.count <= 1_000_000 else { return "" }
    var kept: [String] = []
    var rest = withoutComments(text)[...]
    while let open = rest.firstIndex(of: "{") {
      let selectors = rest[..<open].trimmingBlanks
      rest = rest[rest.index(after: open)...]
      let isAt = selectors.contains("@")
      let end = isAt ? endOfBlock(rest) : rest.firstIndex { $0 == "}" || $0 == "{" }
      guard let end, isAt || rest[end] == "}" else { break }
      if !isAt, selectors.utf8.allSatisfy(isSelector) {
        let scoped = selectors.split(separator: ",").map { selector in
          let own = selector.trimmingBlanks.replacing("#", with: "#" + idPrefix)
          return scope.isEmpty ? own : "\(scope) \(own)"
        }
        let body = declarations(String(rest[..<end]), idPrefix: idPrefix)
        if !body.isEmpty { kept.append("\(scoped.joined(separator: ", ")) { \(body) }") }
      }
      rest = rest[rest.index(after: end)...]
    }
    return kept.joined(separator: "\n")
  }

  /// Where the block ends in which a text begins.
  private static func endOfBlock(_ text: Substring) -> Substring.Index? {
    var depth = 1
    return text.firstIndex { character in
      if character == "{" { depth += 1 }
      if character == "}" { depth -= 1 }
      return depth == 0
    }
  }

  private static func withoutComments(_ text: String) -> String {
    guard text.contains("/*") else { return text }
    var kept = ""
    var rest = text[...]
    while let start = rest.firstRange(of: "/*") {
      kept += rest[..<start.lowerBound] + " "
      guard let end = rest[start.upperBound...].firstRange(of: "*/") else { return kept }
      rest = rest[end.upperBound...]
    }
    return kept + rest
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x20..<0x7F).contains(byte) && !"\\<>{};@&`".utf8.contains(byte)
      || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\t")
  }

  private static func isSelector(_ byte: UInt8) -> Bool {
    (0x20..<0x7F).contains(byte) && !"\\<>{};@&`".utf8.contains(byte)
      || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
  }

  private static let functions: Set<String> = [
    "", "rgb", "rgba", "hsl", "hsla", "calc", "var", "min", "max", "clamp", "minmax", "repeat",
    "translate", "rotate", "scale", "skewx", "skewy", "matrix", "linear-gradient",
    "radial-gradient",
  ]

  /// Nothing that takes something out of its place, fetches or moves.
  private static func isAllowed(_ property: String) -> Bool {
    property.utf8.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-") }
      && (properties.contains(property) || families.contains { property.hasPrefix($0) })
  }

  private static let families = [
    "border", "padding", "font", "text-", "stroke", "fill", "marker-", "grid-", "flex",
    "list-style",
    "stop-",
  ]

  private static let properties: Set<String> = [
    "align-items", "align-self", "background", "background-color", "background-image",
    "background-size", "box-sizing", "caption-side", "clip-path", "clip-rule", "color",
    "column-gap",
    "display", "dominant-baseline", "empty-cells", "float", "clear", "gap", "height",
    "justify-content", "letter-spacing", "line-height", "margin", "margin-bottom", "margin-left",
    "margin-right", "margin-top", "max-height", "max-width", "min-height", "min-width", "opacity",
    "order", "overflow", "overflow-wrap", "overflow-x", "overflow-y", "paint-order",
    "row-gap", "shape-rendering", "table-layout", "vertical-align", "visibility",
    "white-space", "width", "word-break", "word-spacing", "word-wrap", "grid",
  ]
}
