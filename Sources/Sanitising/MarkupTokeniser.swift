/// Cuts HTML or XML into tags and text.
///
/// It follows the tokenisation of the HTML standard (section 13.2.5) where that matters for what a
/// reader sees; anything is accepted, nothing is looked up, and each byte is passed once.
struct MarkupTokeniser {
  /// What was cut off.
  enum Token: Equatable {
    case start(name: String, attributes: [MarkupAttribute], isClosed: Bool)
    case end(name: String)
    case text(String)
  }

  private let bytes: [UInt8]
  private var position: Int
  /// The element of whose content no tag is read, until its end.
  private var rawElement: String?
  /// Whether names keep their capitals and no element has raw content: in XML.
  private let isXML: Bool

  init(_ bytes: [UInt8], isXML: Bool) {
    self.bytes = bytes
    self.isXML = isXML
    position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  private static let rawElements: Set<String> = [
    "script", "style", "xmp", "iframe", "noembed", "noframes", "textarea", "title",
  ]

  /// The next token, or `nil` at the end.
  mutating func next() -> Token? {
    if let element = rawElement {
      rawElement = nil
      if let text = rawText(of: element) { return .text(text) }
    }
    while position < bytes.count {
      let start = position
      guard bytes[position] == UInt8(ascii: "<") else {
        position = index(of: UInt8(ascii: "<"), from: position)
        return .text(CharacterReferences.decode(bytes[start..<position]))
      }
      if starts("<!--") {
        skip(past: "-->", from: position + 4)
      } else if starts("<![CDATA[") {
        let from = position + 9
        skip(past: "]]>", from: from)
        let isClosed =
          position >= from + 3 && bytes[(position - 3)..<position].elementsEqual("]]>".utf8)
        return .text(
          String(decoding: bytes[from..<(isClosed ? position - 3 : position)], as: UTF8.self))
      } else if starts("<!") || starts("<?") {
        skipDeclaration()
      } else if let tag = tag() {
        return tag
      } else if position == start {
        // A sign that begins no tag is text.
        position = index(of: UInt8(ascii: "<"), from: position + 1)
        return .text(CharacterReferences.decode(bytes[start..<position]))
      }
    }
    return nil
  }

  // MARK: Tags

  private mutating func tag() -> Token? {
    let isEnd = position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "/")
    let first = position + (isEnd ? 2 : 1)
    guard first < bytes.count, Self.isLetter(bytes[first]) else {
      // `</` and anything but a letter is a comment up to the next `>`.
      if isEnd { skip(past: ">", from: position + 2) }
      return nil
    }
    position = first
    let name = name()
    var attributes: [MarkupAttribute] = []
    var isClosed = false
    while position < bytes.count, bytes[position] != UInt8(ascii: ">") {
      let byte = bytes[position]
      if Self.isSpace(byte) || byte == UInt8(ascii: "/") {
        isClosed = byte == UInt8(ascii: "/")
        position += 1
        continue
      }
      isClosed = false
      let attribute = attribute()
      // Of two with one name the first counts.
      if !isEnd, attributes.count < 256, attributes[attribute.name] == nil {
        attributes.append(attribute)
      }
    }
    // A tag that the text ends within is no tag.
    guard position < bytes.count else { return nil }
    position += 1
    if isEnd { return .end(name: name) }
    if !isXML, !isClosed, Self.rawElements.contains(name) { rawElement = name }
    return .start(name: name, attributes: attributes, isClosed: isClosed)
  }

  private mutating func name() -> String {
    let start = position
    while position < bytes.count, !Self.isSpace(bytes[position]),
      bytes[position] != UInt8(ascii: "/"), bytes[position] != UInt8(ascii: ">")
    {
      position += 1
    }
    let name = String(decoding: bytes[start..<position], as: UTF8.self)
    return isXML ? name : name.lowercased()
  }

  private mutating func attribute() -> MarkupAttribute {
    let start = position
    // A name may begin with an equals sign, but not go on with one.
    position += 1
    while position < bytes.count, !Self.isSpace(bytes[position]),
      !"/>=".utf8.contains(bytes[position])
    {
      position += 1
    }
    let raw = String(decoding: bytes[start..<position], as: UTF8.self)
    let name = isXML ? raw : raw.lowercased()
    skipSpace()
    guard position < bytes.count, bytes[position] == UInt8(ascii: "=") else {
      return MarkupAttribute(name, "")
    }
    position += 1
    skipSpace()
    guard position < bytes.count else { return MarkupAttribute(name, "") }
    let quote = bytes[position]
    let value: ArraySlice<UInt8>
    if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
      let end = index(of: quote, from: position + 1)
      value = bytes[(position + 1)..<end]
      position = min(end + 1, bytes.count)
    } else {
      let from = position
      while position < bytes.count, !Self.isSpace(bytes[position]),
        bytes[position] != UInt8(ascii: ">")
      {
        position += 1
      }
      value = bytes[from..<position]
    }
    return MarkupAttribute(name, CharacterReferences.decode(value))
  }

  // MARK: What is not markup

  /// The content of an element in which no tags are read, up to its end tag.
  private mutating func rawText(of element: String) -> String? {
    let start = position
    var end = position
    while end < bytes.count {
      end = index(of: UInt8(ascii: "<"), from: end)
      let name = bytes[min(end + 1, bytes.count)...].prefix(element.utf8.count + 1)
      let after = end + 1 + name.count
      let isWhole =
        after >= bytes.count || Self.isSpace(bytes[after]) || "/>".utf8.contains(bytes[after])
      if isWhole, name.first == UInt8(ascii: "/"),
        String(decoding: name.dropFirst(), as: UTF8.self).lowercased() == element
      {
        break
      }
      end = min(end + 1, bytes.count)
    }
    position = end
    guard end > start else { return nil }
    let raw = bytes[start..<end]
    let hasReferences = element == "textarea" || element == "title"
    return hasReferences ? CharacterReferences.decode(raw) : String(decoding: raw, as: UTF8.self)
  }

  /// Moves behind `<!DOCTYPE …>` or `<?xml …?>`; a DOCTYPE may declare things in brackets.
  private mutating func skipDeclaration() {
    var depth = 0
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ">") where depth <= 0: return
      default: break
      }
    }
  }

  private func starts(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard position + count <= bytes.count else { return false }
    return text.withUTF8Buffer { bytes[position..<(position + count)].elementsEqual($0) }
  }

  private mutating func skip(past text: StaticString, from: Int) {
    position = min(from, bytes.count)
    while position < bytes.count {
      if starts(text) {
        position += text.utf8CodeUnitCount
        return
      }
      position += 1
    }
  }

  private mutating func skipSpace() {
    while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
  }

  private func index(of byte: UInt8, from start: Int) -> Int {
    guard start < bytes.count else { return bytes.count }
    return bytes[start...].firstIndex(of: byte) ?? bytes.count
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte) && byte != 0x0B
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
