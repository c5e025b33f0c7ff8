/// Numbers as people write them beside an axis.
public enum NumberText {
  /// Texts of ticks that belong together: as many decimals as tell them apart, a real minus sign,
  /// powers of ten where there would be many zeros.
  static func labels(of ticks: [Double]) -> [String] {
    let sizes = ticks.map(\.magnitude).filter { $0 > 0 }
    guard let least = sizes.min(), let greatest = sizes.max() else { return ticks.map(label) }
    let steps = zip(ticks, ticks.dropFirst()).map { $1 - $0 }.filter { $0 > 0 }
    let isEven = steps.allSatisfy { abs($0 - steps[0]) <= 1e-6 * steps[0] }
    let step = steps.min() ?? least
    let isNarrow = greatest < 1e9 && step < greatest * 1e-5
    guard isEven, ticks.count > 2, greatest < 1e6 || isNarrow, greatest >= 1e-4, step >= 1e-8
    else {
      // Powers of ten are all written the same way.
      let arePowers = sizes.allSatisfy { isWhole($0.decimalLogarithm) }
      return ticks.map(arePowers && (greatest >= 1e6 || least < 1e-4) ? power : label)
    }
    let decimals = (0...9).first { decimals in
      let unit = Double(decimals).powerOfTen
      return ticks.allSatisfy { abs(($0 * unit).rounded() - $0 * unit) < 1e-3 * step * unit }
    }
    return ticks.map { fixed($0, decimals: decimals ?? 9) }
  }

  private static func isWhole(_ value: Double) -> Bool { abs(value - value.rounded()) < 1e-9 }

  /// A power of ten, or zero, written as a power from 1000 up and 0.001 down.
  private static func power(_ value: Double) -> String {
    guard value != 0 else { return "0" }
    let exponent = Int(value.magnitude.decimalLogarithm.rounded())
    guard abs(exponent) > 2 else { return label(value) }
    return (value < 0 ? "−" : "") + "10" + superscript(String(exponent))
  }

  /// One number by itself, to six digits.
  public static func label(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "–" : value > 0 ? "∞" : "−∞" }
    let size = value.magnitude
    guard size > 0 else { return "0" }
    if size >= 1e-4, size < 1e6 {
      let digits = 5 - Int(size.decimalLogarithm.rounded(.down))
      return trimmed(fixed(value, decimals: min(max(digits, 0), 9)))
    }
    var exponent = size.decimalLogarithm.rounded(.down)
    var factor = size / exponent.powerOfTen
    // The logarithm may be rounded to either side of a whole number, and 9.9999999 shows as 10.
    if factor >= 9.999995 { (factor, exponent) = (1, exponent + 1) }
    if !factor.isFinite || factor < 1 { factor = 1 }
    let power = "10" + superscript(String(Int(exponent)))
    let digits = trimmed(fixed(factor, decimals: 5))
    return (value < 0 ? "−" : "") + (digits == "1" ? power : "\(digits) × \(power)")
  }

  /// A number with so many decimals (at most 9); for sizes below 10⁹.
  static func fixed(_ value: Double, decimals: Int) -> String {
    let unit = Double(decimals).powerOfTen
    let scaled = (value.magnitude * unit).rounded()
    guard scaled < 9e15 else { return "\(value)" }
    let whole = Int(scaled) / Int(unit)
    let rest = String(Int(scaled) % Int(unit))
    let sign = value < 0 && scaled > 0 ? "−" : ""
    guard decimals > 0 else { return sign + grouped(whole) }
    return sign + grouped(whole) + "." + String(repeating: "0", count: decimals - rest.count) + rest
  }

  /// The text in raised digits.
  static func superscript(_ text: String) -> String {
    let raised: [Character: Character] = [
      "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸",
      "9": "⁹", "-": "⁻", "−": "⁻",
    ]
    return String(text.compactMap { raised[$0] })
  }

  /// Thousands from 10 000 on are set apart by a thin space.
  private static func grouped(_ whole: Int) -> String {
    let digits = String(whole)
    guard digits.count > 4 else { return digits }
    let head = digits.dropLast(3)
    return grouped(Int(head) ?? 0) + "\u{202f}" + digits.suffix(3)
  }

  private static func trimmed(_ text: String) -> String {
    guard text.contains(".") else { return text }
    var text = text
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text
  }
}
