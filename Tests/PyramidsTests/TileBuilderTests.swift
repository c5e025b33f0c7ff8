import Cubes
import Foundation
import Grids
import Images
import JSON
import Jobs
import Multiscales
import Stores
import TestKit
import Testing

@testable import Pyramids

/// Whole tiles, from a cube in a folder to PNG files, against the closed forms of the maps.
struct TileBuilderTests {
  private static let range = -90.0...90.0

  private func style(_ interpolation: Style.Interpolation) throws -> Style {
    let colours = try #require(ColourMap.named("viridis"))
    return try Style(
      id: "s", title: "S", colourMap: colours, scale: .linear, range: Self.range,
      interpolation: interpolation)
  }

  /// A global 2° cube whose value is the latitude, so that a pixel's colour tells its place.
  private func latitudeCube(_ folder: TemporaryFolder, days: [Double] = []) throws -> Variable {
    let y = TestCube.centres(from: 89, step: -2, count: 90)
    var cube = TestCube(x: TestCube.centres(from: 1, step: 2, count: 180), y: y)
    cube.days = days
    let path = try cube.write(to: folder) { _, row, _ in y[row] }
    return try #require(try Cube.open([path]).variable(named: "v"))
  }

  private func builder(
    _ variable: Variable, _ sets: [TileMatrixSet], _ folder: SiteFolder, maxZoom: Int? = nil,
    workers: Int = 2, interpolation: Style.Interpolation = .bilinear
  ) throws -> TileBuilder {
    let plan = TilePlan(
      dataset: "d", variable: variable,
      styles: [
        TilePlan.PlannedStyle(
          style: try style(interpolation), format: .png, effort: .standard)
      ],
      matrixSets: sets.map {
        TilePlan.PlannedMatrixSet($0, grid: variable.grid, maxZoom: maxZoom)
      })
    return try TileBuilder(
      plan: plan, folder: folder, pool: WorkerPool(workers: workers))
  }

  /// A cube whose value is the latitude has as many values in each bin of a linear style.
  @Test func valuesAreCountedAlongTheScale() throws {
    let folder = try TemporaryFolder()
    let site = try SiteFolder(path: folder.path + "/site")
    let builder = try builder(try latitudeCube(folder), [.worldCRS84Quad], site, maxZoom: 0)
    let record = try #require(try build(builder, site).first)
    let style = try style(.bilinear)
    let summary = try #require(UnitSummary(record.summary))
    let histogram = try #require(ValueHistogram(summing: [summary.histogram], style: style))
    #expect(histogram.counts.reduce(0, +) == 90 * 180)
    #expect(histogram.below == 0 && histogram.above == 0)
    for (bin, count) in histogram.counts.enumerated() {
      let rows = stride(from: -89.0, through: 89, by: 2).filter {
        $0 >= histogram.edges[bin] && $0 < histogram.edges[bin + 1]
      }
      #expect(count == rows.count * 180)
    }
    let twice = try #require(
      ValueHistogram(summing: [summary.histogram, .null, summary.histogram], style: style))
    #expect(twice.counts == histogram.counts.map { $0 * 2 })
  }

  private func build(
    _ builder: TileBuilder, _ folder: SiteFolder,
    fields: [FieldSelection] = [FieldSelection(time: nil, extras: [])], workers: Int = 2,
    budget: Int = 1 << 30
  ) throws -> [UnitRecord] {
    let journal = Journal(folder)
    let pass = FieldPass(
      journal: journal, memory: FieldMemory(budget: budget, scratchFolder: folder.path),
      pool: WorkerPool(workers: workers))
    let work = FieldWork(variable: builder.plan.variable, fields: fields, products: [builder])
    let units = try #require(try pass.run([work]).first?.first?.records)
    return try units.map { try #require(try journal.record(of: $0.unit)) }
  }

  private func pixels(_ folder: SiteFolder, _ key: String) throws -> [RGBA] {
    let bytes = try #require(try folder.read("datasets/d/tiles/v/s/" + key))
    let image = try PNG.decode(bytes)
    #expect(image.width == 256 && image.height == 256)
    return stride(from: 0, to: image.rgba.count, by: 4).map {
      RGBA(
        r: image.rgba[$0], g: image.rgba[$0 + 1], b: image.rgba[$0 + 2], a: image.rgba[$0 + 3])
    }
  }

  @Test func mercatorTilesShowEachLatitudeWhereItIs() throws {
    let temporary = try TemporaryFolder()
    let folder = try SiteFolder(path: temporary.path + "/site")
    let variable = try latitudeCube(temporary)
    let style = try style(.bilinear)
    _ = try build(try builder(variable, [.webMercatorQuad], folder, maxZoom: 2), folder)
    for z in 0...2 {
      for y in 0..<1 << z {
        for x in 0..<1 << z {
          let pixels = try pixels(folder, "WebMercatorQuad/\(z)/\(y)/\(x).png")
          for row in stride(from: 3, to: 256, by: 23) {
            // Spherical Mercator (EPSG method 1024): the latitude of a pixel centre.
            let north = .pi - 2 * .pi * (Double(y * 256 + row) + 0.5) / Double(256 << z)
            let latitude = atan(sinh(north)) * 180 / .pi
            // One colour bin is 0.7°; a mean over cells that are not equally large moves little.
            let near = [-0.75, 0, 0.75].map { style.colour(of: latitude + $0) }
            for column in stride(from: 0, to: 256, by: 51) {
              #expect(near.contains(pixels[row * 256 + column]), "\(z)/\(y)/\(x), row \(row)")
            }
          }
        }
      }
    }
  }

  @Test func polarTilesShowThePole() throws {
    let temporary = try TemporaryFolder()
    let folder = try SiteFolder(path: temporary.path + "/site")
    let variable = try latitudeCube(temporary)
    let style = try style(.bilinear)
    _ = try build(try builder(variable, [.upsAntarctic], folder, maxZoom: 1), folder)
    let set = TileMatrixSet.upsAntarctic
    let bounds = set.bounds(z: 0, x: 0, y: 0)
    let pixels = try pixels(folder, "UPSAntarcticWGS84Quad/0/0/0.png")
    let projector = try Projector(from: set.crs, to: .geographic)
    for row in stride(from: 1, to: 256, by: 17) {
      for column in stride(from: 1, to: 256, by: 17) {
        let cell = (bounds.maxX - bounds.minX) / 256
        let place = try #require(
          projector.transform(
            x: bounds.minX + (Double(column) + 0.5) * cell,
            y: bounds.maxY - (Double(row) + 0.5) * cell))
        let near = [-1.4, -0.7, 0, 0.7, 1.4].map { style.colour(of: place.y + $0) }
        #expect(near.contains(pixels[row * 256 + column]), "\(row), \(column): \(place.y)")
      }
    }
  }

  @Test func workersAndScratchFilesDoNotChangeAByte() throws {
    let temporary = try TemporaryFolder()
    let variable = try latitudeCube(temporary, days: [0, 1])
    var records: [[UnitRecord]] = []
    for (number, setting) in [(1, 1 << 30), (2, 1 << 30), (3, 0)].enumerated() {
      let folder = try SiteFolder(path: temporary.path + "/site\(number)")
      let builder = try builder(
        variable, [.webMercatorQuad, .worldCRS84Quad, .upsArctic], folder, workers: setting.0)
      records.append(
        try build(
          builder, folder, fields: (0...1).map { FieldSelection(time: $0, extras: []) },
          workers: setting.0, budget: setting.1))
    }
    for other in records.dropFirst() {
      #expect(other.map(\.objects) == records[0].map(\.objects))
      #expect(other.map(\.summary) == records[0].map(\.summary))
    }
    #expect(!records[0][0].objects.isEmpty)
  }

  @Test func emptyTilesAreNotWritten() throws {
    let temporary = try TemporaryFolder()
    let folder = try SiteFolder(path: temporary.path + "/site")
    let path = try TestCube(
      x: TestCube.centres(from: -179, step: 2, count: 180),
      y: TestCube.centres(from: 89, step: -2, count: 90)
    ).write(to: temporary) { $1 < 20 && $2 < 30 ? 5 : .nan }
    let variable = try #require(try Cube.open([path]).variable(named: "v"))
    let builder = try builder(variable, [.worldCRS84Quad], folder, maxZoom: 2)
    let record = try #require(try build(builder, folder).first)
    let keys = record.objects.map { String($0.key.dropFirst("datasets/d/tiles/v/s/".count)) }
    #expect(
      keys.sorted() == [
        "WorldCRS84Quad/0/0/0.png", "WorldCRS84Quad/1/0/0.png", "WorldCRS84Quad/2/0/0.png",
        "WorldCRS84Quad/2/0/1.png",
      ])
    let summary = try #require(UnitSummary(record.summary))
    #expect(summary.layers[0].limits[2] == TileLimits(minX: 0, maxX: 1, minY: 0, maxY: 0))
    #expect(summary.statistics.valid == 600)
    #expect(UnitSummary(summary.json) == summary)
  }

  @Test func fingerprintsFollowWhatTilesAreMadeFrom() throws {
    let temporary = try TemporaryFolder()
    let folder = try SiteFolder(path: temporary.path + "/site")
    let variable = try latitudeCube(temporary, days: [0, 1])
    let field = FieldSelection(time: 1, extras: [])
    let first = try builder(variable, [.webMercatorQuad], folder).fingerprint(
      of: field, source: "a")
    #expect(
      first
        == (try builder(variable, [.webMercatorQuad], folder).fingerprint(of: field, source: "a")))
    let others = [
      try builder(variable, [.webMercatorQuad], folder).fingerprint(of: field, source: "b"),
      try builder(variable, [.worldCRS84Quad], folder).fingerprint(of: field, source: "a"),
      try builder(variable, [.webMercatorQuad], folder, maxZoom: 1).fingerprint(
        of: field, source: "a"),
      try builder(variable, [.webMercatorQuad], folder, interpolation: .nearest)
        .fingerprint(of: field, source: "a"),
      try builder(variable, [.webMercatorQuad], folder)
        .fingerprint(of: FieldSelection(time: 0, extras: []), source: "a"),
    ]
    #expect(!others.contains(first))
    #expect(Set(others).count == others.count)
  }
}

extension FieldPass {
  /// Makes everything that is not up to date; the records of each product of each variable.
  fileprivate func run(_ work: [FieldWork]) throws -> [[ProductRecords]] {
    let plan = try plan(work)
    try run(plan)
    return plan.records
  }
}
