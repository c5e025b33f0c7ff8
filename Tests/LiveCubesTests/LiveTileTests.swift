import Cubes
import Foundation
import Grids
import Images
import Jobs
import Multiscales
import Pyramids
import Stores
import TestKit
import Testing

@testable import LiveCubes

extension LiveLimits {
  /// Nothing is judged by how long it takes: the machine may be busy with other things.
  static var patient: LiveLimits {
    var limits = LiveLimits()
    limits.time = .seconds(3600)
    limits.localTrust = .seconds(3600)
    return limits
  }
}

/// Tiles on the fly against those that the batch builder writes, pixel by pixel.
struct LiveTileTests {
  private static func value(_ time: Int, _ row: Int, _ column: Int) -> Double {
    (row * 5 + column * 3 + time) % 11 == 0
      ? .nan : sin(Double(row) / 9 + Double(time)) * 40 + Double(column % 50)
  }

  private static func cube(_ folder: TemporaryFolder, chunkTimes: Int) throws -> String {
    var cube = TestCube(
      x: TestCube.centres(from: -179, step: 2, count: 180),
      y: TestCube.centres(from: 89, step: -2, count: 90))
    cube.days = [0, 1, 2]
    cube.chunkTimes = chunkTimes
    cube.chunk = (rows: 17, columns: 23)
    cube.attributes = #""color_bar_name":"viridis","color_value_min":-40,"color_value_max":90,"#
    return try cube.write(to: folder, value: value)
  }

  private static func source(_ path: String) -> LiveSource {
    LiveSource(key: "team/d", dataset: "d", locations: [path])
  }

  /// They are kept as keys.
  @Test func namesOfComputedVariablesAreNotLong() async throws {
    let folder = try TemporaryFolder()
    let live = LiveCubes(limits: .patient)
    let cube = try await live.cube(Self.source(try Self.cube(folder, chunkTimes: 1)))
    let longest = String(repeating: "a", count: LiveCube.longestName - 4) + "=v+v"
    #expect(try cube.variable(longest).name == longest)
    let error = #expect(throws: LiveError.self) { _ = try cube.variable("a" + longest) }
    #expect(error?.kind == .invalid)
  }

  /// `side` 8 makes windows of a few cells, which must not show.
  @Test(arguments: [(1 << 20, 1024, 1), (0, 8, 1), (0, 32, 2)])
  func areTheTilesOfABuild(wholeCells: Int, side: Int, chunkTimes: Int) async throws {
    let folder = try TemporaryFolder()
    let path = try Self.cube(folder, chunkTimes: chunkTimes)
    let variable = try #require(try Cube.open([path]).variable(named: "v"))
    let pool = WorkerPool(workers: 2)
    let colours = try #require(ColourMap.named("viridis"))
    let style = try Style(title: "Default", colourMap: colours, range: -40...90)
    let sets: [TileMatrixSet] = [.webMercatorQuad, .worldCRS84Quad, .upsAntarctic]
    let plan = TilePlan(
      dataset: "d", variable: variable,
      styles: [TilePlan.PlannedStyle(style: style, format: .png, effort: .standard)],
      matrixSets: sets.map {
        TilePlan.PlannedMatrixSet($0, grid: variable.grid, maxZoom: 2)
      })
    let built = folder.path + "/site"
    let builder = try TileBuilder(
      plan: plan, folder: try SiteFolder(path: built), pool: pool)
    let field = FieldSelection(time: 1, extras: [])
    _ = try builder.build(
      field,
      levels: try Levels(
        of: variable, field: field,
        memory: FieldMemory(budget: 1 << 30, scratchFolder: folder.path), pool: pool))
    var limits = LiveLimits.patient
    limits.wholeCells = wholeCells
    limits.windowSide = side
    let live = LiveCubes(limits: limits)
    let cube = try await live.cube(Self.source(path))
    var compared = 0
    for set in sets {
      for z in 0...2 {
        for y in 0..<set.matrices[z].height {
          for x in 0..<set.matrices[z].width {
            let made = try await live.tile(
              TileOrder(
                variable: "v", field: field, tileMatrixSet: set,
                address: TileAddress(z: z, x: x, y: y)), of: cube)
            let key =
              "\(built)/datasets/d/tiles/v/default/\(set.id)/2020-01-02T00:00:00Z/\(z)/\(y)/\(x).png"
            let file = FileManager.default.contents(atPath: key)
            #expect((file == nil) == (made.image == nil), "\(set.id) \(z)/\(y)/\(x)")
            guard let file, let image = made.image else { continue }
            let same = try PNG.decode(Array(file)) == PNG.decode(image)
            #expect(same, "\(set.id) \(z)/\(y)/\(x)")
            compared += 1
          }
        }
      }
    }
    #expect(compared > 40)
  }

  @Test func aFineTileIsTheFourOfTheNextZoom() async throws {
    let folder = try TemporaryFolder()
    let path = try Self.cube(folder, chunkTimes: 1)
    let live = LiveCubes(limits: .patient)
    let cube = try await live.cube(Self.source(path))
    func image(_ z: Int, _ y: Int, _ x: Int, isFine: Bool) async throws -> PNG.Image {
      let tile = try await live.tile(
        TileOrder(
          variable: "v", field: FieldSelection(time: 0, extras: []),
          tileMatrixSet: .worldCRS84Quad, address: TileAddress(z: z, x: x, y: y), isFine: isFine),
        of: cube)
      return try PNG.decode(try #require(tile.image))
    }
    let fine = try await image(1, 0, 2, isFine: true)
    #expect(fine.width == 512)
    for (down, right) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
      let part = try await image(2, down, 4 + right, isFine: false)
      for row in stride(from: 0, to: 256, by: 37) {
        let start = ((down * 256 + row) * 512 + right * 256) * 4
        #expect(
          fine.rgba[start..<start + 1024].elementsEqual(part.rgba[row * 1024..<(row + 1) * 1024]))
      }
    }
  }

  @Test func aChangedSourceShows() async throws {
    let folder = try TemporaryFolder()
    var limits = LiveLimits.patient
    limits.localTrust = .zero
    let live = LiveCubes(limits: limits)
    var cube = TestCube(
      x: TestCube.centres(from: -175, step: 10, count: 36),
      y: TestCube.centres(from: 85, step: -10, count: 18))
    let order = TileOrder(
      variable: "v", field: FieldSelection(time: nil, extras: []),
      style: StyleRequest(low: 0, high: 10), tileMatrixSet: .worldCRS84Quad,
      address: TileAddress(z: 0, x: 0, y: 0))
    var tags: [String] = []
    for value in [1.0, 1, 9] {
      // Files that are the same in size and time count as unchanged.
      let path = try cube.write(to: folder) { _, _, _ in value }
      let opened = try await live.cube(Self.source(path))
      tags.append(try await live.tile(order, of: opened).tag)
    }
    #expect(tags[0] == tags[1])
    #expect(tags[1] != tags[2])
    cube.days = [0]
    let path = try cube.write(to: folder) { _, _, _ in 1 }
    #expect(try await live.cube(Self.source(path)).variable("v").time?.count == 1)
  }

  @Test func whatIsKeptIsNotMadeAgain() async throws {
    let folder = try TemporaryFolder()
    let path = try Self.cube(folder, chunkTimes: 3)
    let live = LiveCubes(limits: .patient)
    let cube = try await live.cube(Self.source(path))
    func order(_ time: Int) -> TileOrder {
      TileOrder(
        variable: "v", field: FieldSelection(time: time, extras: []),
        tileMatrixSet: .webMercatorQuad, address: TileAddress(z: 0, x: 0, y: 0))
    }
    #expect(live.keptTile(order(0), of: cube) == nil)
    let made = try await live.tile(order(0), of: cube)
    #expect(live.keptTile(order(0), of: cube)?.tag == made.tag)
    // The chunks hold three times, which were decoded together.
    let fields = live.keptBytes.fields
    #expect(fields > 3 * 180 * 90 * 4)
    _ = try await live.tile(order(2), of: cube)
    #expect(live.keptBytes.fields == fields)
  }

  @Test(arguments: [
    StyleRequest(colours: "nothing"), StyleRequest(low: 3, high: 3), StyleRequest(norm: "sideways"),
    StyleRequest(low: -1, high: 1, norm: "log"), StyleRequest(colours: "{\"colors\":[[1]]}"),
    StyleRequest(colours: "{"), StyleRequest(low: .infinity),
  ])
  func aWrongStyleIsRefused(style: StyleRequest) async throws {
    let folder = try TemporaryFolder()
    let live = LiveCubes(limits: .patient)
    let cube = try await live.cube(Self.source(try Self.cube(folder, chunkTimes: 1)))
    let error = await #expect(throws: LiveError.self) {
      try await live.style(style, of: "v", in: cube)
    }
    #expect(error?.kind == .invalid)
  }

  /// `vmin=0` of a variable that is usually drawn by its logarithm.
  @Test func withoutANormARangeIsLinear() throws {
    let map = try #require(ColourMap.named("viridis"))
    let usual = try Style(colourMap: map, scale: .logarithmic, range: 1...100)
    #expect(try StyleRequest(low: 0).style(usually: usual).scale == .linear)
    #expect(try StyleRequest().style(usually: usual).scale == .logarithmic)
    #expect(try StyleRequest(low: 2, norm: "log").style(usually: usual).range == 2...100)
  }

  @Test func ownColoursAreTaken() async throws {
    let folder = try TemporaryFolder()
    let live = LiveCubes(limits: .patient)
    let cube = try await live.cube(Self.source(try Self.cube(folder, chunkTimes: 1)))
    let text =
      ##"{"name":"x","type":"stepwise","colors":[[0,"#000000"],[5,"#ff0000"],[10,"#ffffff"]]}"##
    let style = try await live.style(
      StyleRequest(colours: text, low: 0, high: 10), of: "v", in: cube)
    #expect(style.colour(of: 2) == RGBA(r: 0, g: 0, b: 0))
    #expect(style.colour(of: 7) == RGBA(r: 255, g: 0, b: 0))
    // As matplotlib has xcube's: nothing at the low end, all from the middle on.
    let faded = try #require(ColourMap.shaded("viridis_alpha"))
    #expect([0, 64, 128, 255].map { faded.colours[$0].a } == [0, 127, 255, 255])
  }

  @Test func limitsHold() async throws {
    let folder = try TemporaryFolder()
    let path = try Self.cube(folder, chunkTimes: 1)
    var limits = LiveLimits.patient
    limits.wholeCells = 0
    limits.windowCells = 100
    limits.time = .zero
    let live = LiveCubes(limits: limits)
    let late = await #expect(throws: LiveError.self) { try await live.cube(Self.source(path)) }
    #expect(late?.kind == .tooLong)
    limits.time = .seconds(3600)
    let small = LiveCubes(limits: limits)
    let cube = try await small.cube(Self.source(path))
    let large = await #expect(throws: LiveError.self) {
      try await small.tile(
        TileOrder(
          variable: "v", field: FieldSelection(time: 0, extras: []),
          tileMatrixSet: .webMercatorQuad, address: TileAddress(z: 0, x: 0, y: 0)), of: cube)
    }
    #expect(large?.kind == .tooLarge)
    let missing = await #expect(throws: LiveError.self) {
      try await small.tile(
        TileOrder(
          variable: "v", field: FieldSelection(time: 0, extras: []),
          tileMatrixSet: .webMercatorQuad, address: TileAddress(z: 1, x: 2, y: 0)), of: cube)
    }
    #expect(missing?.kind == .unknown)
    let nowhere = await #expect(throws: LiveError.self) {
      try await small.cube(Self.source(folder.path + "/none.zarr"))
    }
    #expect(nowhere?.kind == .source)
    // What a reader gets to see does not tell where things lie.
    #expect(nowhere?.description.contains(folder.path) == false)
  }
}
