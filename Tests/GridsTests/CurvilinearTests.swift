import Foundation
import Grids
import Testing

@Suite struct CurvilinearTests {
  private func curvilinear(
    rows: Int, columns: Int, _ place: (_ row: Int, _ column: Int) -> (Double, Double)
  ) throws -> Curvilinear {
    let places = (0..<rows * columns).map { place($0 / columns, $0 % columns) }
    return try Curvilinear(
      longitudes: places.map(\.0), latitudes: places.map(\.1), rows: rows, columns: columns)
  }

  @Test func theOceanGridClosesAndReachesTheArctic() throws {
    let grid = try GridsFixture.ocean()
    guard case .curvilinear(let cells) = grid.geometry else { return }
    #expect(cells.periodCount == 120)
    #expect(grid.geographicBounds.west == -180 && grid.geographicBounds.east == 180)
    #expect(grid.geographicBounds.north > 85)
    for row in stride(from: 0, to: 106, by: 3) {
      for column in 0..<120 {
        let centre = grid.cellCentre(row: row, column: column)
        let found = try #require(
          grid.index(longitude: centre.longitude, latitude: centre.latitude),
          "row \(row) column \(column)")
        let back = try #require(place(cells, found))
        #expect(
          distance(back, (centre.longitude, centre.latitude)) < 1e-4, "row \(row) column \(column)")
      }
    }
  }

  @Test func theOceanGridHasNoHoles() throws {
    let grid = try GridsFixture.ocean()
    guard case .curvilinear(let cells) = grid.geometry else { return }
    // The southernmost row is near 78 degrees south at its highest.
    for set in TileMatrixSet.all where set != .upsAntarctic {
      let locator = try TileLocator(grid: grid, tileMatrixSet: set)
      let toGround = try Projector(from: set.crs, to: .geographic)
      for address in try set.tiles(z: 1, covering: grid) {
        let map = try locator.indexMap(z: 1, x: address.x, y: address.y)
        let bounds = set.bounds(z: 1, x: address.x, y: address.y)
        let cell = set.matrices[1].cellSize
        for row in stride(from: 3, to: 256, by: 9) {
          for column in stride(from: 3, to: 256, by: 9) {
            let ground = toGround.transform(
              x: bounds.minX + (Double(column) + 0.5) * cell,
              y: bounds.maxY - (Double(row) + 0.5) * cell)
            guard let ground, ground.y > -75 else { continue }
            let found = map.place(column, row)
            #expect(!found.column.isNaN, "\(set.id) \(address) \(ground)")
            guard !found.column.isNaN, let back = place(cells, (found.row, found.column))
            else { continue }
            #expect(distance(back, (ground.x, ground.y)) < 0.05, "\(set.id) \(ground)")
          }
        }
      }
    }
  }

  @Test(arguments: [0, 1, 2])
  func repeatedColumnsCloseOnce(overlap: Int) throws {
    let cells = try curvilinear(rows: 20, columns: 60 + overlap) { row, column in
      (Double(column % 60) * 6 + 40, -60 + Double(row) * 6)
    }
    #expect(cells.periodCount == 60)
    let grid = Grid(cells)
    let found = try #require(grid.index(longitude: 37, latitude: 0.5))
    #expect(abs(found.column - 59.5) < 1e-9)
    let locator = try TileLocator(grid: grid, tileMatrixSet: .worldCRS84Quad)
    for x in 0...1 {
      guard case .full(let columns, let rows) = try locator.indexMap(z: 0, x: x, y: 0) else {
        Issue.record("tile \(x) is not full")
        continue
      }
      for row in 0..<256 {
        let latitude = 90 - (Double(row) + 0.5) * 180 / 256
        let isInside = latitude > -63 && latitude < 57
        for column in 0..<256 {
          #expect(columns[row * 256 + column].isNaN != isInside)
          #expect(rows[row * 256 + column].isNaN != isInside)
        }
      }
    }
  }

  @Test func aTurnedRegionEndsHalfACellOutside() throws {
    // Squares of a tenth of a degree at the equator, turned by 30 degrees.
    let (cosine, sine) = (cos(Double.pi / 6), sin(Double.pi / 6))
    let cells = try curvilinear(rows: 30, columns: 50) { row, column in
      let (x, y) = (Double(column) * 0.1, Double(row) * 0.1)
      return (179 + x * cosine - y * sine, -1 + x * sine + y * cosine)
    }
    #expect(cells.periodCount == nil)
    let grid = Grid(cells)
    #expect(grid.geographicBounds.crossesAntimeridian)
    #expect(abs(grid.resolutionMetres / 11_132 - 1) < 0.02)
    var numbers = FixedNumbers(state: 3)
    for _ in 0..<2000 {
      let column = Double.random(in: -2...51, using: &numbers)
      let row = Double.random(in: -2...31, using: &numbers)
      let place = (
        179 + column * 0.1 * cosine - row * 0.1 * sine,
        -1 + column * 0.1 * sine + row * 0.1 * cosine
      )
      let found = grid.index(longitude: place.0, latitude: place.1)
      let rim = min(column + 0.5, 49.5 - column, row + 0.5, 29.5 - row)
      if rim < -0.01 {
        #expect(found == nil, "\(column) \(row)")
      } else if rim > 0.01 {
        let found = try #require(found, "\(column) \(row)")
        #expect(abs(found.column - column) < 0.01 && abs(found.row - row) < 0.01)
      }
    }
  }

  @Test func aSwathOverThePoleIsWhole() throws {
    // A grid in polar stereographic, given by longitude and latitude only.
    let flat = try GridsFixture.rectangle(
      CRS("EPSG:3995"), x: -1e6...1e6, y: -1e6...1e6, columns: 80, rows: 80)
    let cells = try curvilinear(rows: 80, columns: 80) { row, column in
      let centre = flat.cellCentre(row: row, column: column)
      return (centre.longitude, centre.latitude)
    }
    let grid = Grid(cells)
    #expect(grid.geographicBounds.north == 90)
    for (longitude, latitude) in [(0.0, 90.0), (10, 89.9), (-170, 85), (95, 88)] {
      let expected = try #require(flat.index(longitude: longitude, latitude: latitude))
      let found = try #require(grid.index(longitude: longitude, latitude: latitude))
      #expect(abs(found.column - expected.column) < 0.01)
      #expect(abs(found.row - expected.row) < 0.01)
    }
  }

  @Test func missingCellsLeaveTheirPlaceEmpty() throws {
    let cells = try curvilinear(rows: 20, columns: 20) { row, column in
      (5...14).contains(row) && (5...14).contains(column)
        ? (.nan, .nan) : (Double(column), Double(row))
    }
    let grid = Grid(cells)
    #expect(grid.index(longitude: 9, latitude: 9) == nil)
    #expect(grid.index(longitude: 2.5, latitude: 9) != nil)
    // Cells that a model did not compute are often all at one place.
    let zeros = try curvilinear(rows: 20, columns: 20) { row, column in
      column > 12 ? (0, 0) : (Double(column) + 100, Double(row) + 20)
    }
    #expect(Grid(zeros).index(longitude: 60, latitude: 15) == nil)
    #expect(Grid(zeros).geographicBounds.west > 98)
  }

  @Test func badPlacesAreRefused() {
    for (rows, columns) in [(1, 4), (4, 1), (0, 0), (-1, -1), (2, 3)] {
      #expect(throws: GridError.self) {
        try Curvilinear(
          longitudes: [0, 1, 2, 3], latitudes: [0, 1, 2, 3], rows: rows, columns: columns)
      }
    }
    #expect(throws: GridError.self) {
      try Curvilinear(
        longitudes: [0, 1, 0, 1], latitudes: [0, 0, 900, 900], rows: 2, columns: 2)
    }
    #expect(throws: GridError.self) {
      try Curvilinear(
        longitudes: [.nan, 1, 0, 1], latitudes: [0, 0, 1, .infinity], rows: 2, columns: 2)
    }
    #expect(throws: GridError.self) {
      try Curvilinear(longitudes: [5, 5, 5, 5], latitudes: [1, 1, 1, 1], rows: 2, columns: 2)
    }
  }

  /// The place at a fractional index, from the four cells around it.
  private func place(
    _ cells: Curvilinear, _ index: (row: Double, column: Double)
  ) -> (Double, Double)? {
    let row = min(max(Int(index.row.rounded(.down)), 0), cells.rows - 2)
    let column = Int(index.column.rounded(.down))
    let period = cells.periodCount ?? cells.columns
    var sum = (x: 0.0, y: 0.0, z: 0.0)
    for (down, right) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
      let (v, u) = (index.row - Double(row), index.column - Double(column))
      let weight = (down == 1 ? v : 1 - v) * (right == 1 ? u : 1 - u)
      let cell = (row + down) * cells.columns + (column + right + period) % period
      let (longitude, latitude) = (
        cells.longitudes[cell] * Double.pi / 180, cells.latitudes[cell] * Double.pi / 180
      )
      sum.x += weight * cos(latitude) * cos(longitude)
      sum.y += weight * cos(latitude) * sin(longitude)
      sum.z += weight * sin(latitude)
    }
    let radius = (sum.x * sum.x + sum.y * sum.y).squareRoot()
    return (atan2(sum.y, sum.x) * 180 / .pi, atan2(sum.z, radius) * 180 / .pi)
  }

  /// The distance of two places in degrees.
  private func distance(_ first: (Double, Double), _ second: (Double, Double)) -> Double {
    let unit = { (place: (Double, Double)) in
      let (longitude, latitude) = (place.0 * Double.pi / 180, place.1 * Double.pi / 180)
      return [cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude)]
    }
    let squares = zip(unit(first), unit(second)).map { ($0 - $1) * ($0 - $1) }
    return squares.reduce(0, +).squareRoot() * 180 / .pi
  }
}
