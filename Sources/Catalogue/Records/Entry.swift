import Cubes
import JSON
import Pages
import Pyramids
import Recipes

/// A dataset with all that is known of it: what the build measured, what the recipe says, and where
/// the recipe is silent what the attributes of the source say (CF, ACDD 1.3).
struct Entry {
  let site: SiteRecipe
  let dataset: BuiltDataset
  let publication: PublicationRecipe

  /// The folder of the dataset, with final slash.
  var folder: String { "datasets/\(dataset.id)/" }

  /// The address of its page.
  var pageURL: String { site.serviceBaseURL + folder + "index.html" }

  /// The lasting address: that of the DOI, or that of the page.
  var address: String { dataset.doi.map { "https://doi.org/" + $0 } ?? pageURL }

  /// A text among the attributes of the source, under the first of some names that has one.
  func attribute(_ names: String...) -> String? {
    for name in names {
      if let text = dataset.attributes[name]?.stringValue?.trimmedLine, !text.isEmpty {
        return text
      }
    }
    return nil
  }

  /// Those who made it.
  var authors: [PersonRecipe] {
    guard publication.authors.isEmpty else { return publication.authors }
    return attribute("creator_name", "author", "institution").map { [PersonRecipe(name: $0)] } ?? []
  }

  /// Who publishes it here.
  var publisher: String { site.provider?.name ?? site.title }

  /// The version of the data.
  var version: String? { publication.currentVersion ?? attribute("product_version", "version") }

  /// The day of the current version as `yyyy-mm-dd`.
  var day: String? {
    publication.changes.first?.date
      ?? attribute("date_issued", "date_modified", "date_created").flatMap(Day.init)?.text
  }

  /// The year for the citation: that of the current version, or the last one the data are about.
  var year: String? { day.map { String($0.prefix(4)) } }

  /// Words to find it by.
  var keywords: [String] {
    guard dataset.keywords.isEmpty else { return dataset.keywords }
    return (attribute("keywords") ?? "").split { $0 == "," || $0 == ";" }
      .map { String($0).trimmedLine }.filter { !$0.isEmpty }
  }

  /// The SPDX identifier of the licence, where it is stated as one.
  var licenceIdentifier: String? {
    dataset.licence.flatMap { Licence.isIdentifier($0) ? $0 : nil }
  }

  /// Where the licence can be read.
  var licenceAddress: String? { dataset.licence.flatMap(Licence.address) }

  /// What was done to the data before they came here.
  var processing: [String] {
    guard publication.processing.isEmpty else { return publication.processing }
    return attribute("history").map { [$0] } ?? []
  }

  /// The first words of the description, without markup.
  func summary(limit: Int) -> String {
    dataset.description.map { Prose.summary($0, limit: limit) }
      ?? "Maps, values and map services of \(dataset.title)."
  }

  /// The description without markup.
  var plainDescription: String {
    dataset.description.map(Prose.plain) ?? summary(limit: 200)
  }

  /// How its values lie in time, by the variable with most times.
  var timeLine: TimeLine? {
    dataset.variables.compactMap(\.coverage).max { $0.times.count < $1.times.count }
      .flatMap { TimeLine($0, calendar: dataset.calendar) }
  }
}

/// A day found in a text such as `20170606T061737Z` or `2017-06-06 06:17`.
struct Day {
  let text: String

  init?(_ given: String) {
    let digits = given.prefix { $0.isNumber || $0 == "-" || $0 == "/" }.filter(\.isNumber)
    guard digits.utf8.count >= 8, digits.allSatisfy(\.isASCII) else { return nil }
    let parts = (digits.prefix(4), digits.dropFirst(4).prefix(2), digits.dropFirst(6).prefix(2))
    guard let month = Int(parts.1), let day = Int(parts.2), (1...12).contains(month),
      (1...31).contains(day), (Int(parts.0) ?? 0) > 1000
    else { return nil }
    text = "\(parts.0)-\(parts.1)-\(parts.2)"
  }
}

extension String {
  /// On one line, without blanks around.
  var trimmedLine: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
