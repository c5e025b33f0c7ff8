@testable import Stories

/// Any text as BibTeX, and as each of the files in which books say what they are.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let text = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  let problems = StoryProblems()
  var bibliography = Bibliography()
  bibliography.add(text, file: "a.bib", problems: problems)
  for (key, work) in bibliography.works {
    precondition(key == work.key && !key.isEmpty)
    precondition(work.address.map { $0.hasPrefix("http") } ?? true)
    _ = (work.reference, work.shortAuthors)
  }
  for name in ["book.yml", "myst.yml", "_toc.yml", "_config.yml"] {
    _ = BookConfiguration.read({ $0 == name ? text : nil }, problems: problems)
  }
  precondition(problems.problems.allSatisfy { !$0.text.isEmpty && !$0.place.isEmpty })
  return 0
}
