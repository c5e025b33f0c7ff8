import Pages
import Pyramids
import Recipes

/// The list of datasets.
struct IndexPage {
  let site: SiteRecipe
  let datasets: [BuiltDataset]
  let stories: [StoryLink]

  var summary: String {
    site.description.map { Prose.summary($0, limit: 200) }
      ?? "\(datasets.count) data cubes: maps, map services and how to use them."
  }

  var context: [String: PageValue] {
    let variables = datasets.map(\.variables.count).reduce(0, +)
    var context: [String: PageValue] = [
      "datasetCount": .number(datasets.count),
      "datasetWord": datasets.count == 1 ? "dataset" : "datasets",
      "variableCount": .number(variables),
      "variableWord": variables == 1 ? "variable" : "variables",
      "tileCount": .text(Words.grouped(datasets.map(\.tileCount).reduce(0, +))),
      "cards": .list(datasets.map(card)),
      "siteService": [
        "copyText": .text(site.serviceBaseURL + "wmts/1.0.0/WMTSCapabilities.xml"),
        "copyLabel": "the address of the map service",
      ],
    ]
    context["stories"] =
      stories.isEmpty ? false : ["storyCards": .list(stories.map { $0.context(root: "") })]
    if let text = site.description {
      context["siteProse"] = ["proseBlocks": Prose.blocks(text)]
    }
    return context
  }

  private func card(_ dataset: BuiltDataset) -> PageValue {
    let shown = dataset.variables.prefix(3).map(\.title)
    let more = dataset.variables.count - shown.count
    let searched =
      [dataset.id, dataset.title, dataset.description ?? ""] + dataset.keywords
      + dataset.variables.flatMap { [$0.name, $0.title, $0.standardName ?? ""] }
    return [
      "href": .text("datasets/\(dataset.id)/index.html"),
      "cardTitle": .text(dataset.title),
      "cardSummary": .optional(dataset.description.map { Prose.summary($0, limit: 150) }),
      "thumbnail": .optional(dataset.thumbnail),
      "cardVariables": .list(shown.map { .text($0) }),
      "cardMore": .optional(more > 0 ? "+\(more) more" : nil),
      "cardPeriod": .optional(dataset.timeRange.map(Words.period)),
      "cardResolution": .text(dataset.resolution),
      "cardArea": .text(Words.area(dataset.bounds)),
      "searchText": .text(searched.joined(separator: " ")),
    ]
  }
}

extension BuiltDataset {
  /// The picture that stands for it: the first there is.
  var thumbnail: String? {
    variables.lazy.flatMap(\.styles).compactMap(\.thumbnail).first
  }

  /// How many tiles it has.
  var tileCount: Int { tileTotals(\.tileCount) }

  /// How many bytes its tiles take.
  var tileBytes: Int { tileTotals(\.byteCount) }

  private func tileTotals(_ value: (TileLayer) -> Int) -> Int {
    variables.flatMap(\.styles).flatMap(\.layers).map(value).reduce(0, +)
  }
}
