/// Makes what is said about the making of a dataset from a checked recipe.
struct PublicationBuilder {
  let problems: ProblemList

  func publication(_ table: CheckedTable) -> PublicationRecipe {
    var publication = PublicationRecipe()
    publication.authors = table.list("authors").compactMap(person)
    publication.funding = table.tables("funding").compactMap { grant in
      grant.text("funder").map {
        FundingRecipe(
          funder: $0, award: grant.text("award"), title: grant.text("title"),
          url: grant.text("url"))
      }
    }
    publication.version = table.text("version")
    publication.changes = table.tables("changes").compactMap(version)
    publication.citation = table.text("citation")
    publication.papers = table.tables("papers").compactMap { paper in
      paper.text("citation").map { PaperRecipe(citation: $0, doi: doi(paper)) }
    }
    publication.processing = table.oneOrMore("processing")
    publication.limits = table.oneOrMore("limits")
    publication.related = table.texts("related")
    publication.project = table["project"]?.table.flatMap { project in
      project.text("name").map {
        ProjectRecipe(
          name: $0,
          status: project.text("status").flatMap(ProjectRecipe.Status.init) ?? .completed,
          region: project.text("region"), missions: project.texts("missions"),
          themes: project.texts("themes"))
      }
    }
    return publication
  }

  /// A digital object identifier without resolver, or `nil` with the cause in the list.
  func doi(_ table: CheckedTable) -> String? {
    guard var doi = table.text("doi"), let place = table["doi"]?.place else { return nil }
    let given = doi
    for prefix in ["https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "doi:"]
    where doi.lowercased().hasPrefix(prefix) {
      doi = String(doi.dropFirst(prefix.count)).trimmed
    }
    guard doi.hasPrefix("10."), doi.contains("/"), !doi.contains(where: \.isWhitespace) else {
      problems.add(
        "bad-doi", at: place, "'\(given)' is not a digital object identifier",
        because: "It begins with 10. and has a slash, such as 10.5285/abc.")
      return nil
    }
    return doi
  }

  /// Tells of related datasets that are not in the recipe.
  func checkRelated(_ datasets: [(recipe: DatasetRecipe, place: CheckedTable?)]) {
    let ids = datasets.map(\.recipe.id)
    for (recipe, table) in datasets {
      for case .text(let id, let place) in table?.list("related") ?? [] {
        if id == recipe.id {
          problems.add(
            "unknown-dataset", at: place, "'\(id)' is related to itself",
            because: "Named here are the other datasets of this recipe.", fix: "remove it")
        } else if !ids.contains(id) {
          problems.add(
            "unknown-dataset", at: place, "there is no dataset '\(id)'",
            because: "Related ones are in this recipe; 'links' lead elsewhere.",
            fix: Spelling.nearest(to: id, among: ids).map { "write '\($0)'" })
        }
      }
    }
  }

  private func person(_ value: Checked) -> PersonRecipe? {
    if let name = value.text { return PersonRecipe(name: name) }
    guard let table = value.table, let name = table.text("name") else { return nil }
    return PersonRecipe(name: name, orcid: orcid(table), affiliation: table.text("affiliation"))
  }

  private func orcid(_ table: CheckedTable) -> String? {
    guard let given = table.text("orcid"), let place = table["orcid"]?.place else { return nil }
    let text = given.split(separator: "/").last.map(String.init) ?? given
    guard ORCID.isValid(text) else {
      problems.add(
        "bad-orcid", at: place, "'\(given)' is not an ORCID",
        because: "It has four groups of four digits, the last of which checks the others, such as "
          + "0000-0002-1825-0097.")
      return nil
    }
    return text
  }

  private func version(_ table: CheckedTable) -> VersionRecipe? {
    guard let version = table.text("version"), let date = table.text("date"),
      let text = table.text("text"), let place = table["date"]?.place
    else { return nil }
    guard CalendarDay.isValid(date) else {
      problems.add(
        "bad-date", at: place, "'\(date)' is not a day",
        because: "Allowed is year, month and day, such as 2026-11-24.")
      return nil
    }
    return VersionRecipe(version: version, date: date, text: text)
  }
}

/// Identifiers of researchers.
enum ORCID {
  /// Whether a text has the form of one and its last digit checks the others (ISO/IEC 7064, MOD 11-2).
  static func isValid(_ text: String) -> Bool {
    let groups = text.split(separator: "-", omittingEmptySubsequences: false)
    guard groups.count == 4, groups.allSatisfy({ $0.utf8.count == 4 }) else { return false }
    var total = 0
    let digits = Array(groups.joined().utf8)
    for digit in digits.dropLast() {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return false }
      total = (total + Int(digit - UInt8(ascii: "0"))) * 2 % 11
    }
    let check = (12 - total) % 11
    return digits.last == (check == 10 ? UInt8(ascii: "X") : UInt8(ascii: "0") + UInt8(check))
  }
}

/// Days of the Gregorian calendar.
enum CalendarDay {
  /// Whether a text is a day as `yyyy-mm-dd`.
  static func isValid(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.map(\.utf8.count) == [4, 2, 2],
      let year = UInt(parts[0]), let month = UInt(parts[1]), let day = UInt(parts[2]),
      (1...12).contains(month)
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths: [UInt] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...lengths[Int(month) - 1]).contains(day)
  }
}
