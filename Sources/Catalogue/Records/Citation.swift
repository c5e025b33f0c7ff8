import Pyramids
import Recipes

/// How a dataset is cited (DataCite's form: creators, year, title, version, publisher, identifier).
struct Citation {
  let entry: Entry

  /// The citation as one line.
  var text: String {
    if let text = entry.publication.citation { return text.trimmedLine }
    let authors = entry.authors.map(\.name).joined(separator: "; ")
    var parts = [authors.isEmpty ? entry.publisher : authors]
    parts[0] += entry.year.map { " (\($0))" } ?? ""
    parts[0] += ": " + entry.dataset.title
    if let version = entry.version { parts.append("Version \(version)") }
    if !authors.isEmpty { parts.append(entry.publisher) }
    return parts.joined(separator: ". ") + ". " + entry.address
  }

  /// The citation as an entry of BibTeX.
  var bibTeX: String {
    var fields: [(String, String)] = []
    let authors = entry.authors.map { "{\(Self.escaped($0.name))}" }
    if !authors.isEmpty { fields.append(("author", authors.joined(separator: " and "))) }
    fields.append(("title", "{\(Self.escaped(entry.dataset.title))}"))
    if let year = entry.year { fields.append(("year", year)) }
    if let version = entry.version { fields.append(("version", Self.escaped(version))) }
    fields.append(("publisher", Self.escaped(entry.publisher)))
    if let doi = entry.dataset.doi { fields.append(("doi", doi)) }
    fields.append(("url", entry.address))
    let lines = fields.map { "  \($0.0) = {\($0.1)}" }
    return "@misc{\(key),\n" + lines.joined(separator: ",\n") + "\n}"
  }

  /// The key of the entry: letters, digits and hyphens.
  private var key: String {
    entry.dataset.id + (entry.year.map { "-\($0)" } ?? "")
  }

  /// What BibTeX would take for markup, as text.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&", "%", "$", "#", "_": result += "\\\(character)"
      case "{", "}": result += "\\\(character)"
      case "\\": result += "\\textbackslash{}"
      case "~": result += "\\textasciitilde{}"
      default: result.append(character)
      }
    }
    return result
  }
}
