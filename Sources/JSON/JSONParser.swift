/// What a parser of outside text may be made to do.
public struct JSONLimits: Sendable {
  /// How deep arrays and objects may nest.
  public var depth: Int
  /// How many bytes the text may have.
  public var bytes: Int

  /// Makes limits; the defaults fit every metadata document of a data cube.
  public init(depth: Int = 128, bytes: Int = 256 << 20) {
    self.depth = depth
    self.bytes = bytes
  }
}

extension JSONValue {
  /// Parses one JSON text in UTF-8 (RFC 8259, plus the bare tokens `NaN` and `±Infinity`).
  ///
  /// - Throws: `JSONError` when the text is no JSON, nests too deeply or is too long.
  public init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
    guard bytes.count <= limits.bytes else {
      throw JSONError(
        reason: "the text has \(bytes.count) bytes, more than the \(limits.bytes) allowed",
        offset: limits.bytes)
    }
    var parser = JSONParser(bytes: bytes, depthLimit: limits.depth)
    self = try parser.document()
  }

  /// Parses one JSON text.
  ///
  /// - Throws: `JSONError` when the text is no JSON, nests too deeply or is too long.
  public init(parsing text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) {
    try self.init(parsing: Array(text.utf8), limits: limits)
  }
}

/// A recursive-descent parser; every read is checked against the end of the text.
private struct JSONParser {
  let bytes: [UInt8]
  let depthLimit: Int
  var position = 0

  init(bytes: [UInt8], depthLimit: Int) {
    self.bytes = bytes
    self.depthLimit = depthLimit
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  mutating func document() throws(JSONError) -> JSONValue {
    let value = try self.value(depth: 0)
    skipSpace()
    guard position == bytes.count else { throw error("there is text after the value") }
    return value
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func error(_ reason: String) -> JSONError { JSONError(reason: reason, offset: position) }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    position += 1
    return true
  }

  private mutating func take(word: StaticString) -> Bool {
    let length = word.utf8CodeUnitCount
    guard position + length <= bytes.count else { return false }
    let matches = word.withUTF8Buffer { $0.elementsEqual(bytes[position..<position + length]) }
    if matches { position += length }
    return matches
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    guard depth < depthLimit else { throw error("more than \(depthLimit) levels are nested") }
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return .object(try object(depth: depth))
    case UInt8(ascii: "["): return .array(try array(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): if take(word: "true") { return .bool(true) }
    case UInt8(ascii: "f"): if take(word: "false") { return .bool(false) }
    case UInt8(ascii: "n"): if take(word: "null") { return .null }
    case UInt8(ascii: "N"): if take(word: "NaN") { return .number(.nan) }
    case UInt8(ascii: "I"): if take(word: "Infinity") { return .number(.infinity) }
    case .some: return try number()
    case nil: throw error("the text ends where a value should stand")
    }
    throw error("this is no value")
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
    position += 1
    var members = JSONObject()
    skipSpace()
    if take(UInt8(ascii: "}")) { return members }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw error("a member name should stand here") }
      let key = try string()
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw error("a colon should stand here") }
      members[key] = try value(depth: depth + 1)
      skipSpace()
      if take(UInt8(ascii: "}")) { return members }
      guard take(UInt8(ascii: ",")) else { throw error("a comma or } should stand here") }
    }
  }

  private mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
    position += 1
    var elements: [JSONValue] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return elements }
    while true {
      elements.append(try value(depth: depth + 1))
      skipSpace()
      if take(UInt8(ascii: "]")) { return elements }
      guard take(UInt8(ascii: ",")) else { throw error("a comma or ] should stand here") }
    }
  }

  private mutating func number() throws(JSONError) -> JSONValue {
    let start = position
    let isNegative = take(UInt8(ascii: "-"))
    if isNegative, take(word: "Infinity") { return .number(-.infinity) }
    let digits = position
    var isWhole = true
    loop: while let byte = next {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): break
      case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"),
        UInt8(ascii: "-"):
        isWhole = false
      default: break loop
      }
      position += 1
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    let startsWithDigit = digits < position && (48...57).contains(bytes[digits])
    let hasLeadingZero =
      position - digits > 1 && bytes[digits] == 48 && (48...57).contains(bytes[digits + 1])
    guard startsWithDigit, !hasLeadingZero, (48...57).contains(bytes[position - 1]) else {
      position = start
      throw error("this is no value")
    }
    if isWhole, let integer = Int64(text) { return .integer(integer) }
    guard let number = Double(text) else {
      position = start
      throw error("\(text) is no number")
    }
    return .number(number)
  }

  private mutating func string() throws(JSONError) -> String {
    position += 1
    var text: [UInt8] = []
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else {
          throw error("the string is not UTF-8")
        }
        return string
      case UInt8(ascii: "\\"): try escape(into: &text)
      case 0..<0x20: throw error("a control character stands in a string")
      default: text.append(byte)
      }
    }
    throw error("the text ends within a string")
  }

  private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
    guard let byte = next else { throw error("the text ends within a string") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): text.append(contentsOf: String(try unicodeScalar()).utf8)
    default: throw error("this escape is unknown")
    }
  }

  private mutating func unicodeScalar() throws(JSONError) -> Unicode.Scalar {
    let first = try hexadecimal()
    var code = UInt32(first)
    if (0xD800..<0xDC00).contains(code) {
      guard take(word: "\\u") else { throw error("half of a surrogate pair is missing") }
      let second = UInt32(try hexadecimal())
      guard (0xDC00..<0xE000).contains(second) else {
        throw error("half of a surrogate pair is missing")
      }
      code = 0x10000 + ((code - 0xD800) << 10) + (second - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else {
      throw error("half of a surrogate pair is missing")
    }
    return scalar
  }

  private mutating func hexadecimal() throws(JSONError) -> UInt16 {
    guard position + 4 <= bytes.count else { throw error("the text ends within an escape") }
    var code: UInt16 = 0
    for byte in bytes[position..<position + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw error("four hexadecimal digits should stand here")
      }
      code = code << 4 | UInt16(digit)
    }
    position += 4
    return code
  }
}
