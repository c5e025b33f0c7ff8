/// Finds ends of ranges that people can read.
enum RoundRange {
  /// The range grown outwards to multiples of a round step, about a fortieth of its width.
  static func around(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
    let (low, high) = (range.lowerBound, range.upperBound)
    let width = high - low
    guard low.isFinite, high.isFinite, width.isFinite else { return -1...1 }
    guard width > max(low.magnitude, high.magnitude) * 1e-12 else {
      // All values are equal: some width is needed to draw anything.
      let margin = low == 0 ? 1 : low.magnitude * 0.1
      return around((low - margin)...(low + margin))
    }
    let step = roundStep(atMost: width / 20)
    let first = (low / step + 1e-9).rounded(.down)
    let last = (high / step - 1e-9).rounded(.up)
    return multiple(first, of: step)...multiple(last, of: step)
  }

  /// The range grown outwards to 1, 2 or 5 times a power of ten at both ends.
  static func aroundLogarithmically(_ range: ClosedRange<Double>) -> ClosedRange<Double> {
    let low = roundStep(atMost: range.lowerBound * (1 + 1e-9))
    var high = roundStep(atMost: range.upperBound)
    while high < range.upperBound * (1 - 1e-9) { high = nextStep(after: high) }
    return low...max(high, nextStep(after: low))
  }

  /// The largest of 1, 2 and 5 times a power of ten that is not above a positive number.
  static func roundStep(atMost number: Double) -> Double {
    let power = decimalExponent(of: number)
    for (factor, exponent) in [(5, power), (2, power), (1, power), (5, power - 1)] {
      let step = scaled(Double(factor), byTenTo: exponent)
      if step <= number { return step }
    }
    return number
  }

  private static func nextStep(after step: Double) -> Double {
    let exponent = decimalExponent(of: step * (1 + 1e-9))
    let digit = (step / scaled(1, byTenTo: exponent)).rounded()
    return digit < 2
      ? scaled(2, byTenTo: exponent)
      : digit < 5 ? scaled(5, byTenTo: exponent) : scaled(1, byTenTo: exponent + 1)
  }

  /// The exponent e with 10^e ≤ number < 10^(e + 1), by comparison, so without rounding.
  private static func decimalExponent(of number: Double) -> Int {
    var exponent = 0
    guard number > 0, number.isFinite else { return exponent }
    while scaled(1, byTenTo: exponent + 1) <= number, exponent < 307 { exponent += 1 }
    while scaled(1, byTenTo: exponent) > number, exponent > -307 { exponent -= 1 }
    return exponent
  }

  /// The factor with a decimal exponent, exactly the nearest `Double`.
  private static func scaled(_ factor: Double, byTenTo exponent: Int) -> Double {
    Double("\(factor)e\(exponent)") ?? factor
  }

  /// A multiple of a round step; through the text, so that it is 0.3 and not 0.30000000000000004.
  private static func multiple(_ count: Double, of step: Double) -> Double {
    let exponent = decimalExponent(of: step * (1 + 1e-9))
    let digit = (step / scaled(1, byTenTo: exponent)).rounded()
    return scaled(count * digit, byTenTo: exponent) + 0
  }
}
