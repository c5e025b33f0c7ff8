import Foundation
import JSON
import Notebooks
import Pyramids
import Recipes

/// A page of a book, before it is made.
struct BookPage {
  /// The content.
  enum Source {
    case notebook(Notebook)
    case text(String)
  }

  /// The path of its file within the book.
  let path: String
  /// The key of the page.
  let key: String
  /// The key of the file as it was written.
  let originalKey: String
  /// What it says about itself at its head.
  var about: BookConfiguration
  /// Its title in lists.
  var title: String
  /// How deep it stands in the table of contents.
  let level: Int
  let source: Source
  let original: [UInt8]
  /// What lines of a text are counted from: what stood at its head is cut off.
  var firstLine = 1

  /// The Markdown texts of it.
  var texts: [String] {
    switch source {
    case .text(let text): [text]
    case .notebook(let notebook):
      notebook.cells.filter { $0.kind == .markdown }.map(\.source)
    }
  }
}

/// A book as its sources are: configuration, pages, works.
struct Book {
  /// A line of the table of contents.
  struct ContentsLine {
    /// The page; `nil` for the title of a part.
    let page: Int?
    let title: String
    let level: Int
  }

  let recipe: StoryRecipe
  var about: BookConfiguration
  var pages: [BookPage] = []
  var contents: [ContentsLine] = []
  var bibliography = Bibliography()
  let folder: String

  /// Reads a book.
  init(_ recipe: StoryRecipe, problems: StoryProblems) {
    self.recipe = recipe
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: recipe.source, isDirectory: &isFolder)
    let single = isFolder.boolValue ? nil : URL(fileURLWithPath: recipe.source).lastPathComponent
    folder =
      single == nil
      ? recipe.source : URL(fileURLWithPath: recipe.source).deletingLastPathComponent().path
    about = BookConfiguration()
    guard exists else {
      problems.add(recipe.source, "there is no such folder or file")
      return
    }
    func configuration(_ problems: StoryProblems) -> BookConfiguration {
      BookConfiguration.read(
        { [folder] name in
          Self.bytes("\(folder)/\(name)").map { String(decoding: $0, as: UTF8.self) }
        },
        problems: problems)
    }
    if let single {
      // A page of a book, looked at by itself, cites from the book's bibliography; what else is wrong
      // with the book does not matter here.
      about.bibliographies = configuration(StoryProblems()).bibliographies.filter {
        Self.bytes("\(folder)/\($0)") != nil
      }
      about.contents = [BookConfiguration.Entry(file: single, place: recipe.source)]
    } else {
      about = configuration(problems)
    }
    about.binder = recipe.binder ?? about.binder
    about.jupyterHub = recipe.jupyterHub ?? about.jupyterHub
    let entries = about.contents.isEmpty ? Self.allPages(in: folder) : about.contents
    add(entries, level: 0, isSingle: single != nil, problems: problems)
    if pages.isEmpty, problems.problems.isEmpty {
      problems.add(recipe.source, "the book has no pages (.ipynb or .md)")
    }
    for name in about.bibliographies {
      guard let bytes = Self.bytes("\(folder)/\(name)") else {
        problems.add(recipe.source, "there is no bibliography '\(name)'")
        continue
      }
      bibliography.add(String(decoding: bytes, as: UTF8.self), file: name, problems: problems)
    }
  }

  /// The bytes of a file, up to the largest that is read.
  static func bytes(_ path: String) -> [UInt8]? {
    let limit = Notebook.limits.bytes
    guard let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int,
      size <= limit, let data = FileManager.default.contents(atPath: path)
    else { return nil }
    return Array(data)
  }

  private static func allPages(in folder: String) -> [BookConfiguration.Entry] {
    let files = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
    let pages = files.filter { path in
      [".ipynb", ".md"].contains { path.lowercased().hasSuffix($0) }
        && !path.split(separator: "/").contains { $0.hasPrefix(".") || $0.hasPrefix("_") }
    }
    func rank(_ path: String) -> Int {
      ["index", "readme", "intro"].firstIndex { path.lowercased().hasPrefix($0 + ".") } ?? 9
    }
    return pages.sorted { (rank($0), $0) < (rank($1), $1) }
      .map { BookConfiguration.Entry(file: $0, place: folder) }
  }

  private mutating func add(
    _ entries: [BookConfiguration.Entry], level: Int, isSingle: Bool, problems: StoryProblems
  ) {
    guard level < 8 else { return }
    for entry in entries {
      if let file = entry.file {
        add(file, entry, level: level, isSingle: isSingle, problems: problems)
      } else if let title = entry.title {
        contents.append(ContentsLine(page: nil, title: title, level: level))
      }
      add(
        entry.children, level: entry.file == nil ? level : level + 1, isSingle: isSingle,
        problems: problems)
    }
  }

  private mutating func add(
    _ file: String, _ entry: BookConfiguration.Entry, level: Int, isSingle: Bool,
    problems: StoryProblems
  ) {
    let found = ["", ".ipynb", ".md"].lazy.map { file + $0 }.first { path in
      [".ipynb", ".md"].contains { path.lowercased().hasSuffix($0) }
        && FileManager.default.fileExists(atPath: "\(folder)/\(path)")
    }
    guard let path = found, Self.normalised(path) == path else {
      problems.add(entry.place, "there is no page '\(file)' (.ipynb or .md) in the book")
      return
    }
    guard !pages.contains(where: { $0.path == path }) else {
      problems.add(entry.place, "the page '\(path)' is in the table of contents already")
      return
    }
    guard let bytes = Self.bytes("\(folder)/\(path)") else {
      problems.add(path, "it cannot be read, or has more than \(Notebook.limits.bytes >> 20) MB")
      return
    }
    let parts = path.split(separator: "/").map { Identifier.proposal(for: String($0)) }
    let name = parts.joined(separator: "/")
    let stem = name.split(separator: ".").dropLast().joined(separator: ".")
    let isFront = isSingle || stem == "index" || stem == "readme" && pages.isEmpty
    let key = "stories/\(recipe.id)/\(isFront ? "index" : stem).html"
    guard !pages.contains(where: { $0.key == key }) else {
      problems.add(entry.place, "'\(path)' would have the address of another page: rename it")
      return
    }
    var about = BookConfiguration()
    var firstLine = 1
    let source: BookPage.Source
    if path.lowercased().hasSuffix(".md") {
      guard let text = String(validating: bytes, as: UTF8.self) else {
        problems.add(path, "it is not text in UTF-8")
        return
      }
      let head = FrontMatter(text, path: path, problems: problems)
      if let tree = head.tree { about.takeMembers(tree) }
      firstLine += head.lineCount
      source = .text(head.rest)
    } else {
      do {
        var notebook = try Notebook(parsing: bytes)
        about.title = notebook.title
        if let first = notebook.cells.first, first.kind != .code, first.source.hasPrefix("---\n") {
          let head = FrontMatter(first.source, path: path, problems: problems)
          if let tree = head.tree {
            about.takeMembers(tree)
            notebook.cells[0].source = head.rest
          }
        }
        source = .notebook(notebook)
      } catch {
        problems.add(path, "\(error)")
        return
      }
    }
    var page = BookPage(
      path: path, key: key, originalKey: "stories/\(recipe.id)/\(name)", about: about,
      title: "", level: level, source: source, original: bytes, firstLine: firstLine)
    let heading = page.texts.lazy.flatMap { $0.split(separator: "\n").prefix(40) }
      .first { $0.hasPrefix("# ") }
    page.title =
      entry.title ?? about.title ?? heading.map {
        $0.dropFirst(2).filter { $0 != "*" && $0 != "`" }
      }
      ?? String(stem.split(separator: "/").last ?? "")
    contents.append(ContentsLine(page: pages.count, title: page.title, level: level))
    pages.append(page)
  }

  /// A path without `.` and `..`; `nil` where it leads out of the book.
  static func normalised(_ path: String) -> String? {
    guard !path.hasPrefix("/"), !path.contains("\\"), !path.contains("\0") else { return nil }
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." {
        guard parts.popLast() != nil else { return nil }
      } else {
        parts.append(part)
      }
    }
    return parts.isEmpty ? nil : parts.joined(separator: "/")
  }
}

/// What a page says about itself in YAML, between two lines `---` at its head.
struct FrontMatter {
  var tree: YAMLTree?
  var rest: String
  /// How many lines it takes.
  var lineCount = 0

  init(_ text: String, path: String, problems: StoryProblems) {
    rest = text
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.first?.trimmingSpaces == "---",
      let end = lines.dropFirst().prefix(200).firstIndex(where: { $0.trimmingSpaces == "---" })
    else { return }
    let head = lines[1..<end]
    guard head.contains(where: { $0.contains(":") }) else { return }
    do {
      tree = try YAMLTree(parsing: head.joined(separator: "\n"), path: path)
      rest = lines[(end + 1)...].joined(separator: "\n")
      lineCount = end + 1
    } catch {
      for problem in error.problems {
        problems.add("\(path):\(problem.line + 1)", problem.summary)
      }
    }
  }
}
