import Sanitising

/// Text for a terminal, as programs write it: colours by ECMA-48 (ANSI) sequences, and lines that
/// are written over.
enum TerminalText {
  /// Writes the text with its colours as spans; other sequences are left out.
  static func write(_ text: String, to writer: inout MarkupWriter) {
    var look = Look()
    var rest = Array(withoutOverwriting(text).utf8)[...]
    while let escape = rest.firstIndex(of: 0x1B) {
      span(rest[..<escape], look, &writer)
      rest = rest[escape...].dropFirst()
      switch rest.first {
      case UInt8(ascii: "["):
        let body = rest.dropFirst().prefix(200)
        guard let end = body.firstIndex(where: { (0x40...0x7E).contains($0) }) else {
          rest = rest.dropFirst()
          continue
        }
        if rest[end] == UInt8(ascii: "m") { look.apply(body[..<end]) }
        rest = rest[end...].dropFirst()
      case UInt8(ascii: "]"):
        // A title or link: up to the bell, or to escape and backslash, which the loop takes.
        let end = rest.firstIndex { $0 == 0x07 || $0 == 0x1B } ?? rest.endIndex
        rest = rest[end...]
        if rest.first == 0x07 { rest = rest.dropFirst() }
      default: rest = rest.dropFirst()
      }
    }
    span(rest, look, &writer)
  }

  /// The text without its sequences.
  static func plain(_ text: String) -> String {
    text.replacing(/\u{1B}(\[[0-?]*[ -\/]*[@-~]|\][^\u{07}\u{1B}]*(\u{07}|\u{1B}\\)?|.)/, with: "")
  }

  /// What a terminal would show in the end of lines that return to their start or go back.
  static func withoutOverwriting(_ text: String) -> String {
    let text = text.replacing("\r\n", with: "\n")
    guard text.utf8.contains(where: { $0 == 0x0D || $0 == 0x08 }) else { return text }
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
      let last = line.split(separator: "\r").last ?? ""
      guard last.utf8.contains(0x08) else { return String(last) }
      var kept: [Character] = []
      for character in last {
        if character == "\u{08}" { _ = kept.popLast() } else { kept.append(character) }
      }
      return String(kept)
    }.joined(separator: "\n")
  }

  private static func span(
    _ bytes: ArraySlice<UInt8>, _ look: Look, _ writer: inout MarkupWriter
  ) {
    guard !bytes.isEmpty else { return }
    let text = String(decoding: bytes, as: UTF8.self)
    let attributes = look.attributes
    if attributes.isEmpty {
      writer.text(text)
    } else {
      writer.element("span", attributes, text: text)
    }
  }

  /// How text looks from here on.
  private struct Look {
    var isBold = false
    var isFaint = false
    var isItalic = false
    var isUnderlined = false
    var isInverse = false
    var ink: Colour?
    var ground: Colour?

    enum Colour {
      case named(Int)
      case exact(Int, Int, Int)
    }

    mutating func apply(_ parameters: ArraySlice<UInt8>) {
      // Colons separate too, in newer programs.
      let text = String(decoding: parameters, as: UTF8.self).replacing(":", with: ";")
      var codes = text.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }[
        ...]
      while let code = codes.popFirst() {
        switch code {
        case 0: self = Look()
        case 1: isBold = true
        case 2: isFaint = true
        case 3: isItalic = true
        case 4: isUnderlined = true
        case 7: isInverse = true
        case 21, 22: (isBold, isFaint) = (false, false)
        case 23: isItalic = false
        case 24: isUnderlined = false
        case 27: isInverse = false
        case 30...37: ink = .named(code - 30)
        case 38: ink = Self.colour(&codes)
        case 39: ink = nil
        case 40...47: ground = .named(code - 40)
        case 48: ground = Self.colour(&codes)
        case 49: ground = nil
        case 90...97: ink = .named(code - 82)
        case 100...107: ground = .named(code - 92)
        default: break
        }
      }
    }

    /// A colour of the table of 256, or of red, green and blue.
    private static func colour(_ codes: inout ArraySlice<Int>) -> Colour? {
      switch codes.popFirst() {
      case 5:
        guard let index = codes.popFirst(), (0...255).contains(index) else { return nil }
        if index < 16 { return .named(index) }
        if index >= 232 {
          let grey = 8 + (index - 232) * 10
          return .exact(grey, grey, grey)
        }
        let levels = [0, 95, 135, 175, 215, 255]
        let cube = index - 16
        return .exact(levels[cube / 36], levels[cube / 6 % 6], levels[cube % 6])
      case 2:
        let parts = codes.prefix(3).map { min(max($0, 0), 255) }
        codes = codes.dropFirst(3)
        return parts.count == 3 ? .exact(parts[0], parts[1], parts[2]) : nil
      default: return nil
      }
    }

    var attributes: [MarkupAttribute] {
      var classes: [String] = []
      var styles: [String] = []
      let (front, back) = isInverse ? (ground, ink) : (ink, ground)
      if isInverse { classes.append("inverse") }
      for (colour, name, property) in [
        (front, "ink", "color"), (back, "ground", "background-color"),
      ] {
        switch colour {
        case .named(let index): classes.append("\(name)-\(index)")
        case .exact(let red, let green, let blue):
          styles.append("\(property): rgb(\(red), \(green), \(blue))")
        case nil: break
        }
      }
      if isBold { classes.append("bold") }
      if isFaint { classes.append("faint") }
      if isItalic { classes.append("italic") }
      if isUnderlined { classes.append("underlined") }
      var attributes: [MarkupAttribute] = []
      if !classes.isEmpty {
        attributes.append(MarkupAttribute("class", classes.joined(separator: " ")))
      }
      if !styles.isEmpty {
        attributes.append(MarkupAttribute("style", styles.joined(separator: "; ")))
      }
      return attributes
    }
  }
}
