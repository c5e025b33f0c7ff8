import Foundation
import Testing

@testable import Images

/// What matplotlib made of sample values (Tests/Golden/make_colours.py).
struct Golden: Decodable {
  struct Case: Decodable, CustomTestStringConvertible {
    let colourMap: String
    let scale: String
    let range: [Double]
    let linearWithin: Double?
    let values: [Double]
    let positions: [Double]
    let colours: [String]

    var testDescription: String { "\(colourMap) \(scale) \(range)" }

    func style() throws -> Style {
      let scales: [String: Scale] = [
        "linear": .linear, "logarithmic": .logarithmic,
        "symmetric": .symmetric(linearWithin: linearWithin ?? 1),
      ]
      return try Style(
        colourMap: #require(ColourMap.named(colourMap)), scale: #require(scales[scale]),
        range: range[0]...range[1])
    }
  }

  struct Stops: Decodable {
    let stops: [Stop]
    let hex: String
  }

  struct Stop: Decodable {
    let position: Double
    let colour: String

    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      position = try list.decode(Double.self)
      colour = try list.decode(String.self)
    }
  }

  let scales: [Case]
  let stops: Stops
  let tables: [String: String]

  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures")

  static func load() throws -> Golden {
    let data = try Data(contentsOf: fixtures.appending(path: "colours.json"))
    return try JSONDecoder().decode(Golden.self, from: data)
  }
}

/// Numbers that are the same in every run (Steele, Lea, Flood 2014: SplitMix64).
struct Random: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
