import Cubes
import Testing

@Suite struct PercentilesTests {
  /// As the values at these places of the sorted ones.
  @Test(arguments: [1, 2, 3, 1000, 50_001])
  func areThoseOfTheSortedValues(count: Int) {
    var values: [Float] = []
    for number in 0..<count {
      let value = number * 7919 % 10_007 - 3000
      values.append(number % 7 == 3 ? Float.nan : Float(value) / 8)
    }
    let sorted = values.filter { $0.isFinite }.sorted()
    let shares: [Double] = [0, 2, 50, 98, 100]
    var expected: [Double] = []
    for share in shares {
      let place = min(sorted.count - 1, Int(Double(sorted.count) * share / 100))
      expected.append(Double(sorted[place]))
    }
    #expect(percentiles(shares, of: values) == expected)
  }

  @Test func ofNothingThereIsNone() {
    #expect(percentiles([2, 98], of: [.nan, .infinity]).isEmpty)
  }
}
