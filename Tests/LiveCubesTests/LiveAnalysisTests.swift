import Cubes
import Foundation
import Grids
import JSON
import TestKit
import Testing
import Vectors

@testable import LiveCubes

/// Values under shapes against a plain reading of every cell.
struct LiveAnalysisTests {
  private static func value(_ time: Int, _ row: Int, _ column: Int) -> Double {
    (row + 2 * column + time) % 7 == 0 ? .nan : Double((row * 31 + column * 17 + time * 5) % 101)
  }

  private static let x = TestCube.centres(from: -177.5, step: 5, count: 72)
  private static let y = TestCube.centres(from: 87.5, step: -5, count: 36)

  private func open(
    _ folder: TemporaryFolder, chunkTimes: Int = 1, limits: LiveLimits = .patient
  ) async throws -> (live: LiveCubes, cube: LiveCube) {
    var cube = TestCube(x: Self.x, y: Self.y)
    cube.days = [0, 1, 2, 3, 4]
    cube.chunkTimes = chunkTimes
    cube.type = "f8"
    let path = try cube.write(to: folder, value: Self.value)
    let live = LiveCubes(limits: limits)
    return (
      live, try await live.cube(LiveSource(key: "k", dataset: "d", locations: [path]))
    )
  }

  private static func shape(_ text: String) throws -> Shape {
    try Shape(try JSONValue(parsing: Array(text.utf8)), limit: 1000)
  }

  /// A rectangle with a hole, and one across the antimeridian; by cell whether its centre is inside.
  private static let areas: [(text: String, holds: @Sendable (Double, Double) -> Bool)] = [
    (
      """
      {"type":"Polygon","coordinates":[[[-60,-40],[50,-40],[50,41],[-60,41],[-60,-40]],
       [[-21,-11],[-21,19],[31,19],[31,-11],[-21,-11]]]}
      """,
      { x, y in
        x > -60 && x < 50 && y > -40 && y < 41 && !(x > -21 && x < 31 && y > -11 && y < 19)
      }
    ),
    (
      #"{"type":"Polygon","coordinates":[[[161,-40],[201,-40],[201,41],[161,41],[161,-40]]]}"#,
      { x, y in (x > 161 || x < -159) && y > -40 && y < 41 }
    ),
    (
      """
      {"type":"MultiPolygon","coordinates":[[[[0,0],[40,0],[0,40],[0,0]]],
       [[[-180,61],[180,61],[180,90],[-180,90],[-180,61]]]]}
      """,
      { x, y in x > 0 && y > 0 && x + y < 40 || y > 61 }
    ),
    (
      """
      {"type":"GeometryCollection","geometries":[{"type":"MultiPoint","coordinates":[[3,3],[4,4],[-101,12]]},
       {"type":"Polygon","coordinates":[[[0,0],[9,0],[9,9],[0,9],[0,0]]]}]}
      """,
      { x, y in x > 0 && x < 9 && y > 0 && y < 9 || x == -102.5 && y == 12.5 }
    ),
  ]

  @Test(arguments: 0..<4, [1, 3])
  func seriesAreThoseOfTheCells(number: Int, chunkTimes: Int) async throws {
    let folder = try TemporaryFolder()
    let (live, cube) = try await open(folder, chunkTimes: chunkTimes)
    let area = Self.areas[number]
    // The edge x + y = 40 goes through no centre.
    let series = try await live.series(
      under: try Self.shape(area.text), of: "v",
      FieldQuestion(times: [1, 2, 4], extras: []), in: cube, wantsMedian: true)
    #expect(series.steps.map(\.time) == [1, 2, 4].map { "2020-01-0\($0 + 1)T00:00:00Z" })
    for (step, time) in zip(series.steps, [1, 2, 4]) {
      var values: [Double] = []
      for row in Self.y.indices {
        for column in Self.x.indices where area.holds(Self.x[column], Self.y[row]) {
          values.append(Self.value(time, row, column))
        }
      }
      values = values.filter { !$0.isNaN }.sorted()
      let mean = values.reduce(0, +) / Double(values.count)
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      #expect(step.count == values.count)
      #expect(abs(step.mean - mean) < 1e-12 * abs(mean))
      #expect(abs(step.deviation - (squares / Double(values.count)).squareRoot()) < 1e-10)
      #expect(step.minimum == values.first)
      #expect(step.maximum == values.last)
      let middle = values.count / 2
      #expect(
        step.median
          == (values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2))
    }
  }

  @Test func statisticsAreThoseOfAllSteps() async throws {
    let folder = try TemporaryFolder()
    let (live, cube) = try await open(folder)
    let area = Self.areas[0]
    let found = try await live.statistics(
      under: try Self.shape(area.text), of: "v",
      FieldQuestion(times: [0, 1, 2, 3, 4], extras: []), in: cube, bins: 10)
    let series = try await live.series(
      under: try Self.shape(area.text), of: "v",
      FieldQuestion(times: [0, 1, 2, 3, 4], extras: []), in: cube)
    #expect(found.count == series.steps.reduce(0) { $0 + $1.count })
    let sum = series.steps.reduce(0) { $0 + $1.mean * Double($1.count) }
    #expect(abs(found.mean - sum / Double(found.count)) < 1e-10)
    let histogram = try #require(found.histogram)
    let integral = zip(histogram.densities, zip(histogram.edges, histogram.edges.dropFirst()))
      .reduce(0) { $0 + $1.0 * ($1.1.1 - $1.1.0) }
    #expect(abs(integral - 1) < 1e-12)
  }

  @Test func outsideThereIsNothing() async throws {
    let folder = try TemporaryFolder()
    var cube = TestCube(
      x: TestCube.centres(from: 0.5, step: 1, count: 5),
      y: TestCube.centres(from: 4.5, step: -1, count: 5))
    cube.days = [0, 1]
    let path = try cube.write(to: folder) { _, _, _ in 1 }
    let live = LiveCubes(limits: .patient)
    let opened = try await live.cube(LiveSource(key: "k", dataset: "d", locations: [path]))
    for text in [
      #"{"type":"Point","coordinates":[80,2]}"#,
      #"{"type":"Polygon","coordinates":[[[60,0],[70,0],[70,9],[60,9],[60,0]]]}"#,
      #"{"type":"Polygon","coordinates":[[[1.6,1.6],[1.9,1.6],[1.9,1.9],[1.6,1.9],[1.6,1.6]]]}"#,
    ] {
      let question = FieldQuestion(times: [0, 1], extras: [])
      let shape = try Self.shape(text)
      let series = try await live.series(under: shape, of: "v", question, in: opened)
      #expect(series.steps.map(\.count) == [0, 0])
      #expect(series.steps[0].mean.isNaN)
      let statistics = try await live.statistics(under: shape, of: "v", question, in: opened)
      #expect(statistics.count == 0 && statistics.histogram == nil)
    }
  }

  @Test func tooMuchIsRefused() async throws {
    let folder = try TemporaryFolder()
    var limits = LiveLimits.patient
    limits.cells = 100
    limits.steps = 2
    limits.seriesValues = 10
    let (live, cube) = try await open(folder, limits: limits)
    let point = try Self.shape(#"{"type":"Point","coordinates":[0,0]}"#)
    let area = try Self.shape(Self.areas[0].text)
    for (shape, times) in [(area, [0]), (point, [0, 1, 2])] {
      let error = await #expect(throws: LiveError.self) {
        try await live.series(
          under: shape, of: "v", FieldQuestion(times: times, extras: []), in: cube)
      }
      #expect(error?.kind == .tooLarge)
    }
  }

  /// As `numpy.histogram(values, 7, density=True)` has it, from numpy 2.4.
  @Test func histogramsAreThoseOfNumpy() {
    let values = [0.1, 0.2, 0.3, 0.7, 1.1, 1.1, 2.5, 3.0, 0.30000000000000004]
    let histogram = LiveHistogram(values, minimum: 0.1, maximum: 3, bins: 7)
    let wanted = [
      1.0727969348659006, 0.26819923371647514, 0.5363984674329499, 0, 0, 0.2681992337164749,
      0.2681992337164752,
    ]
    for (found, wanted) in zip(histogram.densities, wanted) { #expect(abs(found - wanted) < 1e-12) }
    #expect(histogram.edges.count == 8)
    let flat = LiveHistogram([4, 4], minimum: 4, maximum: 4, bins: 4)
    #expect(flat.edges == [3.5, 3.75, 4, 4.25, 4.5])
    #expect(flat.densities == [0, 0, 4, 0])
  }

  /// Random stars with many corners, in plain and in projected grids, against the test of every place.
  @Test(arguments: ["geographic", "polar"])
  func cellsAreThoseWhoseCentresLieInside(kind: String) throws {
    let grid =
      kind == "polar"
      ? try Grid(
        x: GridAxis(first: -2_950_000, step: 100_000, count: 60),
        y: GridAxis(first: 2_950_000, step: -100_000, count: 60), crs: CRS("EPSG:3031"))
      : try Grid(
        x: GridAxis(first: 0.7, step: 3, count: 120, isLongitude: true),
        y: GridAxis(first: -88.3, step: 3, count: 59))
    let centres = grid.cellCentres(rows: 0..<grid.rows, columns: 0..<grid.columns)
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<20 {
      let centre = (
        Double.random(in: -180...180, using: &generator),
        Double.random(in: -80...(kind == "polar" ? -60 : 80), using: &generator)
      )
      let ring = (0..<40).map { corner -> Shape.Position in
        let angle = Double(corner) / 40 * 2 * .pi
        let reach = Double.random(in: 3...60, using: &generator)
        return Shape.Position(
          longitude: centre.0 + reach * cos(angle),
          latitude: min(max(centre.1 + reach / 2 * sin(angle), -90), 90))
      }
      let rings = [ring + [ring[0]]]
      let coordinates = rings[0].map { "[\($0.longitude),\($0.latitude)]" }.joined(separator: ",")
      let shape = try Self.shape(#"{"type":"Polygon","coordinates":[[\#(coordinates)]]}"#)
      let found = try CellSelection(shape, in: grid, limit: 1 << 20, check: {})
      var wanted = Set<[Int]>()
      for row in 0..<grid.rows {
        for column in 0..<grid.columns {
          let place = row * grid.columns + column
          let (x, y) = (centres.longitudes[place], centres.latitudes[place])
          if [-360.0, 0, 360].contains(where: { Self.isInside(x + $0, y, rings[0]) }) {
            wanted.insert([row, column])
          }
        }
      }
      let cells = Set(found.runs.flatMap { run in run.columns.map { [run.row, $0] } })
      #expect(cells == wanted)
      #expect(found.count == wanted.count)
    }
  }

  /// Edge by edge (the even-odd rule).
  private static func isInside(_ x: Double, _ y: Double, _ ring: [Shape.Position]) -> Bool {
    var isInside = false
    for (from, to) in zip(ring, ring.dropFirst())
    where (from.latitude <= y) != (to.latitude <= y) {
      let part = (y - from.latitude) / (to.latitude - from.latitude)
      if from.longitude + part * (to.longitude - from.longitude) > x { isInside.toggle() }
    }
    return isInside
  }
}
