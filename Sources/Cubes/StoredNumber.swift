/// A type in which files store numbers.
protocol StoredNumber: Comparable, BitwiseCopyable, Sendable {
  /// The value, rounded to single precision.
  var float: Float { get }
  /// The value, rounded to double precision.
  var double: Double { get }
  /// The stored number with the bits of a whole number; `nil` where it does not fit.
  static func from(whole: Int64) -> Self?
  /// The nearest stored number, for the ends of a range.
  static func from(clamping number: Double) -> Self
  /// A number that is not within a range that leaves some out; NaN for floating point.
  static func outside(_ low: Self, _ high: Self) -> Self?
  static var least: Self { get }
  static var greatest: Self { get }
}

extension StoredNumber where Self: FixedWidthInteger {
  @inline(__always) var float: Float { Float(self) }
  @inline(__always) var double: Double { Double(self) }
  static func from(whole: Int64) -> Self? { Self(exactly: whole) }
  static func from(clamping number: Double) -> Self {
    if number <= Double(Self.min) { return .min }
    return number >= Double(Self.max) ? .max : Self(number)
  }
  static func outside(_ low: Self, _ high: Self) -> Self? {
    low > .min ? low - 1 : (high < .max ? high + 1 : nil)
  }
  static var least: Self { .min }
  static var greatest: Self { .max }
}

extension Int8: StoredNumber {}
extension Int16: StoredNumber {}
extension Int32: StoredNumber {}
extension Int64: StoredNumber {}
extension UInt8: StoredNumber {}
extension UInt16: StoredNumber {}
extension UInt32: StoredNumber {}
extension UInt64: StoredNumber {
  static func from(whole: Int64) -> UInt64? { UInt64(bitPattern: whole) }
}

extension Float: StoredNumber {
  @inline(__always) var float: Float { self }
  @inline(__always) var double: Double { Double(self) }
  static func from(whole: Int64) -> Float? { Float(whole) }
  static func from(clamping number: Double) -> Float { Float(number) }
  static func outside(_ low: Float, _ high: Float) -> Float? { .nan }
  static var least: Float { -.infinity }
  static var greatest: Float { .infinity }
}

extension Double: StoredNumber {
  @inline(__always) var float: Float { Float(self) }
  @inline(__always) var double: Double { self }
  static func from(whole: Int64) -> Double? { Double(whole) }
  static func from(clamping number: Double) -> Double { number }
  static func outside(_ low: Double, _ high: Double) -> Double? { .nan }
  static var least: Double { -.infinity }
  static var greatest: Double { .infinity }
}

/// A type to which values are decoded.
protocol DecodedNumber: BitwiseCopyable, Sendable {
  static var missing: Self { get }
  static func rounding(_ value: Double) -> Self
  static func unscaled(_ stored: some StoredNumber) -> Self
}

extension Float: DecodedNumber {
  @inline(__always) static var missing: Float { .nan }
  @inline(__always) static func rounding(_ value: Double) -> Float { Float(value) }
  @inline(__always) static func unscaled(_ stored: some StoredNumber) -> Float { stored.float }
}

extension Double: DecodedNumber {
  @inline(__always) static var missing: Double { .nan }
  @inline(__always) static func rounding(_ value: Double) -> Double { value }
  @inline(__always) static func unscaled(_ stored: some StoredNumber) -> Double { stored.double }
}
