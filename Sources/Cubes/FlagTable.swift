public import JSON

/// What the numbers of a categorical variable mean (CF 1.11 section 3.5).
public struct FlagTable: Sendable, Hashable, Codable {
  /// How a number tells its meaning.
  public enum Kind: String, Sendable, Hashable, Codable {
    /// The whole number is one of a list: exactly one meaning applies (`flag_values`).
    case values
    /// Each bit is a meaning of its own; several may apply (`flag_masks`).
    case masks
    /// Some bits, masked out, are one of a list (`flag_masks` and `flag_values`).
    case both
  }

  /// One meaning.
  public struct Entry: Sendable, Hashable, Codable {
    /// The number that stands for it; with `masks` alone the same as the mask.
    public let value: Double
    /// The bits to look at, where the variable has masks.
    public let mask: UInt64?
    /// The word, as in `flag_meanings`.
    public let meaning: String
    /// The colour `#rrggbb`, where the source gives `flag_colors`.
    public let colour: String?
  }

  /// How a number tells its meaning.
  public let kind: Kind
  /// The meanings in the order of the source.
  public let entries: [Entry]

  /// The words that apply to a number; none for a missing one.
  public func meanings(of value: Double) -> [String] {
    guard value.isFinite else { return [] }
    if kind == .values { return entries.filter { $0.value == value }.map(\.meaning) }
    guard let bits = Self.bits(value) else { return [] }
    return entries.compactMap { entry in
      guard let mask = entry.mask else { return nil }
      if kind == .masks { return bits & mask == mask ? entry.meaning : nil }
      return bits & mask == Self.bits(entry.value) ? entry.meaning : nil
    }
  }
}

extension FlagTable {
  /// Reads the `flag_*` attributes of a variable; `nil` where it has none that fit together.
  public init?(attributes: JSONObject) {
    guard let text = attributes["flag_meanings"]?.stringValue else { return nil }
    // Words are separated by blanks; some writers use tabs, line ends or commas with blanks.
    let words = text.split { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" }
      .map { String($0.last == "," ? $0.dropLast() : $0) }
    let values = Self.numbers(attributes["flag_values"])
    let masks = Self.numbers(attributes["flag_masks"])
    let colours = attributes["flag_colors"]?.stringValue?
      .split { $0 == " " || $0 == "," || $0 == "\t" }.map(String.init)
    let numbers = values ?? masks
    guard let numbers, !words.isEmpty else { return nil }
    let count = min(words.count, numbers.count, masks?.count ?? .max)
    kind = masks == nil ? .values : (values == nil ? .masks : .both)
    entries = (0..<count).map { index in
      let mask = masks.map { masks in
        Self.bits(masks[index]) ?? 0
      }
      let colour = colours.flatMap { $0.count == words.count ? $0[index] : nil }
      return Entry(
        value: numbers[index], mask: mask, meaning: words[index],
        colour: colour.flatMap { $0.hasPrefix("#") ? $0 : nil })
    }
  }

  /// The bits of a number that was stored in any whole type or as floating point.
  ///
  /// Bit 31 makes a 32-bit number negative, but is positive in a float that holds the same flags:
  /// negative numbers that fit 32 bits are therefore taken as 32 bits.
  private static func bits(_ number: Double) -> UInt64? {
    if let positive = UInt64(exactly: number) { return positive }
    if let small = Int32(exactly: number) { return UInt64(UInt32(bitPattern: small)) }
    return Int64(exactly: number).map { UInt64(bitPattern: $0) }
  }

  private static func numbers(_ value: JSONValue?) -> [Double]? {
    switch value {
    case .array(let elements): elements.compactMap(\.doubleValue)
    case .integer, .number: value?.doubleValue.map { [$0] }
    case .string(let text):
      // Text is wrong by CF but common: "0b, 1b, 2b" or "0 1 2".
      text.split { $0 == " " || $0 == "," || $0 == "\t" }
        .compactMap { Double($0.last?.isLetter == true ? $0.dropLast() : $0) }
    default: nil
    }
  }
}
