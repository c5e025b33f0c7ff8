import Images

extension Shape {
  /// What is allowed, as a phrase.
  var allowed: String {
    switch self {
    case .text: "text"
    case .identifier:
      "small letters, digits, '.', '_' and '-', the first one a letter or digit"
    case .address: "an absolute http or https address"
    case .number: "a number"
    case .positiveNumber: "a number above 0"
    case .wholeNumber(let least): "a whole number of at least \(least)"
    case .truth: "true or false"
    case .word(let words): words.map { "'\($0)'" }.joined(separator: ", ")
    case .colour: "a colour as '#rrggbb' or '#rrggbbaa' in quotes, or 'transparent'"
    case .colourMap: "the name of a colour map ('cubepress styles' lists them)"
    case .list(let shape, let count):
      count.map { "a list of \($0) elements, each \(shape.allowed)" }
        ?? "a list whose elements are \(shape.allowed)"
    case .table(let id):
      "a mapping with " + (RecipeKeys.table(id)?.keys.map(\.name).joined(separator: ", ") ?? id)
    case .named(let shape): "a mapping from names to \(shape.allowed)"
    case .either(let shapes): shapes.map(\.allowed).joined(separator: "; or ")
    }
  }

  /// The stable identifier of the problem that a text is not of this shape.
  var problemID: String {
    switch self {
    case .identifier: "bad-id"
    case .address: "bad-address"
    case .colour: "bad-colour"
    case .word: "unknown-word"
    case .either(let shapes):
      shapes.lazy.map(\.problemID).first { $0 == "unknown-colour-map" } ?? "wrong-type"
    case .colourMap: "unknown-colour-map"
    case .text, .number, .positiveNumber, .wholeNumber, .truth, .list, .table, .named:
      "wrong-type"
    }
  }

  /// The text of this shape that somebody who wrote another one may have meant.
  func proposal(for text: String) -> String? {
    switch self {
    case .identifier: return Identifier.proposal(for: text)
    case .address:
      // A host without scheme is the usual slip.
      return text.contains(".") && !text.contains(":") && !text.contains(" ")
        && Address.isValid("https://" + text) ? "https://" + text : nil
    case .word(let words): return Spelling.nearest(to: text, among: words)
    case .colour:
      let hex = "#" + text
      return (try? RGBA(hex: hex)) != nil ? hex : nil
    case .colourMap:
      let names = ColourMap.all.map(\.name)
      return Spelling.nearest(to: text, among: names + names.map { $0 + "_r" })
    case .either(let shapes): return shapes.lazy.compactMap { $0.proposal(for: text) }.first
    case .truth: return Spelling.truths[text.lowercased()]
    case .text, .number, .positiveNumber, .wholeNumber, .list, .table, .named: return nil
    }
  }
}

/// Addresses of the web.
enum Address {
  /// Whether a text is an absolute http or https address with a host and without blanks.
  static func isValid(_ text: String) -> Bool {
    let schemes = ["https://", "http://"]
    guard let scheme = schemes.first(where: { text.lowercased().hasPrefix($0) }) else {
      return false
    }
    let host = text.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
    let forbidden = "<>\"\\^`{|}"
    return !host.isEmpty && host.first != ":"
      && text.unicodeScalars.allSatisfy {
        $0.value > 0x20 && $0.value != 0x7F && !forbidden.unicodeScalars.contains($0)
      }
  }
}
