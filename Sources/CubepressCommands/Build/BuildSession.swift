import Catalogue
import Cubes
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
import Stories
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
    /// Everything, dataset by dataset: the site gets those that can be made, and keeps what was made
    /// before of one that fails.
    case nightly
    /// A share of the fields, beside other workers.
    case work(Share)
    /// To find out what is to be made.
    case plan
    /// What comes after the fields, which workers have made.
    case seal
    /// A few fields of every variable, to tell what all of them take.
    case estimate

    /// Whether others may work in the folder at the same time.
    var isShared: Bool {
      switch self {
      case .work, .plan: true
      case .build, .nightly, .seal, .estimate: false
      }
    }

    /// Whether datasets have only some of their times.
    var isSample: Bool { if case .estimate = self { true } else { false } }

    /// Whether one dataset that fails leaves the others alone.
    var isLenient: Bool { if case .nightly = self { true } else { false } }
  }

  private let recipe: Recipe
  private let share: SharedFiles
  private let purpose: Purpose
  private let part: PartManifest?
  private let workshop: Workshop
  private let outlines: OutlineShelf
  private let progress: ProgressDisplay

  /// Opens a site's folder and makes sure that no other build writes it.
  ///
  /// - Throws: `CommandError` where the folder holds something else or another build runs;
  ///   `StoreError` where it cannot be written.
  static func claim(_ output: String, for purpose: Purpose) throws -> SiteFolder {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: output)) ?? []
    // A folder with other things in it is not ours to write into.
    guard files.isEmpty || files.contains(".cubepress") || files.contains("_release") else {
      throw CommandError.notASite(output)
    }
    let folder = try SiteFolder(path: output)
    try folder.startBuild(isShared: purpose.isShared)
    return folder
  }

  /// Prepares work in a folder that is claimed here.
  ///
  /// - Throws: as ``claim(_:for:)``.
  init(
    _ purpose: Purpose = .build, recipe: Recipe, output: String, options: WorkOptions,
    progress: ProgressDisplay
  ) throws {
    try self.init(
      purpose, recipe: recipe, folder: try Self.claim(output, for: purpose), options: options,
      progress: progress)
  }

  /// Prepares work in a folder that is claimed for the purpose.
  ///
  /// - Throws: where there is no room for scratch files.
  init(
    _ purpose: Purpose, recipe: Recipe, folder: SiteFolder, options: WorkOptions,
    progress: ProgressDisplay
  ) throws {
    self.purpose = purpose
    self.recipe = options.access.applied(to: recipe)
    self.progress = progress
    share = try SharedFiles.find(options.share)
    if case .work(let share) = purpose {
      part = try PartManifest(folder, share: share)
    } else {
      part = nil
    }
    let scratch = folder.path + "/.cubepress/scratch"
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    outlines = OutlineShelf(folder)
    workshop = Workshop(
      folder: folder, isShared: purpose.isShared, journal: Journal(folder, part: part),
      pool: WorkerPool(workers: options.workers),
      memory: FieldMemory(budget: options.memory.bytes, scratchFolder: scratch),
      access: SourceAccess(spool: options.access.spool(in: scratch), outlines: outlines))
  }

  /// Builds, or joins what workers have built.
  ///
  /// - Parameter runs: the history of builds with the one that the report tells of, the latest first;
  ///   asked for when the site changes. `nil` for a site without such a history.
  /// - Returns: what was made, and what failed.
  /// - Throws: where the sources do not fit the recipe, before any work, unless datasets count one by
  ///   one; where the site's folder cannot be written; and when sealing, ``MissingUnits`` where a
  ///   worker has not made something. A dataset that fails is in the report.
  func run(history runs: ((BuildReport) -> [BuildRun])? = nil) throws -> BuildReport {
    let start = Self.now
    let joining = PartJoining(
      workshop.folder, journal: workshop.journal, pool: workshop.pool)
    let parts = try joining.run()
    try Stories.check(recipe.stories)
    var report = BuildReport(output: workshop.folder.path)
    let datasets = try planAll(&report.failures)
    if case .seal = purpose, !datasets.allSatisfy(\.fields.isDone) {
      throw MissingUnits(plan: BuildPlan(datasets), parts: parts)
    }
    report.parts = parts
    var builds: [DatasetBuild] = []
    for dataset in datasets {
      let start = Self.now
      do {
        try dataset.make(workshop: workshop, progress: progress)
        var build = try DatasetBuild(dataset, workshop: workshop)
        build.seconds = Self.now - start
        builds.append(build)
      } catch {
        report.failures.append(
          BuildReport.Failure(
            dataset: dataset.prepared.recipe.id, reason: "\(error)", seconds: Self.now - start))
      }
    }
    if report.failures.isEmpty || purpose.isLenient {
      try finish(builds, report: &report, history: runs)
      try joining.removeParts()
    }
    report.seconds = Self.now - start
    try workshop.folder.write(
      Array(report.json.serialized(pretty: true).utf8), to: ".cubepress/report.json")
    return report
  }

  private static var now: Double { ProcessInfo.processInfo.systemUptime }

  /// Finds out what is there and what is to be made.
  ///
  /// - Throws: where the sources do not fit the recipe.
  func plan() throws -> BuildPlan {
    var failures: [BuildReport.Failure] = []
    return BuildPlan(try planAll(&failures))
  }

  /// Builds the site with a few fields of every variable, and tells from it what the whole site will
  /// take.
  ///
  /// - Throws: where the sources do not fit the recipe, or a field cannot be made.
  func estimate() throws -> CostEstimate {
    var failures: [BuildReport.Failure] = []
    let datasets = try prepareAll(&failures)
    progress.begin("measuring", total: datasets.count)
    defer { progress.end() }
    var measured: [CostEstimate.Dataset] = []
    var builds: [DatasetBuild] = []
    for dataset in datasets {
      let sample = try PlannedDataset(
        dataset.sample(workshop: workshop), firstTurn: 0, workshop: workshop)
      try sample.make(workshop: workshop, progress: ProgressDisplay(style: .quiet))
      let build = try DatasetBuild(sample, workshop: workshop)
      measured.append(
        try CostEstimate.Dataset(dataset, sample: sample, build: build, journal: workshop.journal))
      builds.append(build)
      progress.advance()
    }
    var report = BuildReport(output: workshop.folder.path)
    try finish(builds, report: &report, history: nil)
    return CostEstimate(
      datasets: measured,
      site: try CostEstimate.Site(
        ReleaseManifest(workshop.folder),
        sampled: measured.reduce(CostEstimate.Amount()) { $0 + $1.sampled }),
      prices: recipe.prices)
  }

  /// Makes a share of the fields that are not up to date.
  ///
  /// - Throws: where the sources do not fit the recipe, or the site's folder cannot be written. A
  ///   dataset that fails is in the report.
  func work(_ share: Share) throws -> WorkReport {
    let start = Self.now
    var failures: [BuildReport.Failure] = []
    let datasets = try planAll(&failures)
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
    report.seconds = Self.now - start
    return report
  }

  /// Compares what is there with what is to be, dataset by dataset.
  ///
  /// - Throws: where the sources do not fit the recipe, unless datasets count one by one; then those
  ///   that do not are among the failures.
  private func planAll(_ failures: inout [BuildReport.Failure]) throws -> [PlannedDataset] {
    var datasets: [PlannedDataset] = []
    var turn = 0
    for dataset in try prepareAll(&failures) {
      let start = Self.now
      do {
        datasets.append(try PlannedDataset(dataset, firstTurn: turn, workshop: workshop))
      } catch  where purpose.isLenient {
        failures.append(
          BuildReport.Failure(
            dataset: dataset.recipe.id, reason: "\(error)", seconds: Self.now - start))
      }
      turn += dataset.variables.count
    }
    return datasets
  }

  private func prepareAll(_ failures: inout [BuildReport.Failure]) throws -> [PreparedDataset] {
    var prepared: [PreparedDataset] = []
    for dataset in recipe.datasets {
      let start = Self.now
      do {
        prepared.append(try PreparedDataset(dataset, workshop: workshop))
      } catch {
        failures.append(
          BuildReport.Failure(
            dataset: dataset.id, reason: "\(error)", seconds: Self.now - start))
      }
    }
    if purpose.isLenient, !failures.isEmpty { return prepared }
    var problems = failures.map { "dataset \($0.dataset): \($0.reason)" }
    if problems.isEmpty {
      problems = recipe.scenes.flatMap { SceneCheck(scene: $0, datasets: prepared).problems }
    }
    guard problems.isEmpty else {
      throw CommandError(description: problems.joined(separator: "\n") + "\nNothing was made")
    }
    return prepared
  }

  private func finish(
    _ builds: [DatasetBuild], report: inout BuildReport,
    history runs: ((BuildReport) -> [BuildRun])?
  ) throws {
    let shelf = DescriptionShelf(workshop.folder)
    var contents = SiteContents(workshop)
    var units: Set<String> = []
    var layers: [ViewerLayerBuilder] = []
    for build in builds {
      var summary = DatasetSummary(build, workshop: workshop)
      let description: BuiltDataset
      do {
        description = try summary.describe()
      } catch  where purpose.isLenient {
        report.failures.append(
          BuildReport.Failure(
            dataset: build.prepared.recipe.id, reason: "\(error)", seconds: build.seconds))
        continue
      }
      try contents.add(description, products: build.products + [summary.files])
      units.formUnion(summary.units)
      units.formUnion(build.prepared.arrays.units)
      units.formUnion(build.prepared.viewerUnits)
      units.formUnion(build.prepared.paperUnits)
      units.formUnion(build.prepared.terrain?.units ?? [])
      layers += build.prepared.variables.compactMap(\.viewerLayer)
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
      site: recipe.site, datasets: contents.datasets,
      publications: Dictionary(recipe.datasets.map { ($0.id, $0.publication) }) { first, _ in first
      },
      scenes: recipe.scenes, stories: recipe.stories, viewerLayers: layers, share: share,
      hasHistory: runs != nil, isSample: purpose.isSample,
      exists: { [folder = workshop.folder.contents] key in
        (try? folder.status(of: key)).flatMap { $0 } != nil
      },
      folder: workshop.folder.path)
    var rendered = try documents.render(notes: &report.notes)
    if report.failures.contains(where: \.isKept) {
      // The list of layers is made from open sources, so it stays as it was.
      rendered["4d_viewer/variables"] = nil
      contents.keep(["4d_viewer/variables"])
    }
    try contents.write(rendered)
    if let runs {
      if try report.failures.isEmpty && contents.areReleased(but: Catalogue.historyKeys) {
        contents.keep(Catalogue.historyKeys)
      } else {
        try contents.write(try documents.history(runs(report)))
      }
    }
    let (release, changes) = try contents.release()
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
    try workshop.folder.removeTree(ViewerLayerBuilder.privateFolder)
  }
}
