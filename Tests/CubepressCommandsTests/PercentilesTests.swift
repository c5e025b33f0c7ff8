import Testing

@testable import CubepressCommands

@Suite struct PercentilesTests {
  /// As the values at these places of the sorted ones.
  @Test(arguments: [1, 2, 3, 1000, 50_001])
  func areThoseOfTheSortedValues(count: Int) {
    let values = (0..<count).map { number -> Float in
      number % 7 == 3 ? .nan : Float(number * 7919 % 10_007 - 3000) / 8
    }
    let sorted = values.filter(\.isFinite).sorted()
    let shares = [0, 2, 50, 98, 100].map(Double.init)
    let expected = shares.map {
      Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * $0 / 100))])
    }
    #expect(percentiles(shares, of: values) == expected)
  }

  @Test func ofNothingThereIsNone() {
    #expect(percentiles([2, 98], of: [.nan, .infinity]).isEmpty)
  }
}
