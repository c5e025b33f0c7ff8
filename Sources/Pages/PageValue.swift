/// What a template is filled with.
///
/// A type of its own, because Mustache takes anything and shows nothing for what it does not know:
/// these cases it knows.
public enum PageValue: Sendable, Hashable {
  /// Text; markup in it is shown, not obeyed.
  case text(String)
  /// HTML that one of our own writers made, for `{{{…}}}`: it is obeyed, not shown.
  case markup(String)
  /// Whether a section is shown.
  case flag(Bool)
  /// A section that is repeated.
  case list([PageValue])
  /// Named values.
  case table([String: PageValue])

  /// A whole number as text.
  public static func number(_ number: Int) -> PageValue { .text(String(number)) }

  /// The text, or nothing that shows for text that is missing or empty.
  public static func optional(_ text: String?) -> PageValue {
    guard let text, !text.isEmpty else { return .flag(false) }
    return .text(text)
  }
}

extension PageValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// Makes text.
  public init(stringLiteral value: String) { self = .text(value) }

  /// Makes a flag.
  public init(booleanLiteral value: Bool) { self = .flag(value) }

  /// Makes a list.
  public init(arrayLiteral elements: PageValue...) { self = .list(elements) }

  /// Makes a table; of two values with one name the later one counts.
  public init(dictionaryLiteral elements: (String, PageValue)...) {
    self = .table(Dictionary(elements) { _, last in last })
  }
}

extension PageValue {
  /// The value as Mustache wants it: `String`, `Bool`, `[Any]`, `[String: Any]`.
  var plain: Any {
    switch self {
    case .text(let text): PageValue.separated(text)
    case .markup(let markup): markup
    case .flag(let flag): flag
    case .list(let values): values.map(\.plain)
    case .table(let table): table.mapValues(\.plain)
    }
  }

  /// The text with nothing joined to characters that are markup in HTML.
  ///
  /// Mustache escapes character by character, and in Swift a quotation mark with a combining accent
  /// is one character that is not a quotation mark; a browser sees the mark. A blank without width
  /// keeps the two apart.
  static func separated(_ text: String) -> String {
    let markup: Set<Unicode.Scalar> = ["<", ">", "&", "\"", "'"]
    guard text.unicodeScalars.contains(where: { $0.value > 0x7F }) else { return text }
    var separated = String.UnicodeScalarView()
    var afterMarkup = false
    for scalar in text.unicodeScalars {
      if afterMarkup, scalar.value > 0x7F { separated.append("\u{200B}") }
      separated.append(scalar)
      afterMarkup = markup.contains(scalar)
    }
    return String(separated)
  }
}
