import Cubes
import JSON
import Pyramids
import Recipes

/// How far a dataset follows the FAIR principles (doi:10.1038/sdata.2016.18), judged by what its records
/// hold: what a reader can check, not what somebody claims.
struct FAIRAssessment {
  /// One principle, or the part of it that can be checked here.
  struct Criterion {
    /// The number of the principle, such as `F1`.
    let principle: String
    /// What it asks for.
    let title: String
    let isMet: Bool
    /// How it is met, or what to do.
    let text: String
  }

  let criteria: [Criterion]

  var metCount: Int { criteria.count { $0.isMet } }

  var missing: [Criterion] { criteria.filter { !$0.isMet } }

  init(_ entry: Entry) {
    criteria =
      Self.findable(entry) + Self.accessible(entry) + Self.interoperable(entry)
      + Self.reusable(entry)
  }

  private static func findable(_ entry: Entry) -> [Criterion] {
    let dataset = entry.dataset
    return [
      Criterion(
        "F1", "A lasting identifier", dataset.doi != nil,
        met: "DOI \(dataset.doi ?? "")", wanting: "register a DOI and state it as 'doi'"),
      Criterion(
        "F2", "A description, keywords and authors",
        dataset.description != nil && !entry.keywords.isEmpty && !entry.authors.isEmpty,
        met: "All three are there",
        wanting: "state "
          + [
            dataset.description == nil ? "'description'" : nil,
            entry.keywords.isEmpty ? "'keywords'" : nil, entry.authors.isEmpty ? "'authors'" : nil,
          ].compactMap { $0 }.joined(separator: ", ")),
      Criterion(
        "F4", "Records that search engines and catalogues index", entry.site.baseURL != nil,
        met: "STAC, schema.org and Croissant, DataCite, sitemap",
        wanting: "state 'base-url', so that records name the lasting address"),
    ]
  }

  private static func accessible(_ entry: Entry) -> [Criterion] {
    [
      Criterion(
        "A1", "Open protocols, no account", true,
        met: "Plain HTTP requests for files", wanting: ""),
      Criterion(
        "A2", "Records that outlive the data", entry.dataset.doi != nil,
        met: "DataCite keeps the record of the DOI", wanting: "register a DOI and state it as 'doi'"
      ),
    ]
  }

  private static func interoperable(_ entry: Entry) -> [Criterion] {
    let dataset = entry.dataset
    let unnamed = dataset.variables.filter { $0.standardName == nil }.map(\.name)
    let unitless = dataset.variables.filter { $0.units == nil && $0.kind == .continuous }.map(
      \.name)
    return [
      Criterion(
        "I1", "Open formats with shared conventions", dataset.arrays != nil,
        met: "Zarr with CF attributes", wanting: "publish the values: remove 'cube: none'"),
      Criterion(
        "I2", "Variables named by a shared vocabulary", unnamed.isEmpty,
        met: "Every variable has a CF standard name",
        wanting: "no CF standard name: \(unnamed.prefix(5).joined(separator: ", "))"),
      Criterion(
        "I2", "Units", unitless.isEmpty, met: "Every measured variable states its unit",
        wanting: "no unit: \(unitless.prefix(5).joined(separator: ", "))"),
      Criterion(
        "I3", "References to what belongs to it",
        !entry.publication.papers.isEmpty || !entry.publication.related.isEmpty
          || !dataset.links.isEmpty || entry.attribute("references", "metadata_link") != nil,
        met: "Papers, related datasets or sources are named",
        wanting: "state 'papers', 'related' or 'links'"),
    ]
  }

  private static func reusable(_ entry: Entry) -> [Criterion] {
    let publication = entry.publication
    return [
      Criterion(
        "R1", "Known limits", !publication.limits.isEmpty,
        met: "What it is not good for is said", wanting: "say in 'limits' what it is not good for"),
      Criterion(
        "R1", "Accuracy", entry.dataset.arrays != nil,
        met: "What storing and drawing cost is measured at every build",
        wanting: "publish the values: remove 'cube: none'"),
      Criterion(
        "R1.1", "A licence that machines know", entry.licenceAddress != nil,
        met: entry.dataset.licence ?? "",
        wanting: "state 'licence' as an SPDX identifier such as CC-BY-4.0, or its address"),
      Criterion(
        "R1.2", "Where the data come from, and what was done to them",
        !entry.processing.isEmpty,
        met: "The steps before and here are listed", wanting: "say in 'processing' what was done"),
      Criterion(
        "R1.2", "A version and its changes",
        entry.version != nil && !publication.changes.isEmpty,
        met: "Version \(entry.version ?? "")",
        wanting: "list the versions with date and text in 'changes'"),
      Criterion(
        "R1.3", "The conventions of the field", entry.attribute("Conventions") != nil,
        met: entry.attribute("Conventions") ?? "",
        wanting: "the source states no 'Conventions', such as CF-1.11"),
    ]
  }

  /// The assessment for programs.
  var json: JSONValue {
    .array(
      criteria.map { criterion in
        [
          "principle": .string(criterion.principle), "title": .string(criterion.title),
          "met": .bool(criterion.isMet), "text": .string(criterion.text),
        ]
      })
  }
}

extension FAIRAssessment.Criterion {
  fileprivate init(
    _ principle: String, _ title: String, _ isMet: Bool, met: String, wanting: String
  ) {
    self.init(principle: principle, title: title, isMet: isMet, text: isMet ? met : wanting)
  }
}
