import Highlighting
import Notebooks
import Pages
import Pyramids
import Recipes
import Sanitising

/// Makes the body of one page: the state that its parts share.
struct PageMaker {
  /// A heading, for the list of sections.
  struct Heading {
    let level: Int
    let id: String
    let title: String
  }

  let book: BookContext
  let page: BookPage
  /// The notebook's language, for code without one.
  var language: String?

  var writer = MarkupWriter()
  var title: String?
  var headings: [Heading] = []
  var takenIDs: Set<String> = ["main", "contents", "references"]
  var summary: String?
  /// The works that were cited, in order.
  var cited: [String] = []
  var hasFormulas = false
  var hasPlotly = false
  var hasSeries = false
  /// The datasets that it shows or links to.
  var datasets: Set<String> = []
  /// The key of the first picture.
  var firstPicture: String?
  /// How many outputs and embeds were written.
  var outputCount = 0
  var embedCount = 0
  var equationCount = 0
  /// The current text: where it stands, the attachments, the nesting of directives.
  var place: SourcePlace
  var attachments: [String: Notebook.Bundle] = [:]
  var depth = 0
  /// The line of the text that is being written, counted from 1.
  var line = 1

  init(book: BookContext, page: BookPage) {
    self.book = book
    self.page = page
    place = SourcePlace(file: page.path)
  }

  /// What leads from the page to the root of the site.
  var root: String { String(repeating: "../", count: page.key.count { $0 == "/" }) }

  mutating func open(_ name: String, class words: String? = nil, _ more: [MarkupAttribute] = []) {
    writer.start(name, (words.map { [MarkupAttribute("class", $0)] } ?? []) + more)
  }

  mutating func paragraph(class words: String, _ text: String) {
    writer.element("p", [MarkupAttribute("class", words)], text: text)
  }

  /// Writes a program with its words marked.
  mutating func code(_ text: String, language: String?) {
    open("div", class: "block")
    open("pre", more: [MarkupAttribute("tabindex", "0")])
    open("code")
    for piece in Highlighting.pieces(text, language: language) {
      guard let mark = Self.marks[piece.kind] else {
        writer.text(piece.text)
        continue
      }
      writer.element("span", [MarkupAttribute("class", mark)], text: piece.text)
    }
    for name in ["code", "pre", "div"] { writer.end(name) }
  }

  mutating func open(_ name: String, more: [MarkupAttribute]) { writer.start(name, more) }

  private static let marks: [CodePiece.Kind: String] = [
    .keyword: "k", .constant: "v", .string: "s", .comment: "c", .number: "n", .special: "m",
  ]

  /// Tells in the page what it lacks.
  mutating func tellLeftOut(_ leftOut: [String: Int]) {
    guard !leftOut.isEmpty else { return }
    let words = leftOut.sorted { $0.key < $1.key }.map { name, count in
      count == 1 ? "1 \(name)" : "\(count) × \(name)"
    }
    paragraph(class: "absent", "Left out here: \(words.joined(separator: ", ")).")
  }

  /// Writes a picture or film that became a file.
  mutating func picture(
    _ picture: StoryFiles.Picture, alt: String, width: String? = nil, height: String? = nil
  ) {
    if firstPicture == nil, picture.size.map({ $0.width >= 200 }) ?? false {
      firstPicture = picture.key
    }
    var attributes = [
      MarkupAttribute("src", root + picture.key), MarkupAttribute("alt", alt),
      MarkupAttribute("loading", "lazy"), MarkupAttribute("decoding", "async"),
    ]
    let wanted = (width.flatMap(Self.pixels), height.flatMap(Self.pixels))
    if let size = picture.size {
      let ratio = Double(size.height) / Double(size.width)
      let width = wanted.0 ?? wanted.1.map { Int((Double($0) / ratio).rounded()) } ?? size.width
      attributes.append(MarkupAttribute("width", String(width)))
      let height = wanted.1 ?? Int((Double(width) * ratio).rounded())
      attributes.append(MarkupAttribute("height", String(max(1, height))))
    } else if let width = wanted.0 {
      attributes.append(MarkupAttribute("width", String(width)))
    }
    writer.start("img", attributes)
  }

  private static func pixels(_ text: String) -> Int? {
    let number = text.hasSuffix("px") ? text.dropLast(2) : text[...]
    return Double(number).flatMap { (1..<20_000).contains($0) ? Int($0.rounded()) : nil }
  }
}
