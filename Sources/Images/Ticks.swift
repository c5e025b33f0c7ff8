/// Round values to label an axis with.
///
/// - Parameters:
///   - range: the ends of the axis.
///   - scale: how it is divided. A categorical one has no ticks.
///   - count: about how many are wanted; never more than twice as many.
/// - Returns: values in the range, rising.
public func niceTicks(in range: ClosedRange<Double>, scale: Scale, count: Int) -> [Double] {
  guard range.lowerBound.isFinite, range.upperBound.isFinite,
    range.lowerBound < range.upperBound
  else { return [] }
  let count = max(count, 2)
  switch scale {
  case .linear: return linearTicks(in: range, count: count)
  case .logarithmic: return logarithmicTicks(in: range, count: count)
  case .symmetric(let threshold):
    return symmetricTicks(in: range, threshold: threshold, count: count)
  case .categorical: return []
  }
}

/// The texts of ticks that belong together: as many decimals as tell them apart, a real minus sign,
/// powers of ten where there would be many zeros.
public func tickLabels(_ ticks: [Double]) -> [String] { NumberText.labels(of: ticks) }

/// Multiples of 1, 2, 2.5 or 5 times a power of ten, of which as many fit as come closest to
/// `count`.
private func linearTicks(in range: ClosedRange<Double>, count: Int) -> [Double] {
  // Half the ends, so that their difference cannot overflow.
  let rough = (range.upperBound / 2 - range.lowerBound / 2) / Double(count) * 2
  let decade = rough.decimalLogarithm.rounded(.down)
  var best: [Double] = []
  var leastRegret = Double.infinity
  for factor in [1, 2, 2.5, 5, 10] {
    let ticks = multiples(of: factor, decade: decade, in: range)
    // Quarters are harder to read than one tick too many or too few.
    let regret = Double(abs(ticks.count - count)) + (factor == 2.5 ? 1.5 : 0)
    if regret < leastRegret { (best, leastRegret) = (ticks, regret) }
  }
  return best
}

private func multiples(
  of factor: Double, decade: Double, in range: ClosedRange<Double>
) -> [Double] {
  let step = factor * decade.powerOfTen
  guard step > 0, step.isFinite else { return [] }
  let slack = 1e-9
  let first = (range.lowerBound / step - slack).rounded(.up)
  let last = (range.upperBound / step + slack).rounded(.down)
  guard first <= last, last - first < 100 else { return [] }
  return stride(from: first, through: last, by: 1).map { number in
    // Dividing by a whole power of ten gives 0.3 where multiplying by 0.1 gives 0.30000000000000004.
    let value = decade < 0 ? number * factor / (-decade).powerOfTen : number * step
    return min(max(value, range.lowerBound), range.upperBound) + 0
  }
}

/// Powers of ten, all or every second, third…; with 2 and 5 times them, or evenly spaced values,
/// where they are few.
private func logarithmicTicks(in range: ClosedRange<Double>, count: Int) -> [Double] {
  guard range.lowerBound > 0 else { return [] }
  let low = range.lowerBound.decimalLogarithm
  let high = range.upperBound.decimalLogarithm
  func ticks(_ factors: [Double], every: Double = 1) -> [Double] {
    let first: Double = (low / every).rounded(.down) * every
    let slack = 1e-12
    let (least, most) = (range.lowerBound * (1 - slack), range.upperBound * (1 + slack))
    var found: [Double] = []
    for exponent in stride(from: first, through: high + 1e-9, by: every) {
      found += factors.map { factor in factor * exponent.powerOfTen }
    }
    return found.filter { value in value >= least && value <= most }
  }
  let decades = high - low
  if decades < 0.7 { return linearTicks(in: range, count: count) }
  for factors in [[1.0, 2, 5], [1, 3], [1]] {
    let found = ticks(factors)
    if found.count <= count + 1 { return found }
  }
  return ticks([1], every: (decades / Double(count)).rounded(.up))
}

/// Zero and powers of ten to both sides from the threshold on.
private func symmetricTicks(
  in range: ClosedRange<Double>, threshold: Double, count: Int
) -> [Double] {
  let reach = max(range.lowerBound.magnitude, range.upperBound.magnitude)
  guard reach > threshold * 3 else { return linearTicks(in: range, count: count) }
  let crosses = range.contains(0)
  let side = crosses ? max(count / 2, 1) : count
  var powers = logarithmicTicks(in: threshold...reach, count: side)
  if powers.count > side + 1 {
    powers = powers.enumerated().filter { (powers.count - 1 - $0.offset) % 2 == 0 }.map(\.element)
  }
  let all = powers.reversed().map { -$0 } + [0] + powers
  return all.filter(range.contains)
}
