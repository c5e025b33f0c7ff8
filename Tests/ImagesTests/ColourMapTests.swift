import Images
import Testing

@Suite struct ColourMapTests {
  @Test func everyMapHasItsColours() {
    #expect(ColourMap.all.count == 37)
    for map in ColourMap.all {
      #expect(map.colours.count == 256, "\(map.name)")
      #expect(ColourMap.named(map.name) == map)
      #expect(ColourMap.named(map.name + "_r")?.colours == map.colours.reversed())
      #expect(ColourMap.named(map.name + "_r")?.reversed() == map)
    }
    #expect(ColourMap.named("jet") == nil)
    #expect(ColourMap.named("cmo.thermal")?.name == "thermal")
  }

  @Test func namesDoNotClash() {
    #expect(Set(ColourMap.all.map(\.name)).count == ColourMap.all.count)
  }

  @Test func tablesAreMatplotlibs() throws {
    for (name, hex) in try Golden.load().tables {
      let map = try #require(ColourMap.named(name))
      #expect(map.colours.map { String($0.hex.dropFirst()) }.joined() == hex)
    }
  }

  @Test func stopsAreMixedAsMatplotlibDoes() throws {
    let golden = try Golden.load().stops
    let map = try ColourMap(
      name: "custom",
      stops: golden.stops.map { (position: $0.position, colour: try RGBA(hex: $0.colour)) })
    #expect(map.group == .custom)
    let theirs = stride(from: 0, to: golden.hex.count, by: 6).map { place in
      "#" + golden.hex.dropFirst(place).prefix(6)
    }
    for (ours, hex) in zip(map.colours, theirs) {
      let colour = try RGBA(hex: hex)
      // matplotlib cuts fractions off where we round.
      for (one, other) in [(ours.r, colour.r), (ours.g, colour.g), (ours.b, colour.b)] {
        #expect(one == other || one == other + 1)
      }
    }
  }

  @Test func rainbowsAreNotCalledSafe() {
    #expect(ColourMap.named("turbo")?.isColourBlindSafe == false)
    #expect(ColourMap.named("phase")?.isColourBlindSafe == false)
    #expect(ColourMap.named("cividis")?.isColourBlindSafe == true)
  }

  @Test func twoStopsAtOnePlaceMakeAnEdge() throws {
    let (black, white) = (RGBA(r: 0, g: 0, b: 0), RGBA(r: 255, g: 255, b: 255))
    let map = try ColourMap(
      name: "edge", stops: [(0, black), (0.5, black), (0.5, white), (1, white)])
    #expect(map.colours[..<128].allSatisfy { $0 == black })
    #expect(map.colours[128...].allSatisfy { $0 == white })
  }

  @Test(arguments: [[], [0.0], [0, 0.5], [0.1, 1], [0, 0.7, 0.3, 1], [0, .nan, 1]])
  func refusesStops(positions: [Double]) {
    #expect(throws: ImageError.self) {
      try ColourMap(name: "x", stops: positions.map { ($0, .transparent) })
    }
  }
}
