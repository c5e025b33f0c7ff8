import Foundation
import Grids
import JSON
import Testing

@Suite struct TileLocatorTests {
  @Test func mercatorAgreesWithTheClosedForm() throws {
    let grid = try GridsFixture.globe(step: 0.1, startsAt: 0)
    let locator = try TileLocator(grid: grid, tileMatrixSet: .webMercatorQuad)
    #expect(locator.isSeparable)
    for (z, x, y) in [(0, 0, 0), (3, 7, 0), (5, 17, 21)] {
      let map = try locator.indexMap(z: z, x: x, y: y)
      for pixel in stride(from: 0, to: 256, by: 17) {
        let span = Double(256 << z)
        let longitude = (Double(x * 256 + pixel) + 0.5) / span * 360 - 180
        let mercator = Double.pi * (1 - 2 * (Double(y * 256 + pixel) + 0.5) / span)
        let latitude = atan(sinh(mercator)) * 180 / .pi
        let expected = (
          column: ((longitude < 0 ? longitude + 360 : longitude) - 0.05) / 0.1,
          row: (89.95 - latitude) / 0.1
        )
        let place = map.place(pixel, pixel)
        let gap = abs(place.column - expected.column)
        #expect(min(gap, 3600 - gap) < 1e-6)
        #expect(abs(place.row - expected.row) < 1e-6)
      }
    }
  }

  @Test func webMercatorGridsOnGeographicTiles() throws {
    let grid = try GridsFixture.rectangle(
      CRS("EPSG:3857"), x: 0...4e6, y: 5e6...8e6, columns: 400, rows: 300)
    let locator = try TileLocator(grid: grid, tileMatrixSet: .worldCRS84Quad)
    #expect(locator.isSeparable)
    try compare(locator, grid, .worldCRS84Quad, TileAddress(z: 3, x: 8, y: 1), tolerance: 1e-6)
    #expect(try TileLocator(grid: grid, tileMatrixSet: .webMercatorQuad).isSeparable)
  }

  @Test func polarMapsOfOneMeridianAreSeparable() throws {
    let grid = try GridsFixture.rectangle(
      CRS("EPSG:3031"), x: -3.0e6...3.0e6, y: -3.0e6...3.0e6, columns: 1200, rows: 1200)
    let locator = try TileLocator(grid: grid, tileMatrixSet: .upsAntarctic)
    #expect(locator.isSeparable)
    for address in [TileAddress(z: 3, x: 3, y: 3), TileAddress(z: 5, x: 16, y: 16)] {
      try compare(locator, grid, .upsAntarctic, address, tolerance: 1e-3)
    }
    // Another meridian in the middle turns the map: not separable.
    let turned = try GridsFixture.rectangle(
      CRS("EPSG:3413"), x: -3.8e6...3.7e6, y: -5.3e6...5.8e6, columns: 300, rows: 400)
    #expect(try !TileLocator(grid: turned, tileMatrixSet: .upsArctic).isSeparable)
  }

  static let meshes: [(name: String, x: ClosedRange<Double>, y: ClosedRange<Double>)] = [
    ("EPSG:3031", -3.3e6...3.3e6, -3.3e6...3.3e6), ("EPSG:3413", -3.8e6...3.7e6, -5.3e6...5.8e6),
    ("EPSG:3035", 2.5e6...6e6, 1.5e6...5e6), ("EPSG:32660", 1e5...9e5, -2e6...4e6),
    ("+proj=geos +h=35786023 +lon_0=0 +ellps=WGS84", -5.4e6...5.4e6, -5.4e6...5.4e6),
    ("+proj=sinu +R=6371007.181", -2.0e7...2.0e7, -1e7...1e7),
    ("+proj=lcc +lat_1=25 +lat_2=25 +lon_0=-95 +lat_0=25 +R=6371229", -3e6...3e6, -2e6...3e6),
    ("OGC:CRS84", -180...180, -90...90), ("OGC:CRS84", 150...215, 50...90),
  ]

  /// The mesh errs by less than 0.05 pixels against PROJ on every pixel.
  @Test(arguments: meshes.indices)
  func meshesAgreeWithProjection(_ number: Int) throws {
    let (name, x, y) = Self.meshes[number]
    let grid = try GridsFixture.rectangle(CRS(name), x: x, y: y, columns: 720, rows: 720)
    var numbers = FixedNumbers(state: UInt64(number))
    for set in TileMatrixSet.all {
      let locator = try TileLocator(grid: grid, tileMatrixSet: set)
      for z in 0...5 {
        guard let address = try set.tiles(z: z, covering: grid).randomElement(using: &numbers)
        else { continue }
        try compare(locator, grid, set, address, tolerance: 0.05)
      }
      // The tiles around a pole and around the antimeridian.
      if let far = try set.tiles(z: 2, covering: grid).last {
        try compare(locator, grid, set, far, tolerance: 0.05)
      }
    }
  }

  @Test func tileWithThePoleHasNoHole() throws {
    let grid = try GridsFixture.globe(step: 1)
    for set in [TileMatrixSet.upsArctic, .upsAntarctic] {
      let locator = try TileLocator(grid: grid, tileMatrixSet: set)
      for (z, x, y) in [(0, 0, 0), (4, 8, 8), (7, 63, 64), (10, 512, 511)] {
        let map = try locator.indexMap(z: z, x: x, y: y)
        guard case .full(let columns, let rows) = map else {
          Issue.record("tile \(z)/\(x)/\(y) of \(set.id) is not full")
          continue
        }
        #expect(columns.allSatisfy { $0 >= 0 && $0 <= 360 })
        #expect(rows.allSatisfy { $0 >= -0.5 && $0 <= 179.5 })
      }
    }
  }

  @Test func irregularLatitudesGoThroughTheMeshToo() throws {
    let grid = try Grid(
      x: GridAxis(first: 0, step: 2, count: 180, isLongitude: true),
      y: GridAxis(values: (0..<40).map { 89.5 * sin((Double($0) - 19.5) / 19.5 * .pi / 2) }))
    let locator = try TileLocator(grid: grid, tileMatrixSet: .upsArctic)
    try compare(
      locator, grid, .upsArctic, TileAddress(z: 2, x: 2, y: 1), tolerance: 0.05)
  }

  @Test func addressesThatDoNotExistAreRefused() throws {
    let locator = try TileLocator(
      grid: try GridsFixture.globe(step: 10), tileMatrixSet: .webMercatorQuad)
    for (z, x, y) in [(-1, 0, 0), (25, 0, 0), (0, 1, 0), (2, 0, 4), (1, -1, 0)] {
      #expect(throws: GridError.self) { try locator.indexMap(z: z, x: x, y: y) }
    }
  }

  @Test func manyThreadsGetWhatOneGets() async throws {
    let grid = try GridsFixture.rectangle(
      CRS("EPSG:3413"), x: -3.8e6...3.7e6, y: -5.3e6...5.8e6, columns: 300, rows: 400)
    let locator = try TileLocator(grid: grid, tileMatrixSet: .webMercatorQuad)
    let alone = try locator.indexMap(z: 2, x: 1, y: 0).place(100, 100)
    try await withThrowingTaskGroup(of: Double.self) { group in
      for _ in 0..<8 {
        group.addTask { try locator.indexMap(z: 2, x: 1, y: 0).place(100, 100).column }
      }
      for try await column in group { #expect(column == alone.column) }
    }
  }

  /// Compares an index map with PROJ on every eleventh pixel of every eleventh row, in pixels of the tile.
  private func compare(
    _ locator: TileLocator, _ grid: Grid, _ set: TileMatrixSet, _ address: TileAddress,
    tolerance: Double
  ) throws {
    guard case .rectilinear(let x, let y) = grid.geometry else { return }
    let map = try locator.indexMap(z: address.z, x: address.x, y: address.y)
    let projector = try Projector(from: grid.crs, to: set.crs)
    let there = try Projector(from: set.crs, to: grid.crs)
    let bounds = set.bounds(z: address.z, x: address.x, y: address.y)
    let cell = set.matrices[address.z].cellSize
    var worst = 0.0
    for row in stride(from: 0, to: 256, by: 11) {
      for column in stride(from: 0, to: 256, by: 11) {
        let centre = (
          x: bounds.minX + (Double(column) + 0.5) * cell,
          y: bounds.maxY - (Double(row) + 0.5) * cell
        )
        let found = map.place(column, row)
        // A place that does not lead back is none, see MeshLocator.
        let exact = there.transform(x: centre.x, y: centre.y).flatMap { place in
          let back = projector.transform(x: place.x, y: place.y)
          return back.map { abs($0.y - centre.y) < cell } ?? false ? place : nil
        }
        guard let exact else {
          #expect(found.column.isNaN)
          continue
        }
        let (exactColumn, exactRow) = (x.index(of: exact.x), y.index(of: exact.y))
        guard !exactColumn.isNaN, !exactRow.isNaN, !found.column.isNaN else {
          // On the border, rounding to Float may put a pixel on either side.
          let isOutside = exactColumn.isNaN || exactRow.isNaN
          if isOutside != found.column.isNaN {
            let rim = 0.2 + 0.05 * gridCells(perPixelOf: set, address, grid)
            let back = isOutside ? found : (column: exactColumn, row: exactRow)
            let distance = min(
              abs(back.column + 0.5), abs(back.column - Double(x.count) + 0.5),
              abs(back.row + 0.5), abs(back.row - Double(y.count) + 0.5))
            #expect(distance < rim, "\(set.id) \(address) \(column) \(row)")
          }
          continue
        }
        // Back on the tile: how many pixels lie between the place found and the pixel.
        guard
          let back = projector.transform(
            x: x.coordinate(at: found.column), y: y.coordinate(at: found.row))
        else { continue }
        var across = abs(back.x - centre.x)
        if set.crs.isAngular { across = min(across, abs(across - 360)) }
        if set == .webMercatorQuad {
          across = min(across, abs(across - 2 * Double.pi * 6_378_137))
        }
        let here = max(across, abs(back.y - centre.y)) / cell
        // Near a limb or a pole, rounding of the index to Float is many pixels.
        let isRounding =
          abs(found.column - exactColumn) < 5e-5 && abs(found.row - exactRow) < 5e-5
        if !isRounding { worst = max(worst, here) }
      }
    }
    #expect(worst < tolerance, "\(set.id) \(address) of \(grid.crs.definition)")
  }

  private func gridCells(
    perPixelOf set: TileMatrixSet, _ address: TileAddress, _ grid: Grid
  ) -> Double {
    set.matrices[address.z].cellSize * set.crs.metresPerUnit / grid.resolutionMetres
  }
}
