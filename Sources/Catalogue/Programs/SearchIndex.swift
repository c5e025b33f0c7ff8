import Grids
import JSON
import Pyramids
import Recipes

/// All datasets in one list, for the search of the index page: `search.json`.
///
/// Each is a row of `columns`; addresses are relative to the root of the site. Times are the first and
/// last as texts that sort.
struct SearchIndex {
  let entries: [Entry]

  static let columns = [
    "id", "title", "text", "variables", "keywords", "licence", "bounds", "times", "resolution",
  ]

  var document: JSONValue {
    [
      "columns": .array(Self.columns.map { .string($0) }),
      "rows": .array(entries.map { .array(row($0)) }),
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
