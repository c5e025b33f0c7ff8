/// Cuts a program into pieces, from its start to its end, looking at each byte a bounded number of
/// times.
struct CodeScanner {
  private let code: [UInt8]
  private let grammar: Grammar
  private var position = 0
  private var plainStart = 0
  private var found: [CodePiece] = []
  /// Whether only blanks stood in this line so far.
  private var isLineStart = true

  init(_ code: [UInt8], grammar: Grammar) {
    self.code = code
    self.grammar = grammar
  }

  mutating func pieces() -> [CodePiece] {
    while position < code.count {
      let byte = code[position]
      if byte == UInt8(ascii: "\n") {
        position += 1
        isLineStart = true
        continue
      }
      if byte <= 0x20 {
        position += 1
        continue
      }
      let wasLineStart = isLineStart
      isLineStart = false
      if wasLineStart, grammar.magicSigns.contains(byte) {
        take(.special, to: endOfLine(from: position))
      } else if let end = comment() {
        take(.comment, to: end)
      } else if let end = text(from: position, after: position) {
        take(.string, to: end)
      } else if isDigit(byte) || byte == UInt8(ascii: ".") && isDigit(at: position + 1) {
        take(.number, to: endOfNumber())
      } else if grammar.specialSigns.contains(byte), let end = special() {
        take(.special, to: end)
      } else if isName(byte) {
        word()
      } else {
        position += 1
      }
    }
    flushPlain(to: code.count)
    return found
  }

  // MARK: Pieces

  private mutating func take(_ kind: CodePiece.Kind, to end: Int) {
    flushPlain(to: position)
    found.append(CodePiece(kind, String(decoding: code[position..<end], as: UTF8.self)))
    position = end
    plainStart = end
  }

  private mutating func flushPlain(to end: Int) {
    guard plainStart < end else { return }
    let text = String(decoding: code[plainStart..<end], as: UTF8.self)
    found.append(CodePiece(.plain, text))
    plainStart = end
  }

  private mutating func word() {
    let end = endOfName(from: position)
    let word = String(decoding: code[position..<end], as: UTF8.self)
    if grammar.prefixes.contains(word), let close = text(from: position, after: end) {
      return take(.string, to: close)
    }
    // A part of something, as in `a.in`, is a name.
    let isPart = position > 0 && code[position - 1] == UInt8(ascii: ".")
    if !isPart, grammar.keywords.contains(word) {
      take(.keyword, to: end)
    } else if !isPart, grammar.constants.contains(word) {
      take(.constant, to: end)
    } else {
      position = end
    }
  }

  private func comment() -> Int? {
    if let block = grammar.blockComment, starts(block.open, at: position) {
      var depth = 1
      var end = position + block.open.count
      while end < code.count, depth > 0 {
        if starts(block.open, at: end) {
          depth += 1
          end += block.open.count
        } else if starts(block.close, at: end) {
          depth -= 1
          end += block.close.count
        } else {
          end += 1
        }
      }
      return end
    }
    guard code[position] == UInt8(ascii: "#") else { return nil }
    if grammar.needsSpaceBeforeComment, position > 0, code[position - 1] > 0x20,
      code[position - 1] != UInt8(ascii: ";")
    {
      return nil
    }
    return endOfLine(from: position)
  }

  /// Where the text ends whose quote stands at a place, with any prefix before it.
  private func text(from start: Int, after place: Int) -> Int? {
    guard let quotes = grammar.quotes.first(where: { starts($0.open, at: place) }) else {
      return nil
    }
    if grammar.hasTranspose, quotes.open == [UInt8(ascii: "'")] {
      return character(at: place)
    }
    var isRaw = !quotes.hasEscapes
    if start < place { isRaw = code[start..<place].contains { $0 | 0x20 == UInt8(ascii: "r") } }
    var end = place + quotes.open.count
    while end < code.count {
      if code[end] == UInt8(ascii: "\\"), quotes.hasEscapes {
        // In a raw text of Python too, a quote after a backslash does not close it.
        end += isRaw && end + 1 < code.count && code[end + 1] == UInt8(ascii: "\n") ? 1 : 2
      } else if starts(quotes.close, at: end) {
        return end + quotes.close.count
      } else if code[end] == UInt8(ascii: "\n"), !quotes.isLong {
        return end
      } else {
        end += 1
      }
    }
    return code.count
  }

  /// Where a character literal of Julia ends; a lone `'` transposes.
  private func character(at place: Int) -> Int? {
    if place > 0 {
      let before = code[place - 1]
      if isName(before) || isDigit(before) || ")]}'.".utf8.contains(before) { return nil }
    }
    let limit = min(code.count, place + 12)
    var end = place + 1
    while end < limit, code[end] != UInt8(ascii: "'"), code[end] != UInt8(ascii: "\n") {
      end += code[end] == UInt8(ascii: "\\") ? 2 : 1
    }
    return end < limit && code[end] == UInt8(ascii: "'") ? end + 1 : nil
  }

  private func special() -> Int? {
    let next = position + 1
    guard next < code.count else { return nil }
    if code[next] == UInt8(ascii: "{") {
      return code[next...].prefix(200).firstIndex(of: UInt8(ascii: "}")).map { $0 + 1 }
    }
    // `a @ b` multiplies matrices.
    guard
      isName(code[next]) || isDigit(code[next])
        || code[position] == UInt8(ascii: "$") && "?#@*!$".utf8.contains(code[next])
    else { return nil }
    let end = endOfName(from: next)
    return end > next ? end : next + 1
  }

  // MARK: Places

  private func endOfLine(from start: Int) -> Int {
    code[start...].firstIndex(of: UInt8(ascii: "\n")) ?? code.count
  }

  private func endOfName(from start: Int) -> Int {
    var end = start
    while end < code.count,
      isName(code[end]) || isDigit(code[end])
        || end > start && grammar.nameSigns.contains(code[end])
    {
      end += 1
    }
    return end
  }

  private func endOfNumber() -> Int {
    var end = position
    while end < code.count {
      let byte = code[end]
      let isExponent = byte | 0x20 == UInt8(ascii: "e")
      guard
        isName(byte) || isDigit(byte) || byte == UInt8(ascii: ".") && isDigit(at: end + 1)
          || byte == UInt8(ascii: ".") && end > position && isDigit(code[end - 1])
            && !isDot(at: end + 1)
      else {
        break
      }
      end += 1
      if isExponent, end < code.count, "+-".utf8.contains(code[end]), isDigit(at: end + 1) {
        end += 1
      }
    }
    return max(end, position + 1)
  }

  private func isDot(at index: Int) -> Bool {
    index < code.count && (code[index] == UInt8(ascii: ".") || isName(code[index]))
  }

  private func starts(_ text: [UInt8], at index: Int) -> Bool {
    index + text.count <= code.count && code[index..<(index + text.count)].elementsEqual(text)
  }

  private func isDigit(at index: Int) -> Bool { index < code.count && isDigit(code[index]) }

  private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// Letters, `_`, and all that is not ASCII.
  private func isName(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
      || byte >= 0x80
  }
}
