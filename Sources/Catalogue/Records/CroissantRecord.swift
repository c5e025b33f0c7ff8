import Grids
import JSON
import Pyramids
import Recipes

/// A dataset for search engines and machine learning: schema.org's `Dataset` with the distribution and
/// record sets of Croissant 1.0 (`croissant.json`, and in the dataset's page).
///
/// Addresses are absolute, as search engines want them.
struct CroissantRecord {
  let entry: Entry

  private var base: String { entry.site.serviceBaseURL }

  var document: JSONValue {
    let dataset = entry.dataset
    var document: JSONObject = [
      "@context": Self.context, "@type": "sc:Dataset", "@id": .string(entry.pageURL),
      "conformsTo": "http://mlcommons.org/croissant/1.0", "name": .string(dataset.title),
      "alternateName": .string(dataset.id), "description": .string(entry.plainDescription),
      "url": .string(entry.pageURL), "inLanguage": .string(entry.site.language),
      "isAccessibleForFree": true,
    ]
    document["identifier"] = dataset.doi.map { .string("https://doi.org/" + $0) }
    document["license"] = (entry.licenceAddress ?? dataset.licence).map { .string($0) }
    document["version"] = entry.version.map { .string($0) }
    document["datePublished"] = entry.day.map { .string($0) }
    document["citeAs"] = .string(Citation(entry: entry).text)
    if !entry.keywords.isEmpty {
      document["keywords"] = .array(entry.keywords.map { .string($0) })
    }
    if !entry.authors.isEmpty { document["creator"] = .array(entry.authors.map(person)) }
    document["publisher"] = publisher
    if !entry.publication.funding.isEmpty {
      document["funding"] = .array(entry.publication.funding.map(grant))
    }
    document["creditText"] = dataset.attribution.map { .string($0) }
    document["thumbnailUrl"] = dataset.thumbnail.map { .string(base + $0) }
    document["temporalCoverage"] = temporalCoverage
    document["spatialCoverage"] = spatialCoverage
    document["variableMeasured"] = .array(dataset.variables.map(property))
    document["includedInDataCatalog"] = [
      "@type": "sc:DataCatalog", "name": .string(entry.site.title),
      "url": .string(base + "index.html"),
    ]
    if !entry.publication.papers.isEmpty {
      document["citation"] = .array(entry.publication.papers.map(paper))
    }
    document["distribution"] = .array(distribution)
    document["recordSet"] = [recordSet]
    return .object(document)
  }

  // MARK: People

  private func person(_ person: PersonRecipe) -> JSONValue {
    var members: JSONObject = ["@type": "sc:Person", "name": .string(person.name)]
    if entry.publication.authors.isEmpty { members["@type"] = "sc:Organization" }
    members["sameAs"] = person.orcid.map { .string("https://orcid.org/" + $0) }
    members["affiliation"] = person.affiliation.map {
      ["@type": "sc:Organization", "name": .string($0)]
    }
    return .object(members)
  }

  private var publisher: JSONValue {
    var members: JSONObject = ["@type": "sc:Organization", "name": .string(entry.publisher)]
    members["url"] = .string(entry.site.provider?.url ?? base)
    return .object(members)
  }

  private func grant(_ grant: FundingRecipe) -> JSONValue {
    var members: JSONObject = [
      "@type": "sc:Grant",
      "funder": ["@type": "sc:Organization", "name": .string(grant.funder)],
    ]
    members["identifier"] = grant.award.map { .string($0) }
    members["name"] = grant.title.map { .string($0) }
    members["url"] = grant.url.map { .string($0) }
    return .object(members)
  }

  private func paper(_ paper: PaperRecipe) -> JSONValue {
    var members: JSONObject = ["@type": "sc:CreativeWork", "name": .string(paper.citation)]
    members["identifier"] = paper.doi.map { .string("https://doi.org/" + $0) }
    return .object(members)
  }

  // MARK: What it covers

  private var temporalCoverage: JSONValue? {
    guard let range = entry.dataset.timeRange, let first = Stamp(range.first)?.rfc3339,
      let last = Stamp(range.last)?.rfc3339
    else { return nil }
    return .string("\(first)/\(last)")
  }

  private var spatialCoverage: JSONValue {
    let bounds = entry.dataset.bounds
    let corners = [bounds.south, bounds.west, bounds.north, bounds.box[2]].map { Words.plain($0) }
    return [
      "@type": "sc:Place",
      "geo": ["@type": "sc:GeoShape", "box": .string(corners.joined(separator: " "))],
    ]
  }

  private func property(_ variable: BuiltVariable) -> JSONValue {
    var members: JSONObject = [
      "@type": "sc:PropertyValue", "name": .string(variable.name),
      "description": .string(variable.title),
    ]
    members["propertyID"] = variable.standardName.map {
      .string("https://vocab.nerc.ac.uk/standard_name/\($0)/")
    }
    members["unitText"] = variable.units.map { .string($0) }
    if let measured = variable.measured {
      members["minValue"] = .number(measured.minimum)
      members["maxValue"] = .number(measured.maximum)
    }
    return .object(members)
  }

  // MARK: Files

  /// The documents by which cube and series are opened: a Zarr group is a folder of files, and
  /// Croissant wants a checksum of each file it names.
  private var distribution: [JSONValue] {
    guard let arrays = entry.dataset.arrays else { return [] }
    let groups = [
      (arrays.cube, "cube.zarr", "The values at all resolutions", arrays.cubeBytes),
      (arrays.series, "series.zarr", "The same values, cut for time series", arrays.seriesBytes),
    ]
    return groups.compactMap { path, id, text, bytes in
      guard let path, let sum = arrays.heads[arrays.head(of: path)] else { return nil }
      return [
        "@type": "cr:FileObject", "@id": .string(id), "name": .string(id),
        "description": .string("\(text): the head of a Zarr group of \(bytes) bytes."),
        "contentUrl": .string(base + arrays.head(of: path)), "encodingFormat": "application/json",
        "sha256": .string(sum),
      ]
    }
  }

  /// What the variables are, as records that a program can load.
  private var recordSet: JSONValue {
    func field(_ name: String, _ type: String, _ text: String) -> JSONValue {
      [
        "@type": "cr:Field", "@id": .string("variables/" + name), "name": .string(name),
        "description": .string(text), "dataType": .string(type),
      ]
    }
    return [
      "@type": "cr:RecordSet", "@id": "variables", "name": "variables",
      "description": "The variables of the cube.", "key": ["@id": "variables/name"],
      "field": [
        field("name", "sc:Text", "The name of the array."),
        field("title", "sc:Text", "What people call it."),
        field("units", "sc:Text", "The unit, as UDUNITS writes it."),
        field("standard_name", "sc:Text", "The CF standard name."),
      ],
      "data": .array(
        entry.dataset.variables.map { variable in
          [
            "variables/name": .string(variable.key), "variables/title": .string(variable.title),
            "variables/units": .string(variable.units ?? ""),
            "variables/standard_name": .string(variable.standardName ?? ""),
          ]
        }),
    ]
  }

  /// The terms of Croissant 1.0 (its specification, appendix "JSON-LD context").
  private static let context: JSONValue = [
    "@language": "en", "@vocab": "https://schema.org/", "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo", "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/", "data": ["@id": "cr:data", "@type": "@json"],
    "dataType": ["@id": "cr:dataType", "@type": "@vocab"], "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": ["@id": "cr:examples", "@type": "@json"], "extract": "cr:extract",
    "field": "cr:field", "fileProperty": "cr:fileProperty", "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet", "format": "cr:format", "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset", "jsonPath": "cr:jsonPath", "key": "cr:key",
    "md5": "cr:md5", "parentField": "cr:parentField", "path": "cr:path",
    "recordSet": "cr:recordSet", "references": "cr:references", "regex": "cr:regex",
    "repeated": "cr:repeated", "replace": "cr:replace", "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator", "source": "cr:source", "subField": "cr:subField",
    "transform": "cr:transform",
  ]
}

extension JSONValue {
  /// The text for a script element of a page: nothing in it can end the element or an attribute.
  var scriptText: String {
    var text = ""
    var rest = serialized()[...]
    while let character = rest.unicodeScalars.popFirst() {
      switch character {
      case "\\":
        let next = rest.unicodeScalars.popFirst() ?? "\\"
        text += next == "\"" ? "\\u0022" : "\\\(next)"
      case "<", ">", "&", "'":
        let digits = String(character.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(character)
      }
    }
    return text
  }
}
