import Testing

@testable import Images

@Suite struct ColouriserTests {
  static let styles: [Style] = {
    func style(
      _ scale: Scale, _ range: ClosedRange<Double>, below: RGBA? = nil, above: RGBA? = nil
    ) -> Style? {
      ColourMap.named("viridis").flatMap {
        try? Style(colourMap: $0, scale: scale, range: range, below: below, above: above)
      }
    }
    let (red, blue) = (RGBA(r: 255, g: 0, b: 0), RGBA(r: 0, g: 0, b: 255))
    return [
      style(.linear, 0...1), style(.linear, 271.15...305, below: blue, above: red),
      style(.linear, -4...4, below: blue), style(.linear, -1e30...3e30, above: red),
      style(.linear, 300...300.0001), style(.linear, -1e-40...1e-40),
      style(.linear, -3e38...3e38), style(.linear, -1e300...1e308),
      style(.linear, 16_777_216...16_777_219),
      style(.logarithmic, 0.01...30, below: blue, above: red), style(.logarithmic, 1...1.0001),
      style(.logarithmic, 1e-44...1e38), style(.logarithmic, 1e-12...1e-3),
      style(.symmetric(linearWithin: 10), -1000...1000, below: blue),
      style(.symmetric(linearWithin: 1e-3), -2...9e7), style(.symmetric(linearWithin: 5), -1...1),
    ].compactMap(\.self)
  }()

  /// Values all over the range and around its edges, and those that are no numbers.
  static func values(for style: Style, count: Int) -> [Float] {
    var random = Random(state: 7)
    var values: [Float] = [
      .nan, .signalingNaN, .infinity, -.infinity, 0, -0.0, .leastNonzeroMagnitude,
      -.leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude,
      -.greatestFiniteMagnitude,
    ]
    for edge in style.edges {
      let near = Float(edge)
      values += [near, near.nextUp, near.nextDown, near.nextUp.nextUp, near.nextDown.nextDown]
    }
    let normalisation = Normalisation(style.scale, range: style.range)
    while values.count < count {
      values.append(
        Float(normalisation.value(at: Double.random(in: -0.05...1.05, using: &random))))
      values.append(Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &random)))
    }
    return values
  }

  @Test(arguments: styles) func agreesWithTheDefinition(style: Style) {
    let values = ColouriserTests.values(for: style, count: 40_000)
    let colouriser = Colouriser(style)
    var indices = [UInt8](repeating: 77, count: values.count)
    let summary = values.withUnsafeBufferPointer { from in
      indices.withUnsafeMutableBufferPointer { colouriser.indices(of: from, into: $0) }
    }
    let edges = style.edges
    let bins = (0..<Style.bins).map(style.colour(ofBin:))
    var wrong = 0
    for (place, value) in values.enumerated() {
      // The definition by halving, because walking along all edges takes a test too long.
      let expected: RGBA
      let double = Double(value)
      if value.isNaN {
        expected = style.missing
      } else if double < style.range.lowerBound {
        expected = style.below ?? bins[0]
      } else if double > style.range.upperBound {
        expected = style.above ?? bins[Style.bins - 1]
      } else {
        var (low, high) = (0, edges.count)
        while low < high {
          let middle = (low + high) / 2
          if edges[middle] <= double { low = middle + 1 } else { high = middle }
        }
        expected = bins[min(low - 1, Style.bins - 1)]
      }
      if colouriser.palette[Int(indices[place])] != expected {
        wrong += 1
        if wrong < 4 { Issue.record("\(value) has index \(indices[place]), not \(expected)") }
      }
      if place % 997 == 0 { #expect(style.colour(of: double) == expected) }
    }
    #expect(wrong == 0)
    #expect(summary.missing == values.filter(\.isNaN).count)
    #expect(summary.highest == indices.max())
    #expect(summary.lowest == indices.filter { $0 > 0 }.min())
  }

  @Test(arguments: try Golden.load().scales)
  func agreesWithMatplotlib(golden: Golden.Case) throws {
    let style = try golden.style()
    let normalisation = Normalisation(style.scale, range: style.range)
    for (place, value) in golden.values.enumerated() {
      #expect(abs(normalisation.position(of: value) - golden.positions[place]) < 1e-9)
      // matplotlib has 256 bins and we 253: the entry of the map may be the one beside.
      let entry = try #require(style.colourMap.colours.firstIndex(of: style.colour(of: value)))
      let theirs = try #require(
        style.colourMap.colours.firstIndex(of: RGBA(hex: "#" + golden.colours[place])))
      #expect(abs(entry - theirs) <= 2, "\(value)")
    }
  }

  @Test func everyCategoryHasItsIndex() throws {
    let categories = (0..<Scale.maximumCategories).map { number in
      Category(
        value: Double((number * 37) % 253 - 100), label: "\(number)",
        colour: RGBA(r: UInt8(number), g: 1, b: 2))
    }
    let map = try #require(ColourMap.named("gray"))
    let style = try Style(colourMap: map, scale: .categorical(categories))
    let colouriser = Colouriser(style)
    var values = categories.map { Float($0.value) } + [.nan, 0.5, -101, 153, .infinity]
    values.append(contentsOf: values.reversed())
    var indices = [UInt8](repeating: 77, count: values.count)
    values.withUnsafeBufferPointer { from in
      _ = indices.withUnsafeMutableBufferPointer { colouriser.indices(of: from, into: $0) }
    }
    for (place, value) in values.enumerated() {
      #expect(colouriser.palette[Int(indices[place])] == style.colour(of: Double(value)))
    }
    #expect(Array(indices[..<253]) == (1...253).map { UInt8($0) })
    #expect(style.interpolation == .nearest)
  }

  @Test func summariesSayWhatIsThere() {
    func summary(_ indices: [UInt8]) -> IndexSummary {
      indices.withUnsafeBufferPointer { IndexSummary($0) }
    }
    #expect(summary([]).allMissing)
    #expect(summary([0, 0, 0]).allMissing)
    #expect(summary([0, 0, 0]).uniform == 0)
    #expect(summary([9, 9]).uniform == 9)
    #expect(summary([9, 0]).uniform == nil)
    #expect(summary([9, 0]).lowest == 9)
    #expect(summary([255, 3]).lowest == 3)
    let long = summary([UInt8](repeating: 0, count: 100_000) + [200])
    #expect(long.missing == 100_000 && long.lowest == 200 && long.highest == 200)
  }

  @Test func refusesStylesThatCannotBe() throws {
    let map = try #require(ColourMap.named("gray"))
    let one = Category(value: 1, label: "a", colour: .transparent)
    let many = (0...253).map { Category(value: Double($0), label: "", colour: .transparent) }
    for (scale, range) in [
      (Scale.logarithmic, 0.0...1.0), (.linear, 1...1), (.linear, 0...Double.infinity),
      (.symmetric(linearWithin: 0), 0...1), (.symmetric(linearWithin: .nan), 0...1),
      (.categorical([]), 0...1), (.categorical([one, one]), 0...1), (.categorical(many), 0...1),
    ] {
      #expect(throws: ImageError.self) { try Style(colourMap: map, scale: scale, range: range) }
    }
  }
}
