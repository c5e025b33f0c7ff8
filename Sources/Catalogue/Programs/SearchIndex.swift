import Grids
import JSON
import Pyramids
import Recipes

/// All datasets and stories in two lists, for the search of the index page: `search.json`.
///
/// Each is a row of `columns` or `storyColumns`; addresses are relative to the root of the site. Times
/// are the first and last as texts that sort.
struct SearchIndex {
  let entries: [Entry]
  var stories: [StoryLink] = []

  static let columns = [
    "id", "title", "text", "variables", "keywords", "licence", "bounds", "times", "resolution",
  ]

  static let storyColumns = ["page", "title", "text", "datasets"]

  var document: JSONValue {
    [
      "columns": .array(Self.columns.map { .string($0) }),
      "rows": .array(entries.map { .array(row($0)) }),
      "storyColumns": .array(Self.storyColumns.map { .string($0) }),
      "stories": .array(stories.map { .array(row($0)) }),
    ]
  }

  private func row(_ story: StoryLink) -> [JSONValue] {
    let text = [story.summary, story.book].compactMap { $0 } + story.authors
    return [
      .string(story.page), .string(story.title), .string(text.joined(separator: " ")),
      .array(story.datasets.map { .string($0) }),
    ]
  }

  private func row(_ entry: Entry) -> [JSONValue] {
    let dataset = entry.dataset
    let bounds = dataset.bounds
    let names = dataset.variables.flatMap { [$0.name, $0.standardName].compactMap { $0 } }
    let text =
      [entry.plainDescription, dataset.attribution ?? "", dataset.id] + names
      + entry.authors.map(\.name)
    return [
      .string(dataset.id), .string(dataset.title), .string(text.joined(separator: " ")),
      .array(dataset.variables.map { .string($0.title) }),
      .array(entry.keywords.map { .string($0) }), dataset.licence.map { .string($0) } ?? .null,
      bounds.boxJSON,
      dataset.timeRange.map { [.string($0.first), .string($0.last)] } ?? .null,
      .string(dataset.resolution),
    ]
  }
}
