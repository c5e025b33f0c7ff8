import Codecs
import Cubes
import Foundation
import Grids
import JSON
import Jobs
import Multiscales
import Stores
import TestKit
import Testing

@testable import Terrain

/// Whole terrains, from a cube in a folder to files.
struct TerrainBuilderTests {
  private func variable(
    _ folder: TemporaryFolder, x: [Double], y: [Double], days: [Double] = [],
    units: String = #""units":"m","#, value: (_ time: Int, _ row: Int, _ column: Int) -> Double
  ) throws -> Variable {
    var cube = TestCube(x: x, y: y)
    cube.attributes = units
    cube.days = days
    let path = try cube.write(to: folder, value: value)
    return try #require(try Cube.open([path]).variable(named: "v"))
  }

  private func build(
    _ variable: Variable, _ folder: TemporaryFolder, site: String = "site", workers: Int = 2,
    _ options: TerrainPlan.Options = .init(reference: .geoid)
  ) throws -> SiteFolder {
    let site = try SiteFolder(path: folder.path + "/" + site)
    let pool = WorkerPool(workers: workers)
    let plan = try TerrainPlan(
      dataset: "d", title: "T", attribution: nil, variable: variable, options: options)
    let fields = variable.time.map { axis in
      axis.times.indices.map { FieldSelection(time: $0, extras: []) }
    }
    let pass = FieldPass(
      journal: Journal(site), memory: FieldMemory(budget: 1 << 28, scratchFolder: folder.path),
      pool: pool)
    let work = FieldWork(
      variable: variable, fields: fields ?? [FieldSelection(time: nil, extras: [])],
      products: [
        try TerrainBuilder(
          plan: plan, folder: site, pool: pool,
          memory: FieldMemory(budget: 1 << 28, scratchFolder: folder.path)),
        try TerrainPictureBuilder(plan: plan, folder: site, pool: pool),
      ])
    try pass.run(try pass.plan([work]))
    return site
  }

  private func mesh(_ site: SiteFolder, _ name: String) throws -> DecodedMesh {
    let packed = try #require(try site.read("datasets/d/terrain/" + name))
    return try DecodedMesh(
      packed.withUnsafeBytes { try GzipCodec().decode($0, expectedSize: nil, limit: 1 << 26) })
  }

  private func keys(_ site: SiteFolder) throws -> Set<String> {
    var keys: Set<String> = []
    try site.forEachFile { file throws(StoreError) in
      if file.key.hasPrefix("datasets/d/terrain/") { keys.insert(String(file.key.dropFirst(19))) }
    }
    return keys
  }

  private static let world = (
    x: TestCube.centres(from: -179.5, step: 1, count: 360),
    y: TestCube.centres(from: 89.5, step: -1, count: 180)
  )

  private static func relief(_ row: Int, _ column: Int) -> Double {
    3000 * sin(Double(column) / 9) * sin(Double(row) / 7) + Double((row * 31 + column * 17) % 200)
  }

  /// The vertices on an edge as place along it and height in metres.
  private func edge(_ mesh: DecodedMesh, _ side: Int) -> [Int: Double] {
    var heights: [Int: Double] = [:]
    for vertex in mesh.edges[side] {
      heights[side % 2 == 0 ? mesh.v[vertex] : mesh.u[vertex]] = mesh.metres(vertex)
    }
    return heights
  }

  @Test func tilesMeetRoundTheWorldAndAtThePoles() throws {
    let folder = try TemporaryFolder()
    let site = try build(
      try variable(folder, x: Self.world.x, y: Self.world.y) { Self.relief($1, $2) }, folder,
      .init(reference: .ellipsoid, maxZoom: 1))
    #expect(
      try keys(site)
        == Set(["layer.json", "0/0/0.terrain", "0/1/0.terrain"]).union(
          (0..<8).map { "1/\($0 % 4)/\($0 / 4).terrain" }))
    for y in 0..<2 {
      var poles: Set<Double> = []
      for x in 0..<4 {
        let tile = try mesh(site, "1/\(x)/\(y).terrain")
        let right = try mesh(site, "1/\((x + 1) % 4)/\(y).terrain")
        #expect(edge(tile, 2) == edge(right, 0))
        #expect(edge(tile, 2).count > 5)
        poles.formUnion(edge(tile, y == 0 ? 1 : 3).values)
      }
      #expect(poles.count == 1)
    }
    #expect(edge(try mesh(site, "1/1/0.terrain"), 3) == edge(try mesh(site, "1/1/1.terrain"), 1))
  }

  @Test func bytesDoNotDependOnWorkers() throws {
    let folder = try TemporaryFolder()
    let heights = try variable(folder, x: Self.world.x, y: Self.world.y) { Self.relief($1, $2) }
    let options = TerrainPlan.Options(reference: .geoid, water: .belowZero, maxZoom: 1)
    let one = try build(heights, folder, site: "one", workers: 1, options)
    let many = try build(heights, folder, site: "many", workers: 5, options)
    for key in try keys(one) {
      #expect(
        try one.read("datasets/d/terrain/" + key) == many.read("datasets/d/terrain/" + key))
    }
    #expect(try keys(one) == keys(many))
  }

  /// A surface that changes has a terrain for each time; a time without values has none.
  @Test func everyTimeHasItsTerrain() throws {
    let folder = try TemporaryFolder()
    let site = try build(
      try variable(folder, x: [10, 11, 12], y: [50, 49], days: [0, 1, 2]) { time, _, _ in
        time == 1 ? .nan : 100 * Double(time + 1)
      }, folder, .init(reference: .geoid, error: 1, maxZoom: 0))
    let times = Set(try keys(site).map { String($0.prefix { $0 != "/" }) })
    #expect(times == ["2020-01-01T00:00:00Z", "2020-01-03T00:00:00Z"])
    let last = try mesh(site, "2020-01-03T00:00:00Z/0/1/0.terrain")
    #expect(last.u.indices.map { last.metres($0) }.max() == 300)
  }

  @Test func oneCellAndConstantSurfacesAreTerrain() throws {
    for units in [#""units":"km","#, #""units":"m","#] {
      let folder = try TemporaryFolder()
      let site = try build(
        try variable(folder, x: [20, 21], y: [-30, -31], units: units) { _, _, _ in 2 }, folder,
        .init(reference: .geoid, error: 1, exaggeration: 3, missing: 2, maxZoom: 0))
      let tile = try mesh(site, "0/1/0.terrain")
      let top = try #require(tile.u.indices.map { tile.metres($0) }.max())
      #expect(top == (units.contains("km") ? 6000 : 6))
      if !units.contains("km") { #expect(tile.triangles.count == 2) }
    }
  }

  /// A grid across the antimeridian has tiles on both sides of it, and not all round the world.
  @Test func antimeridianIsCrossed() throws {
    let folder = try TemporaryFolder()
    let site = try build(
      try variable(
        folder, x: TestCube.centres(from: 170.5, step: 1, count: 20),
        y: TestCube.centres(from: 9.5, step: -1, count: 20)
      ) { Self.relief($1, $2) }, folder, .init(reference: .geoid, maxZoom: 3))
    let layer = try JSONValue(
      parsing: try #require(try site.read("datasets/d/terrain/layer.json")))
    let finest = try #require(layer["available"]?.arrayValue?.last?.arrayValue)
    let columns = Set(finest.compactMap { $0["startX"]?.intValue })
    #expect(columns == [0, 15])
    let east = edge(try mesh(site, "3/15/4.terrain"), 2)
    #expect(east == edge(try mesh(site, "3/0/4.terrain"), 0))
    #expect(east.count > 3)
  }

  @Test func waterIsWhereAnotherVariableSays() throws {
    let folder = try TemporaryFolder()
    let (x, y) = (TestCube.centres(from: -179, step: 2, count: 180), [60.0, 20, -20, -60])
    let heights = try variable(folder, x: x, y: y) { _, row, column in Double(row * column) }
    let path = try TestCube(x: x, y: y).write(to: folder, name: "mask.zarr") { _, _, column in
      column < 90 ? 1 : 2
    }
    let mask = try #require(try Cube.open([path]).variable(named: "v"))
    let site = try build(
      heights, folder, .init(reference: .geoid, water: .values([1], of: mask), maxZoom: 0))
    #expect(try mesh(site, "0/1/0.terrain").extensions[2]?.last == 0)
    let west = try #require(try mesh(site, "0/0/0.terrain").extensions[2])
    #expect(west.count == 65_536 && west[128 * 256 + 10] == 255)
    let other = try variable(folder, x: [1, 2], y: [2, 1]) { _, _, _ in 1 }
    #expect(throws: TerrainError.self) {
      try build(heights, folder, .init(reference: .geoid, water: .values([1], of: other)))
    }
  }

  @Test func whatIsNoHeightIsRefused() throws {
    let folder = try TemporaryFolder()
    func refusal(_ units: String, _ options: TerrainPlan.Options, top: Double = 9000) -> String {
      do {
        let name = UUID().uuidString
        let heights = try variable(folder, x: [1, 2], y: [2, 1], units: units) { _, row, _ in
          row == 0 ? top : 0
        }
        _ = try build(heights, folder, site: name, options)
        return "none"
      } catch {
        return "\(error)"
      }
    }
    #expect(refusal("", .init(reference: .geoid)).contains("it states no unit"))
    #expect(refusal(#""units":"K","#, .init(reference: .geoid)).contains("'K' is not a known unit"))
    #expect(refusal(#""units":"K","#, .init(reference: .geoid, units: "m", maxZoom: 0)) == "none")
    #expect(
      refusal(#""units":"m","#, .init(reference: .geoid, error: 0.01, maxZoom: 0))
        .contains("State 'error: 0.5' or more"))
    #expect(
      refusal(#""units":"m","#, .init(reference: .geoid, maxZoom: 0), top: 1e9)
        .contains("heights beyond"))
  }
}
