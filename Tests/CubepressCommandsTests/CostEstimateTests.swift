import ArgumentParser
import Foundation
import JSON
import Jobs
import Publishing
import Recipes
import Stores
import TestKit
import Testing

@testable import CubepressCommands

struct CostEstimateTests {
  private let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  private func session(_ purpose: BuildSession.Purpose, _ site: String) throws -> BuildSession {
    var cube = TestCube(
      x: TestCube.centres(from: -30, step: 1, count: 45),
      y: TestCube.centres(from: 70, step: -1.5, count: 29))
    cube.days = (0..<7).map(Double.init)
    // Every day is like the others, so a sample tells exactly what all of them take.
    let path = try cube.write(to: temporary) { _, row, column in Double(row * 45 + column) }
    return try BuildSession(
      purpose,
      recipe: Recipe(
        datasets: [DatasetRecipe(id: "d", sources: [path], maxZoom: 3)],
        prices: PriceRecipe(
          currency: "EUR", storage: 0.02, writes: 0.005, reads: 0.0004, transfer: 0.1,
          monthlyReads: 1_000_000)),
      output: "\(temporary.path)/\(site)", options: try WorkOptions.parse([]),
      progress: ProgressDisplay(style: .quiet))
  }

  @Test func whatIsEstimatedIsWhatIsBuilt() throws {
    let estimate = try session(.build, "sample").estimate()
    let report = try session(.build, "site").run()
    let found = try #require(estimate.datasets.first)
    let built = try #require(report.datasets.first)
    #expect(found.fields == 7)
    #expect(Int(found.tiles.objects.rounded()) == built.tiles.objects)
    #expect(Int(found.tiles.bytes.rounded()) == built.tiles.bytes)
    // The cube has documents and coordinates besides.
    let site = try SiteFolder(path: "\(temporary.path)/site")
    var chunks = (objects: 0, bytes: 0)
    var shards = (objects: 0, bytes: 0)
    try site.forEachFile(below: "datasets/d") { file throws(StoreError) in
      guard file.key.contains("/v/c/") else { return }
      if file.key.hasPrefix("datasets/d/cube.zarr/") {
        chunks = (chunks.objects + 1, chunks.bytes + file.size)
      } else {
        shards = (shards.objects + 1, shards.bytes + file.size)
      }
    }
    #expect(chunks.objects > 0 && Int(found.cube.objects.rounded()) == chunks.objects)
    #expect(Int(found.cube.bytes.rounded()) == chunks.bytes)
    #expect(shards.objects > 0 && Int(found.series.objects.rounded()) == shards.objects)
    // The series hold the same values in another order: seven equal days pack better in a row.
    #expect(found.series.bytes >= Double(shards.bytes))
    // With pages, metadata, legends and the viewer it is the whole release.
    let release = try #require(try ReleaseManifest(site).current())
    let whole = found.total + estimate.site.documents
    #expect(Int(whole.objects.rounded()) == release.count)
    #expect(abs(whole.bytes / Double(release.bytes) - 1) < 0.01)
    // A new time is a day's tiles and chunks, and the shards that hold it.
    #expect(
      Int(found.newTime.objects.rounded())
        == (built.tiles.objects + chunks.objects) / 7 + shards.objects)
  }

  /// Worked out by hand from the amounts.
  @Test func theBillFollowsFromThePrices() throws {
    let estimate = try session(.build, "sample").estimate()
    let json = CostReport(estimate: estimate).json
    let bytes = try #require(json["total"]?["bytes"]?.doubleValue)
    let objects = try #require(json["total"]?["objects"]?.doubleValue)
    let tiles = try #require(json["datasets"]?.arrayValue?.first?["tiles"])
    let mean = try #require(tiles["bytes"]?.doubleValue) / #require(tiles["objects"]?.doubleValue)
    let prices = try #require(json["prices"])
    func isNear(_ key: String, _ wanted: Double) -> Bool {
      abs((prices[key]?.doubleValue ?? .nan) - wanted) <= 1e-3 * wanted
    }
    #expect(isNear("storage", bytes / 1e9 * 0.02))
    #expect(isNear("reads", 0.4))
    #expect(isNear("transfer", 1e6 * mean / 1e9 * 0.1))
    #expect(isNear("upload", objects / 1000 * 0.005))
    #expect(isNear("month", bytes / 1e9 * 0.02 + 0.4 + 1e6 * mean / 1e9 * 0.1))
    let text = CostReport(estimate: estimate).text
    #expect(text.contains("EUR"))
    #expect(text.contains("1 000 000 reads"))
  }
}
