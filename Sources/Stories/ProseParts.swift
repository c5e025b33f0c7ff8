/// A Markdown text with everything taken out that is not CommonMark: formulas, directives and roles
/// of MyST, citations.
///
/// What is taken out leaves a mark, which a Markdown reader passes on untouched and which stands in
/// as many lines as what it replaces, so that lines keep their numbers.
struct ProseParts {
  /// Something that was taken out.
  enum Part {
    /// A formula in TeX: within the line, or on lines of its own.
    case formula(String, isDisplay: Bool, label: String?)
    /// `{name}`text``.
    case role(name: String, text: String)
    /// `[@key; @other]`.
    case citation([String])
    /// A block with a name.
    case directive(Directive)
    /// `(name)=`: something that can be linked to.
    case label(String)
  }

  /// A block ```` ```{name} argument ```` with options `:key: value` and a body.
  struct Directive {
    let name: String
    let argument: String
    let options: [String: String]
    let body: String
    /// The line in which it begins, and in which its body does, counted from 1.
    let line: Int
    let bodyLine: Int
  }

  /// The text with marks.
  private(set) var text = ""
  /// What was taken out, with how it was written.
  private(set) var parts: [(part: Part, written: String)] = []

  /// What a mark begins and ends with, and what fills its lines: private characters of Unicode.
  static let open: Character = "\u{E000}"
  static let close: Character = "\u{E001}"
  static let filler: Character = "\u{E002}"

  init(_ source: String) {
    let clean = source.replacing("\r\n", with: "\n")
      .filter { $0 != Self.open && $0 != Self.close && $0 != Self.filler }
    let lines = clean.split(separator: "\n", omittingEmptySubsequences: false)
    var index = 0
    var plain: [Substring] = []
    while index < lines.count {
      guard let fence = Fence(lines[index]) else {
        if let label = Self.label(lines[index]) {
          flush(&plain)
          mark(.label(label), written: String(lines[index]), lineCount: 1)
          text += "\n"
        } else {
          plain.append(lines[index])
        }
        index += 1
        continue
      }
      let end = fence.end(in: lines, from: index + 1)
      flush(&plain)
      let block = lines[index..<min(end + 1, lines.count)]
      if let name = fence.directive {
        let body = lines[(index + 1)..<min(end, lines.count)]
        let directive = Self.directive(name, fence.argument, body, line: index + 1)
        mark(
          .directive(directive), written: block.joined(separator: "\n"), lineCount: block.count)
        text += "\n"
      } else {
        text += block.joined(separator: "\n") + "\n"
      }
      index += block.count
    }
    flush(&plain)
  }

  /// A text with marks, cut into texts and parts.
  func pieces(_ text: String) -> [(text: String, part: Part?)] {
    guard text.contains(Self.open) else { return [(text.filter { $0 != Self.filler }, nil)] }
    var pieces: [(String, Part?)] = []
    var rest = text.filter { $0 != Self.filler }[...]
    while let start = rest.firstIndex(of: Self.open) {
      if start > rest.startIndex { pieces.append((String(rest[..<start]), nil)) }
      rest = rest[rest.index(after: start)...]
      guard let end = rest.firstIndex(of: Self.close) else { break }
      if let number = Int(rest[..<end]), parts.indices.contains(number) {
        pieces.append(("", parts[number].part))
      }
      rest = rest[rest.index(after: end)...]
    }
    if !rest.isEmpty { pieces.append((String(rest), nil)) }
    return pieces
  }

  /// A text with what was written in place of the marks.
  func written(_ text: String) -> String {
    guard text.contains(Self.open) else { return text }
    var result = ""
    var rest = text.filter { $0 != Self.filler }[...]
    while let start = rest.firstIndex(of: Self.open) {
      result += rest[..<start]
      rest = rest[rest.index(after: start)...]
      guard let end = rest.firstIndex(of: Self.close) else { break }
      if let number = Int(rest[..<end]), parts.indices.contains(number) {
        result += parts[number].written
      }
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }

  // MARK: Blocks

  /// A fence of backticks, tildes or colons.
  private struct Fence {
    let sign: Character
    let count: Int
    /// The name of a directive; `nil` for a block of code.
    let directive: String?
    let argument: String

    init?(_ line: Substring) {
      let content = line.drop { $0 == " " }
      guard line.count - content.count <= 3, let sign = content.first, "`~:".contains(sign) else {
        return nil
      }
      let signs = content.prefix { $0 == sign }
      let info = content[signs.endIndex...].trimmingSpaces
      guard signs.count >= 3, sign != "`" || !info.contains("`") else { return nil }
      self.sign = sign
      count = signs.count
      if info.hasPrefix("{"), let close = info.firstIndex(of: "}") {
        directive = info[info.index(after: info.startIndex)..<close].lowercased()
        argument = info[info.index(after: close)...].trimmingSpaces
      } else if info.split(separator: " ").first == "cubepress" {
        directive = "cubepress"
        argument = ""
      } else if sign == ":" {
        // Colons are a fence only of a directive.
        guard !info.isEmpty else { return nil }
        let words = info.split(separator: " ", maxSplits: 1)
        directive = words[0].lowercased()
        argument = words.count > 1 ? words[1].trimmingSpaces : ""
      } else {
        directive = nil
        argument = ""
      }
    }

    /// The line that closes it; the number of lines where none does.
    func end(in lines: [Substring], from start: Int) -> Int {
      var index = start
      var inner: [Int] = []
      while index < lines.count {
        let content = lines[index].drop { $0 == " " }
        let signs = content.prefix { $0 == sign }
        if signs.count >= 3, content[signs.endIndex...].allSatisfy(\.isWhitespace) {
          if let last = inner.last, signs.count == last {
            inner.removeLast()
          } else if signs.count >= count {
            return index
          }
        } else if sign == ":", signs.count >= 3 {
          inner.append(signs.count)
        }
        index += 1
      }
      return lines.count
    }
  }

  private static func label(_ line: Substring) -> String? {
    guard line.first == "(", line.trimmingSpaces.hasSuffix(")=") else { return nil }
    let name = line.trimmingSpaces.dropFirst().dropLast(2)
    return name.isEmpty || name.contains("(") ? nil : String(name)
  }

  private static func directive(
    _ name: String, _ argument: String, _ body: ArraySlice<Substring>, line: Int
  ) -> Directive {
    var options: [String: String] = [:]
    var rest = body
    if rest.first?.trimmingSpaces == "---", name != "cubepress",
      let end = rest.dropFirst().firstIndex(where: { $0.trimmingSpaces == "---" })
    {
      for option in rest[(rest.startIndex + 1)..<end] {
        let words = option.split(separator: ":", maxSplits: 1)
        if words.count == 2 { options[words[0].trimmingSpaces] = words[1].trimmingSpaces }
      }
      rest = rest[(end + 1)...]
    }
    while let first = rest.first?.trimmingSpaces, first.hasPrefix(":"),
      let colon = first.dropFirst().firstIndex(of: ":")
    {
      let key = first[first.index(after: first.startIndex)..<colon]
      guard !key.isEmpty, !key.contains(" ") else { break }
      options[String(key)] = first[first.index(after: colon)...].trimmingSpaces
      rest = rest.dropFirst()
    }
    return Directive(
      name: name, argument: argument, options: options, body: rest.joined(separator: "\n"),
      line: line, bodyLine: line + 1 + rest.startIndex - body.startIndex)
  }

  /// Leaves a mark, in as many lines as what it stands for.
  ///
  /// A block's mark may come to stand within
  /// a paragraph, which whoever writes it has to end there.
  private mutating func mark(_ part: Part, written: String, lineCount: Int) {
    text += "\(Self.open)\(parts.count)\(Self.close)"
    parts.append((part, written))
    for _ in 1..<max(lineCount, 1) { text += "\n\(Self.filler)" }
  }

  // MARK: Within lines

  /// Takes formulas, roles and citations out of lines without fences.
  private mutating func flush(_ lines: inout [Substring]) {
    guard !lines.isEmpty else { return }
    let whole = lines.joined(separator: "\n") + "\n"
    lines = []
    guard whole.utf8.contains(where: { "\\$`{[".utf8.contains($0) }) else {
      text += whole
      return
    }
    let source = Array(whole)
    var index = 0
    while index < source.count {
      let character = source[index]
      switch character {
      case "\\":
        if let (formula, end) = Self.bracketed(source, index) {
          take(formula, source, index, end)
          index = end
        } else {
          text.append(character)
          if index + 1 < source.count, source[index + 1] != "\n" { text.append(source[index + 1]) }
          index += index + 1 < source.count && source[index + 1] != "\n" ? 2 : 1
        }
      case "`":
        let end = Self.endOfCode(source, index)
        text += String(source[index..<end])
        index = end
      case "$":
        if let (formula, end) = Self.dollars(source, index) {
          take(formula, source, index, end)
          index = end
        } else {
          text.append(character)
          index += 1
        }
      case "{":
        if let (part, end) = Self.role(source, index) {
          take(part, source, index, end)
          index = end
        } else {
          text.append(character)
          index += 1
        }
      case "[" where index + 1 < source.count && source[index + 1] == "@":
        if let (part, end) = Self.citation(source, index) {
          take(part, source, index, end)
          index = end
        } else {
          text.append(character)
          index += 1
        }
      default:
        text.append(character)
        index += 1
      }
    }
  }

  private mutating func take(_ part: Part, _ source: [Character], _ start: Int, _ end: Int) {
    let written = String(source[start..<end])
    mark(part, written: written, lineCount: written.count { $0 == "\n" } + 1)
  }

  /// How far a formula or role is looked for.
  private static let reach = 20_000

  private static func dollars(_ source: [Character], _ start: Int) -> (Part, Int)? {
    let isDisplay = start + 1 < source.count && source[start + 1] == "$"
    var index = start + (isDisplay ? 2 : 1)
    let first = index
    guard first < source.count, isDisplay || !source[first].isWhitespace else { return nil }
    let limit = min(source.count, start + reach)
    while index < limit {
      switch source[index] {
      case "\\": index += 1
      case "\n" where !isDisplay && index + 1 < source.count && source[index + 1] == "\n":
        return nil
      case "`" where !isDisplay: return nil
      case "$":
        if isDisplay {
          guard index + 1 < source.count, source[index + 1] == "$" else { break }
          guard index > first else { return nil }
          let body = String(source[first..<index]).trimmingSpaces
          // MyST names an equation behind it: `$$ … $$ (name)`.
          var end = index + 2
          var label: String?
          let rest = source[end...].prefix { $0 != "\n" }
          let words = String(rest).trimmingSpaces
          if words.hasPrefix("("), words.hasSuffix(")") {
            label = String(words.dropFirst().dropLast())
            end = rest.endIndex
          }
          return (.formula(body, isDisplay: true, label: label), end)
        }
        let next = index + 1 < source.count ? source[index + 1] : " "
        guard index > first, !source[index - 1].isWhitespace, !next.isNumber else { return nil }
        return (.formula(String(source[first..<index]), isDisplay: false, label: nil), index + 1)
      default: break
      }
      index += 1
    }
    return nil
  }

  /// `\(…\)`, `\[…\]`, the same with two backslashes, and `\begin{name}…\end{name}`.
  private static func bracketed(_ source: [Character], _ start: Int) -> (Part, Int)? {
    let head = String(source[start...].prefix(40))
    let forms: [(open: String, close: String, isDisplay: Bool)] = [
      ("\\\\(", "\\\\)", false), ("\\\\[", "\\\\]", true),
    ]
    for form in forms where head.hasPrefix(form.open) {
      guard let end = find(form.close, source, from: start + form.open.count) else { return nil }
      let body = String(source[(start + form.open.count)..<end]).trimmingSpaces
      return (.formula(body, isDisplay: form.isDisplay, label: nil), end + form.close.count)
    }
    if head.hasPrefix("\\begin{"), let close = head.firstIndex(of: "}") {
      let name = head[head.index(head.startIndex, offsetBy: 7)..<close]
      let ending = "\\end{\(name)}"
      guard let end = find(ending, source, from: start) else { return nil }
      return (
        .formula(String(source[start..<(end + ending.count)]), isDisplay: true, label: nil),
        end + ending.count
      )
    }
    return nil
  }

  private static func find(_ text: String, _ source: [Character], from start: Int) -> Int? {
    let wanted = Array(text)
    let limit = min(source.count - wanted.count, start + reach)
    guard start <= limit else { return nil }
    return (start...limit).first { index in
      source[index] == wanted[0] && source[index..<(index + wanted.count)].elementsEqual(wanted)
    }
  }

  private static func endOfCode(_ source: [Character], _ start: Int) -> Int {
    let count = source[start...].prefix { $0 == "`" }.count
    var index = start + count
    let limit = min(source.count, start + reach)
    while index < limit {
      if source[index] == "`" {
        let closing = source[index...].prefix { $0 == "`" }.count
        index += closing
        if closing == count { return index }
      } else {
        index += 1
      }
    }
    return start + count
  }

  private static func role(_ source: [Character], _ start: Int) -> (Part, Int)? {
    let name = source[(start + 1)...].prefix(30).prefix { $0.isLetter || "-:_".contains($0) }
    let close = name.endIndex
    guard !name.isEmpty, close + 1 < source.count, source[close] == "}", source[close + 1] == "`"
    else { return nil }
    let end = endOfCode(source, close + 1)
    guard end > close + 2, source[end - 1] == "`" else { return nil }
    let ticks = source[(close + 1)...].prefix { $0 == "`" }.count
    guard end - ticks > close + 1 + ticks - 1, end - ticks >= close + 1 + ticks else { return nil }
    let text = String(source[(close + 1 + ticks)..<(end - ticks)]).trimmingSpaces
    return (.role(name: String(name).lowercased(), text: text), end)
  }

  private static func citation(_ source: [Character], _ start: Int) -> (Part, Int)? {
    let body = source[(start + 1)...].prefix(500).prefix { $0 != "]" && $0 != "\n" }
    guard body.endIndex < source.count, source[body.endIndex] == "]" else { return nil }
    let keys = String(body).split(separator: ";").map(\.trimmingSpaces)
    guard keys.allSatisfy({ $0.hasPrefix("@") && $0.count > 1 && !$0.contains(" ") }) else {
      return nil
    }
    return (.citation(keys.map { String($0.dropFirst()) }), body.endIndex + 1)
  }
}
