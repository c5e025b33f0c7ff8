import Catalogue
import Cubes
import Foundation
import JSON
import Jobs
import Multiscales
import Publishing
import Pyramids
import Recipes
import Series
import Stores

/// One build of a site: open all sources, make what is not up to date, then the documents that
/// point at it, and at last the release.
struct BuildSession {
  /// What becomes of a site when one of its datasets fails.
  enum Strictness {
    /// It stays as it is: whoever asked for the build sees to it.
    case allOrNothing
    /// It gets the others, and keeps what was made before of the one that failed.
    case datasetByDataset
  }

  /// How much of the machine a build may use.
  struct Means {
    let share: SharedFiles
    let workers: Int
    let memoryBudget: Int
    let spoolLimit: Int
  }

  private let recipe: Recipe
  private let share: SharedFiles
  private let strictness: Strictness
  private let workshop: Workshop
  private let outlines: OutlineShelf
  private let progress: ProgressDisplay

  /// Opens a site's folder and makes sure that no other build writes it.
  ///
  /// - Throws: `CommandError` where the folder holds something else or another build runs;
  ///   `StoreError` where it cannot be written.
  static func claim(_ output: String) throws -> SiteFolder {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: output)) ?? []
    // A folder with other things in it is not ours to write into.
    guard files.isEmpty || files.contains(".cubepress") || files.contains("_release") else {
      throw CommandError.notASite(output)
    }
    let folder = try SiteFolder(path: output)
    try folder.startBuild()
    return folder
  }

  /// Prepares a build in a folder that is claimed.
  ///
  /// - Throws: where there is no room for scratch files.
  init(
    recipe: Recipe, folder: SiteFolder, means: Means, strictness: Strictness = .allOrNothing,
    progress: ProgressDisplay
  ) throws {
    self.recipe = recipe
    self.strictness = strictness
    self.progress = progress
    share = means.share
    let scratch = folder.path + "/.cubepress/scratch"
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    outlines = OutlineShelf(folder)
    workshop = Workshop(
      folder: folder, journal: Journal(folder), pool: WorkerPool(workers: means.workers),
      memory: FieldMemory(budget: means.memoryBudget, scratchFolder: scratch),
      access: SourceAccess(
        spool: Spool(limit: means.spoolLimit, folder: scratch), outlines: outlines))
  }

  /// Builds.
  ///
  /// - Parameter runs: the history of builds with the one that the report tells of, the latest first;
  ///   asked for when the site changes. `nil` for a site without such a history.
  /// - Throws: where the sources do not fit the recipe, before any work, unless datasets count one by
  ///   one; and where the site's folder cannot be written. A dataset that fails is in the report.
  func run(history runs: ((BuildReport) -> [BuildRun])? = nil) throws -> BuildReport {
    let start = Self.now
    var report = BuildReport(output: workshop.folder.path)
    var builds: [DatasetBuild] = []
    for dataset in try prepareAll(&report) {
      let start = Self.now
      progress.begin(dataset.recipe.id, total: dataset.variables.map(\.fields.count).reduce(0, +))
      do {
        var build = try DatasetBuild(dataset, workshop: workshop, progress: progress)
        build.seconds = Self.now - start
        builds.append(build)
      } catch {
        report.failures.append(
          BuildReport.Failure(
            dataset: dataset.recipe.id, reason: "\(error)", seconds: Self.now - start))
      }
      progress.end()
    }
    if report.failures.isEmpty || strictness == .datasetByDataset {
      try finish(builds, report: &report, history: runs)
    }
    report.seconds = Self.now - start
    try workshop.folder.write(
      Array(report.json.serialized(pretty: true).utf8), to: ".cubepress/report.json")
    return report
  }

  private static var now: Double { ProcessInfo.processInfo.systemUptime }

  private func prepareAll(_ report: inout BuildReport) throws -> [PreparedDataset] {
    var prepared: [PreparedDataset] = []
    for dataset in recipe.datasets {
      let start = Self.now
      do {
        prepared.append(try PreparedDataset(dataset, workshop: workshop))
      } catch {
        report.failures.append(
          BuildReport.Failure(
            dataset: dataset.id, reason: "\(error)", seconds: Self.now - start))
      }
    }
    guard report.failures.isEmpty || strictness == .datasetByDataset else {
      let problems = report.failures.map { "dataset \($0.dataset): \($0.reason)" }
      throw CommandError(description: problems.joined(separator: "\n") + "\nNothing was made")
    }
    return prepared
  }

  private func finish(
    _ builds: [DatasetBuild], report: inout BuildReport, history runs: ((BuildReport) -> [BuildRun])?
  ) throws {
    let shelf = DescriptionShelf(workshop.folder)
    var contents = SiteContents(workshop.folder)
    var units: Set<String> = []
    for build in builds {
      var summary = DatasetSummary(build, workshop: workshop)
      do {
        contents.add(try summary.describe(), objects: build.objects + summary.objects)
      } catch where strictness == .datasetByDataset {
        report.failures.append(
          BuildReport.Failure(
            dataset: build.prepared.recipe.id, reason: "\(error)", seconds: build.seconds))
        continue
      }
      units.formUnion(summary.units)
      units.formUnion(build.prepared.arrays.units)
      report.datasets.append(BuildReport.Dataset(build, notes: summary.notes))
    }
    for index in report.failures.indices {
      guard let known = try shelf.description(of: report.failures[index].dataset) else { continue }
      report.failures[index].isKept = true
      contents.keep(known)
    }
    guard !contents.datasets.isEmpty else { return }
    contents.sort(by: recipe.datasets.map(\.id))
    let documents = SiteDocuments(
      site: recipe.site, datasets: contents.datasets, share: share, hasHistory: runs != nil)
    try contents.write(try documents.render())
    if let runs {
      if try report.failures.isEmpty && contents.areReleased(but: Catalogue.historyKeys) {
        contents.keep(Catalogue.historyKeys)
      } else {
        try contents.write(try documents.history(runs(report)))
      }
    }
    let (release, changes) = try ReleaseManifest(workshop.folder).update(
      objects: try contents.objects())
    for dataset in contents.fresh { try shelf.keep(dataset) }
    try tidy(units, failed: Set(report.failures.map(\.dataset)), shelf)
    report.release = release.number
    report.added = changes.added
    report.changed = changes.changed
    report.removed = changes.removed
  }

  /// Forgets what no dataset needs any more; what belongs to one that failed stays, so that the next
  /// run can go on.
  private func tidy(_ units: Set<String>, failed: Set<String>, _ shelf: DescriptionShelf) throws {
    try workshop.journal.removeRecords { unit throws(StoreError) in
      let dataset = unit.split(separator: "/").dropFirst().first.map(String.init) ?? ""
      return !units.contains(unit) && !failed.contains(dataset)
    }
    try shelf.removeAll(except: Set(recipe.datasets.map(\.id)))
    guard failed.isEmpty else { return }
    try outlines.removeUnused()
    try workshop.folder.removeTree(SeriesBuilder.privateFolder)
  }
}
