/// Writes XML 1.0: elements nest by closures, and every text and value is escaped.
public struct XMLWriter: Sendable {
  /// The document so far, in UTF-8, indented by two spaces.
  public private(set) var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
  private var depth = 0

  /// Begins a document.
  public init() {}

  /// An element with elements inside.
  public mutating func element(
    _ name: StaticString, _ attributes: [(StaticString, String)] = [],
    _ content: (inout XMLWriter) -> Void
  ) {
    open(name, attributes)
    text += ">\n"
    depth += 1
    let start = text.utf8.count
    content(&self)
    depth -= 1
    if text.utf8.count == start {
      // Nothing came: make the start tag an empty element.
      text.removeLast(2)
      text += "/>\n"
    } else {
      indent()
      text += "</\(name)>\n"
    }
  }

  /// An element with text inside, or an empty one for no text.
  public mutating func element(
    _ name: StaticString, _ attributes: [(StaticString, String)] = [], text content: String? = nil
  ) {
    open(name, attributes)
    if let content, !content.isEmpty {
      text += ">\(XMLWriter.escaped(content))</\(name)>\n"
    } else {
      text += "/>\n"
    }
  }

  private mutating func open(_ name: StaticString, _ attributes: [(StaticString, String)]) {
    indent()
    text += "<\(name)"
    for (key, value) in attributes { text += " \(key)=\"\(XMLWriter.escaped(value))\"" }
  }

  private mutating func indent() { text += String(repeating: "  ", count: depth) }

  /// The text with what is markup in XML replaced by references, fit for content and attributes.
  ///
  /// Characters that XML 1.0 does not have at all (section 2.2) become U+FFFD; line breaks and tabs
  /// become references too, because a parser would make them blanks in attributes.
  static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case "\t", "\n", "\r": escaped += "&#\(scalar.value);"
      default:
        let isCharacter = scalar.value >= 0x20 && scalar.value & 0xFFFE != 0xFFFE
        escaped.unicodeScalars.append(isCharacter ? scalar : "\u{FFFD}")
      }
    }
    return escaped
  }
}
