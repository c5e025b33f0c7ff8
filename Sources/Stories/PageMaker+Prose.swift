import Markdown
import Sanitising

extension PageMaker {
  /// Writes a Markdown text; where it `isTitled`, its first heading, when nothing stands before it,
  /// is the page's title.
  mutating func prose(_ source: String, isTitled: Bool = false) {
    let parts = ProseParts(source)
    guard let html = Markdown.html(parts.text) else {
      book.problems.add(
        place.words(line: 1), "this text has more than \(Markdown.sizeLimit) bytes; split it")
      return
    }
    let cleaned = Sanitiser(.prose, ownSchemes: ["dataset", "attachment"]).clean(html)
    write(cleaned.tokens[...], parts, isTitled: isTitled && title == nil)
    tellLeftOut(cleaned.leftOut)
  }

  /// Writes the tokens of a text in HTML, with headings, code, pictures, links and parts in place.
  private mutating func write(
    _ tokens: ArraySlice<MarkupToken>, _ parts: ProseParts, isTitled: Bool
  ) {
    var rest = tokens
    var isFirst = true
    // The elements that are open, for parts that cannot stand within a paragraph.
    var open: [(name: String, attributes: [MarkupAttribute])] = []
    while let token = rest.first {
      switch token {
      case .start(let name, let attributes):
        if let line = attributes["data-sourcepos"].flatMap({ Int($0.prefix { $0 != ":" }) }) {
          self.line = line
        }
        var own = attributes
        own["data-sourcepos"] = nil
        switch name {
        case "h1", "h2", "h3", "h4", "h5", "h6":
          heading(name, takeElement(&rest), parts, isTitle: isTitled && isFirst)
        case "pre": codeBlock(takeElement(&rest), parts)
        case "blockquote": quotation(takeElement(&rest), parts)
        case "img":
          rest = rest.dropFirst()
          image(own, parts)
        case "table":
          writer.start(
            "div", [MarkupAttribute("class", "scroll"), MarkupAttribute("tabindex", "0")])
          writer.start("table", own)
          open.append((name, own))
          rest = rest.dropFirst()
        default:
          let written = adapt(name, own, parts)
          writer.start(name, written)
          if !["br", "hr", "input", "col", "wbr", "source"].contains(name) {
            open.append((name, written))
          }
          rest = rest.dropFirst()
        }
        if name != "p" || !isFirst { isFirst = false }
      case .end(let name):
        writer.end(name)
        if name == "table" { writer.end("div") }
        if open.last?.name == name { open.removeLast() }
        rest = rest.dropFirst()
      case .text(let text):
        let isCode = open.contains { $0.name == "code" }
        if isCode { writer.text(parts.written(text)) } else { self.text(text, parts, within: open) }
        if summary == nil, open.count == 1, open[0].name == "p" { noteSummary(tokens, rest, parts) }
        if !text.allSatisfy(\.isWhitespace) { isFirst = false }
        rest = rest.dropFirst()
      }
    }
  }

  /// Takes the element with which some tokens begin, with its start and end.
  private func takeElement(_ rest: inout ArraySlice<MarkupToken>) -> ArraySlice<MarkupToken> {
    guard case .start(let name, _) = rest.first else { return [] }
    var depth = 0
    for index in rest.indices {
      switch rest[index] {
      case .start(name, _): depth += 1
      case .end(name): depth -= 1
      default: break
      }
      if depth == 0 {
        defer { rest = rest[(index + 1)...] }
        return rest[...index]
      }
    }
    defer { rest = [] }
    return rest
  }

  /// The first paragraph says what a page is about.
  private mutating func noteSummary(
    _ tokens: ArraySlice<MarkupToken>, _ rest: ArraySlice<MarkupToken>, _ parts: ProseParts
  ) {
    var text = ""
    for token in rest {
      if case .text(let piece) = token {
        text += parts.pieces(piece).map { piece in
          if case .formula(let formula, _, _) = piece.part { return formula }
          return piece.text
        }.joined()
      }
      if case .end("p") = token { break }
    }
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    if words.count > 20 { summary = words }
  }

  // MARK: Text with parts

  private mutating func text(
    _ text: String, _ parts: ProseParts,
    within open: [(name: String, attributes: [MarkupAttribute])]
  ) {
    for (plain, part) in parts.pieces(text) {
      guard let part else {
        writer.text(plain)
        continue
      }
      switch part {
      case .formula(let formula, false, _): self.formula(formula, isDisplay: false)
      case .role(let name, let text): role(name, text)
      case .citation(let keys): citation(keys, isInText: false)
      case .label(let name):
        writer.element("span", [MarkupAttribute("id", unique(Slug.of(name)))], text: "")
      case .formula, .directive:
        // A block ends the paragraph in which its mark stands, and what it is in.
        let paragraph = open.last?.name == "p" ? open.last : nil
        if paragraph != nil { writer.end("p") }
        if case .directive(let directive) = part { self.directive(directive) }
        if case .formula(let formula, _, let label) = part {
          self.formula(formula, isDisplay: true, label: label)
        }
        if let paragraph { writer.start("p", paragraph.attributes) }
      }
    }
  }

  /// Formulas stay as TeX in the page; a script sets them where it may run.
  mutating func formula(_ text: String, isDisplay: Bool, label: String? = nil) {
    hasFormulas = true
    guard isDisplay else {
      writer.element("span", [MarkupAttribute("class", "math")], text: text)
      return
    }
    var attributes = [MarkupAttribute("class", "math display")]
    if let label {
      equationCount += 1
      attributes.append(MarkupAttribute("id", unique(Slug.of(label))))
      attributes.append(MarkupAttribute("data-number", "(\(equationCount))"))
    }
    writer.element("div", attributes, text: text)
  }

  mutating func unique(_ id: String) -> String { Slug.unique(id, among: &takenIDs) }

  // MARK: Elements

  private mutating func heading(
    _ name: String, _ tokens: ArraySlice<MarkupToken>, _ parts: ProseParts, isTitle: Bool
  ) {
    let inner = tokens.dropFirst().dropLast()
    let text = inner.map { token -> String in
      guard case .text(let text) = token else { return "" }
      return parts.pieces(text).map { piece in
        switch piece.part {
        case .formula(let formula, _, _): formula
        case .role(_, let text): text
        default: piece.text
        }
      }.joined()
    }.joined().trimmingSpaces
    if isTitle, !text.isEmpty {
      title = text
      return
    }
    // The title of the page is the one heading of the first level.
    let level = max(2, Int(name.dropFirst()) ?? 2)
    let id = unique(Slug.of(text))
    headings.append(Heading(level: level, id: id, title: text))
    writer.start("h\(level)", [MarkupAttribute("id", id)])
    write(inner, parts, isTitled: false)
    writer.element(
      "a",
      [
        MarkupAttribute("class", "anchor"), MarkupAttribute("href", "#" + id),
        MarkupAttribute("aria-label", "Link to the section “\(text)”"),
      ], text: "#")
    writer.end("h\(level)")
  }

  private mutating func codeBlock(_ tokens: ArraySlice<MarkupToken>, _ parts: ProseParts) {
    var language: String?
    var text = ""
    for token in tokens {
      if case .text(let piece) = token { text += piece }
      if case .start("code", let attributes) = token {
        language = attributes["class"].flatMap { words in
          words.hasPrefix("language-") ? String(words.dropFirst("language-".count)) : nil
        }
      }
    }
    text = parts.written(text)
    code(text.hasSuffix("\n") ? String(text.dropLast()) : text, language: language)
  }

  private static let callouts = ["NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION"]

  /// A quotation, or an admonition in GitHub's form: `[!NOTE]` in its first line.
  private mutating func quotation(_ tokens: ArraySlice<MarkupToken>, _ parts: ProseParts) {
    var inner = Array(tokens.dropFirst().dropLast())
    let first = inner.firstIndex {
      if case .text(let text) = $0 { !text.allSatisfy(\.isWhitespace) } else { false }
    }
    if let first, case .text(let text) = inner[first],
      let kind = Self.callouts.first(where: { text.uppercased().hasPrefix("[!\($0)]") })
    {
      inner[first] = .text(String(text.dropFirst(kind.count + 3).drop { $0 == "\n" }))
      openAdmonition(kind.lowercased(), title: nil)
      write(inner[...], parts, isTitled: false)
      writer.end("div")
      return
    }
    writer.start("blockquote")
    write(inner[...], parts, isTitled: false)
    writer.end("blockquote")
  }

  mutating func openAdmonition(_ kind: String, title: String?) {
    let tone =
      switch kind {
      case "warning", "caution", "attention": "warning"
      case "danger", "error": "danger"
      case "tip", "hint", "success", "seealso": "tip"
      default: "note"
      }
    open("div", class: "admonition \(tone)", [MarkupAttribute("role", "note")])
    let words = kind == "seealso" ? "See also" : kind.prefix(1).uppercased() + kind.dropFirst()
    paragraph(class: "admonition-title", title ?? words)
  }

  private mutating func image(_ attributes: [MarkupAttribute], _ parts: ProseParts) {
    let alt = parts.written(attributes["alt"] ?? "")
    guard let source = attributes["src"] else {
      writer.element("em", text: alt.isEmpty ? "(a picture without an address)" : alt)
      return
    }
    figure(source, alt: alt, width: attributes["width"], height: attributes["height"])
  }

  /// Changes the attributes of an element for its place in our page.
  private mutating func adapt(
    _ name: String, _ attributes: [MarkupAttribute], _ parts: ProseParts
  ) -> [MarkupAttribute] {
    var attributes = attributes
    switch name {
    case "a":
      if let href = attributes["href"] { attributes["href"] = resolve(href) }
    case "div":
      // Alerts of Bootstrap, which notebooks are fond of.
      if let words = attributes["class"], words.hasPrefix("alert") {
        let tone = ["danger", "warning", "success"].first { words.contains("alert-\($0)") }
        attributes["class"] = "admonition \(tone == "success" ? "tip" : tone ?? "note")"
      }
    case "cite":
      if let keys = attributes["data-cite"]?.split(separator: ",").map(\.trimmingSpaces) {
        for key in keys { _ = cite(key) }
        attributes["data-cite"] = nil
      }
    case "input": attributes.append(MarkupAttribute("aria-label", "Done"))
    case "video", "audio", "source":
      attributes["controls"] = name == "source" ? nil : ""
      for key in ["src", "poster"] {
        if let source = attributes[key] { attributes[key] = media(source).map { root + $0.key } }
      }
    default: break
    }
    if let id = attributes["id"] { attributes["id"] = unique(id) }
    return attributes
  }
}
