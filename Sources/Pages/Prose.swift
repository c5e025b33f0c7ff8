/// Reads the little Markdown that descriptions are written in, into values for templates.
///
/// Paragraphs, lists with `-` or `*`, `**strong**`, `*emphasis*`, `` `code` ``, `[text](address)`
/// and bare web addresses. Everything else is text. Markup of HTML is text too, and only http,
/// https and mailto addresses become links.
public enum Prose {
  /// The blocks of a text: tables with `paragraph` (its spans) or `items` (lists of spans).
  ///
  /// A span is a table of `text` and one of the flags `isText`, `isStrong`, `isEmphasis`, `isCode`,
  /// `isLink`; a link has `href` too.
  public static func blocks(_ text: String) -> PageValue {
    var blocks: [PageValue] = []
    var paragraph: [Substring] = []
    var items: [String] = []
    func flush() {
      if !paragraph.isEmpty {
        blocks.append(["paragraph": ["spans": spans(paragraph.joined(separator: " "))]])
      }
      if !items.isEmpty {
        blocks.append(["list": ["items": .list(items.map { ["spans": spans($0)] })]])
      }
      paragraph = []
      items = []
    }
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      let content = line.drop { $0.isWhitespace }
      if content.isEmpty {
        flush()
      } else if content.hasPrefix("- ") || content.hasPrefix("* ") {
        if !paragraph.isEmpty { flush() }
        items.append(String(content.dropFirst(2)))
      } else if !items.isEmpty, line.first?.isWhitespace == true {
        items[items.count - 1] += " " + content
      } else {
        if !items.isEmpty { flush() }
        paragraph.append(content)
      }
    }
    flush()
    return .list(blocks)
  }

  /// The first words of a text without markup, cut at a sentence or a blank before the limit.
  public static func summary(_ text: String, limit: Int) -> String {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    let first = lines.drop { $0.allSatisfy(\.isWhitespace) }
      .prefix { !$0.allSatisfy(\.isWhitespace) }
      .joined(separator: " ").filter { $0 != "*" && $0 != "`" }
    guard first.count > limit else { return first }
    let cut = first.prefix(limit)
    if let stop = cut.lastIndex(of: "."), cut.distance(from: cut.startIndex, to: stop) > limit / 2 {
      return String(cut[...stop])
    }
    return (cut.lastIndex(of: " ").map { String(cut[..<$0]) } ?? String(cut)) + "…"
  }

  /// The whole text without markup, paragraphs and items on lines of their own.
  public static func plain(_ text: String) -> String {
    guard case .list(let blocks) = blocks(text) else { return "" }
    return blocks.flatMap(lines).joined(separator: "\n")
  }

  private static func lines(of block: PageValue) -> [String] {
    guard case .table(let block) = block else { return [] }
    if case .table(let paragraph)? = block["paragraph"] { return [words(of: paragraph)] }
    guard case .table(let list)? = block["list"], case .list(let items)? = list["items"] else {
      return []
    }
    return items.map { item in
      guard case .table(let item) = item else { return "" }
      return "– " + words(of: item)
    }
  }

  private static func words(of holder: [String: PageValue]) -> String {
    guard case .list(let spans)? = holder["spans"] else { return "" }
    return spans.map { span in
      guard case .table(let span) = span, case .text(let text)? = span["text"] else { return "" }
      return text
    }.joined()
  }

  private static func spans(_ text: String) -> PageValue {
    var spans: [PageValue] = []
    var plain = ""
    var rest = text[...]
    func flush() {
      if !plain.isEmpty { spans.append(["text": .text(plain), "isText": true]) }
      plain = ""
    }
    while let character = rest.first {
      if let (span, length) = special(rest, after: plain.last) {
        flush()
        spans.append(span)
        rest = rest.dropFirst(length)
      } else {
        plain.append(character)
        rest = rest.dropFirst()
      }
    }
    flush()
    return .list(spans)
  }

  private static func special(
    _ text: Substring, after previous: Character?
  ) -> (PageValue, Int)? {
    for (mark, flag) in [("**", "isStrong"), ("`", "isCode"), ("*", "isEmphasis")]
    where text.hasPrefix(mark) {
      let inner = text.dropFirst(mark.count)
      guard let end = inner.firstRange(of: mark)?.lowerBound, end != inner.startIndex,
        flag == "isCode" || inner.first?.isWhitespace == false
      else { continue }
      let content = inner[..<end]
      return (
        .table(["text": .text(String(content)), flag: true]), content.count + 2 * mark.count
      )
    }
    if text.first == "[", let close = text.firstRange(of: "]("),
      let end = text[close.upperBound...].firstIndex(of: ")")
    {
      let label = text[text.index(after: text.startIndex)..<close.lowerBound]
      let href = text[close.upperBound..<end]
      if isAddress(href), !label.isEmpty, !label.contains("[") {
        let length = text.distance(from: text.startIndex, to: end) + 1
        return (link(String(label), href), length)
      }
    }
    if text.hasPrefix("https://") || text.hasPrefix("http://"),
      previous.map({ !$0.isLetter && !$0.isNumber }) ?? true
    {
      var address = text.prefix { !$0.isWhitespace && !"<>\"".contains($0) }
      // A full stop or bracket at the end belongs to the sentence.
      while let last = address.last, ".,;:!?)".contains(last) { address.removeLast() }
      if address.count > 8 { return (link(String(address), address), address.count) }
    }
    return nil
  }

  private static func link(_ text: String, _ href: Substring) -> PageValue {
    ["text": .text(text), "href": .text(String(href)), "isLink": true]
  }

  private static func isAddress(_ text: Substring) -> Bool {
    let lower = text.lowercased()
    return ["https://", "http://", "mailto:"].contains(where: lower.hasPrefix)
      && !text.contains(where: \.isWhitespace)
  }
}
