import Recipes
import Sanitising

extension PageMaker {
  private static let admonitions: Set<String> = [
    "note", "tip", "hint", "important", "warning", "caution", "attention", "danger", "error",
    "seealso", "admonition", "success",
  ]

  /// Blocks that say something about a whole book or to other programs, and show nothing here.
  private static let silent: Set<String> = [
    "toctree", "tableofcontents", "contents", "index", "meta", "comment", "raw",
  ]

  /// Writes a block of MyST.
  mutating func directive(_ block: ProseParts.Directive) {
    guard depth < 12 else {
      book.problems.add(currentPlace, "blocks nest deeper than 12")
      return
    }
    depth += 1
    defer { depth -= 1 }
    // Messages count lines in the text that holds the block.
    let outer = (place, line)
    defer { (place, line) = outer }
    line = block.line
    switch block.name {
    case "cubepress": embed(block)
    case _ where Self.admonitions.contains(block.name):
      openAdmonition(
        block.options["class"].map { String($0.prefix { $0.isLetter }) } ?? block.name,
        title: block.argument.isEmpty ? nil : block.argument)
      body(block.body, of: block)
      writer.end("div")
    case "dropdown":
      open("details", class: "fold")
      writer.element("summary", text: block.argument.isEmpty ? "More" : block.argument)
      body(block.body, of: block)
      writer.end("details")
    case "figure", "image": figure(block)
    case "math": formula(block.body.trimmingSpaces, isDisplay: true, label: block.options["label"])
    case "code", "code-block", "code-cell", "sourcecode", "prompt":
      code(block.body, language: block.argument.isEmpty ? language : block.argument)
    case "bibliography": references()
    case "table":
      open("figure", class: "figure", id(block))
      body(block.body, of: block)
      writer.start("figcaption")
      body(block.argument, of: block)
      writer.end("figcaption")
      writer.end("figure")
    case "epigraph", "pull-quote", "blockquote":
      writer.start("blockquote")
      body(block.body, of: block)
      writer.end("blockquote")
    case "margin", "sidebar", "aside":
      open("div", class: "admonition note")
      if !block.argument.isEmpty { paragraph(class: "admonition-title", block.argument) }
      body(block.body, of: block)
      writer.end("div")
    case "tab-item", "card", "grid-item-card", "tab":
      open("div", class: "admonition note")
      if !block.argument.isEmpty { paragraph(class: "admonition-title", block.argument) }
      body(block.body, of: block)
      writer.end("div")
    case "tab-set", "grid", "grid-item", "glossary", "div", "container", "centered":
      body(block.body, of: block)
    case _ where Self.silent.contains(block.name): break
    default:
      book.problems.note(
        currentPlace, "the block {\(block.name)} is not known; its text is shown as it is")
      paragraph(class: "absent", "A block “\(block.name)” is shown as plain text.")
      body(block.body, of: block)
    }
  }

  /// Writes the text of a block.
  private mutating func body(_ text: String, of block: ProseParts.Directive) {
    guard !text.isEmpty else { return }
    let outer = place
    place.firstLine = outer.firstLine + block.bodyLine - 1
    prose(text)
    place = outer
  }

  private func id(_ block: ProseParts.Directive) -> [MarkupAttribute] {
    (block.options["name"] ?? block.options["label"]).map {
      [MarkupAttribute("id", Slug.of($0))]
    } ?? []
  }

  private mutating func figure(_ block: ProseParts.Directive) {
    let isFigure = block.name == "figure"
    if isFigure {
      open("figure", class: "figure", id(block))
    }
    figure(
      block.argument, alt: block.options["alt"] ?? "", width: block.options["width"],
      height: block.options["height"])
    guard isFigure else { return }
    if !block.body.allSatisfy(\.isWhitespace) {
      writer.start("figcaption")
      body(block.body, of: block)
      writer.end("figcaption")
    }
    writer.end("figure")
  }

  // MARK: Roles

  /// Writes a role: `{name}`text``.
  mutating func role(_ name: String, _ text: String) {
    switch name {
    case "cite", "cite:p", "cite:ps": citation(keys(text), isInText: false)
    case "cite:t", "cite:ts", "cite:author": citation(keys(text), isInText: true)
    case "doc", "ref", "numref", "eq", "any", "download": reference(name, text)
    case "dataset": link("dataset:" + target(text).target, target(text).title ?? text)
    case "math": formula(text, isDisplay: false)
    case "sub", "sup", "kbd", "code", "samp", "del", "u":
      writer.element(name, text: text)
    case "subscript": writer.element("sub", text: text)
    case "superscript": writer.element("sup", text: text)
    case "term", "dfn": writer.element("em", text: target(text).title ?? text)
    case "abbr":
      let short = text.prefix { $0 != "(" }.trimmingSpaces
      let long = text.drop { $0 != "(" }.dropFirst().prefix { $0 != ")" }
      writer.element("abbr", [MarkupAttribute("title", String(long))], text: short)
    default:
      book.problems.note(
        currentPlace, "the role {\(name)} is not known; its text is shown as it is")
      writer.element("code", text: text)
    }
  }

  private func keys(_ text: String) -> [String] { text.split(separator: ",").map(\.trimmingSpaces) }

  /// What `title <target>` leads to.
  private func target(_ text: String) -> (title: String?, target: String) {
    guard text.hasSuffix(">"), let open = text.lastIndex(of: "<") else { return (nil, text) }
    let title = text[..<open].trimmingSpaces
    return (title.isEmpty ? nil : title, String(text[text.index(after: open)...].dropLast()))
  }

  private mutating func link(_ href: String, _ title: String) {
    writer.element("a", [MarkupAttribute("href", resolve(href))], text: title)
  }

  private mutating func reference(_ name: String, _ text: String) {
    let (title, target) = target(text)
    if name == "download" { return link(target, title ?? target) }
    if name == "doc" {
      // Pages are named without their ending.
      let path = book.path(target, from: page.path).flatMap { book.page(withStem: $0) }
      guard let path else {
        book.problems.add(currentPlace, "there is no page '\(target)' in the book")
        writer.text(title ?? target)
        return
      }
      writer.element(
        "a", [MarkupAttribute("href", relative(to: path.key))], text: title ?? path.title)
      return
    }
    guard let label = book.labels[target] else {
      book.problems.add(currentPlace, "there is no label '\(target)' in the book: (\(target))=")
      writer.text(title ?? target)
      return
    }
    let fragment = "#" + Slug.of(target)
    let href = label.key == page.key ? fragment : relative(to: label.key) + fragment
    writer.element("a", [MarkupAttribute("href", href)], text: title ?? label.title)
  }

  // MARK: Citations

  /// The work of a key, noted as cited; `nil` with a problem told where there is none.
  mutating func cite(_ key: String) -> Bibliography.Work? {
    guard let work = book.bibliography.works[key] else {
      book.problems.add(currentPlace, "no bibliography of the book has the key '\(key)'")
      return nil
    }
    if !cited.contains(key) { cited.append(key) }
    return work
  }

  mutating func citation(_ keys: [String], isInText: Bool) {
    let works = keys.map { key in (key, cite(key)) }
    writer.start("cite")
    if !isInText { writer.text("(") }
    for (index, (key, work)) in works.enumerated() {
      if index > 0 { writer.text("; ") }
      guard let work else {
        writer.text(key)
        continue
      }
      let text =
        isInText ? "\(work.shortAuthors) (\(work.year))" : "\(work.shortAuthors), \(work.year)"
      writer.element("a", [MarkupAttribute("href", "#ref-" + Slug.of(key))], text: text)
    }
    if !isInText { writer.text(")") }
    writer.end("cite")
  }

  /// Writes the list of the works that were cited up to here.
  mutating func references() {
    guard !cited.isEmpty else { return }
    open("ul", class: "references")
    for key in cited {
      guard let work = book.bibliography.works[key] else { continue }
      writer.start("li", [MarkupAttribute("id", "ref-" + Slug.of(key))])
      writer.text(work.reference + (work.address == nil ? "" : " "))
      if let address = work.address {
        let attributes = [MarkupAttribute("href", address), MarkupAttribute("rel", "noopener")]
        writer.element("a", attributes, text: address.replacing("https://doi.org/", with: "doi:"))
      }
      writer.end("li")
    }
    writer.end("ul")
    cited = []
  }
}
