import Foundation
import Testing

@testable import Grids

struct LatticeLocatorTests {
  private static let width = LatticeLocator.width

  private func polarGrid() throws -> Grid {
    try Grid(
      x: GridAxis(first: -3_000_000, step: 20_000, count: 301),
      y: GridAxis(first: 3_000_000, step: -20_000, count: 301), crs: CRS("EPSG:3031"))
  }

  /// What two tiles share they find at the same place to the last bit, also where the globe closes.
  @Test(arguments: [3, 7]) func neighboursAgree(x: Int) throws {
    let locator = try LatticeLocator(grid: try polarGrid())
    let west = try #require(try locator.map(TileAddress(z: 2, x: x, y: 3)))
    let east = try #require(try locator.map(TileAddress(z: 2, x: (x + 1) % 8, y: 3)))
    var shared = 0
    for row in 0..<Self.width {
      for column in 0..<3 {
        let (left, right) = (
          row * Self.width + Self.width - 3 + column, row * Self.width + column
        )
        #expect(west.columns[left].bitPattern == east.columns[right].bitPattern)
        #expect(west.rows[left].bitPattern == east.rows[right].bitPattern)
        shared += west.rows[left].isNaN ? 0 : 1
      }
    }
    #expect(shared > 100)
  }

  @Test func placesAreThoseOfTheGrid() throws {
    let grid = try polarGrid()
    let locator = try LatticeLocator(grid: grid)
    let tile = TileAddress(z: 2, x: 5, y: 3)
    let map = try #require(try locator.map(tile))
    for row in stride(from: 0, to: 257, by: 16) {
      for column in stride(from: 0, to: 257, by: 16) {
        let longitude = -180 + Double(tile.x * 256 + column) * 180 / 1024
        let latitude = 90 - Double(tile.y * 256 + row) * 180 / 1024
        let place = (row + 1) * Self.width + column + 1
        guard let wanted = grid.index(longitude: longitude, latitude: latitude) else {
          #expect(map.columns[place].isNaN)
          continue
        }
        #expect(abs(Double(map.columns[place]) - wanted.column) < 0.05)
        #expect(abs(Double(map.rows[place]) - wanted.row) < 0.05)
      }
    }
  }

  @Test func geographicGridsAreExact() throws {
    let grid = try Grid(
      x: GridAxis(first: 0.5, step: 1, count: 360, isLongitude: true),
      y: GridAxis(first: -89.5, step: 1, count: 180))
    let map = try #require(
      try LatticeLocator(grid: grid).map(TileAddress(z: 1, x: 3, y: 0)))
    // 180° E, 90° N: the middle between two columns, the edge of the last row.
    let corner = Self.width + Self.width - 2
    #expect(map.columns[corner] == 179.5 && map.rows[corner] == 179.5)
    #expect(try LatticeLocator(grid: polarGrid()).map(TileAddress(z: 3, x: 2, y: 0)) == nil)
  }

  /// A quarter of the globe from its meridian, transverse Mercator leads back into the grid from places
  /// that are nowhere near it.
  @Test func nothingStraysIntoAGrid() throws {
    let grid = try Grid(
      x: GridAxis(first: 450_050, step: 100, count: 300),
      y: GridAxis(first: 4_400_050, step: -100, count: 200), crs: CRS("EPSG:32613"))
    let locator = try LatticeLocator(grid: grid)
    for tile in [TileAddress(z: 10, x: 924, y: 528), TileAddress(z: 10, x: 960, y: 506)] {
      let map = try locator.map(tile)
      #expect(map?.columns.allSatisfy(\.isNaN) ?? true)
    }
    #expect(try locator.map(TileAddress(z: 10, x: 424, y: 286)) != nil)
  }
}
