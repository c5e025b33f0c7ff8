import Codecs
import Foundation
import JSON

/// How stored numbers become values: CF 1.11 sections 2.5.1 (missing data) and 8.1 (packed data),
/// with the `_Unsigned` convention of the NetCDF User's Guide.
///
/// Everything that sifts values out is expressed in stored numbers, so that it is exact.
struct Packing: Sendable, Hashable {
  /// The type as which the stored bytes are read.
  var type: ElementType
  var scale = 1.0
  var offset = 0.0
  /// Stored numbers that mean "missing".
  var fills: [JSONValue] = []
  /// The smallest stored number that is valid.
  var low: Double?
  /// The greatest stored number that is valid.
  var high: Double?

  var isScaled: Bool { scale != 1 || offset != 0 }

  /// The range of valid decoded values, where both ends are stated.
  var validRange: ClosedRange<Double>? {
    guard let low, let high else { return nil }
    let ends = [low * scale + offset, high * scale + offset].sorted()
    return ends[0]...ends[1]
  }
}

extension Packing {
  /// Reads the attributes of an array; what is odd about them is told to `note`.
  init(_ array: SourceArray, type stored: ElementType, note: (_ id: String, _ text: String) -> Void)
  {
    type = Self.type(stored, unsigned: array.attributes["_Unsigned"], note: note)
    readScale(array, note)
    readFills(array, stored: stored, note)
    readRange(array, stored: stored, note)
  }

  private static func type(
    _ stored: ElementType, unsigned: JSONValue?, note: (String, String) -> Void
  ) -> ElementType {
    let flag: Bool
    switch unsigned {
    case .string(let text): flag = text.lowercased() == "true"
    case .bool(let value): flag = value
    default: return stored
    }
    let pairs: [(ElementType, ElementType)] = [
      (.int8, .uint8), (.int16, .uint16), (.int32, .uint32), (.int64, .uint64),
    ]
    for (signed, unsigned) in pairs {
      if flag && stored == signed {
        note("unsigned", "is stored signed but marked _Unsigned; read as \(unsigned.rawValue)")
        return unsigned
      }
      if !flag && stored == unsigned {
        note("unsigned", "is stored unsigned but marked not _Unsigned; read as \(signed.rawValue)")
        return signed
      }
    }
    return stored
  }

  private mutating func readScale(_ array: SourceArray, _ note: (String, String) -> Void) {
    if let attribute = array.attributes["scale_factor"] {
      if let value = attribute.number, value.isFinite, value != 0 {
        scale = value
        if value < 0 {
          note("negative-scale", "has the negative scale_factor \(value); small stored is large")
        }
      } else {
        note("bad-scale", "has a scale_factor that is no usable number; ignored")
      }
    }
    if let attribute = array.attributes["add_offset"] {
      if let value = attribute.number, value.isFinite {
        offset = value
      } else {
        note("bad-offset", "has an add_offset that is no usable number; ignored")
      }
    }
  }

  private mutating func readFills(
    _ array: SourceArray, stored: ElementType, _ note: (String, String) -> Void
  ) {
    for key in ["_FillValue", "missing_value"] {
      guard let attribute = array.attributes[key] else { continue }
      for value in attribute.arrayValue ?? [attribute] {
        let number = value.fillNumber(as: type).storedNumber(as: type, declared: stored)
        guard let number else {
          let what = value.number.map { "\($0)" } ?? "a text"
          note(
            "unusable-fill",
            "has the \(key) \(what), which no stored \(stored.rawValue) can be; ignored")
          continue
        }
        if !fills.contains(number) { fills.append(number) }
      }
    }
    if array.attributes["_FillValue"] == nil, let fill = array.defaultFill,
      let number = fill.storedNumber(as: type, declared: stored), !fills.contains(number)
    {
      fills.append(number)
      note("default-fill", "states no _FillValue; NetCDF's default fill is read as missing")
    }
    // NaN is missing anyway and equals nothing.
    fills.removeAll { $0.number?.isNaN == true }
  }

  private mutating func readRange(
    _ array: SourceArray, stored: ElementType, _ note: (String, String) -> Void
  ) {
    var ends: [JSONValue?] = [array.attributes["valid_min"], array.attributes["valid_max"]]
    if let range = array.attributes["valid_range"] {
      guard let both = range.arrayValue, both.count == 2 else {
        note("bad-valid-range", "has a valid_range that is not two numbers; ignored")
        return
      }
      ends = both.map { Optional($0) }
    }
    let numbers = ends.map { end in end.flatMap { packed($0, stored: stored) } }
    var (low, high) = (numbers[0], numbers[1])
    if ends.contains(where: { $0.map { !$0.isInteger } ?? false }) && isScaled && !type.isFloat,
      scale < 0
    {
      // Stated in decoded values, where a negative scale turns the order round.
      (low, high) = (high, low)
    }
    if !type.isFloat {
      low = low.map { ($0 - 1e-6 * max(1, abs($0))).rounded(.up) }
      high = high.map { ($0 + 1e-6 * max(1, abs($0))).rounded(.down) }
    }
    if let low, let high, low > high {
      note("bad-valid-range", "has a valid range from \(low) down to \(high); ignored")
      return
    }
    self.low = low
    self.high = high
  }

  /// The end of a valid range in stored numbers.
  ///
  /// By CF it is stated in them when it has their type,
  /// else in decoded values.
  private func packed(_ end: JSONValue, stored: ElementType) -> Double? {
    guard let number = end.number, number.isFinite else { return nil }
    if type.isFloat || !isScaled || end.isInteger {
      return end.storedNumber(as: type, declared: stored)?.number ?? number
    }
    return (number - offset) / scale
  }
}

extension JSONValue {
  /// A fill value as a number, where Zarr metadata or xarray wrote it as a text: `NaN`, `Infinity`,
  /// or eight bytes in base64 (xarray's attribute `_FillValue` in Zarr v3).
  fileprivate func fillNumber(as type: ElementType) -> JSONValue {
    guard case .string(let text) = self else { return self }
    switch text {
    case "NaN": return .number(.nan)
    case "Infinity": return .number(.infinity)
    case "-Infinity": return .number(-.infinity)
    default: break
    }
    guard type.isFloat, text.utf8.count == 12, let bytes = Data(base64Encoded: text) else {
      return self
    }
    let bits = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return .number(Double(bitPattern: bits))
  }

  /// The number, also where it stands in an array of one.
  var number: Double? {
    if let value = doubleValue { return value }
    guard let elements = arrayValue, elements.count == 1 else { return nil }
    return elements[0].doubleValue
  }

  /// Whether it was written as a whole number: what is left of an attribute's type.
  var isInteger: Bool {
    if case .integer = self { return true }
    guard let elements = arrayValue, elements.count == 1 else { return false }
    return elements[0].isInteger
  }

  /// The same number as a stored one of a type; `nil` where the type cannot hold it.
  ///
  /// A negative number for a type that was declared signed and is read unsigned (or the reverse)
  /// means the same bits.
  func storedNumber(as type: ElementType, declared: ElementType) -> JSONValue? {
    if type.isFloat {
      guard let value = number else { return nil }
      if type == .float32 { return .number(Double(Float(value))) }
      return .number(value)
    }
    let whole: Int64
    switch self {
    case .integer(let value): whole = value
    case .number(let value):
      if type == .uint64, let big = UInt64(exactly: value) {
        return .integer(Int64(bitPattern: big))
      }
      guard let exact = Int64(exactly: value) else { return nil }
      whole = exact
    case .array(let elements) where elements.count == 1:
      return elements[0].storedNumber(as: type, declared: declared)
    default: return nil
    }
    let bits = type.size * 8
    switch type {
    case .uint8, .uint16, .uint32, .bool:
      let limit = Int64(1) << Int64(bits)
      if whole >= 0 { return whole < limit ? .integer(whole) : nil }
      return declared != type && whole >= -limit / 2 ? .integer(whole + limit) : nil
    case .int8, .int16, .int32:
      let limit = Int64(1) << Int64(bits)
      if whole >= -limit / 2 && whole < limit / 2 { return .integer(whole) }
      return declared != type && whole > 0 && whole < limit ? .integer(whole - limit) : nil
    default: return .integer(whole)
    }
  }
}
