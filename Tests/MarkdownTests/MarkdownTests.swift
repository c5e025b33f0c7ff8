import Markdown
import Testing

private func html(_ text: String) throws -> String {
  let bytes = try #require(Markdown.html(text))
  return String(decoding: bytes, as: UTF8.self)
    .replacing(#/\ data-sourcepos="[^"]*"/#, with: "")
}

@Suite struct MarkdownTests {
  @Test func gitHubsForms() throws {
    #expect(try html("|a|b|\n|-|:-:|\n|1|2|").contains("<td style=\"text-align: center\">2</td>"))
    #expect(try html("- [x] done").contains("type=\"checkbox\" checked"))
    #expect(try html("a[^1]\n\n[^1]: b").contains("class=\"footnotes\""))
    #expect(try html("~~a~~ https://e.org").contains("<del>a</del>"))
  }

  @Test func linesAreKnown() throws {
    let bytes = try #require(Markdown.html("a\n\n## b\n"))
    #expect(String(decoding: bytes, as: UTF8.self).contains("<h2 data-sourcepos=\"3:1-3:4\">"))
  }

  @Test func limits() {
    #expect(Markdown.html(String(repeating: "a", count: Markdown.sizeLimit + 1)) == nil)
    #expect(Markdown.html("") == [])
    // Made-up texts that some readers nest or search for ever.
    for text in ["> ", "[", "*a ", "`a``", "|\n-|\n", "![", "<a "] {
      #expect(Markdown.html(String(repeating: text, count: 5_000)) != nil)
    }
  }
}
