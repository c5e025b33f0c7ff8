import ArgumentParser
import Dispatch
import Foundation
import JSON
import Jobs
import Recipes
import Stores
import Synchronization
import TestKit
import Testing

@testable import CubepressCommands

/// Builds that several workers share end with the bytes of a build in one go.
struct SharedBuildTests {
  private let temporary: TemporaryFolder

  init() throws { temporary = try TemporaryFolder() }

  /// Two cubes: one of eight days in chunks of two, which grows; one without times.
  private func writeSources(days: Int = 8, warmer: Int? = nil) throws {
    var weather = TestCube(
      x: TestCube.centres(from: -30, step: 1, count: 45),
      y: TestCube.centres(from: 70, step: -1.5, count: 29))
    weather.days = (0..<days).map(Double.init)
    weather.chunkTimes = 2
    _ = try weather.write(to: temporary, name: "weather.zarr") { time, row, column in
      (row + column) % 7 == 0 ? .nan : Double(time + row - column) + (time == warmer ? 5 : 0)
    }
    let ground = TestCube(x: weather.x, y: weather.y)
    _ = try ground.write(to: temporary, name: "ground.zarr") { _, row, column in
      Double(row * column)
    }
  }

  private var recipe: Recipe {
    let sources = ["weather", "ground"]
    return Recipe(
      datasets: sources.map {
        DatasetRecipe(
          id: $0, sources: ["\(temporary.path)/\($0).zarr"], maxZoom: 3,
          series: SeriesRecipe(isGrowing: true))
      })
  }

  private func path(_ site: String) -> String { temporary.path + "/" + site }

  private func session(_ purpose: BuildSession.Purpose, _ site: String) throws -> BuildSession {
    try BuildSession(
      purpose, recipe: recipe, output: path(site),
      options: try WorkOptions.parse(["--workers", "2"]),
      progress: ProgressDisplay(style: .quiet))
  }

  private func build(_ site: String) throws {
    let report = try session(.build, site).run()
    #expect(report.failures.map(\.reason) == [])
  }

  @discardableResult
  private func work(_ site: String, _ share: String) throws -> WorkReport {
    let share = try #require(Share(share))
    let report = try session(.work(share), site).work(share)
    #expect(report.failures.map(\.reason) == [])
    return report
  }

  @discardableResult
  private func seal(_ site: String) throws -> BuildReport {
    let report = try session(.seal, site).run()
    #expect(report.failures.map(\.reason) == [])
    return report
  }

  /// What would be published: the hash of every file by its key.
  private func published(_ site: String) throws -> [String: String] {
    let folder = try SiteFolder(path: path(site))
    var files: [String: String] = [:]
    try folder.forEachFile { file throws(StoreError) in
      files[file.key] = hexadecimal(try folder.digest(of: file.key)?.sha256 ?? [])
    }
    return files
  }

  private func expectEqual(_ site: String, _ other: String) throws {
    let (made, wanted) = (try published(site), try published(other))
    #expect(wanted.count > 100)
    #expect(Set(made.keys).symmetricDifference(wanted.keys).sorted() == [])
    #expect(wanted.filter { made[$0.key] != $0.value }.keys.sorted() == [])
  }

  @Test(arguments: [
    ["1/1"], ["1/3", "2/3", "3/3"], ["3/3", "1/3", "1/3", "2/3", "3/3"],
    ["5/7", "7/7", "1/7", "6/7", "2/7", "4/7", "3/7"],
  ])
  func workersInAnyOrderMakeWhatABuildMakes(shares: [String]) throws {
    try writeSources()
    try build("whole")
    let made = try shares.map { try work("shared", $0).made }
    // Four groups of two days and one field without a time: nobody makes what is there.
    #expect(made.reduce(0, +) == 5)
    let report = try seal("shared")
    #expect(report.parts.runs == shares.count)
    #expect(report.datasets.map(\.made) == [0, 0])
    try expectEqual("shared", "whole")
    #expect(try session(.plan, "shared").plan().isDone)
    // Nothing is left of the sharing.
    #expect(!FileManager.default.fileExists(atPath: path("shared/.cubepress/parts")))
  }

  /// A worker that was taken for lost and replaced, and then comes back.
  @Test func twoWorkersAtTheSameUnitsDoNoHarm() throws {
    try writeSources()
    try build("whole")
    let failures = Mutex<[String]>([])
    for share in ["1/2", "2/2"] {
      DispatchQueue.concurrentPerform(iterations: 3) { _ in
        do { try work("shared", share) } catch {
          failures.withLock { $0.append("\(error)") }
        }
      }
    }
    #expect(failures.withLock(\.self) == [])
    try seal("shared")
    try expectEqual("shared", "whole")
  }

  @Test func sealingNamesWhatIsMissing() throws {
    try writeSources()
    try work("shared", "1/3")
    try work("shared", "3/3")
    let before = try published("shared")
    let missing = try #require(throws: MissingUnits.self) { try seal("shared") }
    let text = missing.text(arguments: "site.yaml -o shared")
    #expect(text.contains("cubepress work site.yaml -o shared --shard 2/3"))
    #expect(!text.contains("--shard 1/3") && !text.contains("--shard 3/3"))
    #expect(text.contains("2020-01-03"))
    // Nothing was changed, above all there is no release.
    #expect(try published("shared") == before)
    #expect(before.keys.allSatisfy { !$0.hasSuffix("index.html") && !$0.hasPrefix("_release") })
    try work("shared", "2/3")
    try seal("shared")
    try build("whole")
    try expectEqual("shared", "whole")
  }

  @Test func sealingFindsADamagedFile() throws {
    try writeSources()
    for share in ["1/2", "2/2"] { try work("shared", share) }
    let folder = try SiteFolder(path: path("shared"))
    let key = try #require(
      try published("shared").keys.filter { $0.hasPrefix("datasets/weather/tiles/") }.min())
    try folder.write(Array("damaged".utf8), to: key)
    let missing = try #require(throws: MissingUnits.self) { try seal("shared") }
    #expect(missing.text(arguments: "").contains(key))
    #expect(missing.plan.units.count { $0.isWanted } == 1)
    for share in ["1/2", "2/2"] { try work("shared", share) }
    try seal("shared")
    try build("whole")
    try expectEqual("shared", "whole")
  }

  @Test func aBuildMakesTheRestItself() throws {
    try writeSources()
    try work("shared", "2/3")
    try build("shared")
    try build("whole")
    try expectEqual("shared", "whole")
  }

  /// A unit that was made from an older state of the source is not taken for the new one.
  @Test func aSourceThatChangesMeanwhileIsMadeAnew() throws {
    try writeSources()
    try work("shared", "1/2")
    try writeSources(warmer: 1)
    try work("shared", "2/2")
    #expect(throws: MissingUnits.self) { try seal("shared") }
    try work("shared", "1/2")
    try seal("shared")
    try build("whole")
    try expectEqual("shared", "whole")
  }

  @Test func oneNewTimeIsOneUnit() throws {
    try writeSources()
    for site in ["whole", "shared"] { try build(site) }
    try writeSources(days: 9)
    try build("whole")
    let plan = try session(.plan, "shared").plan()
    // The store's date changed, so all of it is read anew; only the shares differ.
    #expect(plan.units.count == 6)
    for share in ["2/2", "1/2"] { try work("shared", share) }
    try seal("shared")
    try expectEqual("shared", "whole")
  }

  /// Values that are not in the scratch file of a killed build are not taken from there.
  @Test func aKilledRebuildOfSeriesGoesOn() throws {
    try writeSources()
    try build("shared")
    // The time of one chunk's file changes, and with it what its fields are made from.
    let chunk = temporary.path + "/weather.zarr/v/1.0.0"
    let bytes = try #require(FileManager.default.contents(atPath: chunk))
    try Data(bytes.dropLast(4) + [0, 0, 0x20, 0x41]).write(to: URL(fileURLWithPath: chunk))
    // Makes the fields but no shards, as a build that is killed in between.
    try work("shared", "1/1")
    try build("shared")
    try build("whole")
    // The release has another number; its files are the same.
    let (made, wanted) = (try published("shared"), try published("whole"))
    for (key, hash) in wanted where !key.hasPrefix("_release/") {
      #expect(made[key] == hash, "\(key)")
    }
  }

  @Test func nobodySealsWhileAWorkerIsAtWork() throws {
    try writeSources()
    let share = try #require(Share("1/1"))
    let worker = try session(.work(share), "shared")
    let second = try session(.work(share), "shared")
    let error = #expect(throws: StoreError.self) { try seal("shared") }
    #expect(error?.kind == .busy)
    _ = try worker.work(share)
    _ = try second.work(share)
  }

  @Test func thePlanSaysWhoMakesWhat() throws {
    try writeSources()
    let plan = try session(.plan, "shared").plan()
    let text = plan.text(shards: 4)
    #expect(
      text.contains("shard 1/4  weather/v 2020-01-01T00:00:00Z – 2020-01-02T00:00:00Z (2 fields)"))
    #expect(text.hasSuffix("5 of 5 units are to be made: 9 fields.\n"))
    // Four groups in turn, and the other cube begins one later.
    #expect(plan.units.map(\.turn) == [0, 1, 2, 3, 1])
    #expect(plan.json(shards: nil)["units"]?.arrayValue?.count == 5)
    #expect(plan.json(shards: 2)["units"]?.arrayValue?.last?["shard"] == "2/2")
  }
}
