import Foundation
import Pages
import Pyramids
import Recipes
import Sanitising

/// The pages of one book, made.
struct BookPages {
  /// A page with its body.
  private struct Made {
    let page: BookPage
    let maker: PageMaker

    var title: String { page.about.title ?? maker.title ?? page.title }
    var summary: String? { page.about.summary ?? maker.summary }
  }

  private let context: BookContext
  private let made: [Made]

  private var book: Book { context.book }

  init(_ context: BookContext) {
    self.context = context
    made = context.book.pages.map { page in
      var maker = PageMaker(book: context, page: page)
      switch page.source {
      case .text(let text):
        maker.place.firstLine = page.firstLine
        maker.language = "python"
        maker.open("div", class: "text")
        maker.prose(text, isTitled: true)
        maker.writer.end("div")
      case .notebook(let notebook): maker.notebook(notebook)
      }
      maker.place = SourcePlace(file: page.path)
      if !maker.cited.isEmpty {
        maker.open("div", class: "text")
        maker.writer.element("h2", [.init("id", "references")], text: "References")
        maker.headings.append(PageMaker.Heading(level: 2, id: "references", title: "References"))
        maker.references()
        maker.writer.end("div")
      }
      return Made(page: page, maker: maker)
    }
  }

  private var frontKey: String { "stories/\(book.recipe.id)/index.html" }

  private var title: String {
    book.about.title ?? (made.count == 1 ? made.first?.title : nil)
      ?? made.first { $0.page.key == frontKey }?.title ?? book.recipe.id
  }

  /// The libraries of others that the pages load.
  var libraries: Set<String> {
    var libraries: Set<String> = []
    if made.contains(where: \.maker.hasFormulas) { libraries.insert("katex") }
    if made.contains(where: \.maker.hasPlotly) {
      libraries.insert("plotly.js")
    }
    return libraries
  }

  var stories: [Stories.Story] {
    made.map { made in
      let about = about(made.page)
      return Stories.Story(
        key: made.page.key, title: made.title, summary: made.summary,
        picture: made.maker.firstPicture, datasets: made.maker.datasets, book: title,
        bookKey: frontKey, date: about.date, authors: about.authors.map(\.name))
    }
  }

  // MARK: Lists

  /// The book in the list of all books.
  var card: PageValue {
    let pages = made.filter { $0.page.key != frontKey || made.count == 1 }
    return [
      "bookHref": .text("\(book.recipe.id)/index.html"), "bookTitle": .text(title),
      "bookSummary": .optional(book.about.summary ?? made.first?.summary),
      "bookByline": .optional(byline(book.about)),
      "pages": .list(pages.map { card($0, from: "stories/index.html") }),
    ]
  }

  private func card(_ one: Made, from key: String) -> PageValue {
    let root = String(repeating: "../", count: key.count { $0 == "/" })
    return [
      "pageHref": .text(relative(one.page.key, from: key)), "cardTitle": .text(one.title),
      "cardSummary": .optional(one.summary.map { Prose.summary($0, limit: 180) }),
      "cardPicture": .optional(one.maker.firstPicture.map { root + $0 }),
    ]
  }

  private func relative(_ key: String, from other: String) -> String {
    let own = other.split(separator: "/").dropLast()
    let target = key.split(separator: "/")
    let shared = zip(own, target.dropLast()).prefix { $0 == $1 }.count
    return String(repeating: "../", count: own.count - shared)
      + target.dropFirst(shared).joined(separator: "/")
  }

  private func byline(_ about: BookConfiguration) -> String? {
    let people = about.authors.map(\.name).joined(separator: ", ")
    let words = [people.isEmpty ? nil : people, about.date].compactMap(\.self)
    return words.isEmpty ? nil : words.joined(separator: " · ")
  }

  // MARK: Pages

  func render(
    frame: Stories.Frame, templates: PageTemplates, assets: SiteAssets
  ) throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    var contents = ContentsMarkup(templates)
    for (index, one) in made.enumerated() {
      var context = try frameOf(
        one.page.key, title: one.title, summary: one.summary, frame: frame, assets: assets)
      context.merge(try body(one, at: index, assets: assets)) { _, own in own }
      if made.count > 1 {
        context["bookNav"] = [
          "navTitle": .text(title), "navHref": .text(relative(frontKey, from: one.page.key)),
          "navLines": .markup(
            try contents.markup(of: book.contents, folder: Self.folder(of: one.page.key), at: index)
            {
              line($0, from: one.page.key, isCurrent: $1)
            }),
        ]
      }
      files[one.page.key] = Array(try templates.render("story", context).utf8)
      files[one.page.originalKey] = one.page.original
    }
    if files[frontKey] == nil {
      var context = try frameOf(
        frontKey, title: title, summary: book.about.summary, frame: frame, assets: assets)
      context["bookTitle"] = .text(title)
      context["bookSummary"] = .optional(book.about.summary)
      context["people"] = people(book.about)
      context["facts"] = facts(book.about)
      context["parts"] = parts
      files[frontKey] = Array(try templates.render("book", context).utf8)
    }
    return files
  }

  /// What a page says about itself, and where it is silent what its book says.
  private func about(_ page: BookPage) -> BookConfiguration {
    var about = page.about
    if about.authors.isEmpty { about.authors = book.about.authors }
    about.date = about.date ?? book.about.date
    about.doi = about.doi ?? book.about.doi
    about.licence = about.licence ?? book.about.licence
    return about
  }

  private func frameOf(
    _ key: String, title: String, summary: String?, frame: Stories.Frame, assets: SiteAssets
  ) throws -> [String: PageValue] {
    let root = String(repeating: "../", count: key.count { $0 == "/" })
    let words = summary.map { Prose.summary($0, limit: 200) } ?? title
    let pageTitle = title == self.title ? title : "\(title) · \(self.title)"
    var context = frame(pageTitle, words, root)
    context["storyStyle"] = .text(try assets.key("story.css"))
    return context
  }

  private func body(
    _ one: Made, at index: Int, assets: SiteAssets
  ) throws -> [String: PageValue] {
    let page = one.page
    let root = one.maker.root
    let isNotebook = page.path.lowercased().hasSuffix(".ipynb")
    let about = about(page)
    var context: [String: PageValue] = [
      "storyTitle": .text(one.title), "body": .markup(one.maker.writer.markup),
      "people": people(about), "facts": facts(about),
      "originalHref": .text(relative(page.originalKey, from: page.key)),
      "originalName": .text(page.path.split(separator: "/").last.map(String.init) ?? page.path),
      "originalWord": isNotebook ? "Download the notebook" : "Download the text",
      "launches": .list(isNotebook ? launches(page) : []),
      "storyScript": .text("\(assets.modules)/story/story.js"),
    ]
    if one.maker.hasFormulas {
      context["formulas"] = [
        "katexStyle": .text(root + (try assets.key("katex/katex.min.css"))),
        "katexScript": .text(root + (try assets.key("katex/katex.min.js"))),
      ]
    }
    if one.maker.hasSeries {
      context["series"] = [
        "plotScript": .text(root + (try assets.key("uplot.js"))),
        "plotStyle": .text(root + (try assets.key("uplot.css"))),
      ]
    }
    if one.maker.hasPlotly {
      context["figures"] = ["plotlyScript": .text(root + (try assets.key("plotly.js")))]
    }
    if made.count > 1 {
      context["previous"] = neighbour(index - 1, from: page.key)
      context["next"] = neighbour(index + 1, from: page.key)
    }
    // A list of one section helps nobody.
    let sections = one.maker.headings.filter { $0.level <= 3 }
    if sections.count > 1 {
      context["sections"] = [
        "sectionLines": .list(
          sections.map { heading in
            [
              "sectionID": .text(heading.id), "sectionTitle": .text(heading.title),
              "isDeep": .flag(heading.level > 2),
            ]
          })
      ]
    }
    let used = (self.context.site.datasets ?? []).filter { one.maker.datasets.contains($0.id) }
    if !used.isEmpty {
      context["usedDatasets"] = [
        "used": .list(
          used.map {
            [
              "usedHref": .text("\(root)datasets/\($0.id)/index.html"),
              "usedTitle": .text($0.title),
            ]
          })
      ]
    }
    return context
  }

  private static func folder(of key: String) -> String {
    key.split(separator: "/").dropLast().joined(separator: "/")
  }

  private func line(
    _ line: Book.ContentsLine, from key: String, isCurrent: Bool
  ) -> [String: PageValue] {
    guard let index = line.page else {
      return ["isPart": true, "lineTitle": .text(line.title), "isPage": false]
    }
    return [
      "isPart": false,
      "isPage": [
        "lineHref": .text(relative(made[index].page.key, from: key)),
        "pageLineTitle": .text(made[index].title), "isCurrent": .flag(isCurrent),
        "isInner": .flag(line.level > 0),
      ],
    ]
  }

  private func neighbour(_ index: Int, from key: String) -> PageValue {
    guard made.indices.contains(index) else { return false }
    return [
      "neighbourHref": .text(relative(made[index].page.key, from: key)),
      "neighbourTitle": .text(made[index].title),
    ]
  }

  /// The pages under the titles of their parts.
  private var parts: PageValue {
    var parts: [(title: String?, pages: [PageValue])] = [(nil, [])]
    for line in book.contents {
      if let index = line.page {
        parts[parts.count - 1].pages.append(card(made[index], from: frontKey))
      } else {
        parts.append((line.title, []))
      }
    }
    return .list(
      parts.filter { !$0.pages.isEmpty }.map {
        ["partTitle": .optional($0.title), "pages": .list($0.pages)]
      })
  }

  private func people(_ about: BookConfiguration) -> PageValue {
    guard !about.authors.isEmpty else { return false }
    return [
      "authors": .list(
        about.authors.enumerated().map { index, author in
          [
            "authorName": .text(author.name), "isLater": .flag(index > 0),
            "orcid": .optional(author.orcid), "affiliation": .optional(author.affiliation),
          ]
        })
    ]
  }

  private func facts(_ about: BookConfiguration) -> PageValue {
    guard about.date != nil || about.doi != nil || about.licence != nil else { return false }
    return [
      "date": .optional(about.date), "doi": .optional(about.doi),
      "licence": .optional(about.licence),
    ]
  }

  private func launches(_ page: BookPage) -> [PageValue] {
    let path = page.path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? page.path
    return [("Open in Binder", book.about.binder), ("Open in JupyterHub", book.about.jupyterHub)]
      .compactMap { title, address in
        address.map {
          [
            "launchTitle": .text(title),
            "launchHref": .text($0.replacing("{path}", with: path)),
          ]
        }
      }
  }
}

/// The table of contents beside the pages of a book.
///
/// Every page has all its lines, and only one of them differs: they are made once for all pages of a
/// folder, or a book of some hundred pages would be made of little else.
private struct ContentsMarkup {
  private let templates: PageTemplates
  private var lines: [String: [String]] = [:]

  init(_ templates: PageTemplates) { self.templates = templates }

  /// The lines for the page with a number, from a folder whose pages have the same relative links.
  mutating func markup(
    of contents: [Book.ContentsLine], folder: String, at number: Int,
    _ context: (_ line: Book.ContentsLine, _ isCurrent: Bool) -> [String: PageValue]
  ) throws(PageError) -> String {
    var made = lines[folder] ?? []
    if made.isEmpty {
      for line in contents { made.append(try templates.render("book-line", context(line, false))) }
      lines[folder] = made
    }
    if let place = contents.firstIndex(where: { $0.page == number }) {
      made[place] = try templates.render("book-line", context(contents[place], true))
    }
    return made.joined()
  }
}
