/// A dimension beside time and the two horizontal ones: level, depth, ensemble member, month, band.
public struct LabelAxis: Sendable, Hashable {
  /// The name of the dimension.
  public let name: String
  /// One text for each position, distinct, made of `A-Z a-z 0-9 . _ -` only, so that it can be a
  /// path segment and a WMTS dimension value; numbers in their shortest form.
  public let labels: [String]
  /// The numbers behind the labels, where the coordinate is numeric.
  public let values: [Double]?
  /// The unit of the numbers.
  public let units: String?
  /// The name for people.
  public let longName: String?

  /// Makes an axis; labels are made safe and distinct.
  public init(
    name: String, labels: [String], values: [Double]? = nil, units: String? = nil,
    longName: String? = nil
  ) {
    self.name = name
    self.labels = Self.distinct(labels.map(Self.safe))
    self.values = values
    self.units = units
    self.longName = longName
  }

  /// How many positions there are.
  public var count: Int { labels.count }

  /// The position of a label; a number also matches the equal value however it is written.
  public func index(matching text: String) -> Int? {
    if let index = labels.firstIndex(of: text) { return index }
    guard let values, let number = Double(text) else { return nil }
    return values.firstIndex(of: number)
  }

  /// A number in its shortest form that reads back as the same number, without `+` and without a
  /// fraction of zero.
  static func label(of number: Double) -> String {
    if let whole = Int(exactly: number), abs(whole) < 1_000_000_000_000 { return String(whole) }
    return String(number.description.filter { $0 != "+" })
  }

  /// The same for single precision, whose shortest form has fewer digits.
  static func label(of number: Float) -> String {
    if let whole = Int(exactly: number), abs(whole) < 16_777_216 { return String(whole) }
    return String(number.description.filter { $0 != "+" })
  }

  private static func safe(_ text: String) -> String {
    var result = ""
    var gap = false
    for scalar in text.unicodeScalars {
      switch scalar {
      case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-":
        if gap && !result.isEmpty { result.append("-") }
        gap = false
        result.unicodeScalars.append(scalar)
      default:
        gap = true
      }
    }
    // A segment of dots alone would climb the folder tree.
    return result.allSatisfy { $0 == "." } ? "_" + result : result
  }

  private static func distinct(_ labels: [String]) -> [String] {
    var taken = Set<String>()
    return labels.map { label in
      var candidate = label
      var count = 1
      while !taken.insert(candidate).inserted {
        count += 1
        candidate = "\(label)_\(count)"
      }
      return candidate
    }
  }
}
