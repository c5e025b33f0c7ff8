import Grids
import JSON
import Pyramids
import Recipes

/// The list of datasets for programs; paths in it are relative to it, so that a mirror works.
struct DatasetList {
  let site: SiteRecipe
  let datasets: [BuiltDataset]

  var document: JSONValue {
    [
      "title": .string(site.title), "url": .string(site.serviceBaseURL),
      "wmts": "../wmts/1.0.0/WMTSCapabilities.xml",
      "datasets": .array(datasets.map(dataset)),
    ]
  }

  private func dataset(_ dataset: BuiltDataset) -> JSONValue {
    var document: JSONObject = ["id": .string(dataset.id), "title": .string(dataset.title)]
    let bounds = dataset.bounds
    document["description"] = dataset.description.map { .string($0) }
    document["page"] = .string("../datasets/\(dataset.id)/index.html")
    document["wmts"] = .string("../datasets/\(dataset.id)/wmts/1.0.0/WMTSCapabilities.xml")
    document["tiles"] = .string("../datasets/\(dataset.id)/tiles.json")
    document["bounds"] = bounds.boxJSON
    document["crs"] = .string(dataset.crs.epsg.map { "EPSG:\($0)" } ?? dataset.crs.name)
    document["resolution"] = .string(dataset.resolution)
    if let range = dataset.timeRange {
      document["time"] = [
        "first": .string(range.first), "last": .string(range.last),
        "count": .integer(Int64(range.count)),
      ]
    }
    document["licence"] = dataset.licence.map { .string($0) }
    document["attribution"] = dataset.attribution.map { .string($0) }
    document["doi"] = dataset.doi.map { .string($0) }
    document["keywords"] = .array(dataset.keywords.map { .string($0) })
    let cubes = Set(dataset.cubes.map(\.key))
    document["variables"] = .array(
      dataset.variables.map { variable in
        var entry: JSONObject = [
          "name": .string(variable.name), "key": .string(variable.key),
          "title": .string(variable.title),
        ]
        entry["units"] = variable.units.map { .string($0) }
        if cubes.contains(variable.key) { entry["cube"] = true }
        entry["standardName"] = variable.standardName.map { .string($0) }
        entry["thumbnail"] = variable.styles.lazy.compactMap(\.thumbnail).first
          .map { .string("../" + $0) }
        return .object(entry)
      })
    return .object(document)
  }
}
