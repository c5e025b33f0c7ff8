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
import ViewerLayers

/// Work on a site: open all sources, make what is not up to date, then the documents that point at
/// it, and at last the release.
///
/// All of it is a build. Several workers may each make a share of the fields in the same folder; what
/// comes after the fields is then done once, by a build that finds nothing else to do.
struct BuildSession {
  /// What a session is for.
  enum Purpose {
    /// Everything.
    case build
    /// A share of the fields, beside other workers.
    case work(Share)
    /// To find out what is to be made.
    case plan
    /// What comes after the fields, which workers have made.
    case seal

    /// Whether others may work in the folder at the same time.
    var isShared: Bool {
      switch self {
      case .work, .plan: true
      case .build, .seal: false
      }
    }
  }

  private let recipe: Recipe
  private let output: String
  private let share: SharedFiles
  private let purpose: Purpose
  private let part: PartManifest?
  private let workshop: Workshop
  private let progress: ProgressDisplay

  /// Opens the site's folder and makes sure that no other build writes it.
  ///
  /// - Throws: `CommandError` where the folder holds something else or another build runs;
  ///   `StoreError` where it cannot be written.
  init(
    _ purpose: Purpose = .build, recipe: Recipe, output: String, options: WorkOptions,
    progress: ProgressDisplay
  ) throws {
    self.purpose = purpose
    self.recipe = recipe
    self.output = output
    self.progress = progress
    share = try SharedFiles.find(options.share)
    try Self.checkIsSite(output)
    let folder = try SiteFolder(path: output)
    try folder.startBuild(isShared: purpose.isShared)
    if case .work(let share) = purpose {
      part = try PartManifest(folder, share: share)
    } else {
      part = nil
    }
    let scratch = output + "/.cubepress/scratch"
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    workshop = Workshop(
      folder: folder, isShared: purpose.isShared, journal: Journal(folder, part: part),
      pool: WorkerPool(workers: options.workers),
      memory: FieldMemory(budget: options.memory.bytes, scratchFolder: scratch))
  }

  /// Builds, or joins what workers have built.
  ///
  /// - Throws: where the sources do not fit the recipe, before any work; where the site's folder
  ///   cannot be written; and when sealing, ``MissingUnits`` where a worker has not made something.
  ///   A dataset that fails is in the report.
  func run() throws -> BuildReport {
    let start = ProcessInfo.processInfo.systemUptime
    let joining = PartJoining(
      workshop.folder, journal: workshop.journal, pool: workshop.pool)
    let parts = try joining.run()
    let datasets = try planAll()
    if case .seal = purpose, !datasets.allSatisfy(\.fields.isDone) {
      throw MissingUnits(plan: BuildPlan(datasets), parts: parts)
    }
    var report = BuildReport(output: output)
    report.parts = parts
    var builds: [DatasetBuild] = []
    for dataset in datasets {
      do {
        try dataset.make(workshop: workshop, progress: progress)
        builds.append(try DatasetBuild(dataset, workshop: workshop))
      } catch {
        report.failures.append(
          BuildReport.Failure(dataset: dataset.prepared.recipe.id, reason: "\(error)"))
      }
    }
    if report.failures.isEmpty {
      try finish(builds, report: &report)
      try joining.removeParts()
    }
    report.seconds = ProcessInfo.processInfo.systemUptime - start
    try workshop.folder.write(
      Array(report.json.serialized(pretty: true).utf8), to: ".cubepress/report.json")
    return report
  }

  /// Finds out what is there and what is to be made.
  ///
  /// - Throws: where the sources do not fit the recipe.
  func plan() throws -> BuildPlan { BuildPlan(try planAll()) }

  /// Makes a few fields of every variable, and tells from them what the whole site will take.
  ///
  /// - Throws: where the sources do not fit the recipe, or a field cannot be made.
  func estimate() throws -> CostEstimate {
    let prepared = try prepareAll()
    progress.begin("measuring", total: prepared.count)
    defer { progress.end() }
    return CostEstimate(
      datasets: try prepared.map { dataset in
        defer { progress.advance() }
        return try CostEstimate.Dataset(dataset, workshop: workshop)
      }, prices: recipe.prices)
  }

  /// Makes a share of the fields that are not up to date.
  ///
  /// - Throws: where the sources do not fit the recipe, or the site's folder cannot be written. A
  ///   dataset that fails is in the report.
  func work(_ share: Share) throws -> WorkReport {
    let start = ProcessInfo.processInfo.systemUptime
    let datasets = try planAll()
    let units = BuildPlan(datasets).units(of: share)
    var report = WorkReport(share: share, units: units.count, made: units.count(where: \.isWanted))
    for dataset in datasets {
      do {
        try dataset.make(share, workshop: workshop, progress: progress)
      } catch {
        report.failures.append(
          BuildReport.Failure(dataset: dataset.prepared.recipe.id, reason: "\(error)"))
      }
    }
    if report.failures.isEmpty { try part?.finish() }
    report.seconds = ProcessInfo.processInfo.systemUptime - start
    return report
  }

  private func planAll() throws -> [PlannedDataset] {
    var datasets: [PlannedDataset] = []
    var turn = 0
    for dataset in try prepareAll() {
      datasets.append(try PlannedDataset(dataset, firstTurn: turn, workshop: workshop))
      turn += dataset.variables.count
    }
    return datasets
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
    if problems.isEmpty {
      problems = recipe.scenes.flatMap { SceneCheck(scene: $0, datasets: prepared).problems }
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
      objects += build.cube + build.series + build.viewerTiles
      units.formUnion(summary.units)
      units.formUnion(build.prepared.arrays.units)
      units.formUnion(build.prepared.viewerUnits)
      let tiles = build.records.flatMap { $0.flatMap(\.objects) }
      report.datasets.append(
        BuildReport.Dataset(
          id: build.prepared.recipe.id, made: build.made,
          current: build.records.map(\.count).reduce(0, +) - build.made,
          tiles: BuildReport.Product(tiles), cube: BuildReport.Product(build.cube),
          series: BuildReport.Product(build.series),
          viewer: BuildReport.Product(build.viewerTiles),
          notes: summary.notes))
    }
    let documents = try SiteDocuments(
      site: recipe.site, datasets: datasets, scenes: recipe.scenes,
      viewerLayers: builds.flatMap { $0.prepared.variables.compactMap(\.viewerLayer) }, share: share
    ).render()
    for (key, bytes) in documents.sorted(by: { $0.key < $1.key }) {
      try workshop.folder.write(bytes, to: key)
      objects.append(BuiltObject(key: key, size: bytes.count, sha256: sha256Hex(bytes)))
    }
    let (release, changes) = try ReleaseManifest(workshop.folder).update(objects: objects)
    try workshop.journal.removeRecords(except: units)
    try workshop.folder.removeTree(SeriesBuilder.privateFolder)
    try workshop.folder.removeTree(ViewerLayerBuilder.privateFolder)
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
