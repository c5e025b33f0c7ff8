/// Makes markup of strangers harmless.
public struct Sanitiser {
  /// What the markup is.
  public enum Form: Sendable {
    /// The output of a program, in HTML; SVG may stand in it.
    case output
    /// A text in HTML that a Markdown reader made; classes stay that our own pages know.
    case prose
    /// A picture in SVG, that becomes a file.
    case picture
  }

  /// Markup that is harmless, and what it lacks.
  public struct Cleaned: Sendable {
    /// The tokens; every element that starts ends, in order.
    public var tokens: [MarkupToken] = []
    /// What was left out that a reader would have seen or used, and how often.
    public var leftOut: [String: Int] = [:]
  }

  private let form: Form
  private let idPrefix: String
  private let ownSchemes: Set<String>

  /// How deep elements may nest; deeper ones are left out, their text is not.
  static let depthLimit = 200

  /// Prepares to clean markup of a form.
  ///
  /// - Parameters:
  ///   - form: what the markup is.
  ///   - idPrefix: what the ids get before them, so that those of several outputs differ; a style
  ///     sheet applies only below the element whose id is the prefix.
  ///   - ownSchemes: schemes of addresses that the site itself gives a meaning.
  public init(_ form: Form, idPrefix: String = "", ownSchemes: Set<String> = []) {
    self.form = form
    self.idPrefix = idPrefix
    self.ownSchemes = ownSchemes
  }

  /// Cleans.
  public func clean(_ markup: some Sequence<UInt8>) -> Cleaned {
    var tokeniser = MarkupTokeniser(Array(markup), isXML: form == .picture)
    var run = Run(cleaned: Cleaned())
    while let token = tokeniser.next() { take(token, &run) }
    while let element = run.open.popLast() { run.cleaned.tokens.append(.end(element)) }
    return run.cleaned
  }

  /// Where in the markup the sanitiser is.
  private struct Run {
    var cleaned: Cleaned
    /// The elements that were started and have not ended.
    var open: [String] = []
    /// How many of them are `svg`.
    var pictures = 0
    /// The element that is left out with its content, and how deep it is within itself.
    var removing: (name: String, depth: Int)?
    /// Whether the text of a style sheet comes next.
    var inStyle = false
  }

  private func take(_ token: MarkupTokeniser.Token, _ run: inout Run) {
    switch token {
    case .text(let text):
      // Around the root of a picture there is nothing.
      if run.removing != nil || form == .picture && run.open.isEmpty { return }
      if run.inStyle {
        run.cleaned.tokens.append(.text(sheet(text)))
      } else {
        run.cleaned.tokens.append(.text(text))
      }
    case .start(let written, let attributes, let isClosed):
      let name = written.lowercased()
      if let removing = run.removing {
        if removing.name == name, !isClosed { run.removing?.depth += 1 }
        return
      }
      start(name, attributes, isClosed: isClosed, &run)
    case .end(let written):
      end(written.lowercased(), &run)
    }
  }

  private func start(
    _ name: String, _ attributes: [MarkupAttribute], isClosed: Bool, _ run: inout Run
  ) {
    if run.inStyle { return }
    let inPicture = run.pictures > 0 || form == .picture || name == "svg"
    let element: String
    if inPicture, name != "style" || form != .prose, let known = MarkupPolicy.svg[name] {
      if form == .picture, run.open.isEmpty, name != "svg" { return }
      element = known
    } else if name == "style", form != .prose, !inPicture {
      // xarray's own style is in the style sheet of our pages.
      element = "style"
    } else if let told = MarkupPolicy.removed[name] {
      if !told.isEmpty { run.cleaned.leftOut[told, default: 0] += 1 }
      if name == "iframe" || name == "frame" { linkInstead(attributes, &run) }
      let isEmpty = ["base", "link", "meta", "embed", "frame"].contains(name)
      if !isClosed, !isEmpty { run.removing = (name, 1) }
      return
    } else if !inPicture, MarkupPolicy.html.contains(name) {
      element = name
    } else {
      if let told = MarkupPolicy.unwrapped[name] {
        run.cleaned.leftOut[told, default: 0] += 1
      }
      return
    }
    guard run.open.count < Self.depthLimit else { return }
    let kept =
      inPicture
      ? pictureAttributes(attributes, of: element) : textAttributes(attributes, of: element)
    guard let kept = finish(element, kept) else {
      run.cleaned.leftOut["form", default: 0] += 1
      return
    }
    run.cleaned.tokens.append(.start(element, kept))
    if !inPicture, MarkupPolicy.empty.contains(element) { return }
    if inPicture, isClosed {
      run.cleaned.tokens.append(.end(element))
      return
    }
    run.open.append(element)
    if element == "svg" { run.pictures += 1 }
    if element == "style" { run.inStyle = true }
  }

  private func end(_ name: String, _ run: inout Run) {
    if let removing = run.removing {
      guard removing.name == name else { return }
      run.removing = removing.depth > 1 ? (name, removing.depth - 1) : nil
      return
    }
    guard let index = run.open.lastIndex(where: { $0.lowercased() == name }) else { return }
    while run.open.count > index {
      let element = run.open.removeLast()
      if element == "svg" { run.pictures -= 1 }
      if element == "style" { run.inStyle = false }
      run.cleaned.tokens.append(.end(element))
    }
  }

  /// What links of strangers say of themselves.
  private static let distrust = MarkupAttribute("rel", "noopener nofollow ugc")

  /// An embedded page becomes a link to it.
  private func linkInstead(_ attributes: [MarkupAttribute], _ run: inout Run) {
    guard let source = attributes["src"], case .web(let address) = LinkAddress(source) else {
      return
    }
    run.cleaned.tokens += [
      .start("a", [MarkupAttribute("href", address), Self.distrust]), .text(address), .end("a"),
    ]
  }

  // MARK: Attributes

  private func textAttributes(
    _ attributes: [MarkupAttribute], of element: String
  ) -> [MarkupAttribute] {
    var kept: [MarkupAttribute] = []
    for attribute in attributes {
      let name = attribute.name == "name" && element == "a" ? "id" : attribute.name
      // Markdown readers say by it from which line an element is.
      let isPosition = form == .prose && name == "data-sourcepos"
      guard isPosition || MarkupPolicy.allows(name, on: element),
        let value = value(attribute.value, of: name, on: element)
      else { continue }
      kept.append(MarkupAttribute(name, value))
    }
    return kept
  }

  private func pictureAttributes(
    _ attributes: [MarkupAttribute], of element: String
  ) -> [MarkupAttribute] {
    var kept: [MarkupAttribute] = []
    for attribute in attributes {
      let lower = attribute.name.lowercased()
      guard let name = MarkupPolicy.isLabel(lower) ? lower : MarkupPolicy.svgAttributes[lower]
      else { continue }
      if let value = value(attribute.value, of: name, on: element) {
        kept.append(MarkupAttribute(name, value))
      }
    }
    return kept
  }

  private func value(_ text: String, of name: String, on element: String) -> String? {
    // Control characters are never written, so nothing may depend on them.
    let text = text.utf8.contains { $0 < 0x20 || $0 == 0x7F } ? Self.withoutControls(text) : text
    switch name {
    case "style":
      let style = StyleFilter.declarations(text, idPrefix: idPrefix)
      return style.isEmpty ? nil : style
    case "id", "for":
      let id = text.trimmingBlanks
      return id.isEmpty || id.contains { $0.isWhitespace } ? nil : idPrefix + id
    case "aria-labelledby", "aria-describedby", "aria-controls", "headers":
      return text.split(separator: " ").map { idPrefix + $0 }.joined(separator: " ")
    case "class": return classes(text)
    case "href", "xlink:href", "src", "poster", "cite": return address(text, on: element)
    case "role": return text.utf8.allSatisfy { (0x61...0x7A).contains($0) } ? text : nil
    default:
      // A presentation attribute of SVG can refer to something, and is a style otherwise.
      if text.contains("(") {
        return StyleFilter.value(text, idPrefix: idPrefix)
          ?? (["title", "alt", "aria-label", "data-cite"].contains(name) ? text : nil)
      }
      return text
    }
  }

  private static func withoutControls(_ text: String) -> String {
    let kept = text.unicodeScalars.filter {
      $0.value >= 0x20 && $0.value != 0x7F || $0 == "\n" || $0 == "\t"
    }
    return String(String.UnicodeScalarView(kept))
  }

  private func classes(_ text: String) -> String? {
    guard form == .prose else { return text }
    let known = ["language-", "admonition", "alert", "footnote", "task-list", "contains-task-list"]
    let kept = text.split(separator: " ").filter { word in known.contains { word.hasPrefix($0) } }
    return kept.isEmpty ? nil : kept.joined(separator: " ")
  }

  private func address(_ text: String, on element: String) -> String? {
    guard let address = LinkAddress(text, own: ownSchemes) else { return nil }
    let isMedia = ["img", "image", "video", "audio", "source"].contains(element)
    switch address {
    case .fragment(let id): return "#" + idPrefix + id
    case .data(let type, _, _):
      // Within a picture no other picture with addresses of its own.
      return isMedia && (form != .picture || type != "image/svg+xml") ? text : nil
    case .web(let text): return form == .picture && element != "a" ? nil : text
    case .relative(let text): return form == .picture ? nil : text
    case .own: return form == .prose ? text : nil
    }
  }

  /// The last word on some elements; `nil` where one may not be.
  private func finish(_ element: String, _ attributes: [MarkupAttribute]) -> [MarkupAttribute]? {
    var attributes = attributes
    switch element {
    case "input":
      // What xarray folds its sections with, and the boxes of task lists.
      guard attributes["type"]?.lowercased() == "checkbox" else { return nil }
      attributes["type"] = "checkbox"
    case "use", "textPath", "linearGradient", "radialGradient", "pattern":
      for name in ["href", "xlink:href"] {
        if let target = attributes[name], !target.hasPrefix("#") { attributes[name] = nil }
      }
    case "a":
      if case .web = attributes["href"].flatMap({ LinkAddress($0) }) {
        attributes["rel"] = Self.distrust.value
      }
    case "svg" where form == .picture:
      attributes.insert(MarkupAttribute("xmlns", "http://www.w3.org/2000/svg"), at: 0)
      attributes.insert(MarkupAttribute("xmlns:xlink", "http://www.w3.org/1999/xlink"), at: 1)
    default: break
    }
    return attributes
  }

  private func sheet(_ text: String) -> String {
    // The style of xarray's tables is in our own style sheet, in our colours.
    if text.contains(".xr-wrap") { return "" }
    return StyleFilter.sheet(
      text, scope: idPrefix.isEmpty ? "" : "#\(idPrefix)", idPrefix: idPrefix)
  }
}
