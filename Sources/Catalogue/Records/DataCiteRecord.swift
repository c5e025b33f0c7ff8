import Grids
import JSON
import Pyramids
import Recipes

/// What DataCite wants to know before it gives out a DOI (metadata schema 4.6, as its REST API takes
/// it): `datacite.json`, ready to be sent.
struct DataCiteRecord {
  let entry: Entry

  var document: JSONValue {
    let dataset = entry.dataset
    var document: JSONObject = [
      "schemaVersion": "http://datacite.org/schema/kernel-4",
      "creators": .array(creators), "titles": [["title": .string(dataset.title)]],
      "publisher": ["name": .string(entry.publisher)],
      "types": ["resourceTypeGeneral": "Dataset", "resourceType": "Data cube"],
      "url": .string(entry.pageURL), "language": .string(entry.site.language),
      "formats": ["application/vnd.zarr", "image/png"],
      "descriptions": [
        ["description": .string(entry.plainDescription), "descriptionType": "Abstract"],
        ["description": .string(Lineage(entry: entry).text), "descriptionType": "Methods"],
      ],
    ]
    document["doi"] = dataset.doi.map { .string($0) }
    document["publicationYear"] = entry.year.map { .string($0) }
    document["version"] = entry.version.map { .string($0) }
    if !entry.keywords.isEmpty {
      document["subjects"] = .array(entry.keywords.map { ["subject": .string($0)] })
    }
    document["dates"] = dates.isEmpty ? nil : .array(dates)
    document["rightsList"] = rights.map { [$0] }
    document["geoLocations"] = [geoLocation]
    document["fundingReferences"] =
      entry.publication.funding.isEmpty ? nil : .array(entry.publication.funding.map(funding))
    document["relatedIdentifiers"] = relatedIdentifiers.isEmpty ? nil : .array(relatedIdentifiers)
    return .object(document)
  }

  private var creators: [JSONValue] {
    guard !entry.authors.isEmpty else {
      return [["name": .string(entry.publisher), "nameType": "Organizational"]]
    }
    return entry.authors.map { author in
      var creator: JSONObject = ["name": .string(author.name)]
      creator["nameType"] = entry.publication.authors.isEmpty ? "Organizational" : "Personal"
      creator["nameIdentifiers"] = author.orcid.map {
        [
          [
            "nameIdentifier": .string("https://orcid.org/" + $0), "nameIdentifierScheme": "ORCID",
            "schemeUri": "https://orcid.org",
          ]
        ]
      }
      creator["affiliation"] = author.affiliation.map { [["name": .string($0)]] }
      return .object(creator)
    }
  }

  private var dates: [JSONValue] {
    var dates: [JSONValue] = []
    for version in entry.publication.changes.reversed() {
      dates.append([
        "date": .string(version.date), "dateType": dates.isEmpty ? "Issued" : "Updated",
        "dateInformation": .string("Version \(version.version)"),
      ])
    }
    if let range = entry.dataset.timeRange, let first = Stamp(range.first)?.rfc3339,
      let last = Stamp(range.last)?.rfc3339
    {
      // A type of version 4.6.
      dates.append(["date": .string("\(first)/\(last)"), "dateType": "Coverage"])
    }
    return dates
  }

  private var rights: JSONValue? {
    entry.dataset.licence.map { licence in
      var members: JSONObject = ["rights": .string(licence)]
      members["rightsUri"] = entry.licenceAddress.map { .string($0) }
      if let identifier = entry.licenceIdentifier {
        members["rightsIdentifier"] = .string(identifier)
        members["rightsIdentifierScheme"] = "SPDX"
      }
      return .object(members)
    }
  }

  private var geoLocation: JSONValue {
    let bounds = entry.dataset.bounds
    return [
      "geoLocationBox": [
        "westBoundLongitude": .number(bounds.west), "eastBoundLongitude": .number(bounds.box[2]),
        "southBoundLatitude": .number(bounds.south), "northBoundLatitude": .number(bounds.north),
      ]
    ]
  }

  private func funding(_ grant: FundingRecipe) -> JSONValue {
    var members: JSONObject = ["funderName": .string(grant.funder)]
    members["awardNumber"] = grant.award.map { .string($0) }
    members["awardTitle"] = grant.title.map { .string($0) }
    members["awardUri"] = grant.url.map { .string($0) }
    return .object(members)
  }

  private var relatedIdentifiers: [JSONValue] {
    entry.publication.papers.compactMap { paper in
      paper.doi.map {
        [
          "relatedIdentifier": .string($0), "relatedIdentifierType": "DOI",
          "relationType": "IsDocumentedBy",
        ]
      }
    }
  }
}
