import CNetCDF
import Codecs
import JSON

extension NetCDFLibrary {
  /// The attributes of a variable, or of a group with `NC_GLOBAL`; those of user types are left out.
  func attributes(
    _ group: Int32, _ variable: Int32, count: Int32
  ) throws(NetCDFStatus) -> JSONObject {
    var attributes = JSONObject()
    for number in 0..<max(0, count) {
      var name = [CChar](repeating: 0, count: Int(NC_MAX_NAME) + 1)
      try check(nc_inq_attname(group, variable, number, &name))
      if let value = try attribute(group, variable, name) {
        attributes[Self.text(name)] = value
      }
    }
    return attributes
  }

  /// The attributes of a group.
  func attributes(ofGroup group: Int32) throws(NetCDFStatus) -> JSONObject {
    var count: Int32 = 0
    try check(nc_inq_natts(group, &count))
    return try attributes(group, NC_GLOBAL, count: count)
  }

  private func attribute(
    _ group: Int32, _ variable: Int32, _ name: [CChar]
  ) throws(NetCDFStatus) -> JSONValue? {
    var type: nc_type = 0
    var length = 0
    try check(nc_inq_att(group, variable, name, &type, &length))
    // More than any attribute that is meant; the header is damaged.
    guard length >= 0, length <= 1 << 24 else { throw NetCDFStatus(code: NC_EBADTYPE) }
    if type == NC_STRING {
      var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: length)
      try check(nc_get_att_string(group, variable, name, &pointers))
      let texts = pointers.map { JSONValue.string($0.map { String(cString: $0) } ?? "") }
      _ = nc_free_string(length, &pointers)
      return texts.count == 1 ? texts[0] : .array(texts)
    }
    if type == NC_CHAR {
      var bytes = [CChar](repeating: 0, count: length + 1)
      try check(nc_get_att_text(group, variable, name, &bytes))
      return .string(Self.text(bytes))
    }
    guard let element = ElementType(netCDF: type) else { return nil }
    var bytes = [UInt8](repeating: 0, count: length * element.size)
    var status = NC_NOERR
    bytes.withUnsafeMutableBytes {
      if let base = $0.baseAddress { status = nc_get_att(group, variable, name, base) }
    }
    try check(status)
    let numbers = (0..<length).map { JSONValue(element, in: bytes, at: $0) }
    return numbers.count == 1 ? numbers[0] : .array(numbers)
  }

  /// The text before the first zero byte; bytes that are not UTF-8 are taken as Latin-1.
  static func text(_ bytes: [CChar]) -> String {
    let used = bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    if let text = String(validating: used, as: UTF8.self) { return text }
    return String(String.UnicodeScalarView(used.map { Unicode.Scalar($0) }))
  }
}

extension JSONValue {
  /// One number of an array of stored ones.
  init(_ type: ElementType, in bytes: [UInt8], at index: Int) {
    func load<Number: BitwiseCopyable>(_: Number.Type) -> Number {
      bytes.withUnsafeBytes {
        $0.loadUnaligned(fromByteOffset: index * type.size, as: Number.self)
      }
    }
    switch type {
    case .int8: self = .integer(Int64(load(Int8.self)))
    case .int16: self = .integer(Int64(load(Int16.self)))
    case .int32: self = .integer(Int64(load(Int32.self)))
    case .int64: self = .integer(load(Int64.self))
    case .uint8, .bool: self = .integer(Int64(load(UInt8.self)))
    case .uint16: self = .integer(Int64(load(UInt16.self)))
    case .uint32: self = .integer(Int64(load(UInt32.self)))
    case .uint64:
      let number = load(UInt64.self)
      self = Int64(exactly: number).map { .integer($0) } ?? .number(Double(number))
    case .float32: self = .number(Double(load(Float.self)))
    case .float64: self = .number(load(Double.self))
    case .float16: self = .number(Double(float(halfBits: load(UInt16.self))))
    case .complex64, .complex128: self = .null
    }
  }
}

extension ElementType {
  /// The kind of number that a NetCDF type is; `nil` for texts and user types.
  init?(netCDF type: nc_type) {
    switch type {
    case NC_BYTE: self = .int8
    case NC_UBYTE: self = .uint8
    case NC_SHORT: self = .int16
    case NC_USHORT: self = .uint16
    case NC_INT: self = .int32
    case NC_UINT: self = .uint32
    case NC_INT64: self = .int64
    case NC_UINT64: self = .uint64
    case NC_FLOAT: self = .float32
    case NC_DOUBLE: self = .float64
    default: return nil
    }
  }
}
