import Catalogue
import Foundation
import JSON
import Jobs
import Publishing
import Recipes
import Stores

/// One nightly run: records, build, publication, pruning, records.
struct NightlyRun {
  let recipe: Recipe
  /// The folder of the site, claimed.
  let folder: SiteFolder
  let target: any PublishingTarget
  let options: WorkOptions
  let grace: TimeSpan
  let kept: Int
  let takesOver: Bool
  let progress: ProgressDisplay

  /// Does everything in its order.
  ///
  /// The records are copied to the target when all else is done, so that they never promise what is
  /// not there; what a run that was stopped has not recorded is made again.
  ///
  /// - Throws: where another run is under way, the target cannot be read or written, or the folder
  ///   cannot be written. Datasets that fail are in the report.
  func run() throws -> NightlyReport {
    let start = Self.now
    let claim = try WorkClaim(on: target, folder: folder, takesOver: takesOver)
    do {
      let report = try steps(start)
      try claim.release()
      return report
    } catch {
      try? claim.release()
      throw error
    }
  }

  private func steps(_ start: Double) throws -> NightlyReport {
    let started = TimeText.iso(target.now)
    let records = WorkRecords(folder, target: target)
    let history = RunHistory(folder)
    let fetched = try fetch(records)
    let former = try history.runs()
    let build = try BuildSession(
      .nightly, recipe: recipe, folder: folder, options: options, progress: progress
    ).run { report in
      [BuildRun(report, recipe: recipe, started: started, seconds: Self.now - start)] + former
    }
    var report = NightlyReport(
      started: started, location: target.location, build: build, fetched: fetched)
    if build.release > 0 {
      let start = Self.now
      let published = try Publisher(
        folder, to: target, takesOver: takesOver, progress: progress
      ).publish()
      report.published = published
      report.publishSeconds = Self.now - start
      report.pruned = try Pruning(
        target, scratch: folder, grace: grace.seconds, kept: kept, takesOver: takesOver
      ).run(withRecords: !published.isUnchanged)
    }
    report.seconds = Self.now - start
    if let run = report.run(recipe) { try history.keep([run] + former) }
    report.saved = try records.save()
    report.seconds = Self.now - start
    try folder.write(
      Array(report.json.serialized(pretty: true).utf8), to: ".cubepress/nightly.json")
    return report
  }

  /// Takes over what another worker has recorded since, or all of it in an empty folder.
  private func fetch(_ records: WorkRecords) throws -> WorkRecords.Report? {
    let published = PublishedFiles(of: target)
    folder.borrow(from: published)
    guard try records.areBehind() else { return nil }
    // First of all what is not what was published goes, so that no record relies on it.
    if let release = try published.release() {
      try ReleaseManifest(folder).adopt(release, from: target)
    }
    return try records.fetch(published: published)
  }

  private static var now: Double { ProcessInfo.processInfo.systemUptime }
}
