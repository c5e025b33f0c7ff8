import Foundation
import Grids
import Testing

@testable import Terrain

/// Numbers that look like chance and are the same in every run.
struct Chance {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next(below bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }
}

extension TileHeights {
  /// Heights by column and row, -1 to 257.
  init(_ height: (_ column: Int, _ row: Int) -> Double) {
    self.init()
    for row in -1...Self.side + 1 {
      for column in -1...Self.side + 1 {
        values[Self.index(column: column, row: row)] = Float(height(column, row))
      }
    }
  }
}

extension SurfaceMesh {
  init(fitting tile: TileHeights, step: HeightStep, error: Double) {
    self.init()
    fit(tile, step: step, error: error)
  }
}

struct MeshTests {
  private static let side = TileHeights.side

  /// Mountains of several sizes.
  private static func mountains(_ column: Int, _ row: Int) -> Double {
    let (x, y) = (Double(column), Double(row))
    return 900 * sin(x / 40) * cos(y / 31) + 150 * sin(x / 7 + y / 11) + 20 * sin(x * 1.7 - y * 2.3)
  }

  /// The heights of a mesh at all places of the lattice, drawn triangle by triangle.
  private func drawn(_ mesh: borrowing SurfaceMesh, _ step: HeightStep) -> [Double] {
    let width = Self.side + 1
    var heights = [Double](repeating: .nan, count: width * width)
    for triangle in 0..<mesh.triangulation.count {
      let numbers = (0..<3).map { Int(mesh.triangulation.corners[3 * triangle + $0]) }
      let x = numbers.map { Int(mesh.triangulation.columns[$0]) }
      let y = numbers.map { Int(mesh.triangulation.rows[$0]) }
      let z = numbers.map { Double(step.height(mesh.heights[$0])) }
      func twice(_ a: (Int, Int), _ b: (Int, Int), _ c: (Int, Int)) -> Int {
        (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0)
      }
      let corners = [(x[0], y[0]), (x[1], y[1]), (x[2], y[2])]
      let area = twice(corners[0], corners[1], corners[2])
      for row in (y.min() ?? 0)...(y.max() ?? 0) {
        for column in (x.min() ?? 0)...(x.max() ?? 0) {
          let place = (column, row)
          let shares = [
            twice(corners[1], corners[2], place), twice(corners[2], corners[0], place),
            twice(corners[0], corners[1], place),
          ]
          guard shares.allSatisfy({ $0 >= 0 }) else { continue }
          heights[row * width + column] =
            zip(shares, z).reduce(0) { $0 + Double($1.0) * $1.1 } / Double(area)
        }
      }
    }
    return heights
  }

  private func check(_ triangulation: borrowing Triangulation) {
    var area = 0
    for triangle in 0..<triangulation.count {
      let numbers = (0..<3).map { Int(triangulation.corners[3 * triangle + $0]) }
      let x = numbers.map { Int(triangulation.columns[$0]) }
      let y = numbers.map { Int(triangulation.rows[$0]) }
      let twice = (x[1] - x[0]) * (y[2] - y[0]) - (y[1] - y[0]) * (x[2] - x[0])
      #expect(twice > 0)
      area += twice
      for edge in 3 * triangle..<3 * triangle + 3 where triangulation.opposite[edge] >= 0 {
        #expect(Int(triangulation.opposite[Int(triangulation.opposite[edge])]) == edge)
      }
    }
    let side = Int((0..<triangulation.cornerCount).map { triangulation.columns[$0] }.max() ?? 0)
    #expect(area == 2 * side * side)
  }

  /// No corner lies within the circle through the corners of a triangle.
  @Test func triangulationIsDelaunays() {
    var chance = Chance(1)
    var triangulation = Triangulation(side: 16)
    var taken: Set<[Int]> = []
    for _ in 0..<80 {
      let place = [1 + chance.next(below: 15), 1 + chance.next(below: 15)]
      guard taken.insert(place).inserted else { continue }
      let home = (0..<triangulation.count).first { triangle in
        (0..<3).allSatisfy { corner in
          let a = Int(triangulation.corners[3 * triangle + corner])
          let b = Int(triangulation.corners[3 * triangle + (corner + 1) % 3])
          let (ax, ay) = (Int(triangulation.columns[a]), Int(triangulation.rows[a]))
          let (bx, by) = (Int(triangulation.columns[b]), Int(triangulation.rows[b]))
          return (bx - ax) * (place[1] - ay) - (by - ay) * (place[0] - ax) >= 0
        }
      }
      triangulation.add(column: place[0], row: place[1], in: home ?? 0)
      triangulation.forgetChanged()
    }
    check(triangulation)
    for triangle in 0..<triangulation.count {
      let numbers = (0..<3).map { Int(triangulation.corners[3 * triangle + $0]) }
      for place in 0..<triangulation.cornerCount {
        let rows = numbers.map { number -> (Int, Int, Int) in
          let x = Int(triangulation.columns[number]) - Int(triangulation.columns[place])
          let y = Int(triangulation.rows[number]) - Int(triangulation.rows[place])
          return (x, y, x * x + y * y)
        }
        let (a, b, c) = (rows[0], rows[1], rows[2])
        let determinant =
          a.2 * (b.0 * c.1 - b.1 * c.0) - b.2 * (a.0 * c.1 - a.1 * c.0)
          + c.2 * (a.0 * b.1 - a.1 * b.0)
        #expect(determinant <= 0)
      }
    }
  }

  @Test(arguments: [400.0, 50, 40]) func surfaceKeepsWithinItsError(error: Double) {
    let tile = TileHeights(Self.mountains)
    let step = HeightStep(error: error, heights: -1100...1100)
    let mesh = SurfaceMesh(fitting: tile, step: step, error: error)
    check(mesh.triangulation)
    let heights = drawn(mesh, step)
    var worst = 0.0
    for row in 0...Self.side {
      for column in 0...Self.side {
        worst = max(
          worst,
          abs(heights[row * (Self.side + 1) + column] - Double(tile[column: column, row: row])))
      }
    }
    #expect(worst <= error)
    // It would be easy to keep within an error with all of the places.
    #expect(mesh.triangulation.count < Self.side * Self.side)
  }

  /// Edges follow from their own heights, whatever lies behind them.
  @Test func neighboursChooseTheSamePlaces() {
    let step = HeightStep(error: 20, heights: -1100...1100)
    let west = SurfaceMesh(fitting: TileHeights(Self.mountains), step: step, error: 20)
    let east = SurfaceMesh(
      fitting: TileHeights { $0 == 0 ? Self.mountains(Self.side, $1) : Double($0 * $1 % 97) },
      step: step,
      error: 20)
    func edge(_ mesh: borrowing SurfaceMesh, column: Int32) -> [Int32: Int32] {
      var heights: [Int32: Int32] = [:]
      for number in 0..<mesh.triangulation.cornerCount
      where mesh.triangulation.columns[number] == column {
        heights[mesh.triangulation.rows[number]] = mesh.heights[number]
      }
      return heights
    }
    let (left, right) = (edge(west, column: Int32(Self.side)), edge(east, column: 0))
    #expect(left == right)
    #expect(left.count > 10)
  }

  /// Memory that served another tile before leaves nothing of it.
  @Test func oneTileAfterTheOther() {
    let step = HeightStep(error: 20, heights: -1100...1100)
    var used = SurfaceMesh(fitting: TileHeights { Double($0 * $1 % 97) }, step: step, error: 1)
    used.fit(TileHeights(Self.mountains), step: step, error: 20)
    let new = SurfaceMesh(fitting: TileHeights(Self.mountains), step: step, error: 20)
    #expect(used.triangulation.count == new.triangulation.count)
    for place in 0..<3 * new.triangulation.count {
      let (one, other) = (used.triangulation.corners[place], new.triangulation.corners[place])
      guard one == other, used.heights[Int(one)] == new.heights[Int(one)] else {
        Issue.record("corner \(place)")
        return
      }
    }
  }

  @Test func planesNeedTwoTriangles() {
    for slope in [0, 3.0] {
      let tile = TileHeights { slope * Double($0) - slope * Double($1) + 12 }
      let step = HeightStep(error: 1, heights: -800...800)
      #expect(SurfaceMesh(fitting: tile, step: step, error: 1).triangulation.count == 2)
    }
  }

  @Test func oneHighPlaceIsNotLost() {
    let tile = TileHeights { $0 == 100 && $1 == 3 ? 500 : 0 }
    let step = HeightStep(error: 10, heights: 0...500)
    let mesh = SurfaceMesh(fitting: tile, step: step, error: 10)
    #expect(abs(drawn(mesh, step)[3 * (Self.side + 1) + 100] - 500) <= 10)
  }

  /// Noise to be kept closely: every place becomes a corner, indices have 32 bits.
  @Test func everyPlaceCanBeACorner() throws {
    var chance = Chance(7)
    let noise = (0..<TileHeights.width * TileHeights.width).map { _ in
      Double(chance.next(below: 20_000))
    }
    let tile = TileHeights { noise[TileHeights.index(column: $0, row: $1)] }
    let step = HeightStep(error: 2, heights: 0...20_000)
    let mesh = SurfaceMesh(fitting: tile, step: step, error: 2)
    #expect(mesh.triangulation.cornerCount > 65_536)
    let file = QuantizedMeshFile(
      mesh, heights: tile, ground: TileGround(TileAddress(z: 9, x: 3, y: 100)), step: step,
      water: [0])
    let decoded = try DecodedMesh(file.bytes)
    #expect(decoded.u.count == mesh.triangulation.cornerCount)
    #expect(decoded.triangles.count == mesh.triangulation.count)
    #expect(decoded.triangles.allSatisfy { $0.allSatisfy(decoded.u.indices.contains) })
    #expect(decoded.extensions[2] == [0])
  }
}

struct EdgeLineTests {
  @Test func lineKeepsWithinItsError() {
    let heights = (0...256).map { Float(800 * sin(Double($0) / 20) + 20 * sin(Double($0) * 1.3)) }
    let step = HeightStep(error: 30, heights: -900...900)
    let places = EdgeLine.places(heights, step: step, error: 30)
    #expect(places.first == 0 && places.last == 256)
    for (a, b) in zip(places, places.dropFirst()) {
      for place in a...b {
        let share = Float(place - a) / Float(b - a)
        let ends = [heights[a], heights[b]].map { step.height(step.count($0)) }
        #expect(abs(ends[0] + (ends[1] - ends[0]) * share - heights[place]) <= 30.001)
      }
    }
    #expect(places.count < 100)
  }
}

struct HeightStepTests {
  @Test(
    arguments: [
      (800, -11_000, 9_000), (0.7, -11_000, 9_000), (0.02, 5_000, 5_000.5), (5, 0, 0),
      (0.2, 200_000, 200_010),
    ] as [(Double, Double, Double)])
  func rangesAreExact(_ error: Double, _ low: Double, _ high: Double) {
    let step = HeightStep(error: error, heights: low...high)
    #expect(step.metres.significand == 1)
    #expect(step.metres <= max(error, HeightStep.smallestError(heights: low...high)))
    let (first, last) = (step.count(Float(low)), step.count(Float(high)))
    let range = step.range(low: first, high: last)
    let number = (Double(range.highest) - Double(range.lowest)) / 32_767
    // What a client makes of the written numbers are whole steps, to the last bit.
    #expect(number * Double(range.numbersPerStep) == step.metres)
    #expect(Double(range.lowest) == Double(first) * step.metres)
    #expect((last - first) * range.numbersPerStep <= 32_767)
  }
}
