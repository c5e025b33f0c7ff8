import Pages
import Pyramids
import Recipes

/// The first page: what the site is, and all its datasets.
struct IndexPage {
  let site: SiteRecipe
  let entries: [Entry]
  let stories: [StoryLink]

  private var datasets: [BuiltDataset] { entries.map(\.dataset) }

  var summary: String {
    site.description.map { Prose.summary($0, limit: 200) }
      ?? "\(datasets.count) data cubes: maps, map services and how to use them."
  }

  var context: [String: PageValue] {
    let variables = datasets.map(\.variables.count).reduce(0, +)
    var context: [String: PageValue] = [
      "datasetCount": .text(Words.grouped(datasets.count)),
      "datasetWord": datasets.count == 1 ? "dataset" : "datasets",
      "variableCount": .text(Words.grouped(variables)),
      "variableWord": variables == 1 ? "variable" : "variables",
      "yearSpan": .optional(years),
      "dataSize": .optional(size > 0 ? Words.bytes(size) : nil),
      "isLarge": .flag(datasets.count > 11),
      "cards": .list(entries.map(card)),
      "stories": stories.isEmpty
        ? false : ["storyCards": .list(stories.map { $0.context(root: "") })],
      "cubeFaces": .list(faces),
      "siteService": [
        "copyText": .text(site.serviceBaseURL + "wmts/1.0.0/WMTSCapabilities.xml"),
        "copyLabel": "the address of the map service",
      ],
    ]
    if let text = site.description {
      context["siteProse"] = ["proseBlocks": Prose.blocks(text)]
    }
    if let cube = datasets.lazy.compactMap(\.arrays?.cube).first {
      context["sampleCube"] = .text(Python.literal(site.serviceBaseURL + cube))
    }
    return context
  }

  /// From which year to which the data reach.
  private var years: String? {
    let stamps = datasets.compactMap(\.timeRange).compactMap { range in
      Stamp(range.first).flatMap { first in Stamp(range.last).map { (first.year, $0.year) } }
    }
    guard let first = stamps.map(\.0).min(), let last = stamps.map(\.1).max() else { return nil }
    return first == last ? "\(first)" : "\(first) – \(last)"
  }

  private var size: Int {
    datasets.compactMap(\.arrays).map { $0.cubeBytes + $0.seriesBytes }.reduce(0, +)
  }

  /// The pictures on the three sides of the cube beside the title, each with the shape of its side.
  private var faces: [PageValue] {
    let shapes = [
      ("1.4722 -.85 1.4722 .85 52.78 115", "top"), ("1.4722 .85 0 1.7 52.78 115", "left"),
      ("1.4722 -.85 0 1.7 200 200", "right"),
    ]
    let pictured = datasets.filter { $0.thumbnail != nil }
    guard !pictured.isEmpty else { return [] }
    return zip(shapes.indices, shapes).map { number, shape in
      // What fills its picture looks best: whole globes first.
      let ordered = pictured.sorted { Self.fullness($0) > Self.fullness($1) }
      let dataset = ordered[number % ordered.count]
      return [
        "faceMatrix": .text(shape.0), "faceName": .text(shape.1),
        "facePicture": .text(dataset.thumbnail ?? ""),
        "faceHref": .text("datasets/\(dataset.id)/index.html"), "faceTitle": .text(dataset.title),
      ]
    }
  }

  /// The share of cells of the first variable that hold a value.
  private static func fullness(_ dataset: BuiltDataset) -> Double {
    1 - (dataset.variables.first?.measured?.missingShare ?? 1)
  }

  private func card(_ entry: Entry) -> PageValue {
    let dataset = entry.dataset
    let shown = dataset.variables.prefix(3).map(\.title)
    let more = dataset.variables.count - shown.count
    return [
      "cardID": .text(dataset.id), "href": .text(entry.folder + "index.html"),
      "cardTitle": .text(dataset.title),
      "cardSummary": .optional(dataset.description.map { Prose.summary($0, limit: 150) }),
      "thumbnail": .optional(dataset.thumbnail),
      "cardVariables": .list(shown.map { .text($0) }),
      "cardMore": .optional(more > 0 ? "+\(more) more" : nil),
      "cardPeriod": .optional(dataset.timeRange.map(Words.period)),
      "cardResolution": .text(dataset.resolution),
      "cardArea": .text(Words.area(dataset.bounds)),
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
