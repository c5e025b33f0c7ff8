import Catalogue
import JSON
import Publishing
import Recipes
import Stores

/// The nightly runs that made something or failed, the latest first, in the records of a site.
struct RunHistory {
  private let folder: SiteFolder
  private static let key = SiteFolder.privateFolder + "/history/runs.json"
  /// How many are kept.
  private static let limit = 90

  init(_ folder: SiteFolder) { self.folder = folder }

  func runs() throws(StoreError) -> [BuildRun] {
    guard let bytes = try folder.read(Self.key), let json = try? JSONValue(parsing: bytes) else {
      return []
    }
    return json.arrayValue?.compactMap(BuildRun.init) ?? []
  }

  func keep(_ runs: [BuildRun]) throws(StoreError) {
    let json = JSONValue.array(runs.prefix(Self.limit).map(\.json))
    try folder.write(Array(json.serialized(pretty: true).utf8), to: Self.key)
  }
}

extension BuildRun {
  /// What a build did, in the recipe's order.
  init(_ report: BuildReport, recipe: Recipe, started: String, seconds: Double) {
    let datasets = recipe.datasets.compactMap { wanted -> Dataset? in
      if let failure = report.failures.first(where: { $0.dataset == wanted.id }) {
        return Dataset(
          id: wanted.id, made: 0, count: 0, seconds: failure.seconds, hasFailed: true)
      }
      return report.datasets.first { $0.id == wanted.id }.map {
        Dataset(id: $0.id, made: $0.made, count: $0.made + $0.current, seconds: $0.seconds)
      }
    }
    self.init(started: started, seconds: seconds, datasets: datasets)
  }
}
