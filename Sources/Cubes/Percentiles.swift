/// The values below which some shares of finite values lie, in percent; none of no values.
///
/// They are those of the sorted values, which are not sorted for it: the sixteen high bits tell which
/// few values can be meant.
public func percentiles(_ shares: [Double], of values: [Float]) -> [Double] {
  var counts = [Int](repeating: 0, count: 1 << 16)
  var total = 0
  for value in values where value.isFinite {
    counts[Int(orderedBits(value) >> 16)] += 1
    total += 1
  }
  guard total > 0 else { return [] }
  return shares.map { share in
    var rank = min(total - 1, Int(Double(total) * share / 100))
    var high = 0
    while rank >= counts[high] {
      rank -= counts[high]
      high += 1
    }
    let few = values.filter { $0.isFinite && Int(orderedBits($0) >> 16) == high }.sorted()
    return Double(few[rank])
  }
}

/// The bits of a number, changed so that they rise with it.
private func orderedBits(_ value: Float) -> UInt32 {
  let bits = value.bitPattern
  return bits & 1 << 31 == 0 ? bits | 1 << 31 : ~bits
}
