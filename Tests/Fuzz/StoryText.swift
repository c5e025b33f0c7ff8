import Notebooks
import Recipes

@testable import Sanitising
@testable import Stories

/// Any bytes as a notebook where they are one, else as a text in Markdown with MyST's blocks: the body of
/// its page has no element, handler or address that could run something.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let isNotebook = bytes.first == UInt8(ascii: "{")
  let source: BookPage.Source
  if isNotebook {
    guard let notebook = try? Notebook(parsing: bytes) else { return 0 }
    source = .notebook(notebook)
  } else {
    source = .text(String(decoding: bytes, as: UTF8.self))
  }
  let problems = StoryProblems()
  var book = Book(StoryRecipe(id: "b", source: "/there-is-no-such-book"), problems: problems)
  book.pages = [
    BookPage(
      path: isNotebook ? "a.ipynb" : "a.md", key: "stories/b/a.html",
      originalKey: "stories/b/a.md", about: BookConfiguration(), title: "A", level: 0,
      source: source, original: [])
  ]
  let site = StorySite(
    datasets: nil, hasCubePage: true, exists: { _ in false }, series: { _, _, _, _ in .away })
  let files = StoryFiles()
  let context = BookContext(book, site: site, files: files, problems: problems)
  var maker = PageMaker(book: context, page: book.pages[0])
  switch source {
  case .text(let text): maker.prose(text, isTitled: true)
  case .notebook(let notebook): maker.notebook(notebook)
  }
  check(maker.writer.utf8)
  return 0
}

private let forbidden: Set<String> = [
  "script", "iframe", "object", "embed", "form", "base", "meta", "link", "frame", "applet",
]

private func check(_ markup: [UInt8]) {
  var tokeniser = MarkupTokeniser(markup, isXML: false)
  while let token = tokeniser.next() {
    guard case .start(let name, let attributes, _) = token else { continue }
    precondition(!forbidden.contains(name), name)
    for attribute in attributes {
      precondition(!attribute.name.hasPrefix("on"), attribute.name)
      guard ["href", "src", "action", "xlink:href"].contains(attribute.name) else { continue }
      let scheme = attribute.value.lowercased().filter { !$0.isWhitespace && !$0.isNewline }
      for word in ["javascript:", "vbscript:", "data:text"] {
        precondition(!scheme.hasPrefix(word), attribute.value)
      }
    }
  }
}
