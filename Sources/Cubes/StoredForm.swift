public import Codecs
public import JSON

/// How the sources of a variable store its values: value = stored · ``scale`` + ``offset``.
public struct StoredForm: Sendable, Hashable {
  /// The type of the stored numbers.
  public let type: ElementType
  /// The factor.
  public let scale: Double
  /// The summand.
  public let offset: Double
  /// A stored number that means "missing" or that no valid value has; `nil` where every number is
  /// valid, and for floating point, where NaN is missing.
  public let missing: Int64?

  /// Whether stored numbers are not the values themselves.
  public var isScaled: Bool { scale != 1 || offset != 0 }
}

extension Variable {
  /// How the values are stored, where all sources do it in the same way.
  public var storedForm: StoredForm? {
    guard let packing = reader.parts.first?.packing,
      reader.parts.allSatisfy({
        $0.packing.type == packing.type && $0.packing.scale == packing.scale
          && $0.packing.offset == packing.offset
      })
    else { return nil }
    // Sources that mean different numbers by "missing" leave none free for all of them.
    let fills = reader.parts.map { $0.packing.missing }
    guard Set(fills).count == 1 else { return nil }
    return StoredForm(
      type: packing.type, scale: packing.scale, offset: packing.offset, missing: fills[0])
  }

  /// The attributes of an array beside this variable in its first source, such as a coordinate or
  /// grid mapping; `nil` where there is none of that name.
  public func attributes(ofNeighbour name: String) -> JSONObject? {
    guard let part = reader.parts.first else { return nil }
    return part.source.array(named: name, near: part.array)?.attributes
  }
}

extension Packing {
  /// A whole number that is missing in this packing; `nil` where there is none.
  fileprivate var missing: Int64? {
    guard !type.isFloat else { return nil }
    for case .integer(let whole) in fills { return whole }
    if let low, let least = Self.least(type), low > Double(least) { return least }
    if let high, let greatest = Self.greatest(type), high < Double(greatest) { return greatest }
    return nil
  }

  private static func least(_ type: ElementType) -> Int64? {
    switch type {
    case .int8: Int64(Int8.min)
    case .int16: Int64(Int16.min)
    case .uint8, .uint16: 0
    default: nil
    }
  }

  private static func greatest(_ type: ElementType) -> Int64? {
    switch type {
    case .int8: Int64(Int8.max)
    case .int16: Int64(Int16.max)
    case .uint8: Int64(UInt8.max)
    case .uint16: Int64(UInt16.max)
    default: nil
    }
  }
}
