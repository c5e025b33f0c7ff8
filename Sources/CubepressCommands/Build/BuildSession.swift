import Foundation
import JSON
import Jobs
import Multiscales
import Pages
import Publishing
import Pyramids
import Recipes
import Series
import Stores

/// One build of a site: open all sources, make what is not up to date, then the documents that
/// point at it, and at last the release.
struct BuildSession {
  private let recipe: Recipe
  private let output: String
  private let share: SharedFiles
  private let workshop: Workshop
  private let progress: ProgressDisplay

  /// Opens the site's folder and makes sure that no other build writes it.
  ///
  /// - Throws: `CommandError` where the folder holds something else or another build runs;
  ///   `StoreError` where it cannot be written.
  init(
    recipe: Recipe, output: String, share: SharedFiles, pool: WorkerPool, memoryBudget: Int,
    progress: ProgressDisplay
  ) throws {
    self.recipe = recipe
    self.output = output
    self.share = share
    self.progress = progress
    try Self.checkIsSite(output)
    let folder = try SiteFolder(path: output)
    try folder.startBuild()
    let scratch = output + "/.cubepress/scratch"
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    workshop = Workshop(
      folder: folder, journal: Journal(folder), pool: pool,
      memory: FieldMemory(budget: memoryBudget, scratchFolder: scratch))
  }

  /// Builds.
  ///
  /// - Throws: where the sources do not fit the recipe, before any work; and where the site's
  ///   folder cannot be written. A dataset that fails is in the report.
  func run() throws -> BuildReport {
    let start = ProcessInfo.processInfo.systemUptime
    let prepared = try prepareAll()
    var report = BuildReport(output: output)
    var builds: [DatasetBuild] = []
    for dataset in prepared {
      progress.begin(dataset.recipe.id, total: dataset.variables.map(\.fields.count).reduce(0, +))
      do {
        builds.append(try DatasetBuild(dataset, workshop: workshop, progress: progress))
      } catch {
        report.failures.append(
          BuildReport.Failure(dataset: dataset.recipe.id, reason: "\(error)"))
      }
      progress.end()
    }
    if report.failures.isEmpty { try finish(builds, report: &report) }
    report.seconds = ProcessInfo.processInfo.systemUptime - start
    try workshop.folder.write(
      Array(report.json.serialized(pretty: true).utf8), to: ".cubepress/report.json")
    return report
  }

  private func prepareAll() throws -> [PreparedDataset] {
    var prepared: [PreparedDataset] = []
    var problems: [String] = []
    for dataset in recipe.datasets {
      do {
        prepared.append(try PreparedDataset(dataset, workshop: workshop))
      } catch {
        problems.append("dataset \(dataset.id): \(error)")
      }
    }
    guard problems.isEmpty else {
      throw CommandError(description: problems.joined(separator: "\n") + "\nNothing was made")
    }
    return prepared
  }

  private func finish(_ builds: [DatasetBuild], report: inout BuildReport) throws {
    var objects: [BuiltObject] = []
    var units: Set<String> = []
    var datasets: [BuiltDataset] = []
    for build in builds {
      var summary = DatasetSummary(build, workshop: workshop)
      datasets.append(try summary.describe())
      objects += build.records.flatMap { $0.flatMap(\.objects) } + summary.objects
      objects += build.cube + build.series
      units.formUnion(summary.units)
      units.formUnion(build.prepared.arrays.units)
      let tiles = build.records.flatMap { $0.flatMap(\.objects) }
      report.datasets.append(
        BuildReport.Dataset(
          id: build.prepared.recipe.id, made: build.made,
          current: build.records.map(\.count).reduce(0, +) - build.made, tiles: tiles.count,
          bytes: tiles.map(\.size).reduce(0, +), cube: BuildReport.Product(build.cube),
          series: BuildReport.Product(build.series),
          notes: summary.notes))
    }
    let documents = try SiteDocuments(site: recipe.site, datasets: datasets, share: share).render()
    for (key, bytes) in documents.sorted(by: { $0.key < $1.key }) {
      try workshop.folder.write(bytes, to: key)
      objects.append(BuiltObject(key: key, size: bytes.count, sha256: sha256Hex(bytes)))
    }
    let (release, changes) = try ReleaseManifest(workshop.folder).update(objects: objects)
    try workshop.journal.removeRecords(except: units)
    try workshop.folder.removeTree(SeriesBuilder.privateFolder)
    report.release = release.number
    report.added = changes.added
    report.changed = changes.changed
    report.removed = changes.removed
  }

  /// A folder with other things in it is not ours to write into.
  private static func checkIsSite(_ output: String) throws {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: output)) ?? []
    guard files.isEmpty || files.contains(".cubepress") || files.contains("_release") else {
      throw CommandError.notASite(output)
    }
  }
}
