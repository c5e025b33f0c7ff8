import Cubes
import Grids
import JSON
import Pages
import Pyramids
import Recipes

/// The page of one dataset: all that somebody needs to judge it, get it and name it.
struct DatasetPage {
  let entry: Entry
  let related: [Entry]
  /// The scenes of the globe that show it.
  let scenes: [SceneRecipe]
  let stories: [StoryLink]

  private static let root = "../../"
  private var dataset: BuiltDataset { entry.dataset }

  var summary: String { entry.summary(limit: 200) }

  var context: [String: PageValue] {
    var context: [String: PageValue] = [
      "datasetID": .text(dataset.id), "datasetTitle": .text(dataset.title),
      "viewerHref": .text(ViewerLink(dataset: dataset).href(root: Self.root)),
      "cubeHref": .optional(
        dataset.cubes.first.map {
          CubeLink(dataset: dataset, variable: $0).href(root: Self.root)
        }),
      "scenes": .list(
        scenes.map { scene in
          [
            "sceneHref": .text(SceneLink(scene: scene).href(root: Self.root)),
            "sceneTitle": .text(scene.title),
          ]
        }),
      "still": .optional(dataset.thumbnail.map { Self.root + $0 }),
      "stillLabel": .text("Map of \(dataset.title)"),
      "variables": .list(
        dataset.variables.enumerated().map { number, variable in
          VariableSection(dataset: dataset, variable: variable, number: number, root: Self.root)
            .context
        }),
      "structuredData": .text(CroissantRecord(entry: entry).document.scriptText),
      "versionText": .optional(entry.version),
      "versionDay": .optional(entry.day),
    ]
    if let text = dataset.description {
      context["datasetProse"] = ["proseBlocks": Prose.blocks(text)]
    }
    if !entry.keywords.isEmpty {
      context["keywords"] = ["words": .list(entry.keywords.map { .text($0) })]
    }
    for part in [
      facts, origin, citation, versions, surroundings, CoverageSection(entry: entry).context,
      AccessSection(entry: entry).context, QualitySection(entry: entry).context,
    ] { context.merge(part) { first, _ in first } }
    return context
  }

  private var facts: [String: PageValue] {
    let cells = "\(Words.grouped(dataset.columns)) × \(Words.grouped(dataset.rows)) cells"
    // What everybody assumes needs no line.
    let usual = ["standard", "gregorian", "proleptic_gregorian"]
    return [
      "period": .optional(dataset.timeRange.map(Words.period)),
      "steps": .optional(dataset.timeRange.map { Words.grouped($0.count) }),
      "calendar": .optional(dataset.calendar.flatMap { usual.contains($0) ? nil : $0 }),
      "resolution": .text(dataset.resolution), "gridSize": .text(cells),
      "crsName": .text(
        dataset.crs.epsg.map { "\(dataset.crs.name) (EPSG:\($0))" } ?? dataset.crs.name),
    ]
  }

  private var origin: [String: PageValue] {
    var context: [String: PageValue] = [
      "attribution": .optional(dataset.attribution), "doi": .optional(dataset.doi),
      "institution": .optional(dataset.attributes["institution"]?.stringValue),
    ]
    if let licence = dataset.licence {
      context["licence"] = [
        "licenceText": .text(licence), "licenceURL": .optional(entry.licenceAddress),
      ]
    }
    if !dataset.sources.isEmpty {
      let shown = dataset.sources.prefix(4)
      let more = dataset.sources.count - shown.count
      context["sources"] = [
        "sourceRows": .list(
          shown.map { ["sourceName": .text($0), "sourceURL": .optional(webAddress($0))] }),
        "sourceMore": .optional(more > 0 ? "and \(more) more" : nil),
      ]
    }
    if !entry.publication.authors.isEmpty {
      context["authors"] = [
        "authorRows": .list(
          entry.publication.authors.map { author in
            [
              "authorName": .text(author.name), "authorORCID": .optional(author.orcid),
              "authorPlace": .optional(author.affiliation),
            ]
          })
      ]
    }
    if !entry.publication.funding.isEmpty {
      context["funding"] = [
        "grantRows": .list(
          entry.publication.funding.map { grant in
            let award = [grant.title, grant.award].compactMap { $0 }.joined(separator: ", ")
            return [
              "grantFunder": .text(grant.funder), "grantAward": .optional(award),
              "grantURL": .optional(grant.url),
            ]
          })
      ]
    }
    return context
  }

  private func webAddress(_ source: String) -> String? {
    source.hasPrefix("https://") || source.hasPrefix("http://") ? source : nil
  }

  private var citation: [String: PageValue] {
    let citation = Citation(entry: entry)
    var context: [String: PageValue] = [
      "citeText": ["copyText": .text(citation.text), "copyLabel": "the citation"],
      "citeBibTeX": ["blockText": .text(citation.bibTeX), "blockLabel": "the BibTeX entry"],
    ]
    if !entry.publication.papers.isEmpty {
      context["papers"] = [
        "paperRows": .list(
          entry.publication.papers.map {
            ["paperText": .text($0.citation), "paperDOI": .optional($0.doi)]
          })
      ]
    }
    return context
  }

  private var versions: [String: PageValue] {
    guard !entry.publication.changes.isEmpty else { return [:] }
    return [
      "changes": [
        "changeRows": .list(
          entry.publication.changes.map { change in
            [
              "changeVersion": .text(change.version), "changeDay": .text(change.date),
              "changeProse": ["proseBlocks": Prose.blocks(change.text)],
            ]
          })
      ]
    ]
  }

  /// What belongs to it: other datasets, stories, links.
  private var surroundings: [String: PageValue] {
    var context: [String: PageValue] = [
      "links": .list(
        dataset.links.map { ["linkURL": .text($0.url), "linkTitle": .text($0.title)] })
    ]
    if !related.isEmpty || !stories.isEmpty {
      context["surroundings"] = [
        "relatedRows": .list(
          related.map { other in
            [
              "relatedHref": .text("../\(other.dataset.id)/index.html"),
              "relatedTitle": .text(other.dataset.title),
              "relatedPicture": .optional(other.dataset.thumbnail.map { Self.root + $0 }),
            ]
          }),
        "storyCards": .list(stories.map { $0.context(root: Self.root) }),
      ]
    }
    return context
  }
}

/// Addresses of licences.
enum Licence {
  /// Where the licence of that name can be read, where that is known.
  static func address(_ licence: String) -> String? {
    if licence.hasPrefix("https://") || licence.hasPrefix("http://") {
      return licence.contains(" ") ? nil : licence
    }
    return isIdentifier(licence) ? "https://spdx.org/licenses/\(licence).html" : nil
  }

  /// Whether it is the SPDX identifier of a licence of the families that data have.
  static func isIdentifier(_ licence: String) -> Bool {
    let families = ["CC-", "CC0-", "MIT", "Apache-", "ODbL-", "ODC-", "PDDL-", "OGL-", "BSD-"]
    return families.contains(where: licence.hasPrefix)
      && licence.allSatisfy {
        $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == ".")
      }
  }
}
