public import Codecs
public import Cubes

/// How the values of a variable are made smaller than the source has them.
public enum Quantisation: Sendable, Hashable {
  /// They are not: level 0 holds the source's values exactly.
  case lossless
  /// Whole numbers of a type, spread evenly over a range of values.
  case range(ElementType, ClosedRange<Double>)
  /// Whole numbers of a type, so that no value is further off than `maximumError`; 0 stands for
  /// `offset`.
  case maximumError(ElementType, Double, offset: Double)
}

/// How the levels of a variable are stored.
public struct VariablePacking: Sendable, Hashable {
  /// How level 0 is stored.
  public let source: ValuePacking
  /// How coarser levels are stored.
  public let coarser: ValuePacking
  /// Whether level 0 must be made from values in double precision.
  public let needsExact: Bool

  /// Whether level 0 holds the source's values exactly.
  public let isLossless: Bool

  /// How a level is stored.
  public func level(_ level: Int) -> ValuePacking { level == 0 ? source : coarser }

  /// Decides how a variable is stored.
  ///
  /// Without quantisation, packed whole numbers of up to 16 bits stay as they are, single precision
  /// stays, and anything wider has double precision in level 0 and single precision above. Classes
  /// stay whole numbers.
  public init(_ variable: Variable, quantisation: Quantisation = .lossless) {
    let form = variable.storedForm
    let lossless =
      variable.isCategorical
      ? Self.classes(variable, form) : Self.values(form)
    guard let packing = ValuePacking(quantisation) else {
      self = lossless
      return
    }
    self.init(
      source: packing, coarser: packing, needsExact: lossless.source.type == .float64,
      isLossless: false)
  }

  private init(
    source: ValuePacking, coarser: ValuePacking, needsExact: Bool, isLossless: Bool = true
  ) {
    self.isLossless = isLossless
    self.source = source
    self.coarser = coarser
    self.needsExact = needsExact
  }

  private static let wide = VariablePacking(
    source: ValuePacking(.float64), coarser: ValuePacking(.float32), needsExact: true)

  private static func values(_ form: StoredForm?) -> VariablePacking {
    guard let form else { return wide }
    switch form.type {
    case .float32 where !form.isScaled, .float16 where !form.isScaled:
      return VariablePacking(
        source: ValuePacking(.float32), coarser: ValuePacking(.float32), needsExact: false)
    case .int8, .uint8, .int16, .uint16:
      let packing = ValuePacking(
        form.type, scale: form.scale, offset: form.offset, missing: form.missing)
      // In single precision a value is off by up to 2^-24 of itself; the number that it was stored
      // as must still be the nearest one.
      let largest = max(abs(packing.range.lowerBound), abs(packing.range.upperBound))
      guard largest * 0x1p-24 < abs(form.scale) / 4 else { return wide }
      return VariablePacking(source: packing, coarser: packing, needsExact: false)
    default: return wide
    }
  }

  /// Bits of flags are lost where a level holds one class a cell, so level 0 comes from the source.
  private static func classes(_ variable: Variable, _ form: StoredForm?) -> VariablePacking {
    let areBits = variable.flags.map { $0.kind != .values } ?? false
    guard let form, !form.isScaled else {
      let packing = ValuePacking(.float64)
      return VariablePacking(source: packing, coarser: packing, needsExact: true)
    }
    let type: ElementType =
      switch form.type {
      case .int8, .uint8, .int16, .uint16, .int32, .uint32: form.type
      case .bool: .uint8
      case .float16, .float32: .float32
      default: .float64
      }
    let packing = ValuePacking(type, missing: form.missing)
    return VariablePacking(
      source: packing, coarser: packing, needsExact: areBits || type.size > 2)
  }
}

extension ValuePacking {
  /// The packing that a quantisation asks for; `nil` for none.
  public init?(_ quantisation: Quantisation) {
    switch quantisation {
    case .lossless: return nil
    case .range(let type, let range):
      let width = range.upperBound - range.lowerBound
      if type == .uint8 {
        self.init(.uint8, scale: width / 254, offset: range.lowerBound, missing: 255)
      } else {
        let middle = range.lowerBound + width / 2
        self.init(.int16, scale: width / 65_534, offset: middle, missing: -32_768)
      }
    case .maximumError(let type, let error, let offset):
      self.init(
        type == .uint8 ? .uint8 : .int16, scale: 2 * error, offset: offset,
        missing: type == .uint8 ? 255 : -32_768)
    }
  }
}
