import Codecs
import JSON

/// What the elements of an array are.
enum DataType: Sendable, Equatable {
  case number(ElementType)
  /// A text of so many UTF-32 code units, filled up with zeros.
  case fixedUnicode(Int)
  /// A text of so many bytes, filled up with zeros.
  case fixedBytes(Int)
  /// Texts of any length; how they are packed is the codec's matter.
  case text

  /// How many bytes one element takes once decoded; 0 for texts of any length.
  var size: Int {
    switch self {
    case .number(let type): type.size
    case .fixedUnicode(let length): length * 4
    case .fixedBytes(let length): length
    case .text: 0
    }
  }

  /// How many bytes change places together when the byte order does.
  var wordSize: Int {
    switch self {
    case .number(let type): type.wordSize
    case .fixedUnicode: 4
    case .fixedBytes, .text: 1
    }
  }

  var element: ElementType? {
    if case .number(let type) = self { type } else { nil }
  }

  /// The text in the bytes of one element.
  func text(_ bytes: some BidirectionalCollection<UInt8>, order: ByteOrder = .native) -> String {
    guard case .fixedUnicode = self else {
      let end = bytes.lastIndex { $0 != 0 }.map { bytes.index(after: $0) } ?? bytes.startIndex
      return String(decoding: bytes[..<end], as: UTF8.self)
    }
    var units: [UInt32] = []
    var unit: UInt32 = 0
    for (index, byte) in bytes.enumerated() {
      let shift = UInt32(index % 4) * 8
      unit |= UInt32(byte) << (order == .little ? shift : 24 - shift)
      if index % 4 == 3 {
        units.append(unit)
        unit = 0
      }
    }
    while units.last == 0 { units.removeLast() }
    return String(decoding: units, as: UTF32.self)
  }
}

extension DataType {
  /// The longest text of fixed length that is believed; 64 KiB fit any label.
  private static let longestText = 1 << 16

  /// A type of Zarr v2: a NumPy type string, or a list for structured types.
  static func v2(_ value: JSONValue?, _ attempt: Attempt) throws(ZarrError) -> (DataType, ByteOrder)
  {
    guard let name = value?.stringValue else {
      if value?.arrayValue != nil {
        throw attempt.unsupported("its data type is structured (\(described(value)))")
      }
      throw attempt.invalid("its data type is \(described(value)), not a NumPy type such as <f4")
    }
    if let stored = StoredType(numpy: name) { return (.number(stored.element), stored.order) }
    let order: ByteOrder = name.hasPrefix(">") ? .big : .little
    let body = name.dropFirst()
    let length = Int(body.dropFirst())
    switch body.first {
    case "U": return (.fixedUnicode(try textLength(length, name, attempt)), order)
    case "S", "a": return (.fixedBytes(try textLength(length, name, attempt)), order)
    case "O": return (.text, order)
    // Times count units of 64 bits from an epoch; the attributes or the caller know which.
    case "M" where body.hasPrefix("M8"), "m" where body.hasPrefix("m8"):
      return (.number(.int64), order)
    default: throw attempt.unsupported("its data type \(name) is not supported")
    }
  }

  /// A type of Zarr v3: a name, or a name with its configuration.
  static func v3(_ value: JSONValue?, _ attempt: Attempt) throws(ZarrError) -> DataType {
    guard let name = value?.stringValue ?? value?["name"]?.stringValue else {
      throw attempt.invalid("its data_type is \(described(value)), not a name")
    }
    if let type = ElementType(rawValue: name) { return .number(type) }
    let bytes = value?["configuration"]?["length_bytes"]?.intValue
    switch name {
    case "string": return .text
    case "fixed_length_utf32":
      guard let bytes, bytes % 4 == 0 else {
        throw attempt.invalid("its data type \(name) has no length_bytes that is a multiple of 4")
      }
      return .fixedUnicode(try textLength(bytes / 4, name, attempt))
    case "null_terminated_bytes", "fixed_length_ascii":
      return .fixedBytes(try textLength(bytes, name, attempt))
    case "numpy.datetime64", "numpy.timedelta64": return .number(.int64)
    case "structured", "struct":
      throw attempt.unsupported("its data type is structured")
    default: throw attempt.unsupported("its data type \(name) is not supported")
    }
  }

  private static func textLength(_ length: Int?, _ name: String, _ attempt: Attempt)
    throws(ZarrError) -> Int
  {
    guard let length, (0...longestText).contains(length) else {
      throw attempt.invalid("its data type \(name) does not say a length up to \(longestText)")
    }
    return length
  }
}

/// A value as a short text for messages.
func described(_ value: JSONValue?) -> String {
  guard let value else { return "missing" }
  let text = value.serialized()
  return text.count > 80 ? String(text.prefix(80)) + "…" : text
}
