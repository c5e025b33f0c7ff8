public import Codecs
public import JSON
import Zarr

/// How the values of a published array are stored: value = stored · ``scale`` + ``offset``, and one
/// stored number that means "missing".
public struct ValuePacking: Sendable, Hashable {
  /// The type of the stored numbers.
  public let type: ElementType
  /// The factor.
  public let scale: Double
  /// The summand.
  public let offset: Double
  /// The whole number that means "missing"; `nil` where none does, and for floating point, where NaN
  /// is missing.
  public let missing: Int64?

  /// Makes a packing.
  public init(_ type: ElementType, scale: Double = 1, offset: Double = 0, missing: Int64? = nil) {
    self.type = type
    self.scale = scale
    self.offset = offset
    self.missing = type.isFloat ? nil : missing
  }

  /// Whether stored numbers are not the values themselves.
  public var isScaled: Bool { scale != 1 || offset != 0 }

  /// The fill value of the array.
  public var fill: JSONValue { type.isFloat ? .number(.nan) : .integer(missing ?? 0) }

  /// The values that can be stored.
  public var range: ClosedRange<Double> {
    guard let limits = type.limits else { return -Double.infinity...Double.infinity }
    var (low, high) = limits
    if missing == low { low += 1 }
    if missing == high { high -= 1 }
    let ends = [Double(low) * scale + offset, Double(high) * scale + offset].sorted()
    return ends[0]...ends[1]
  }

  /// The attributes by which clients unpack (CF 1.11, 2.5.1 and 8.1).
  ///
  /// A floating-point `_FillValue` is written as xarray writes it in Zarr 3, its eight bytes in
  /// base64, and by name in Zarr 2.
  func attributes(_ format: ZarrFormat) -> JSONObject {
    var attributes = JSONObject()
    if isScaled {
      attributes["scale_factor"] = .number(scale)
      attributes["add_offset"] = .number(offset)
    }
    if type.isFloat {
      attributes["_FillValue"] = format == .v3 ? "AAAAAAAA+H8=" : "NaN"
    } else if let missing {
      attributes["_FillValue"] = .integer(missing)
    }
    return attributes
  }
}

extension ElementType {
  /// The least and the greatest whole number, of types up to 32 bits.
  fileprivate var limits: (Int64, Int64)? {
    switch self {
    case .int8: (Int64(Int8.min), Int64(Int8.max))
    case .uint8: (0, Int64(UInt8.max))
    case .int16: (Int64(Int16.min), Int64(Int16.max))
    case .uint16: (0, Int64(UInt16.max))
    case .int32: (Int64(Int32.min), Int64(Int32.max))
    case .uint32: (0, Int64(UInt32.max))
    default: nil
    }
  }
}

/// A type in which cells of levels come.
protocol Cell: BitwiseCopyable {
  var double: Double { get }
  var single: Float { get }
}

extension Float: Cell {
  @inline(__always) var double: Double { Double(self) }
  @inline(__always) var single: Float { self }
}

extension Double: Cell {
  @inline(__always) var double: Double { self }
  @inline(__always) var single: Float { Float(self) }
}

extension ValuePacking {
  /// Packs cells that lie one after the other; missing ones are NaN.
  ///
  /// - Parameters:
  ///   - cells: The cells.
  ///   - count: How many there are.
  ///   - target: Room for as many stored numbers.
  /// - Returns: The largest distance of a cell from what its stored number means. A value that cannot
  ///   be stored makes it larger than half the ``scale``.
  func pack<Source: Cell>(
    _ cells: UnsafePointer<Source>, count: Int, into target: UnsafeMutableRawPointer
  ) -> Double {
    switch type {
    case .int8: whole(cells, count, target, Int8.self)
    case .uint8, .bool: whole(cells, count, target, UInt8.self)
    case .int16: whole(cells, count, target, Int16.self)
    case .uint16: whole(cells, count, target, UInt16.self)
    case .int32: whole(cells, count, target, Int32.self)
    case .uint32: whole(cells, count, target, UInt32.self)
    case .float64: doubles(cells, count, target)
    default: floats(cells, count, target)
    }
  }

  @inline(__always)
  private func floats<Source: Cell>(
    _ cells: UnsafePointer<Source>, _ count: Int, _ target: UnsafeMutableRawPointer
  ) -> Double {
    let stored = target.assumingMemoryBound(to: Float.self)
    for index in 0..<count {
      let value = cells[index].single
      stored[index] = value == value ? value : .nan
    }
    return 0
  }

  @inline(__always)
  private func doubles<Source: Cell>(
    _ cells: UnsafePointer<Source>, _ count: Int, _ target: UnsafeMutableRawPointer
  ) -> Double {
    let stored = target.assumingMemoryBound(to: Double.self)
    for index in 0..<count {
      let value = cells[index].double
      stored[index] = value == value ? value : .nan
    }
    return 0
  }

  @inline(__always)
  private func whole<Source: Cell, Stored: FixedWidthInteger & BitwiseCopyable>(
    _ cells: UnsafePointer<Source>, _ count: Int, _ target: UnsafeMutableRawPointer,
    _ type: Stored.Type
  ) -> Double {
    let stored = target.assumingMemoryBound(to: Stored.self)
    let fill = Stored(truncatingIfNeeded: missing ?? 0)
    let (scale, offset) = (scale, offset)
    let inverse = 1 / scale
    // Adding 1.5 · 2^52 rounds to a whole number, halves to even, and leaves it in the low bits of
    // the sum: no branch and no conversion that could trap.
    let rounder = 0x1.8p52
    var worst = 0.0
    for index in 0..<count {
      let value = cells[index].double
      let isValid = value == value
      let sum = (value - offset) * inverse + rounder
      let number = Stored(truncatingIfNeeded: sum.bitPattern)
      let error = abs(Double(number) * scale + offset - value)
      worst = isValid && error > worst ? error : worst
      stored[index] = isValid ? number : fill
    }
    return worst
  }

  /// Fills room for `count` stored numbers with the one that means "missing".
  public func fill(_ target: UnsafeMutableRawPointer, count: Int) {
    switch type {
    case .float64:
      target.assumingMemoryBound(to: Double.self).update(repeating: .nan, count: count)
    case .float32:
      target.assumingMemoryBound(to: Float.self).update(repeating: .nan, count: count)
    default:
      switch type.size {
      case 1:
        let fill = UInt8(truncatingIfNeeded: missing ?? 0)
        target.assumingMemoryBound(to: UInt8.self).update(repeating: fill, count: count)
      case 2:
        let fill = UInt16(truncatingIfNeeded: missing ?? 0)
        target.assumingMemoryBound(to: UInt16.self).update(repeating: fill, count: count)
      default:
        let fill = UInt32(truncatingIfNeeded: missing ?? 0)
        target.assumingMemoryBound(to: UInt32.self).update(repeating: fill, count: count)
      }
    }
  }
}
