import Foundation
import Recipes

/// What a book says about itself and which pages it has: from `book.yml`, MyST's `myst.yml`, or
/// Jupyter Book's `_toc.yml` and `_config.yml`.
struct BookConfiguration {
  /// Somebody who wrote it.
  struct Author: Hashable {
    let name: String
    var orcid: String?
    var affiliation: String?
  }

  /// A place in the table of contents.
  struct Entry {
    /// The file within the book, with or without its ending; `nil` for a part with a title.
    var file: String?
    var title: String?
    var children: [Entry] = []
    /// Where it stands.
    var place: String
  }

  var title: String?
  var summary: String?
  var authors: [Author] = []
  var date: String?
  var doi: String?
  var licence: String?
  var bibliographies: [String] = []
  var binder: String?
  var jupyterHub: String?
  /// The table of contents; without one, all pages in the order of their names.
  var contents: [Entry] = []

  /// Reads what of these files a folder has.
  static func read(
    _ read: (String) -> String?, problems: StoryProblems
  ) -> BookConfiguration {
    var configuration = BookConfiguration()
    func tree(_ names: String...) -> (YAMLTree, String)? {
      for name in names {
        guard let text = read(name) else { continue }
        do {
          return (try YAMLTree(parsing: text, path: name), name)
        } catch {
          for problem in error.problems {
            problems.add("\(name):\(max(1, problem.line))", problem.summary)
          }
        }
      }
      return nil
    }
    if let (root, name) = tree("book.yml", "book.yaml") {
      configuration.takeMembers(root)
      configuration.takeBook(root, name, problems)
    } else if let (root, name) = tree("myst.yml") {
      let project = root["project"] ?? root
      configuration.takeMembers(project)
      configuration.contents = (project["toc"]?.list ?? []).map { entry($0, name) }
    } else {
      if let (root, _) = tree("_config.yml") { configuration.takeJupyterBook(root) }
      if let (root, name) = tree("_toc.yml") { configuration.takeTableOfContents(root, name) }
    }
    return configuration
  }

  private static let bookKeys: Set<String> = [
    "title", "description", "subtitle", "authors", "author", "date", "doi", "licence", "license",
    "bibliography", "contents", "launch",
  ]

  private mutating func takeBook(_ root: YAMLTree, _ name: String, _ problems: StoryProblems) {
    if case .table(let members) = root.content {
      for (key, value) in members where !Self.bookKeys.contains(key) {
        problems.add(
          "\(name):\(value.line)",
          "there is no key '\(key)'; the keys are \(Self.bookKeys.sorted().joined(separator: ", "))"
        )
      }
    }
    binder = root["launch"]?["binder"]?.text
    jupyterHub = root["launch"]?["jupyterhub"]?.text
    contents = (root["contents"]?.list ?? []).map { Self.entry($0, name) }
  }

  /// What books, projects and pages say about themselves by the same names.
  mutating func takeMembers(_ root: YAMLTree) {
    title = root["title"]?.text ?? title
    summary = root["description"]?.text ?? root["subtitle"]?.text ?? summary
    date = root["date"]?.text ?? date
    doi = (root["doi"]?.text ?? doi)?.replacing("https://doi.org/", with: "")
    licence = (root["licence"] ?? root["license"])?.text ?? licence
    if let people = root["authors"] ?? root["author"] {
      authors = people.list.compactMap { person in
        if let name = person.text { return Author(name: name) }
        guard let name = person["name"]?.text else { return nil }
        let home = person["affiliation"] ?? person["affiliations"]?.list.first
        return Author(
          name: name,
          orcid: person["orcid"]?.text.map { $0.replacing("https://orcid.org/", with: "") },
          affiliation: home?.text ?? home?["name"]?.text)
      }
    }
    bibliographies = root["bibliography"]?.list.compactMap(\.text) ?? bibliographies
  }

  /// A page as text, a page or part as mapping: the keys of all three forms.
  private static func entry(_ tree: YAMLTree, _ name: String) -> Entry {
    let place = "\(name):\(tree.line)"
    if let file = tree.text { return Entry(file: file, place: place) }
    let children =
      ["pages", "children", "sections", "chapters", "contents"]
      .lazy.compactMap { tree[$0]?.list }.first ?? []
    return Entry(
      file: tree["file"]?.text ?? tree["page"]?.text,
      title: tree["title"]?.text ?? tree["caption"]?.text ?? tree["part"]?.text,
      children: children.map { entry($0, name) }, place: place)
  }

  private mutating func takeJupyterBook(_ root: YAMLTree) {
    takeMembers(root)
    bibliographies = root["bibtex_bibfiles"]?.list.compactMap(\.text) ?? bibliographies
    let launch = root["launch_buttons"]
    let folder = root["repository"]?["path_to_book"]?.text.map { $0 + "/" } ?? ""
    guard let address = root["repository"]?["url"]?.text,
      let slash = address.range(of: "github.com/")
    else { return }
    let project = address[slash.upperBound...]
    let branch = root["repository"]?["branch"]?.text ?? "HEAD"
    if let hub = launch?["binderhub_url"]?.text {
      binder = "\(hub)/v2/gh/\(project)/\(branch)?urlpath=lab/tree/\(folder){path}"
    }
    if let hub = launch?["jupyterhub_url"]?.text {
      let name = project.split(separator: "/").last ?? ""
      jupyterHub =
        "\(hub)/hub/user-redirect/git-pull?repo=\(address)&branch=\(branch)"
        + "&urlpath=lab/tree/\(name)/\(folder){path}"
    }
  }

  private mutating func takeTableOfContents(_ root: YAMLTree, _ name: String) {
    if let first = root["root"] {
      contents.append(Entry(file: first.text, place: "\(name):\(first.line)"))
      for key in ["parts", "chapters", "sections"] {
        contents += (root[key]?.list ?? []).map { Self.entry($0, name) }
      }
    } else {
      // The first form: a list, in which a part is an element of its own before its pages.
      contents = root.list.map { Self.entry($0, name) }
    }
  }
}
