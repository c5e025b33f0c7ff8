/// Pieces of SVG documents.
public enum SVGText {
  /// The font of all text; DejaVu Sans is what servers have, the others look alike.
  public static let font = "DejaVu Sans, Verdana, system-ui, sans-serif"

  /// Text for element content and attribute values: the characters that mean something in XML are
  /// written as references, those that XML 1.0 forbids are left out.
  public static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t", "\n", "\r": result += " "
      case "\u{20}"..."\u{d7ff}", "\u{e000}"..."\u{fffd}", "\u{10000}"..."\u{10ffff}":
        result.unicodeScalars.append(scalar)
      default: break
      }
    }
    return result
  }

  /// A number for an attribute: at most two decimals.
  public static func number(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    let (whole, rest) = (abs(hundredths) / 100, abs(hundredths) % 100)
    let sign = hundredths < 0 ? "-" : ""
    if rest == 0 { return "\(sign)\(whole)" }
    if rest % 10 == 0 { return "\(sign)\(whole).\(rest / 10)" }
    return "\(sign)\(whole).\(rest < 10 ? "0" : "")\(rest)"
  }

  /// `fill` and, if not opaque, `fill-opacity`.
  static func fill(_ colour: RGBA) -> String {
    let solid = RGBA(r: colour.r, g: colour.g, b: colour.b)
    guard colour.a < 255 else { return "fill=\"\(solid.hex)\"" }
    return "fill=\"\(solid.hex)\" fill-opacity=\"\(number(Double(colour.a) / 255))\""
  }

  /// About how wide a text is in DejaVu Sans, in pixels.
  static func width(of text: String, size: Double, isBold: Bool = false) -> Double {
    let ems = text.reduce(0.0) { sum, character in
      switch character {
      case "i", "j", "l", "I", "'", ".", ",", ":", ";", "|", " ", "\u{202f}": sum + 0.32
      case "f", "t", "r", "(", ")", "/", "-": sum + 0.4
      case "⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹", "⁻": sum + 0.42
      case "m", "w", "M", "W", "%", "@", "×", "−", "+": sum + 0.9
      case "A"..."Z": sum + 0.7
      case _ where character.unicodeScalars.contains { $0.value > 0x2e80 }: sum + 1
      default: sum + 0.62
      }
    }
    return ems * size * (isBold ? 1.12 : 1)
  }

  /// A text cut into lines no wider than asked for, at spaces where there are any; at most three,
  /// then it ends in an ellipsis.
  public static func wrapped(
    _ text: String, size: Double, isBold: Bool = false, width limit: Double
  ) -> [String] {
    var lines: [String] = []
    for word in text.split(whereSeparator: \.isWhitespace) {
      if let last = lines.last {
        let longer = last + " " + word
        if width(of: longer, size: size, isBold: isBold) <= limit {
          lines[lines.count - 1] = longer
          continue
        }
      }
      lines.append(String(word))
    }
    if lines.count > 3 {
      lines = Array(lines.prefix(3))
      lines[2] += " …"
    }
    return lines.map { shortened($0, size: size, isBold: isBold, width: limit) }
  }

  /// A text cut to a width, with an ellipsis where something is lost.
  static func shortened(
    _ text: String, size: Double, isBold: Bool = false, width limit: Double
  ) -> String {
    var text = text
    guard width(of: text, size: size, isBold: isBold) > limit else { return text }
    while !text.isEmpty, width(of: text + "…", size: size, isBold: isBold) > limit {
      text.removeLast()
    }
    return text + "…"
  }

  /// Stops of a gradient that shows the map to within one step of each channel.
  static func gradientStops(_ map: ColourMap) -> String {
    let colours = map.colours
    var kept = Set([0, colours.count - 1])
    var open = [(0, colours.count - 1)]
    while let (first, last) = open.popLast() {
      let worst = ((first + 1)..<max(last, first + 1)).map { place -> (Int, Int) in
        let share = Double(place - first) / Double(last - first)
        let mixed = colours[first].mixed(with: colours[last], share: share)
        return (distance(mixed, colours[place]), place)
      }.max { $0.0 < $1.0 }
      guard let worst, worst.0 > 1 else { continue }
      kept.insert(worst.1)
      open += [(first, worst.1), (worst.1, last)]
    }
    return kept.sorted().map { place in
      let colour = colours[place]
      let opacity = colour.a < 255 ? " stop-opacity=\"\(number(Double(colour.a) / 255))\"" : ""
      let offset = number(100 * Double(place) / Double(colours.count - 1))
      let solid = RGBA(r: colour.r, g: colour.g, b: colour.b)
      return "<stop offset=\"\(offset)%\" stop-color=\"\(solid.hex)\"\(opacity)/>"
    }.joined()
  }

  private static func distance(_ one: RGBA, _ other: RGBA) -> Int {
    zip([one.r, one.g, one.b, one.a], [other.r, other.g, other.b, other.a])
      .map { abs(Int($0) - Int($1)) }.max() ?? 0
  }
}
