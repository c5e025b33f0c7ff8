import Catalogue
import Foundation
import Images
import Pages
import Pyramids
import Recipes
import SampleSites
import Testing

@testable import Stories

/// A book in a folder of its own, which goes when the value does.
final class BookFolder {
  let path: String

  init(_ files: [String: String]) throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("book-\(UUID())").path
    for (name, text) in files {
      let file = URL(fileURLWithPath: "\(path)/\(name)")
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The pages, with the datasets of the sample site.
  func pages(
    datasets: [BuiltDataset]? = nil, hasCubePage: Bool = false,
    series: @escaping StorySite.SeriesReader = { _, _, _, _ in .away }
  ) throws -> Stories.Made {
    let folder = GoldenTree.repository.path
    let assets = try SiteAssets.load(folder: folder + "/Site", libraries: ["katex"])
    return try Stories.render(
      [StoryRecipe(id: "b", source: path, binder: "https://hub.example/{path}")],
      site: StorySite(
        datasets: try datasets ?? SampleSite.datasets(), hasCubePage: hasCubePage,
        exists: { _ in true }, series: series),
      frame: try Catalogue.frame(site: SampleSite.site, assets: assets),
      templates: try PageTemplates.load(folder: folder + "/Templates"), assets: assets)
  }

  func page(_ name: String = "index") throws -> String {
    let files = try pages().files
    return String(decoding: try #require(files["stories/b/\(name).html"]), as: UTF8.self)
  }

  /// What is wrong with the book.
  func problems() throws -> [StoryError.Problem] {
    try #require(throws: StoryError.self) { try self.pages() }.problems
  }
}

/// The page of one Markdown text.
private func page(_ text: String, _ more: [String: String] = [:]) throws -> String {
  try BookFolder(["index.md": text].merging(more) { $1 }).page()
}

/// The page of a notebook with one code cell that put out these.
private func page(outputs: String, cell: String = "\"metadata\": {}") throws -> String {
  let notebook = """
    {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", "source": "f()",
    "execution_count": 1, \(cell), "outputs": [\(outputs)]}]}
    """
  return try BookFolder(["index.ipynb": notebook]).page()
}

private func data(_ bundle: String) -> String {
  "{\"output_type\": \"display_data\", \"metadata\": {}, \"data\": {\(bundle)}}"
}

/// One transparent pixel.
private let png =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="

@Suite struct ProseTests {
  @Test func titlesSectionsAndAnchors() throws {
    let html = try page(
      "# The title\n\nText of the first paragraph, long enough.\n\n## A *b*\n\n## A b\n")
    #expect(html.contains("<h1>The title</h1>"))
    #expect(html.contains("<h2 id=\"a-b\">A <em>b</em><a class=\"anchor\" href=\"#a-b\""))
    #expect(html.contains("<h2 id=\"a-b-2\">"))
    #expect(html.contains("content=\"Text of the first paragraph, long enough.\""))
  }

  @Test func formulasAreKeptForTheBrowser() throws {
    let html = try page(
      "a $x_1 < y_2$ costs 5$ or 6$\n\n$$\n\\frac{a}{b}\n$$ (eq)\n\n{eq}`eq` `$c$`")
    #expect(html.contains("<span class=\"math\">x_1 &lt; y_2</span> costs 5$ or 6$"))
    #expect(
      html.contains("<div class=\"math display\" id=\"eq\" data-number=\"(1)\">\\frac{a}{b}</div>"))
    #expect(html.contains("<code>$c$</code>"))
    #expect(html.contains("<a href=\"#eq\">(eq)</a>"))
  }

  @Test func blocksOfMyST() throws {
    let html = try page(
      """
      > [!WARNING]
      > Beware

      :::{note} Title
      Inner **text** with $m$
      ::::

      ```{admonition} Own
      a
      ```

      - item

        ```python
        x = $1
        ```

      ```{unheard}
      body
      ```
      """)
    #expect(
      html.contains(
        "<div class=\"admonition warning\" role=\"note\"><p class=\"admonition-title\">Warning</p>")
    )
    #expect(html.contains("<p class=\"admonition-title\">Title</p>"))
    #expect(html.contains("<p class=\"admonition-title\">Own</p>"))
    #expect(html.contains("x = $<span class=\"n\">1</span>"))
    #expect(html.contains("A block “unheard” is shown as plain text."))
    #expect(!html.contains("\u{E000}") && !html.contains("\u{E002}"))
  }

  @Test func citationsAndReferences() throws {
    let bib =
      "@article{a1, author={M{\\\"u}ller, A and van der Berg, B}, title={{T}itle}, year=2001, doi={10.1/x}}"
    let html = try page(
      "---\ntitle: T\n---\nSee {cite:t}`a1` and [@a1].",
      ["book.yml": "bibliography: r.bib\ncontents: [index.md]", "r.bib": bib])
    #expect(html.contains("<a href=\"#ref-a1\">Müller and van der Berg (2001)</a>"))
    #expect(html.contains("(<a href=\"#ref-a1\">Müller and van der Berg, 2001</a>)"))
    #expect(html.contains("<li id=\"ref-a1\">Müller, A; van der Berg, B (2001). Title. "))
    #expect(html.contains("href=\"https://doi.org/10.1/x\""))
  }

  @Test func hostileTextIsHarmless() throws {
    let html = try page(
      "<script>alert(1)</script>\n\n[a](javascript:alert(1)) <img src='https://e.org/x' onerror=alert(1)>\n\n<div onclick=\"x()\" class=\"bar\">t</div>"
    )
    let body = html.split(separator: "<article class=\"story\">")[1]
    #expect(!body.contains("<script") && !body.contains("onclick") && !body.contains("onerror"))
    #expect(!body.contains("javascript:") && !body.contains("class=\"bar\""))
    #expect(body.contains("Left out here: 1 script."))
  }
}

@Suite struct OutputTests {
  @Test func streamsOfOneNameAreOne() throws {
    let html = try page(
      outputs:
        "{\"output_type\":\"stream\",\"name\":\"stdout\",\"text\":\"a\\u001b[31mred\\u001b[0m\"},"
        + "{\"output_type\":\"stream\",\"name\":\"stdout\",\"text\":\"b\\n10%\\r20%\"}")
    #expect(html.contains("a<span class=\"ink-1\">red</span>b\n20%</pre>"))
    #expect(!html.contains("id=\"o2-\""))
  }

  @Test func picturesBecomeFilesWithTheirSize() throws {
    let folder = try BookFolder([
      "index.ipynb":
        "{\"nbformat\":4,\"metadata\":{},\"cells\":[{\"cell_type\":\"code\",\"source\":\"\",\"metadata\":{},\"outputs\":[\(data("\"image/png\": \"\(png)\", \"text/plain\": \"<Figure>\""))]}]}"
    ])
    let files = try folder.pages().files
    let key = try #require(files.keys.first { $0.hasSuffix(".png") })
    let html = String(decoding: try #require(files["stories/b/index.html"]), as: UTF8.self)
    #expect(
      html.contains(
        "<img src=\"../../\(key)\" alt=\"Figure\" loading=\"lazy\" decoding=\"async\" width=\"1\" height=\"1\">"
      ))
    #expect(files["stories/b/index.ipynb"] != nil)
  }

  @Test func theFirstTypeThatNeedsNoScriptIsShown() throws {
    let table = try page(
      outputs: data(
        "\"text/html\": \"<table><tr><td>1</td></tr></table>\", \"text/plain\": \"plain\""))
    #expect(table.contains("<td>1</td>") && !table.contains("plain"))
    let scripted = try page(
      outputs: data("\"text/html\": \"<div></div><script>x</script>\", \"image/png\": \"\(png)\""))
    #expect(scripted.contains(".png\""))
    let onlyScript = try page(
      outputs: data("\"text/html\": \"<script>x</script>\", \"text/plain\": \"shown\""))
    #expect(onlyScript.contains("it was not run") && onlyScript.contains("shown</pre>"))
    let widget = try page(
      outputs: data(
        "\"application/vnd.jupyter.widget-view+json\": {}, \"text/plain\": \"IntSlider()\""))
    #expect(widget.contains("An interactive widget") && widget.contains("IntSlider()"))
    let unknown = try page(outputs: data("\"application/x-own\": \"1\""))
    #expect(unknown.contains("Not shown here: application/x-own."))
    let latex = try page(
      outputs: data("\"text/latex\": \"$\\\\displaystyle x$\", \"text/plain\": \"x\""))
    #expect(latex.contains("<div class=\"math display\">x</div>"))
  }

  @Test func figuresOfPlotlyKeepTheirNumbers() throws {
    let html = try page(
      outputs: data(
        "\"application/vnd.plotly.v1+json\": {\"data\": [], \"layout\": {\"height\": 300}, \"config\": {\"plotlyServerURL\": \"https://x\"}}"
      ))
    #expect(html.contains("class=\"plotly\" data-figure=\"../../assets/story."))
    #expect(html.contains("min-height: 300px"))
    #expect(html.contains("\"plotly\": \"../../assets/"))
  }

  @Test func longTextIsFoldedAndShortened() throws {
    let lines = String(repeating: "0123456789\\n", count: 50_000)
    let html = try page(
      outputs: "{\"output_type\":\"stream\",\"name\":\"stdout\",\"text\":\"\(lines)\"}")
    #expect(html.contains("<summary>Output of "))
    #expect(html.contains("Shortened: this text has 550000 bytes"))
    #expect(html.utf8.count < 150_000)
  }

  @Test func cornersOfTablesAreNoHeaders() throws {
    let html = try page(
      outputs: data(
        "\"text/html\": \"<table><tr><th class='a'> </th><th>b</th></tr><tr><th>0</th><td></td></tr></table>\""
      ))
    #expect(html.contains("<td class=\"a\"> </td><th>b</th>"))
    #expect(html.contains("<th>0</th><td></td>"))
  }

  @Test func longJSONIsShortenedAndSaysSo() throws {
    let value = String(repeating: "\"0123456789\",", count: 20_000) + "1"
    let html = try page(outputs: data("\"application/json\": [\(value)]"))
    #expect(html.utf8.count < 250_000)
    #expect(html.contains("Shortened: this text has"))
  }

  @Test func tagsHideAndRemove() throws {
    let stream = "{\"output_type\":\"stream\",\"name\":\"stdout\",\"text\":\"shown\"}"
    func with(_ tag: String) throws -> String {
      try page(outputs: stream, cell: "\"metadata\": {\"tags\": [\"\(tag)\"]}")
    }
    #expect(try !with("remove-cell").contains("shown"))
    #expect(try with("remove-input").contains("shown"))
    #expect(try !with("remove_input").contains("class=\"input\""))
    #expect(try !with("remove-output").contains("shown"))
    #expect(try with("hide-input").contains("<summary>Code</summary>"))
    #expect(try with("hide-output").contains("<summary>Output</summary>"))
  }

  @Test func errorsKeepTheirColours() throws {
    let html = try page(
      outputs:
        "{\"output_type\":\"error\",\"ename\":\"E\",\"evalue\":\"v\",\"traceback\":[\"\\u001b[0;31mE\\u001b[0m: <v>\"]}"
    )
    #expect(html.contains("<span class=\"ink-1\">E</span>: &lt;v&gt;"))
  }
}

@Suite struct TerminalTextTests {
  @Test func sequences() {
    #expect(TerminalText.withoutOverwriting("a\r\nb\rc\nxy\u{08}z") == "a\nc\nxz")
    #expect(TerminalText.plain("\u{1B}[1;38;5;9mx\u{1B}]8;;http://e\u{07}y") == "xy")
  }
}

@Suite struct BookTests {
  @Test func booksOfThreeKinds() throws {
    let pages = ["a.md": "# A\n\n[to b](b.md#x)", "b.md": "# B\n\n(x)=\n## X\n\n{ref}`x` {doc}`a`"]
    for contents in [
      ["book.yml": "title: T\nauthors: [Ann]\ncontents:\n- a.md\n- title: Part\n  pages: [b.md]"],
      [
        "_config.yml": "title: T\nauthor: Ann",
        "_toc.yml": "root: a\nparts:\n- caption: Part\n  chapters:\n  - file: b",
      ],
      [
        "myst.yml":
          "version: 1\nproject:\n  title: T\n  authors:\n  - name: Ann\n  toc:\n  - file: a.md\n  - title: Part\n    children:\n    - file: b.md"
      ],
    ] {
      let folder = try BookFolder(pages.merging(contents) { $1 })
      let first = try folder.page("a")
      #expect(first.contains("<a href=\"b.html#x\">to b</a>"))
      #expect(first.contains("<small>Next</small> B"))
      #expect(first.contains("Ann"))
      #expect(first.contains("<li class=\"part\">Part</li>"))
      let second = try folder.page("b")
      #expect(second.contains("<a href=\"#x\">X</a> <a href=\"a.html\">A</a>"))
      #expect(try folder.page().contains("<h1>T</h1>"))
    }
  }

  @Test func everyProblemIsToldWithItsPlace() throws {
    let folder = try BookFolder([
      "book.yml": "titel: T\ncontents: [a.md, missing.md, broken.ipynb]",
      "a.md":
        "---\ntitle: A\n---\n\ntext [x](gone.csv)\n\n![p](gone.png) [d](dataset:nothing)\n\n```cubepress\ndataset: nothing\n```\n\n{cite}`nobody` {ref}`nowhere`",
      "broken.ipynb": "{\"nbformat\": 4, \"cells\": [",
    ])
    let reading = try folder.problems()
    #expect(reading.map(\.place).contains("book.yml:1"))
    #expect(reading.contains { $0.text.contains("there is no page 'missing.md'") })
    #expect(reading.contains { $0.place == "broken.ipynb" && $0.text.contains("not JSON") })
    #expect(reading.contains { $0.place == "a.md:5" && $0.text.contains("gone.csv") })
    #expect(reading.contains { $0.place == "a.md:7" && $0.text.contains("gone.png") })
    #expect(reading.contains { $0.place == "a.md:10" && $0.text.contains("no dataset 'nothing'") })
    #expect(reading.contains { $0.place == "a.md:13" && $0.text.contains("nobody") })
  }

  @Test func pathsStayInTheBook() throws {
    let folder = try BookFolder([
      "index.md": "[x](../../../etc/passwd) ![y](/etc/passwd)\n", "book.yml": "contents: [../x.md]",
    ])
    #expect(try folder.problems().contains { $0.text.contains("no page '../x.md'") })
    #expect(Book.normalised("a/../../b") == nil)
    #expect(Book.normalised("./a//b/../c") == "a/c")
  }
}

@Suite struct EmbedTests {
  @Test func mapsArePicturesWithoutScripts() throws {
    let dataset = try #require(try SampleSite.datasets().first)
    let variable = try #require(dataset.variables.first)
    let html = try page(
      "```cubepress\ndataset: \(dataset.id)\nvariable: \(variable.name)\ncaption: Look\n```")
    #expect(
      html.contains(
        "data-view=\"../../viewer/index.html?embed#dataset=\(dataset.id)&amp;variable=\(variable.key)\""
      ))
    #expect(html.contains("class=\"still\""))
    #expect(html.contains("class=\"live-key\""))
    #expect(html.contains("<span>Look</span>"))
    let made = try BookFolder(["index.md": "[d](dataset:\(dataset.id))"]).pages()
    #expect(made.stories.first?.datasets == [dataset.id])
  }

  @Test(arguments: [
    ("variable: nope", "has no variable 'nope'"), ("time: 1700", "has no time '1700'"),
    ("style: nope", "has no style 'nope'"),
    ("kind: movie", "'kind' is one of map, globe, cube, series"),
    ("zoom: many", "'zoom' is not a number"), ("colour: red", "there is no key 'colour'"),
    ("kind: cube", "has no page for cubes"), ("a: [", "not YAML"),
    ("kind: series", "write 'lon' and 'lat'"),
  ])
  func mistakesAreTold(_ line: String, _ reason: String) throws {
    let dataset = try #require(try SampleSite.datasets().first)
    let folder = try BookFolder([
      "index.md": "text\n\n```cubepress\ndataset: \(dataset.id)\n\(line)\n```"
    ])
    let problem = try #require(try folder.problems().first)
    #expect(problem.text.contains(reason), "\(problem)")
    #expect(problem.place.hasPrefix("index.md:"), "\(problem)")
  }
}

@Suite struct SeriesTests {
  private static let block =
    "```cubepress\ndataset: chlorophyll\nvariable: conc_chl\nkind: series\nlon: 3.2\nlat: 51.5\n"
    + "caption: Spring\n```"

  private func page(_ found: PlaceSeries.Search) throws -> String {
    let made = try BookFolder(["index.md": Self.block]).pages(series: {
      dataset, variable, longitude, latitude in
      #expect(dataset.id == "chlorophyll")
      #expect(variable.key == "conc_chl")
      #expect([longitude, latitude] == [3.2, 51.5])
      return found
    })
    return String(decoding: try #require(made.files["stories/b/index.html"]), as: UTF8.self)
  }

  private static func monthly(_ values: [Double]) -> PlaceSeries {
    PlaceSeries(
      times: values.indices.map { index in
        let month = index % 12 + 1
        return "20\(10 + index / 12)-\(month < 10 ? "0" : "")\(month)-01T00:00:00Z"
      },
      positions: values.indices.map { Double($0) * 30 * 86_400 }, values: values)
  }

  private static func line(_ html: String) throws -> Substring {
    try #require(html.firstMatch(of: /class="line" d="([^"]*)"/)).output.1
  }

  @Test func aSeriesIsAPictureWithoutScripts() throws {
    let html = try page(.found(Self.monthly([1, 4, .nan, 2, 10] + Array(repeating: 3, count: 31))))
    #expect(
      html.contains(
        "aria-label=\"Chlorophyll concentration at 51.5° N, 3.2° E, 2010-01-01 to 2012-12-01: "
          + "36 times, 1 to 10 mg m⁻³, 1 missing\""))
    #expect(html.contains("data-series=\"{&quot;root&quot;:&quot;../../&quot;"))
    #expect(html.contains("<span>Spring</span>"))
    #expect(html.contains("viewer/index.html#dataset=chlorophyll"))
    // One line before the gap, one after it.
    #expect(try Self.line(html).count { $0 == "M" } == 2)
    // Years stand below.
    for year in ["2010", "2011", "2012"] { #expect(html.contains(">\(year)</span>")) }
    #expect(html.contains("\"plot\": \"../../assets/uplot."))
  }

  @Test func whatIsNotThereIsSaid() throws {
    #expect(try page(.away).contains("needs JavaScript"))
    #expect(try page(.found(Self.monthly([.nan, .nan]))).contains("no values"))
    let error = try #require(throws: StoryError.self) { try page(.outside) }
    #expect(
      error.problems.map { "\($0.place): \($0.text)" } == [
        "index.md:5: 51.5° N, 3.2° E lies outside of the grid of 'chlorophyll'"
      ])
  }

  @Test func singleValuesAreDotsAndLongSeriesAreShort() throws {
    #expect(try Self.line(try page(.found(Self.monthly([.nan, 5, .nan])))).hasSuffix("h0"))
    let values = (0..<50_000).map { $0 == 30_007 ? 99 : Double($0 % 7) }
    let html = try page(
      .found(
        PlaceSeries(
          times: values.indices.map { "\(1000 + $0 / 100)-01-01T00:00:00Z" },
          positions: values.indices.map(Double.init), values: values)))
    #expect(html.contains("0 to 99"))
    let line = try Self.line(html)
    #expect((1900...2010).contains(line.count { $0 == "M" || $0 == "L" }))
    // The one high value is among those that are drawn: it stands highest.
    let heights = line.matches(of: /[ML][\d.]+ ([\d.]+)/).compactMap { Double($0.output.1) }
    #expect(heights.count { $0 < 50 } == 1)
  }

  @Test(arguments: [
    // Of many years the round ones, of few all; months, days and minutes where there are no years.
    ((1860...2099).map { "\($0)-06-01T00:00:00Z" }, ["1900", "1950", "2000", "2050"]),
    ((2010...2013).map { "\($0)-06-01T00:00:00Z" }, ["2010", "2011", "2012", "2013"]),
    ((1...6).map { "2017-0\($0)-15T00:00:00Z" }, ["2017-01", "2017-03", "2017-05"]),
    ((1...4).map { "2017-06-0\($0)T12:00:00Z" }, ["2017-06-01", "2017-06-03"]),
    ((10...13).map { "2017-06-01T\($0):30:00Z" }, ["2017-06-01 10:30", "2017-06-01 12:30"]),
    (["-0044-03-15T00:00:00Z"], ["-0044-03-15 00:00"]),
  ])
  func timesBelowTheLine(_ times: [String], _ labels: [String]) {
    let picture = SeriesPicture(
      series: PlaceSeries(
        times: times, positions: times.indices.map(Double.init), values: times.map { _ in 1 }),
      title: "", units: nil, scale: .linear, place: "")
    #expect(picture.timeTicks.map(\.label) == labels)
  }

  @Test func aCubeIsEmbeddedWhereThereIsAPageForIt() throws {
    let folder = try BookFolder([
      "index.md": "```cubepress\ndataset: chlorophyll\nvariable: conc_chl\nkind: cube\n```"
    ])
    let made = try folder.pages(hasCubePage: true)
    let html = String(decoding: try #require(made.files["stories/b/index.html"]), as: UTF8.self)
    #expect(
      html.contains(
        "data-view=\"../../cube/index.html?embed#dataset=chlorophyll&amp;variable=conc_chl\""))
    #expect(html.contains("data-kind=\"cube\""))
    #expect(html.contains("class=\"still\""))
    #expect(html.contains(">Open the cube</a>"))
  }
}

@Suite struct BibliographyTests {
  @Test func damagedEntriesAreTold() {
    let problems = StoryProblems()
    var bibliography = Bibliography()
    bibliography.add(
      "@article{a, title = \"X # Y\" # { Z}, year = 1999}\n@book{b,\n title={open", file: "r.bib",
      problems: problems)
    #expect(bibliography.works["a"]?.fields["title"] == "X # Y Z")
    #expect(problems.problems.map(\.place) == ["r.bib:2"])
  }

  @Test func names() {
    let people = Bibliography.people("Ludwig van Beethoven and Dürer, Albrecht and NASA")
    #expect(people.map(\.family) == ["van Beethoven", "Dürer", "NASA"])
    #expect(people.map(\.given) == ["Ludwig", "Albrecht", ""])
    #expect(LaTeXText.plain("{\\'E}t\\'e na\\\"{\\i}ve \\o stra{\\ss}e") == "Été naïve østraße")
  }
}
