import Foundation
import JSON
import Notebooks
import Sanitising

extension PageMaker {
  /// How many characters of a text are shown; the notebook itself has all.
  private static let textLimit = 100_000
  /// How much HTML of one output is shown, in bytes.
  private static let markupLimit = 8 << 20
  /// Texts of more lines are folded away.
  private static let foldedLines = 40

  /// Writes what a cell put out; streams of one name that follow each other are one, as on screen.
  mutating func outputs(_ outputs: [Notebook.Output]) {
    var index = 0
    while index < outputs.count {
      if case .stream(let name, var text) = outputs[index] {
        while index + 1 < outputs.count, case .stream(name, let more) = outputs[index + 1] {
          if text.utf8.count < 4 * Self.textLimit || index % 64 == 0 { text += more }
          index += 1
        }
        terminal(text, class: name == "stderr" ? "stream stderr" : "stream")
      } else if case .data(let bundle, let metadata, _) = outputs[index] {
        data(bundle, metadata)
      } else if case .error(let name, let value, let traceback) = outputs[index] {
        let lines = traceback.isEmpty ? ["\(name): \(value)"] : traceback
        terminal(lines.joined(separator: "\n"), class: "stream error")
      }
      index += 1
    }
  }

  /// Begins an output; its id is the prefix of all ids in it.
  private mutating func openOutput(_ words: String) {
    outputCount += 1
    open("div", class: words, [MarkupAttribute("id", "o\(outputCount)-")])
  }

  /// Writes text as a terminal shows it, with words before it where they are needed.
  private mutating func terminal(_ text: String, class words: String, note: String? = nil) {
    openOutput("output " + words)
    if let note { paragraph(class: "absent", note) }
    let shown = shortened(text)
    let lines = shown.utf8.count { $0 == UInt8(ascii: "\n") }
    let isFolded = lines > Self.foldedLines && !words.hasSuffix("error")
    if isFolded {
      open("details", class: "fold")
      writer.element(
        "summary",
        text: "Output of \(lines.formatted(.number.locale(Locale(identifier: "en")))) lines")
    }
    open("pre", more: [MarkupAttribute("tabindex", "0")])
    TerminalText.write(shown, to: &writer)
    writer.end("pre")
    if isFolded { writer.end("details") }
    tellShortened(text)
    writer.end("div")
  }

  /// Tells that a text is not shown as a whole.
  private mutating func tellShortened(_ text: String) {
    guard text.utf8.count > Self.textLimit else { return }
    paragraph(
      class: "absent",
      "Shortened: this text has \(text.utf8.count) bytes; the original notebook has all of it.")
  }

  /// The beginning and end of a text that is too long to show, cut between characters.
  private func shortened(_ text: String) -> String {
    guard text.utf8.count > Self.textLimit else { return text }
    let head = text.unicodeScalars.prefix(Self.textLimit * 3 / 4)
    let tail = text.unicodeScalars.suffix(Self.textLimit / 4)
    return String(head) + "\n\u{1B}[0m…\n" + String(tail)
  }

  // MARK: Values in several types

  private static let plotly = "application/vnd.plotly.v1+json"
  private static let widget = "application/vnd.jupyter.widget-view+json"
  private static let pictures = [
    "image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp",
  ]

  /// Writes one of the types of a value, the first that can be shown.
  ///
  /// In this order: a Plotly figure; HTML that needs no script; Markdown; a picture; LaTeX; what is left of HTML
  /// without its scripts; JSON; text. What cannot be shown at all is told.
  private mutating func data(_ bundle: Notebook.Bundle, _ metadata: JSONObject) {
    if let figure = bundle[Self.plotly] { return self.figure(figure, bundle, metadata) }
    var scripted: Sanitiser.Cleaned?
    if let text = bundle.text("text/html") {
      guard text.utf8.count <= Self.markupLimit else {
        let note =
          "Left out here: \(text.utf8.count) bytes of HTML; the original notebook has them."
        return terminal(bundle.text("text/plain") ?? "", class: "result", note: note)
      }
      let cleaned = Sanitiser(.output, idPrefix: "o\(outputCount + 1)-").clean(text.utf8)
      if cleaned.hasContent, cleaned.leftOut["script"] == nil { return html(cleaned) }
      scripted = cleaned
    }
    if let text = bundle.text("text/markdown") {
      openOutput("output text")
      prose(text)
      writer.end("div")
      return
    }
    for type in Self.pictures where bundle[type] != nil {
      if picture(type, bundle, metadata) { return }
    }
    if let text = bundle.text("text/latex") {
      openOutput("output")
      latex(text)
      writer.end("div")
      return
    }
    if let scripted, scripted.hasContent { return html(scripted) }
    if let value = bundle["application/json"] { return json(value) }
    if let text = bundle.text("text/plain") {
      let isWhole = scripted == nil && bundle.values.count == 1
      return terminal(
        text, class: "result", note: isWhole ? nil : absence(bundle, hasScript: scripted != nil))
    }
    openOutput("output")
    paragraph(class: "absent", absence(bundle, hasScript: scripted != nil))
    writer.end("div")
  }

  /// Words for the types of a value that are not shown.
  private func absence(_ bundle: Notebook.Bundle, hasScript: Bool) -> String {
    let others = bundle.values.map(\.type).filter { $0 != "text/plain" }
    if bundle[Self.widget] != nil {
      return "An interactive widget stands here in the running notebook."
    }
    if hasScript || others.contains("application/javascript") {
      return "A script put something here in the running notebook; it was not run."
    }
    return others.isEmpty
      ? "An output without content." : "Not shown here: \(others.joined(separator: ", "))."
  }

  /// Writes HTML of a program.
  mutating func html(_ text: String) {
    html(Sanitiser(.output, idPrefix: "o\(outputCount + 1)-").clean(text.utf8))
  }

  private mutating func html(_ cleaned: Sanitiser.Cleaned) {
    openOutput("output html")
    var corners = Self.emptyHeaders(cleaned.tokens)[...]
    for (index, token) in cleaned.tokens.enumerated() {
      if index == corners.first {
        corners.removeFirst()
        if case .start(_, let attributes) = token { writer.start("td", attributes) }
        if case .end = token { writer.end("td") }
        continue
      }
      guard case .start(let name, var attributes) = token else {
        writer.write(token)
        continue
      }
      if name == "img", let source = attributes["src"] {
        figure(
          source, alt: attributes["alt"] ?? "", width: attributes["width"],
          height: attributes["height"])
        continue
      }
      for key in ["src", "poster", "xlink:href", "href"] {
        guard let value = attributes[key], case .data = LinkAddress(value) else { continue }
        attributes[key] = media(value).map { root + $0.key }
      }
      if ["video", "audio"].contains(name) { attributes["controls"] = "" }
      if name == "input" { attributes["aria-label"] = attributes["aria-label"] ?? "Show" }
      // Relative addresses were meant for where the notebook ran.
      if name == "a", let href = attributes["href"], case .relative = LinkAddress(href) {
        attributes["href"] = nil
      }
      writer.start(name, attributes)
    }
    tellLeftOut(cleaned.leftOut)
    writer.end("div")
  }

  /// Where the tags of header cells without content stand, as pandas writes the corners of its tables.
  ///
  /// Nothing is headed by them: read aloud as headers they would only puzzle.
  private static func emptyHeaders(_ tokens: [MarkupToken]) -> [Int] {
    var places: [Int] = []
    var start: Int?
    for (index, token) in tokens.enumerated() {
      switch token {
      case .start("th", _): start = index
      case .end("th"):
        if let start { places += [start, index] }
        start = nil
      case .text(let text): if !text.allSatisfy(\.isWhitespace) { start = nil }
      default: start = nil
      }
    }
    return places
  }

  private mutating func picture(
    _ type: String, _ bundle: Notebook.Bundle, _ metadata: JSONObject
  ) -> Bool {
    guard let text = bundle.text(type) else { return false }
    let found =
      type == "image/svg+xml"
      ? book.files.picture(Array(text.utf8), type: type)
      : book.files.picture(text[...], type: type, isBase64: true)
    guard let found else {
      book.problems.note(currentPlace, "a picture of the type \(type) is damaged")
      return false
    }
    openOutput("output picture")
    let alt = metadata["alt"]?.stringValue ?? alternative(bundle)
    let own = metadata[type] ?? .object(metadata)
    picture(
      found, alt: alt, width: own["width"]?.doubleValue.map { "\($0)" },
      height: own["height"]?.doubleValue.map { "\($0)" })
    writer.end("div")
    return true
  }

  /// Words for a picture: what the program says of it, where it is more than a name of a class.
  private func alternative(_ bundle: Notebook.Bundle) -> String {
    let text = (bundle.text("text/plain") ?? "").trimmingSpaces
    let isName = text.hasPrefix("<") || text.isEmpty || text.count > 200
    guard isName else { return text }
    return headings.last.map { "Figure in the section “\($0.title)”" } ?? "Figure"
  }

  private mutating func latex(_ text: String) {
    // Only formulas can be set; a text in LaTeX stays as it is written.
    let bare = text.trimmingSpaces
    for (open, close, isDisplay) in [
      ("$$", "$$", true), ("\\[", "\\]", true), ("\\begin{", "}", true), ("$", "$", false),
      ("\\(", "\\)", false),
    ] where bare.hasPrefix(open) && bare.hasSuffix(close) && bare.count > open.count + close.count {
      let isWhole = open == "\\begin{"
      let inner = isWhole ? bare : String(bare.dropFirst(open.count).dropLast(close.count))
      let plain = inner.replacing("\\displaystyle ", with: "")
      return formula(plain, isDisplay: isDisplay || inner.contains("\\displaystyle"))
    }
    code(text, language: "latex")
  }

  private mutating func json(_ value: JSONValue) {
    openOutput("output")
    open("details", class: "fold")
    writer.element("summary", text: "JSON")
    open("pre", more: [MarkupAttribute("tabindex", "0")])
    let text = value.serialized(pretty: true)
    writer.text(shortened(text))
    writer.end("pre")
    writer.end("details")
    tellShortened(text)
    writer.end("div")
  }

  /// A Plotly figure: its JSON as a file, which the library draws where scripts may run; beneath it
  /// its picture, where the notebook has one.
  private mutating func figure(
    _ figure: JSONValue, _ bundle: Notebook.Bundle, _ metadata: JSONObject
  ) {
    hasPlotly = true
    let kept = JSONValue.object(["data": figure["data"] ?? [], "layout": figure["layout"] ?? [:]])
    let key = book.files.add(Array(kept.serialized().utf8), ending: "json")
    let height = figure["layout"]?["height"]?.doubleValue.map { min(max($0, 120), 2000) } ?? 450
    openOutput("output figure")
    open(
      "div", class: "plotly",
      [
        MarkupAttribute("data-figure", root + key),
        MarkupAttribute("style", "min-height: \(Int(height))px"),
      ])
    let still = Self.pictures.first { bundle[$0] != nil }
    if let still, let text = bundle.text(still),
      let found = still == "image/svg+xml"
        ? book.files.picture(Array(text.utf8), type: still)
        : book.files.picture(text[...], type: still, isBase64: true)
    {
      picture(found, alt: "Figure")
    } else {
      paragraph(class: "absent", "An interactive figure; it is drawn by a script.")
    }
    writer.end("div")
    writer.start("p", [MarkupAttribute("class", "more")])
    writer.element("a", [MarkupAttribute("href", root + key)], text: "The figure's numbers (JSON)")
    writer.end("p")
    writer.end("div")
  }
}

extension Sanitiser.Cleaned {
  /// Whether anything can be seen.
  var hasContent: Bool {
    var inStyle = false
    return tokens.contains { token in
      switch token {
      case .text(let text): return !inStyle && !text.allSatisfy(\.isWhitespace)
      case .start("style", _):
        inStyle = true
        return false
      case .end("style"):
        inStyle = false
        return false
      case .start(let name, _): return ["img", "svg", "video", "audio", "hr"].contains(name)
      case .end: return false
      }
    }
  }
}
