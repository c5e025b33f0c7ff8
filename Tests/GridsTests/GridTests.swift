import Grids
import Testing

@Suite struct GridTests {
  @Test func geographicGridsKnowTheirPlace() throws {
    let grid = try GridsFixture.globe(step: 0.25, startsAt: 0)
    #expect(grid.geographicBounds == .world)
    #expect(abs(grid.resolutionMetres - 27_829.8) < 0.1)
    let place = try #require(grid.index(longitude: -0.125, latitude: 89.875))
    #expect(place.row == 0 && place.column == 1439)
    #expect(grid.cellCentre(row: 719, column: 720) == (-179.875, -89.875))
    let weights = grid.rowAreaWeights()
    #expect(weights.count == 720 && weights[359] > 0.99999 && weights[0] < 0.003)
  }

  /// A row with its centre at a pole has an area: that of half a row, a cap of the sphere.
  @Test func rowsAtThePolesHaveAnArea() throws {
    let grid = try Grid(
      x: GridAxis(first: 0, step: 1, count: 360, isLongitude: true),
      y: GridAxis(first: 90, step: -1, count: 181))
    let weights = grid.rowAreaWeights()
    // Heights on the sphere's axis: of the cap above 89.5°, over that of the row at the equator.
    let expected = Float((1 - 0.999_961_923_064_171_3) / (2 * 0.008_726_535_498_373_935))
    #expect(abs(weights[0] - expected) < 1e-8 && weights[180] == weights[0])
    #expect(weights[90] == 1)
  }

  @Test func boundsCrossTheAntimeridianAndStopAtThePoles() throws {
    let pacific = try Grid(
      x: GridAxis(first: 170.5, step: 1, count: 40, isLongitude: true),
      y: GridAxis(first: -90, step: 1, count: 11))
    #expect(
      pacific.geographicBounds == GeographicBounds(west: 170, south: -90, east: 210, north: -79.5))
    #expect(pacific.geographicBounds.crossesAntimeridian)
    let east = try Grid(
      x: GridAxis(first: 190.5, step: 1, count: 10, isLongitude: true),
      y: GridAxis(first: 0, step: 1, count: 2))
    #expect(east.geographicBounds.west == -170 && east.geographicBounds.east == -160)
  }

  @Test func polarGridsHoldThePole() throws {
    let antarctic = try GridsFixture.rectangle(
      CRS("EPSG:3031"), x: -3.0e6...3.0e6, y: -3.0e6...3.0e6, columns: 600, rows: 600)
    let bounds = antarctic.geographicBounds
    #expect(bounds.south == -90 && bounds.west == -180 && bounds.east == 180)
    #expect(abs(bounds.north - -52.4) < 1)
    #expect(abs(antarctic.resolutionMetres - 10_240) < 100)
    let pole = try #require(antarctic.index(longitude: 77, latitude: -90))
    #expect(abs(pole.row - 299.5) < 1e-6 && abs(pole.column - 299.5) < 1e-6)
    #expect(antarctic.index(longitude: 0, latitude: 0) == nil)
    let beside = try GridsFixture.rectangle(
      CRS("EPSG:3031"), x: 1e6...2e6, y: 1e6...2e6, columns: 100, rows: 100)
    #expect(beside.geographicBounds.west > 20 && beside.geographicBounds.east < 70)
    #expect(beside.geographicBounds.north < -60 && beside.geographicBounds.south > -80)
  }

  @Test func centresAndIndicesAreInverse() throws {
    for crs in ["EPSG:32633", "EPSG:3035", "EPSG:3857"] {
      let grid = try GridsFixture.rectangle(
        CRS(crs), x: 300_000...700_000, y: 5_000_000...5_400_000, columns: 40, rows: 40)
      for (row, column) in [(0, 0), (39, 39), (7, 31)] {
        let centre = grid.cellCentre(row: row, column: column)
        let place = try #require(
          grid.index(longitude: centre.longitude, latitude: centre.latitude))
        #expect(abs(place.row - Double(row)) < 1e-6 && abs(place.column - Double(column)) < 1e-6)
      }
    }
  }

  @Test func wrongAxesAreRefused() throws {
    let metres = try GridAxis(first: -3e6, step: 5000, count: 100)
    #expect(throws: GridError.self) { try Grid(x: metres, y: metres) }
    let nowhere = try GridAxis(first: 1e12, step: 5000, count: 10)
    let crs = try CRS("+proj=geos +h=35786023 +lon_0=0 +ellps=WGS84")
    #expect(throws: GridError.self) { try Grid(x: nowhere, y: nowhere, crs: crs) }
    let grid = try GridsFixture.globe(step: 10)
    #expect(grid.cellCentre(row: 99, column: 0).latitude.isNaN)
    #expect(grid.index(longitude: .nan, latitude: 0) == nil)
    #expect(grid.index(longitude: 0, latitude: 91) == nil)
  }
}
