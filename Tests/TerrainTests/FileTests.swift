import Foundation
import Grids
import Testing

@testable import Terrain

struct FileTests {
  private func fixture(_ name: String) throws -> DecodedMesh {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Fixtures/\(name)")
    return try DecodedMesh(Array(try Data(contentsOf: url)))
  }

  /// The tests' reader reads what other programs wrote.
  @Test func readerOfTheTestsReadsTilesOfOthers() throws {
    let plain = try fixture("9_533_383.terrain")
    #expect(plain.u.count == 103)
    #expect(abs(plain.lowest - 206.3) < 0.1 && abs(plain.highest - 787.9) < 0.1)
    #expect(plain.edges[0].allSatisfy { plain.u[$0] == 0 })
    #expect(plain.edges[1].allSatisfy { plain.v[$0] == 0 })
    #expect(plain.edges[2].allSatisfy { plain.u[$0] == 32_767 })
    #expect(plain.edges[3].allSatisfy { plain.v[$0] == 32_767 })
    #expect(try fixture("9_769_319_watermask.terrain").extensions[2]?.count == 65_536)
    #expect(try fixture("10_1563_590_light_watermask.terrain").extensions[1]?.count == 8)
  }

  private func file(
    _ tile: TileAddress, _ heights: TileHeights, water: [UInt8]? = nil
  ) throws -> DecodedMesh {
    let step = HeightStep(error: 10, heights: 0...1000)
    return try DecodedMesh(
      QuantizedMeshFile(
        SurfaceMesh(fitting: heights, step: step, error: 10), heights: heights,
        ground: TileGround(tile),
        step: step, water: water
      ).bytes)
  }

  /// A flat tile of 1.4° at the equator: closed forms.
  @Test func flatTileHasTheHeaderOfItsPlace() throws {
    // South-west corner at 0° E, 0° N.
    let mesh = try file(TileAddress(z: 7, x: 128, y: 63), TileHeights { _, _ in 500 })
    #expect(mesh.u.count == 4 && mesh.triangles.count == 2)
    #expect(mesh.lowest == 500)
    let a = 6_378_137.0
    let corners = [0.0, 1.40625].map { $0 * Double.pi / 180 }
    let squared = 1 - 6_356_752.314_245_179 * 6_356_752.314_245_179 / (a * a)
    var points: [[Double]] = []
    for longitude in corners {
      for latitude in corners {
        let n = a / (1 - squared * sin(latitude) * sin(latitude)).squareRoot()
        points.append([
          (n + 500) * cos(latitude) * cos(longitude), (n + 500) * cos(latitude) * sin(longitude),
          (n * (1 - squared) + 500) * sin(latitude),
        ])
      }
    }
    for point in points {
      let distance = zip(point, mesh.sphere).map { ($0 - $1) * ($0 - $1) }.reduce(0, +).squareRoot()
      #expect(distance <= mesh.sphere[3] + 1e-6)
      // The horizon point is hidden only where all of these are: as seen from it, none is beyond the
      // horizon of a unit sphere.
      let scaled = zip(point, [a, a, 6_356_752.314_245_179]).map(/)
      let dot = zip(scaled, mesh.horizon).map(*).reduce(0, +)
      let sizes = [scaled, mesh.horizon].map { $0.map { $0 * $0 }.reduce(0, +) }
      let tangents = sizes.map { acos(min(1, 1 / $0.squareRoot())) }
      #expect(acos(dot / (sizes[0] * sizes[1]).squareRoot()) <= tangents[0] + tangents[1] + 1e-6)
    }
    // Triangles turn against the clock as seen from above.
    for triangle in mesh.triangles {
      let (x, y) = (triangle.map { mesh.u[$0] }, triangle.map { mesh.v[$0] })
      #expect((x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0]) > 0)
    }
  }

  private func decoded(_ bytes: [UInt8]) -> [Double] {
    var (x, y) = (Double(bytes[0]) / 255 * 2 - 1, Double(bytes[1]) / 255 * 2 - 1)
    let z = 1 - abs(x) - abs(y)
    if z < 0 { (x, y) = ((1 - abs(y)) * (x < 0 ? -1 : 1), (1 - abs(x)) * (y < 0 ? -1 : 1)) }
    let length = (x * x + y * y + z * z).squareRoot()
    return [x / length, y / length, z / length]
  }

  @Test func directionsSurviveTwoBytes() {
    var chance = Chance(3)
    for _ in 0..<500 {
      let raw = (0..<3).map { _ in Double(chance.next(below: 2001) - 1000) + 0.5 }
      let length = raw.map { $0 * $0 }.reduce(0, +).squareRoot()
      let point = Ellipsoid.Point(x: raw[0] / length, y: raw[1] / length, z: raw[2] / length)
      let normal = OctNormal(point)
      let back = decoded([normal.x, normal.y])
      #expect(back[0] * point.x + back[1] * point.y + back[2] * point.z > cos(1.2 * .pi / 180))
    }
  }

  /// On a slope that rises eastwards by 45°, normals lean west by as much.
  @Test func normalsLeanAwayFromSlopes() throws {
    let tile = TileAddress(z: 7, x: 128, y: 63)
    let metres = LatticeLocator.step(z: 7) * CRS.metresPerDegree
    let step = HeightStep(error: 10, heights: 0...200_000)
    let heights = TileHeights { column, _ in Double(column + 1) * metres }
    let mesh = try DecodedMesh(
      QuantizedMeshFile(
        SurfaceMesh(fitting: heights, step: step, error: 10), heights: heights,
        ground: TileGround(tile),
        step: step, water: nil
      ).bytes)
    let corner = try #require(mesh.u.indices.first { mesh.u[$0] == 0 && mesh.v[$0] == 0 })
    let normals = try #require(mesh.extensions[1])
    let normal = decoded(Array(normals[2 * corner..<2 * corner + 2]))
    // At 0° E, 0° N up is x and east is y.
    #expect(abs(normal[0] - 0.707) < 0.02 && abs(normal[1] + 0.707) < 0.02)
  }

  /// Beside a hole the same slope keeps its inclination of 45°; within it is up.
  @Test func normalsDoNotLeanOverTheBrinkOfHoles() {
    let metres = LatticeLocator.step(z: 7) * CRS.metresPerDegree
    var heights = TileHeights { column, _ in Double(column + 1) * metres }
    for row in 90...110 {
      for column in 100...120 {
        let place = TileHeights.index(column: column, row: row)
        (heights.values[place], heights.isMissing[place]) = (-9000, true)
      }
    }
    let ground = TileGround(TileAddress(z: 7, x: 128, y: 63))
    func rise(_ column: Int, _ row: Int) -> Double {
      let up = ground.point(column: column, row: row, height: 0)
      let normal = ground.normal(column: column, row: row, heights)
      return (up.x * normal.x + up.y * normal.y + up.z * normal.z) / up.length
    }
    for (column, row) in [(50, 50), (99, 100), (121, 100), (110, 89), (110, 111), (99, 89)] {
      #expect(abs(rise(column, row) - 0.707) < 0.02, "\(column), \(row)")
    }
    for (column, row) in [(100, 100), (110, 90), (110, 100)] {
      #expect(rise(column, row) > 0.99999, "\(column), \(row)")
    }
  }

  @Test func waterIsWhereHeightsSay() {
    let coast = TileHeights { column, _ in column < 100 ? -5 : 5 }
    let mask = WaterMask.bytes { coast.values[$0] <= 0 }
    #expect(mask.count == 65_536)
    #expect(mask[0] == 255 && mask[98] == 255 && mask[100] == 0 && mask[65_535] == 0)
    #expect(WaterMask.bytes { _ in true } == [255])
    #expect(WaterMask.bytes { _ in false } == [0])
  }
}

struct AvailabilityTests {
  @Test func rectanglesHoldExactlyTheTiles() {
    var chance = Chance(5)
    for density in [1, 3, 9] {
      let z = 4
      let tiles = (0..<32 * 16).compactMap { number in
        chance.next(below: 10) < density ? TileAddress(z: z, x: number % 32, y: number / 32) : nil
      }
      let all = [[TileAddress]](repeating: [], count: z) + [tiles]
      let rectangles = TileAvailability(all).rectangles[z]
      let named = rectangles.flatMap { box in
        box.rows.flatMap { row in box.columns.map { [$0, row] } }
      }
      #expect(named.count == Set(named).count)
      #expect(Set(named) == Set(tiles.map { [$0.x, 15 - $0.y] }))
    }
  }

  @Test func wholeWorldIsOneRectangle() {
    let tiles = (0..<8).map { TileAddress(z: 1, x: $0 % 4, y: $0 / 4) }
    #expect(TileAvailability([[], tiles]).rectangles[1] == [.init(columns: 0...3, rows: 0...1)])
  }
}

struct LengthUnitTests {
  @Test(
    arguments: [
      ("m", 1.0), ("Metres", 1), ("KM", 1000), ("US_survey_foot", 1200.0 / 3937),
      ("fathoms", 1.8288),
    ] as [(String, Double)])
  func lengthsAreKnown(_ text: String, _ metres: Double) {
    #expect(LengthUnit.metres(text) == metres)
  }

  @Test(arguments: ["", "1", "K", "m s-1", "dbar"]) func othersAreNot(_ text: String) {
    #expect(LengthUnit.metres(text) == nil)
  }
}
