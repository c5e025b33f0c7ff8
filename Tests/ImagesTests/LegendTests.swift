import Foundation
import Testing

@testable import Images

@Suite struct LegendTests {
  static func style(
    _ scale: Scale = .linear, _ range: ClosedRange<Double> = 0...1, below: RGBA? = nil,
    missing: RGBA = .transparent
  ) throws -> Style {
    try Style(
      colourMap: #require(ColourMap.named("viridis")), scale: scale, range: range, below: below,
      missing: missing)
  }

  static let categories: [Category] = (0..<40).map { number in
    Category(value: Double(number), label: "a < b & \"\(number)\" \u{1}", colour: .transparent)
  }

  @Test(arguments: Legend.Orientation.allCases)
  func isWellFormedAndHasItsSize(orientation: Legend.Orientation) throws {
    let grey = RGBA(r: 9, g: 9, b: 9, a: 200)
    for style in [
      try LegendTests.style(), try LegendTests.style(.logarithmic, 1e-12...1e9, below: grey),
      try LegendTests.style(.symmetric(linearWithin: 3), -1e3...1e5, missing: grey),
      try LegendTests.style(.categorical(LegendTests.categories)),
      try LegendTests.style(.linear, -1e308...1e308),
    ] {
      for title in ["", "Temperature", String(repeating: "Long & <longer> title ", count: 20)] {
        let legend = Legend(
          style: style, title: title, units: "kg m-2 <x>", orientation: orientation)
        let parser = XMLDocumentCheck(legend.svg())
        #expect(parser.isWellFormed, "\(title)")
        for scale in 1...2 {
          let image = try PNG.decode(legend.png(scale: scale))
          #expect(image.width == legend.size.width * scale)
          #expect(image.height == legend.size.height * scale)
        }
      }
    }
  }

  @Test func showsTheColoursOfTheBar() throws {
    let style = try LegendTests.style()
    let image = try PNG.decode(Legend(style: style, title: "", units: nil).png(scale: 1))
    // Within the bar of 300 pixels that begins 23 pixels from the left, seven below its top.
    for share in [0.1, 0.25, 0.5, 0.9] {
      let place = 4 * ((12 + 7) * image.width + 23 + Int(share * 300))
      let expected = style.colour(of: share)
      for (one, other) in zip(image.rgba[place..<place + 3], [expected.r, expected.g, expected.b]) {
        #expect(abs(Int(one) - Int(other)) <= 4)
      }
    }
  }

  @Test func refusesScalesThatAreTooLarge() throws {
    let legend = Legend(style: try LegendTests.style(), title: "", units: nil)
    #expect(throws: ImageError.self) { try legend.png(scale: 0) }
    #expect(throws: ImageError.self) { try legend.png(scale: 9) }
  }

  @Test(arguments: [
    ("kg m**-2", "kg m⁻²"), ("kg m-2 s-1", "kg m⁻² s⁻¹"), ("mg m^-3", "mg m⁻³"), ("m2", "m²"),
    ("W/m2", "W/m²"), ("degC", "°C"), ("degrees_celsius", "°C"), ("kelvin", "K"), ("K", "K"),
    ("1", ""), ("percent", "%"), ("mol CO2 m-2", "mol CO2 m⁻²"), ("umol m-2 s-1", "µmol m⁻² s⁻¹"),
    ("kg.m-2", "kg m⁻²"), ("0.1 K", "0.1 K"), ("degree_north", "°N"), ("m s**(-1)", "m s⁻¹"),
    ("days since 1970-01-01", "days since 1970-01-01"), ("m**2 s**-2", "m² s⁻²"), ("", ""),
    ("day-1", "day⁻¹"), ("-", ""), ("m+1", "m"),
  ])
  func writesUnitsAsPeopleDo(units: String, expected: String) {
    #expect(UnitText.pretty(units) == expected)
  }

  @Test(arguments: [
    (0.0...1.0, Scale.linear, "0.0 0.2 0.4 0.6 0.8 1.0"),
    (271.15...305, .linear, "275 280 285 290 295 300 305"),
    (-4.0...4, .linear, "−4 −2 0 2 4"),
    (0.0...25_000, .linear, "0 5000 10\u{202f}000 15\u{202f}000 20\u{202f}000 25\u{202f}000"),
    (0.01...30, .logarithmic, "0.01 0.1 1 10"),
    (1.0...20, .logarithmic, "1 2 5 10 20"),
    (1e-12...1e5, .logarithmic, "10⁻¹² 10⁻⁸ 10⁻⁴ 1 10⁴"),
    (-1000.0...1000, .symmetric(linearWithin: 1), "−100 −1 0 1 100"),
    (-1.0...1, .symmetric(linearWithin: 5), "−1.0 −0.5 0.0 0.5 1.0"),
  ])
  func choosesRoundTicks(range: ClosedRange<Double>, scale: Scale, expected: String) {
    let ticks = niceTicks(in: range, scale: scale, count: 5)
    #expect(NumberText.labels(of: ticks).joined(separator: " ") == expected)
    #expect(ticks.allSatisfy(range.contains))
  }

  @Test func ticksAreFewWhateverTheRange() {
    var random = Random(state: 5)
    for _ in 0..<2000 {
      let ends = (0..<2).map { _ in
        Double.random(in: -1...1, using: &random)
          * Double.random(in: -300...300, using: &random).powerOfTen
      }
      let range = min(ends[0], ends[1])...max(ends[0], ends[1])
      for scale in [Scale.linear, .logarithmic, .symmetric(linearWithin: 1e-3)] {
        let ticks = niceTicks(in: range, scale: scale, count: 5)
        #expect(ticks.count <= 11, "\(range) \(scale)")
        #expect(ticks.allSatisfy(range.contains))
        #expect(ticks == ticks.sorted())
        #expect(NumberText.labels(of: ticks).allSatisfy { $0.count < 20 })
      }
    }
  }

  @Test(arguments: [
    (0.0, "0"), (1.5, "1.5"), (-2, "−2"), (1e6, "10⁶"), (2.5e-7, "2.5 × 10⁻⁷"),
    (-1e20, "−10²⁰"), (9.999_999_9e9, "10¹⁰"), (.infinity, "∞"), (12345, "12\u{202f}345"),
    (2.25e-308, "2.25 × 10⁻³⁰⁸"), (0.1 + 0.2, "0.3"),
  ])
  func writesNumbers(value: Double, expected: String) {
    #expect(NumberText.label(value) == expected)
  }
}

/// Whether a text is XML with its tags in order; enough for documents without comments or CDATA.
struct XMLDocumentCheck {
  let isWellFormed: Bool

  init(_ text: String) {
    var open: [Substring] = []
    var isGood = !text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" }
    for piece in text.split(separator: "<", omittingEmptySubsequences: false).dropFirst() {
      let halves = piece.split(separator: ">", maxSplits: 1, omittingEmptySubsequences: false)
      guard halves.count == 2 else {
        isGood = false
        break
      }
      let name = halves[0].prefix { !$0.isWhitespace && $0 != "/" }
      if halves[0].hasPrefix("/") {
        isGood = isGood && open.popLast() == halves[0].dropFirst()
      } else if !halves[0].hasSuffix("/") {
        open.append(name)
      }
      isGood = isGood && halves[0].count { $0 == "\"" } % 2 == 0
      for entity in halves[1].split(separator: "&", omittingEmptySubsequences: false).dropFirst() {
        isGood = isGood && entity.prefix(6).contains(";")
      }
    }
    isWellFormed = isGood && open.isEmpty
  }
}

@Suite struct ColourChartTests {
  @Test func showsEveryMap() throws {
    let chart = ColourChart()
    let svg = chart.svg()
    #expect(XMLDocumentCheck(svg).isWellFormed)
    for map in ColourMap.all { #expect(svg.contains(map.name)) }
    #expect(try PNG.decode(chart.png()).width == chart.size.width)
    #expect(XMLDocumentCheck(ColourChart([]).svg()).isWellFormed)
  }
}
