extension JSONValue {
  /// The JSON text; `pretty` puts each member on a line of its own.
  ///
  /// Numbers come in their shortest exact form. JSON has no word for numbers that are not finite:
  /// they become `null`, as in JavaScript.
  public func serialized(pretty: Bool = false) -> String {
    var text = ""
    write(to: &text, indentation: pretty ? 0 : nil)
    if pretty { text += "\n" }
    return text
  }

  private func write(to text: inout String, indentation: Int?) {
    switch self {
    case .null: text += "null"
    case .bool(let flag): text += flag ? "true" : "false"
    case .integer(let value): text += String(value)
    case .number(let value): text += value.isFinite ? Self.shortest(value) : "null"
    case .string(let string): Self.write(string, to: &text)
    case .array(let elements):
      let isShort = !elements.contains { $0.arrayValue != nil || $0.objectValue != nil }
      let inner = isShort ? nil : indentation.map { $0 + 1 }
      Self.writeList(elements, open: "[", close: "]", to: &text, indentation: inner) {
        $0.write(to: &$1, indentation: inner)
      }
    case .object(let members):
      let inner = indentation.map { $0 + 1 }
      Self.writeList(members, open: "{", close: "}", to: &text, indentation: inner) {
        Self.write($0.key, to: &$1)
        $1 += inner == nil ? ":" : ": "
        $0.value.write(to: &$1, indentation: inner)
      }
    }
  }

  private static func writeList<Element>(
    _ elements: some Sequence<Element>, open: String, close: String, to text: inout String,
    indentation: Int?, write: (Element, inout String) -> Void
  ) {
    text += open
    var isFirst = true
    for element in elements {
      if !isFirst { text += "," }
      isFirst = false
      if let indentation {
        text += "\n" + String(repeating: "  ", count: indentation)
      }
      write(element, &text)
    }
    if let indentation, !isFirst {
      text += "\n" + String(repeating: "  ", count: indentation - 1)
    }
    text += close
  }

  private static func shortest(_ value: Double) -> String {
    if let whole = Int64(exactly: value), abs(value) < 1e15 { return String(whole) }
    return value.description
  }

  private static func write(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{0}"..<"\u{20}", "\u{7F}", "\u{2028}", "\u{2029}":
        let hexadecimal = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - hexadecimal.count) + hexadecimal
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
