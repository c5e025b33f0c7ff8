import Foundation
import JSON
public import Pages
public import Recipes

/// The history of builds: what each nightly run made, how long that took, what failed.
struct BuildsPage {
  /// The key of the page.
  static let key = "builds/index.html"
  /// The key of the same for programs.
  static let documentKey = "api/builds.json"

  /// The runs, the latest first.
  let runs: [BuildRun]
  /// The datasets that the site has now.
  let datasets: Set<String>

  var context: [String: PageValue] {
    ["runs": .list(runs.enumerated().map { run($1, isLatest: $0 == 0) })]
  }

  var document: JSONValue { ["runs": .array(runs.map(\.json))] }

  private func run(_ run: BuildRun, isLatest: Bool) -> PageValue {
    let failed = run.datasets.filter { $0.hasFailed }
    let made = run.datasets.map(\.made).reduce(0, +)
    let sent =
      run.publication.map {
        "\(Words.grouped($0.objects)) objects, \(Words.bytes($0.bytes)) in "
          + Self.duration($0.seconds)
      } ?? (isLatest ? "with this page" : "not published")
    return [
      "started": .text(run.started),
      "startedText": .text(
        run.started.replacing("T", with: " ").replacing("Z", with: " UTC")),
      "release": .optional(run.publication.map { "release \($0.release)" }),
      "outcome": .text(
        failed.isEmpty ? "complete" : failed.count == 1 ? "1 failed" : "\(failed.count) failed"),
      "outcomeClass": .text(failed.isEmpty ? "good" : "bad"),
      "made": .text("\(Words.grouped(made)) \(made == 1 ? "field" : "fields")"),
      "duration": .text(Self.duration(run.seconds)),
      "sent": .text(sent),
      "rows": .list(run.datasets.map(row)),
    ]
  }

  private func row(_ dataset: BuildRun.Dataset) -> PageValue {
    [
      "rowID": .text(dataset.id),
      "rowHref": .optional(
        datasets.contains(dataset.id) ? "../datasets/\(dataset.id)/index.html" : nil),
      "rowMade": .text(
        dataset.hasFailed
          ? "failed: what was published before stays"
          : "\(Words.grouped(dataset.made)) of \(Words.grouped(dataset.count)) fields"),
      "rowDuration": .text(Self.duration(dataset.seconds)),
    ]
  }

  /// A length of time for people, such as `1 h 5 min` or `2.4 s`.
  static func duration(_ seconds: Double) -> String {
    if seconds < 60 { return String(format: "%.1f s", seconds) }
    let whole = Int(seconds.rounded())
    return whole < 3600
      ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}

extension Catalogue {
  /// The keys of the history of builds.
  public static let historyKeys = [BuildsPage.key, BuildsPage.documentKey]

  /// The history of builds, as a page and for programs, by key.
  ///
  /// - Parameters:
  ///   - site: what the site says about itself.
  ///   - runs: the runs, the latest first.
  ///   - datasets: the ids of the datasets that the site has now.
  ///   - hasScenes: whether there is a globe, which pages link to.
  ///   - templates: the templates.
  ///   - assets: what pages need.
  /// - Returns: the page and the document by key.
  /// - Throws: `PageError` when a template or asset is missing, or the page would have a hole.
  public static func history(
    site: SiteRecipe, runs: [BuildRun], datasets: Set<String>, hasScenes: Bool,
    templates: PageTemplates, assets: SiteAssets
  ) throws(PageError) -> [String: [UInt8]] {
    let page = BuildsPage(runs: runs, datasets: datasets)
    let frame = try PageFrame(
      site: site, assets: assets, hasScenes: hasScenes, hasHistory: true)
    return [
      BuildsPage.key: try Self.page(
        "builds",
        frame.context(
          title: "Builds · \(site.title)", summary: "When this site was built, and what failed.",
          root: "../"),
        page.context, templates),
      BuildsPage.documentKey: bytes(page.document),
    ]
  }
}
