import Grids
import JSON
import Testing

@Suite struct TileMatrixSetTests {
  @Test func setsAreThoseOfTheRegistry() throws {
    let registry = try #require(try GridsFixture.json("matrices.json").objectValue)
    #expect(registry.count == TileMatrixSet.all.count)
    for (id, levels) in registry {
      let set = try #require(TileMatrixSet.named(id))
      #expect(set.matrices.count == 25)
      for level in levels.arrayValue ?? [] {
        let numbers = (level.arrayValue ?? []).compactMap(\.doubleValue)
        let matrix = try #require(set.matrices.first { Double($0.z) == numbers[0] })
        // The registry rounds the polar sets to ten digits.
        #expect(abs(matrix.scaleDenominator / numbers[1] - 1) < 2e-9)
        #expect(abs(matrix.cellSize / numbers[2] - 1) < 6e-8)
        #expect(abs(set.origin.x - numbers[3]) < 1e-6 && abs(set.origin.y - numbers[4]) < 1e-6)
        #expect(Double(matrix.width) == numbers[5] && Double(matrix.height) == numbers[6])
      }
    }
  }

  @Test func tilesFillTheSquare() {
    for set in TileMatrixSet.all {
      let last = set.matrices[5]
      let corner = set.bounds(z: 5, x: last.width - 1, y: last.height - 1)
      let (width, height) = (
        corner.maxX - set.origin.x, set.origin.y - corner.minY
      )
      #expect(abs(width / height - Double(last.width) / Double(last.height)) < 1e-12)
      #expect(set.bounds(z: 0, x: 0, y: 0).minX == set.origin.x)
      #expect(set.matrices[0].scaleDenominator == set.matrices[3].scaleDenominator * 8)
    }
    #expect(TileMatrixSet.worldCRS84Quad.bounds(z: 0, x: 1, y: 0) == (0, -90, 180, 90))
  }

  @Test func finestZoomHasPixelsNoLargerThanCells() throws {
    let quarter = try GridsFixture.globe(step: 0.25)
    #expect(TileMatrixSet.worldCRS84Quad.finestZoom(for: quarter) == 2)
    #expect(TileMatrixSet.webMercatorQuad.finestZoom(for: quarter) == 3)
    // Cells exactly as large as the pixels of a level.
    let exact = try GridsFixture.globe(step: 0.703125 / 8)
    #expect(TileMatrixSet.worldCRS84Quad.finestZoom(for: exact) == 3)
    let bed = try GridsFixture.rectangle(
      CRS("EPSG:3031"), x: -3.0e6...3.0e6, y: -3.0e6...3.0e6, columns: 1200, rows: 1200)
    #expect(TileMatrixSet.upsAntarctic.finestZoom(for: bed) == 5)
    #expect(TileMatrixSet.webMercatorQuad.finestZoom(for: bed) == 4)
  }

  @Test func limitsOfSeparableGridsAreExact() throws {
    var numbers = FixedNumbers(state: 7)
    for _ in 0..<12 {
      let west = Double.random(in: -200...200, using: &numbers)
      let south = Double.random(in: -90...80, using: &numbers)
      let grid = try GridsFixture.rectangle(
        .geographic, x: west...west + Double.random(in: 0.5...300, using: &numbers),
        y: south...min(90, south + Double.random(in: 0.5...100, using: &numbers)),
        columns: Int.random(in: 1...9, using: &numbers) + 1, rows: 3)
      for set in [TileMatrixSet.webMercatorQuad, .worldCRS84Quad] {
        for z in 0...2 { try checkTiles(set, z: z, grid, isExact: true) }
      }
    }
  }

  @Test func tilesOfProjectedGridsAreNeverTooFew() throws {
    let grids = [
      try GridsFixture.rectangle(
        CRS("EPSG:3031"), x: -3.0e6...3.0e6, y: -3.0e6...3.0e6, columns: 30, rows: 30),
      try GridsFixture.rectangle(
        CRS("EPSG:3413"), x: -3.8e6...3.7e6, y: -5.3e6...5.8e6, columns: 30, rows: 40),
      try GridsFixture.rectangle(
        CRS("EPSG:32660"), x: 200_000...900_000, y: 0...4e6, columns: 20, rows: 30),
      try GridsFixture.rectangle(
        CRS(gridMapping: [
          "grid_mapping_name": "rotated_latitude_longitude", "grid_north_pole_latitude": 39.25,
          "grid_north_pole_longitude": -162.0,
        ]), x: -28...18, y: -23...22, columns: 40, rows: 40),
      try GridsFixture.globe(step: 5), try GridsFixture.ocean(),
    ]
    for grid in grids {
      for set in TileMatrixSet.all { for z in [0, 2] { try checkTiles(set, z: z, grid) } }
    }
  }

  /// Compares the tiles named with all tiles that have a pixel in the grid.
  private func checkTiles(
    _ set: TileMatrixSet, z: Int, _ grid: Grid, isExact: Bool = false
  ) throws {
    let locator = try TileLocator(grid: grid, tileMatrixSet: set)
    var truth: Set<TileAddress> = []
    for x in 0..<set.matrices[z].width {
      for y in 0..<set.matrices[z].height {
        if try !locator.indexMap(z: z, x: x, y: y).isOutside {
          truth.insert(TileAddress(z: z, x: x, y: y))
        }
      }
    }
    let named = Set(try set.tiles(z: z, covering: grid))
    #expect(truth.isSubset(of: named), "\(set.id) \(z) \(grid.crs)")
    if isExact { #expect(truth == named, "\(set.id) \(z) \(grid.geographicBounds)") }
    let limits = try set.limits(z: z, covering: grid)
    #expect((limits == nil) == named.isEmpty)
    if let limits { #expect(named.allSatisfy { limits.contains(x: $0.x, y: $0.y) }) }
  }
}
