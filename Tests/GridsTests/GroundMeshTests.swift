import Testing

@testable import Grids

/// Corners of cells on a lattice; `Tests/Clients/zarr_sources.py` compares them with pyproj.
@Suite struct GroundMeshTests {
  @Test func aPolarGridNeedsFewNodes() throws {
    let axis = try GridAxis(first: -3e6, step: 25e3, count: 241)
    let grid = try Grid(x: axis, y: axis, crs: try CRS("EPSG:3413"))
    let mesh = try GroundMesh(grid, columnCount: 241)
    #expect(mesh.error <= 0.1)
    #expect(mesh.rows.first == 0 && mesh.rows.last == 241)
    #expect(mesh.rows.count < 40)
    #expect(mesh.longitudes.count == mesh.rows.count * mesh.columns.count)
    // The first node is the outer corner of the first cell.
    let projector = try Projector(from: grid.crs, to: .geographic)
    let corner = try #require(projector.transform(x: -3e6 - 12.5e3, y: -3e6 - 12.5e3))
    #expect(abs(mesh.latitudes[0] - corner.y) < 1e-9)
  }

  @Test func aSmallGridAroundThePoleIsRightEverywhere() throws {
    let axis = try GridAxis(first: -2.95e6, step: 1e5, count: 60)
    let mesh = try GroundMesh(
      try Grid(x: axis, y: axis, crs: try CRS("EPSG:3031")), columnCount: 60)
    let projector = try Projector(from: try CRS("EPSG:3031"), to: .geographic)
    func truth(_ row: Int, _ column: Int) throws -> UnitVector {
      let place = try #require(
        projector.transform(x: Double(column - 30) * 1e5, y: Double(row - 30) * 1e5))
      return UnitVector(longitude: place.x, latitude: place.y)
    }
    func node(_ row: Int, _ column: Int) -> UnitVector {
      let number = row * mesh.columns.count + column
      return UnitVector(longitude: mesh.longitudes[number], latitude: mesh.latitudes[number])
    }
    for row in 0..<60 {
      for column in 0..<60 {
        let down = try #require(mesh.rows.lastIndex { $0 <= row })
        let across = try #require(mesh.columns.lastIndex { $0 <= column })
        let quad = Quad(
          a: node(down, across), b: node(down, across + 1), c: node(down + 1, across),
          d: node(down + 1, across + 1))
        let found = quad.direction(
          Double(column - mesh.columns[across])
            / Double(mesh.columns[across + 1] - mesh.columns[across]),
          Double(row - mesh.rows[down]) / Double(mesh.rows[down + 1] - mesh.rows[down]))
        let side = try truth(row, column).chord(to: truth(row + 1, column))
        #expect(try found.chord(to: truth(row, column)) < 0.12 * side)
      }
    }
  }

  @Test func cornersOfACurvilinearGridLieBetweenItsCells() throws {
    // Cells at whole degrees, as a curvilinear grid.
    let (rows, columns) = (12, 20)
    let grid = Grid(
      try Curvilinear(
        longitudes: (0..<rows * columns).map { Double($0 % columns) },
        latitudes: (0..<rows * columns).map { Double($0 / columns) }, rows: rows, columns: columns))
    let mesh = try GroundMesh(grid, columnCount: columns)
    #expect(abs(mesh.longitudes[0] + 0.5) < 0.01)
    #expect(abs(mesh.latitudes[0] + 0.5) < 0.01)
    let last = mesh.longitudes.count - 1
    #expect(abs(mesh.longitudes[last] - 19.5) < 0.01)
    #expect(abs(mesh.latitudes[last] - 11.5) < 0.01)
  }
}
