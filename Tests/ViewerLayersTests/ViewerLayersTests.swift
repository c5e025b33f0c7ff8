import Cubes
import Foundation
import Images
import JSON
import Jobs
import Multiscales
import Recipes
import Stores
import TestKit
import Testing

@testable import ViewerLayers

/// Layers of the 4D viewer: from cubes in a folder to tiles, against closed forms.
///
/// How they compare with the viewer's own server is checked in Tests/Clients/check_4d_viewer.py.
struct ViewerLayersTests {
  private static func value(_ row: Int, _ column: Int) -> Double {
    row == 3 && column == 5 ? .nan : Double(row) + Double(column) / 1000
  }

  private func variable(
    _ folder: TemporaryFolder, rows: Int, columns: Int, rising: Bool = false
  ) throws -> Variable {
    let y = TestCube.centres(from: rising ? -40 : 40, step: rising ? 0.25 : -0.25, count: rows)
    var cube = TestCube(x: TestCube.centres(from: 5, step: 0.25, count: columns), y: y)
    cube.chunk = (64, 64)
    let path = try cube.write(to: folder) { _, row, column in Self.value(row, column) }
    return try #require(try Cube.open([path]).variable(named: "v"))
  }

  private func layer(
    _ variable: Variable, _ kind: ViewerLayerRecipe.Kind, range: ClosedRange<Double> = 0...255
  ) throws -> ViewerLayer {
    try ViewerLayer(
      dataset: "d", datasetTitle: "D", key: "v", title: "V", variable: variable, kind: kind,
      range: range)
  }

  private func build(_ layer: ViewerLayer, _ folder: TemporaryFolder) throws -> [String: [UInt8]] {
    let site = try SiteFolder(path: folder.path + "/site")
    let pool = WorkerPool(workers: 2)
    let field = FieldSelection(time: nil, extras: [])
    let builder = try ViewerLayerBuilder(
      layer, fields: [field], folder: site, journal: Journal(site))
    let memory = FieldMemory(budget: 64 << 20, scratchFolder: folder.path)
    let levels = try Levels(of: layer.variable, field: field, memory: memory, pool: pool)
    let objects = try builder.build(field, levels: levels).objects
    var files: [String: [UInt8]] = [:]
    for object in objects { files[object.key] = try site.read(object.key) }
    return files
  }

  @Test func cellsBecomeGreyLevelsFromTheNorth() throws {
    let folder = try TemporaryFolder()
    for rising in [false, true] {
      let layer = try layer(
        try variable(folder, rows: 100, columns: 300, rising: rising), .heatmap)
      let files = try build(layer, folder)
      // Two resolutions: 300 columns need two tiles, half as many fit one.
      #expect(layer.grid.resolutions == 2)
      let names = files.keys.sorted()
      #expect(
        names == [
          "4d_viewer/d.v/tiles/0/0_0_None_0_png", "4d_viewer/d.v/tiles/1/0_0_None_0_png",
          "4d_viewer/d.v/tiles/1/1_0_None_0_png",
        ])
      let picture = try PNG.decode(try #require(files[names[1]]))
      #expect(picture.width == 256 && picture.height == 256)
      for (row, column) in [(0, 0), (3, 5), (50, 200), (99, 255), (100, 0)] {
        let sourceRow = rising ? 99 - row : row
        let value = row < 100 ? Self.value(sourceRow, column) : .nan
        let place = 4 * (row * 256 + column)
        #expect(picture.rgba[place + 3] == (value.isNaN ? 0 : 255))
        if !value.isNaN { #expect(picture.rgba[place] == UInt8(value)) }
      }
    }
  }

  @Test func verticesOverlapAndStandOnCellsOfTheSource() throws {
    let folder = try TemporaryFolder()
    let layer = try layer(try variable(folder, rows: 300, columns: 300), .heightmap)
    let files = try build(layer, folder)
    #expect(layer.grid.resolutions == 2)
    let coarse = try PNG.decode(try #require(files["4d_viewer/d.v/tiles/0/0_0_None_0_png"]))
    let left = try PNG.decode(try #require(files["4d_viewer/d.v/tiles/1/0_0_None_0_png"]))
    let below = try PNG.decode(try #require(files["4d_viewer/d.v/tiles/1/0_1_None_0_png"]))
    #expect(left.width == 257)
    for row in [0, 7, 100] { #expect(coarse.rgba[4 * row * 257] == UInt8(2 * row)) }
    for column in [0, 100, 256] {
      #expect(left.rgba[4 * (256 * 257 + column)] == below.rgba[4 * column])
    }
  }

  @Test func theGridIsToldByEdgesOfCellsAndCentresOfVertices() throws {
    let folder = try TemporaryFolder()
    let variable = try variable(folder, rows: 100, columns: 300)
    let cells = try layer(variable, .heatmap).grid.json
    #expect(cells["extent"]?["x"]?["min"]?.doubleValue == 4.875)
    #expect(cells["extent"]?["x"]?["max"]?.doubleValue == 79.875)
    #expect(cells["origin"]?["y"]?.doubleValue == 40.125)
    #expect(cells["lowest-resolution-tile-extent"]?["x"]?.doubleValue == 256 * 0.25 * 2)
    #expect(cells["projection"]?.stringValue == "EPSG:4326")
    let vertices = try layer(variable, .heightmap).grid.json
    #expect(vertices["origin"]?["y"]?.doubleValue == 40)
    #expect(vertices["lowest-resolution-tile-extent"]?["y"]?.doubleValue == 256 * 0.25 * 2)
  }

  @Test(arguments: [
    ("4d_viewer/variables", "application/json"),
    ("4d_viewer/d.v/configuration", "application/json"),
    ("4d_viewer/d.v/tiles/0/0_0_None_3_png", "image/png"),
    ("4d_viewer/d.v/tiles/0/0_0_1_3_bin", "application/octet-stream"),
  ])
  func filesWithoutExtensionHaveTheirTypes(key: String, type: String) {
    #expect(ContentType.of(key: key) == type)
  }

  @Test func whatHasNoThirdDimensionIsNoVolume() throws {
    let folder = try TemporaryFolder()
    let variable = try variable(folder, rows: 10, columns: 10)
    #expect(throws: ViewerLayerError.self) { try layer(variable, .heatmap3d) }
  }

  @Test func aVolumeIsWrittenUpwardsAndFromSouthToNorth() {
    // Two planes of 2 × 3 cells; levels tell plane, row and column.
    let planes: [[UInt8]] = [[0, 1, 2, 10, 11, 12], [100, 101, 102, 110, 111, 112]].map {
      (levels: [UInt8]) in levels.flatMap { [$0, 255] }
    }
    let file = VolumeFile(size: ViewerTileGrid.Size(x: 4, y: 3, z: 2))
      .bytes(planes: planes, shape: (rows: 2, columns: 3), x: 0, y: 0)
    let head: [UInt8] =
      [15, 0, 0, 0] + Array("EarthwaveVolume".utf8)
      + [1, 0, 0, 0, 62, 0, 0, 0, 4, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]
    #expect(Array(file.prefix(head.count)) == head)
    let levels = stride(from: head.count, to: file.count, by: 2).map { file[$0] }
    // Row 2 is missing, then row 1 with both planes, then row 0; column 3 is missing.
    #expect(
      levels == [
        0, 0, 0, 0, 0, 0, 0, 0, 10, 11, 12, 0, 110, 111, 112, 0, 0, 1, 2, 0, 100, 101, 102, 0,
      ])
  }
}
