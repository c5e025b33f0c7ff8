import Grids
import Testing

@Suite struct GridAxisTests {
  @Test(arguments: [
    [0.0, 1, 2, 3], [3, 2, 1], [-89.4, -80, -70.5, -61, -50], [0.5, 1.5, 3.5, 9.5],
    [1e6, 1.1e6], [89.875, 89.625, 89.375],
  ])
  func indicesOfCentresAreWholeNumbers(values: [Double]) throws {
    for isLongitude in [false, true] where !isLongitude || abs(values[0]) < 1000 {
      let axis = try GridAxis(values: values, isLongitude: isLongitude)
      for (index, value) in values.enumerated() {
        #expect(abs(axis.index(of: value) - Double(index)) < 1e-9)
        #expect(abs(axis.coordinate(at: Double(index)) - value) < 1e-6)
      }
      #expect(abs(axis.index(of: axis.edge(0)) + 0.5) < 1e-6)
      #expect(abs(axis.index(of: axis.edge(axis.count)) - Double(axis.count) + 0.5) < 1e-6)
      #expect(axis.index(of: axis.lowerEdge - 0.01 * abs(axis.step)).isNaN)
      #expect(axis.index(of: axis.upperEdge + 0.01 * abs(axis.step)).isNaN)
    }
  }

  @Test func indicesBetweenCentresAreLinear() throws {
    let axis = try GridAxis(values: [0, 1, 3, 7])
    #expect(!axis.isRegular && axis.lowerEdge == -0.5 && axis.upperEdge == 9)
    #expect(axis.index(of: 2) == 1.5)
    #expect(axis.index(of: 6) == 2.75)
    #expect(axis.index(of: 8) == 3.25)
  }

  @Test(arguments: [-180.0, 0, -0.125, 20])
  func closedAxesTakeAnyTurn(west: Double) throws {
    let axis = try GridAxis(first: west + 0.5, step: 1, count: 360, isLongitude: true)
    #expect(axis.period == 360 && axis.periodCount == 360)
    for turn in [-720.0, -360, 0, 360, 720] {
      #expect(abs(axis.index(of: west + 0.5 + turn)) < 1e-9)
      #expect(abs(axis.index(of: west + 0.25 + turn) - 359.75) < 1e-9)
      #expect(abs(axis.index(of: west + 359.5 + turn) - 359) < 1e-9)
    }
  }

  @Test func repeatedColumnsAreNotCountedTwice() throws {
    let axis = try GridAxis(first: 20.1667, step: 1.0 / 3, count: 1081, isLongitude: true)
    #expect(axis.period == 360 && axis.periodCount == 1080)
    #expect(abs(axis.index(of: 20.1667 + 359.9) - 1079.7) < 1e-6)
    #expect(abs(axis.index(of: 20.1667)) < 1e-6)
  }

  @Test func regionsOfLongitudesTakeAnyTurnButDoNotClose() throws {
    let axis = try GridAxis(first: 225, step: 1.875, count: 49, isLongitude: true)
    #expect(axis.period == nil)
    #expect(abs(axis.index(of: -135)) < 1e-9)
    #expect(axis.index(of: 0).isNaN && axis.index(of: 180).isNaN)
    let across = try GridAxis(first: 170, step: 1, count: 21, isLongitude: true)
    #expect(across.index(of: -175) == 15 && across.index(of: 175) == 5)
  }

  @Test func roundingOfStoredFloatsIsNotIrregular() throws {
    let noisy = (0..<7200).map { Double(Float(-179.975 + Double($0) * 0.05)) }
    let axis = try GridAxis(values: noisy, isLongitude: true)
    #expect(axis.isRegular && axis.period == 360 && axis.periodCount == 7200)
    let gaussian = try GridAxis(values: [88.572, 86.723, 84.862, 82.999, 81.135])
    #expect(!gaussian.isRegular)
  }

  @Test(
    arguments: [
      [], [1], [.nan, 1], [1, .infinity], [1, 1], [0, 2, 1], [3, 2, 2], [0, 1e300],
    ] as [[Double]])
  func badAxesAreRefused(values: [Double]) {
    #expect(throws: GridError.self) { try GridAxis(values: values) }
  }

  @Test func oneCellNeedsAWidth() throws {
    let axis = try GridAxis(values: [5], cellWidth: 2)
    #expect(axis.lowerEdge == 4 && axis.upperEdge == 6 && axis.index(of: 5.5) == 0.25)
    #expect(throws: GridError.self) { try GridAxis(values: [5], cellWidth: .nan) }
    #expect(throws: GridError.self) { try GridAxis(first: 0, step: 0, count: 3) }
    #expect(throws: GridError.self) { try GridAxis(first: 0, step: 1, count: 0) }
    #expect(throws: GridError.self) { try GridAxis(first: 0, step: 1, count: -3) }
    let world = try GridAxis(values: [0], isLongitude: true, cellWidth: 360)
    #expect(world.period == 360 && world.index(of: -170) < 1)
  }

  @Test func strangePlacesAreOutside() throws {
    let axis = try GridAxis(first: 0, step: 1, count: 360, isLongitude: true)
    for place in [Double.nan, .infinity, -.infinity] { #expect(axis.index(of: place).isNaN) }
    #expect(axis.index(of: 1e18).isFinite)
  }
}
