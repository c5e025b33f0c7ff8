import Codecs
import JSON

/// What an element is that no chunk holds.
struct FillValue: Sendable {
  /// The value with every spelling resolved: a number, a truth value, a text, two numbers for a
  /// complex one, or null where the metadata names none.
  let value: JSONValue
  /// The bytes of one element, in this machine's order; empty for texts of any length.
  let bytes: [UInt8]
  /// The element as a text.
  let text: String

  init(_ value: JSONValue?, _ type: DataType, _ attempt: Attempt) throws(ZarrError) {
    let value = value ?? .null
    switch type {
    case .number(let element):
      if value.isNull {
        self.init(value: .null, bytes: [UInt8](repeating: 0, count: element.size), text: "")
        return
      }
      guard let number = Number(value, element) else {
        throw attempt.invalid("its fill value \(described(value)) is no \(element.rawValue)")
      }
      self.init(value: number.value, bytes: number.bytes, text: "")
    case .fixedUnicode(let length):
      let text = value.stringValue ?? ""
      var bytes: [UInt8] = []
      for scalar in text.unicodeScalars.prefix(length) {
        withUnsafeBytes(of: scalar.value) { bytes.append(contentsOf: $0) }
      }
      bytes += [UInt8](repeating: 0, count: type.size - bytes.count)
      self.init(value: value, bytes: bytes, text: text)
    case .fixedBytes(let length):
      // Bytes are written in base64 (Zarr v2 "fill value encoding"); plain text is seen as well.
      let text = value.stringValue ?? ""
      var bytes = Array((base64(text) ?? Array(text.utf8)).prefix(length))
      let decoded = type.text(bytes)
      bytes += [UInt8](repeating: 0, count: length - bytes.count)
      self.init(value: value.isNull ? .null : .string(decoded), bytes: bytes, text: decoded)
    case .text:
      self.init(value: value, bytes: [], text: value.stringValue ?? "")
    }
  }

  private init(value: JSONValue, bytes: [UInt8], text: String) {
    self.value = value
    self.bytes = bytes
    self.text = text
  }
}

/// A number as metadata spell it.
private struct Number {
  let value: JSONValue
  let bytes: [UInt8]

  init?(_ json: JSONValue, _ type: ElementType) {
    switch type {
    case .bool:
      let flag = json.boolValue ?? (json.intValue == 0 ? false : json.intValue == 1 ? true : nil)
      guard let flag else { return nil }
      self.init(.bool(flag), UInt8(flag ? 1 : 0))
    case .int8: self.init(integer: json, Int8.self)
    case .int16: self.init(integer: json, Int16.self)
    case .int32: self.init(integer: json, Int32.self)
    case .int64: self.init(integer: json == "NaT" ? .integer(.min) : json, Int64.self)
    case .uint8: self.init(integer: json, UInt8.self)
    case .uint16: self.init(integer: json, UInt16.self)
    case .uint32: self.init(integer: json, UInt32.self)
    case .uint64: self.init(integer: json, UInt64.self)
    case .float16, .float32, .float64:
      guard let bits = Self.bits(json, type) else { return nil }
      let bytes = withUnsafeBytes(of: bits.littleEndian) { Array($0.prefix(type.size)) }
      let native = ByteOrder.native == .little ? bytes : bytes.reversed()
      self.init(value: .number(Self.double(bits, type)), bytes: native)
    case .complex64, .complex128:
      let part: ElementType = type == .complex64 ? .float32 : .float64
      let parts = json.arrayValue ?? [json, .integer(0)]
      guard parts.count == 2, let real = Number(parts[0], part),
        let imaginary = Number(parts[1], part)
      else { return nil }
      self.init(value: .array([real.value, imaginary.value]), bytes: real.bytes + imaginary.bytes)
    }
  }

  private init(value: JSONValue, bytes: [UInt8]) {
    self.value = value
    self.bytes = bytes
  }

  private init(_ value: JSONValue, _ bits: some FixedWidthInteger) {
    self.init(value: value, bytes: withUnsafeBytes(of: bits) { Array($0) })
  }

  private init?<Integer: FixedWidthInteger>(integer json: JSONValue, _ type: Integer.Type) {
    var integer: Integer?
    switch json {
    case .integer(let whole): integer = Integer(exactly: whole)
    case .number(let number):
      // 2^64 - 1, the usual mark for "missing", has no `Double` of its own and comes as 2^64.
      integer = Integer(exactly: number)
      if integer == nil, Integer.self == UInt64.self, number == 0x1p64 { integer = .max }
    case .bool(let flag): integer = flag ? 1 : 0
    default: break
    }
    guard let integer else { return nil }
    self.init(Int64(exactly: integer).map { .integer($0) } ?? .number(Double(integer)), integer)
  }

  /// The bits of a float: a number, `NaN`, `Infinity`, `-Infinity`, or `0x` and the bits themselves.
  private static func bits(_ json: JSONValue, _ type: ElementType) -> UInt64? {
    if let text = json.stringValue, text.hasPrefix("0x") {
      let digits = text.dropFirst(2)
      guard digits.utf8.count == type.size * 2 else { return nil }
      return UInt64(digits, radix: 16)
    }
    let number: Double? =
      switch json {
      case "NaN", "nan": .nan
      case "Infinity", "+Infinity", "inf": .infinity
      case "-Infinity", "-inf": -.infinity
      case .string(let text): Double(text)
      case .bool: nil
      default: json.doubleValue
      }
    guard let number else { return nil }
    switch type {
    case .float16: return UInt64(halfBits(number))
    case .float32: return UInt64(Float(number).bitPattern)
    default: return number.bitPattern
    }
  }

  private static func double(_ bits: UInt64, _ type: ElementType) -> Double {
    switch type {
    case .float16: Double(float(halfBits: UInt16(truncatingIfNeeded: bits)))
    case .float32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    default: Double(bitPattern: bits)
    }
  }
}

/// The bytes of a base64 text (RFC 4648 section 4); `nil` where it is none.
private func base64(_ text: String) -> [UInt8]? {
  let digits = text.utf8.prefix { $0 != UInt8(ascii: "=") }
  guard text.utf8.count % 4 == 0, text.utf8.count - digits.count <= 2 else { return nil }
  var bytes: [UInt8] = []
  var bits: UInt32 = 0
  var count = 0
  for digit in digits {
    let value: UInt8
    switch digit {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = digit - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): value = digit - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit + 4
    case UInt8(ascii: "+"): value = 62
    case UInt8(ascii: "/"): value = 63
    default: return nil
    }
    bits = bits << 6 | UInt32(value)
    count += 6
    if count >= 8 {
      count -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
    }
  }
  return bytes
}
