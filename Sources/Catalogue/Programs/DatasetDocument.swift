import Cubes
import Foundation
import Grids
import Images
import JSON
import Pyramids

/// Everything about one dataset for programs, the viewer first: `api/datasets/<id>.json`.
///
/// Addresses in it are relative to the root of the site, to which its member `root` leads, so that a
/// mirror works.
struct DatasetDocument {
  let entry: Entry

  private var dataset: BuiltDataset { entry.dataset }

  var document: JSONValue {
    let folder = "datasets/\(dataset.id)"
    let bounds = dataset.bounds
    var document: JSONObject = [
      "root": "../../", "id": .string(dataset.id), "title": .string(dataset.title),
      "page": .string(folder + "/index.html"),
      "wmts": .string(folder + "/wmts/1.0.0/WMTSCapabilities.xml"),
      "bounds": bounds.boxJSON,
      "crs": [
        "id": dataset.crs.epsg.map { .string("EPSG:\($0)") } ?? .null,
        "name": .string(dataset.crs.name), "geographic": .bool(dataset.crs.isGeographic),
      ],
      "resolution": .string(dataset.resolution),
      "keywords": .array(dataset.keywords.map { .string($0) }),
    ]
    document["description"] = dataset.description.map { .string($0) }
    document["attribution"] = dataset.attribution.map { .string($0) }
    document["licence"] = dataset.licence.map { .string($0) }
    document["doi"] = dataset.doi.map { .string($0) }
    document["calendar"] = dataset.calendar.map { .string($0) }
    document["timeRange"] = dataset.timeRange.map { range in
      [
        "first": .string(range.first), "last": .string(range.last),
        "count": .integer(Int64(range.count)),
      ]
    }
    document["cube"] = dataset.arrays?.cube.map { .string($0) }
    document["series"] = dataset.arrays?.series.map { .string($0) }
    document["grids"] = dataset.arrays.map { .object($0.grids) }
    document["places"] = dataset.places.map { .string($0) }
    document["terrain"] = terrain
    document["version"] = entry.version.map { .string($0) }
    document["citation"] = .string(Citation(entry: entry).text)
    document["stac"] = .string(folder + "/collection.json")
    document["fair"] = FAIRAssessment(entry).json
    document["variables"] = .array(dataset.variables.map(variable))
    if !dataset.composites.isEmpty {
      document["composites"] = .array(dataset.composites.map(composite))
    }
    return .object(document)
  }

  /// Where the terrain is; templates have place-holders for the dimensions of its variable.
  private var terrain: JSONValue? {
    guard let terrain = dataset.terrain,
      let variable = dataset.variables.first(where: { $0.key == terrain.variable })
    else { return nil }
    var document: JSONObject = [
      "variable": .string(terrain.variable),
      "layer": .string(terrain.layerTemplate(dataset: dataset.id, variable)),
      "heightsAbove": .string(terrain.heightsAbove),
      "exaggeration": .number(terrain.exaggeration),
      "dimensions": .array(variable.dimensions.map(dimension)),
    ]
    document["rgb"] = terrain.pictureZooms.map { zooms in
      [
        "encoding": "mapbox",
        "template": .string(terrain.pictureTemplate(dataset: dataset.id, variable)),
        "tilejson": .string(terrain.pictureDocument(dataset: dataset.id)),
        "minzoom": .integer(Int64(zooms.lowerBound)), "maxzoom": .integer(Int64(zooms.upperBound)),
      ]
    }
    return .object(document)
  }

  private func variable(_ variable: BuiltVariable) -> JSONValue {
    var document: JSONObject = [
      "name": .string(variable.name), "key": .string(variable.key),
      "title": .string(variable.title), "kind": .string(variable.kind.rawValue),
      // The positions along the arrays; of some there may be no tile.
      "dimensions": .array(
        (variable.arrays?.dimensions ?? variable.dimensions).map(dimension)),
    ]
    document["grid"] = variable.arrays.map { .string($0.grid) }
    document["maximumError"] = variable.arrays.flatMap { arrays in
      arrays.maximumError > 0 ? .number(arrays.maximumError) : nil
    }
    document["units"] = variable.units.map { .string($0) }
    document["standardName"] = variable.standardName.map { .string($0) }
    document["description"] = variable.description.map { .string($0) }
    document["group"] = variable.group.map { .string($0) }
    document["paperCube"] = variable.paperCube.map { .string($0) }
    document["paperCubePDF"] = variable.paperCubePDF.map { .string($0) }
    document["measured"] = variable.measured.map { measured in
      [
        "minimum": .number(measured.minimum), "maximum": .number(measured.maximum),
        "missingShare": .number(measured.missingShare),
      ]
    }
    document["histogram"] = variable.histogram.map(histogram)
    document["flags"] = variable.flags.map { table in
      .array(table.entries.map { flag($0, kind: table.kind) })
    }
    document["styles"] = .array(
      variable.styles.map {
        StyleDocument(dataset: dataset.id, variable: variable, built: $0).value
      })
    return .object(document)
  }

  private func histogram(_ histogram: ValueHistogram) -> JSONValue {
    [
      "edges": .array(histogram.edges.map { .number(Self.short($0)) }),
      "counts": .array(histogram.counts.map { .integer(Int64($0)) }),
      "below": .integer(Int64(histogram.below)), "above": .integer(Int64(histogram.above)),
    ]
  }

  /// A number with six digits: enough for a drawing.
  private static func short(_ value: Double) -> Double {
    guard value != 0, value.isFinite else { return value }
    let digits = 5 - Int(log10(abs(value)).rounded(.down))
    return (value * pow(10, Double(digits))).rounded() / pow(10, Double(digits))
  }

  private func dimension(_ dimension: TileDimension) -> JSONValue {
    var document: JSONObject = [
      "name": .string(dimension.name), "placeholder": .string(dimension.placeholder),
      "title": .string(dimension.title), "default": .string(dimension.defaultValue),
      "values": .array(dimension.values.map { .string($0) }), "isTime": .bool(dimension.isTime),
    ]
    document["units"] = dimension.units.map { .string($0) }
    return .object(document)
  }

  private func flag(_ entry: FlagTable.Entry, kind: FlagTable.Kind) -> JSONValue {
    var document: JSONObject = ["meaning": .string(entry.meaning)]
    if kind != .masks { document["value"] = .number(entry.value) }
    // Exact as a JSON number in a browser up to 53 bits, which is more than flags use.
    document["mask"] = entry.mask.map { .number(Double($0)) }
    return .object(document)
  }

  private func composite(_ composite: BuiltComposite) -> JSONValue {
    var document: JSONObject = ["id": .string(composite.id), "title": .string(composite.title)]
    for (colour, band) in zip(["red", "green", "blue"], composite.bands) {
      document[colour] = [
        "variable": .string(band.variable), "range": [.number(band.dark), .number(band.bright)],
      ]
    }
    return .object(document)
  }
}
