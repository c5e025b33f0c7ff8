import Recipes
import Testing

@Suite("Problems of recipes")
struct RecipeProblemTests {
  struct Example: Sendable, CustomTestStringConvertible {
    let text: String
    /// What must be told: `line:column id: summary / fix`.
    let problems: [String]

    init(_ text: String, _ problems: String...) {
      self.text = text
      self.problems = problems
    }

    var testDescription: String { text.split(separator: "\n").joined(separator: " | ") }
  }

  /// The exact sentence of each problem.
  @Test(arguments: [
    Example("", "0:0 empty: the recipe is empty / write 'datasets: [file.nc]'"),
    Example("datasets:", "1:10 no-value: 'datasets' has no value / give it a value or remove it"),
    Example("- a.nc", "1:1 not-a-recipe: this is not a recipe / write 'datasets: [file.nc]'"),
    Example(
      "site: {titel: A}\ndatasets: [a.nc]",
      "1:8 unknown-key: 'titel' is not a key of a site / write 'title'"),
    Example(
      "site: {base-url: example.org}\ndatasets: [a.nc]",
      "1:18 bad-address: 'base-url' cannot be 'example.org' / write 'https://example.org'"),
    Example(
      "site: {base-url: 'https://x.org/?a=1'}\ndatasets: [a.nc]",
      "1:18 bad-address: 'base-url' has a query or fragment / write 'https://x.org/'"),
    Example(
      "site: {language: Deutsch!}\ndatasets: [a.nc]",
      "1:18 bad-language: 'Deutsch!' is not the tag of a language"),
    Example(
      "site: {provider: {url: https://x.org}}\ndatasets: [a.nc]",
      "1:18 missing-key: a provider needs 'name' / add 'name: …'"),
    Example("site: {title: A}", "1:1 missing-key: a recipe needs 'datasets' / add 'datasets: …'"),
    Example(
      "datasets:\n  - id: My Data\n    source: a.nc",
      "2:9 bad-id: 'id' cannot be 'My Data' / write 'my-data'"),
    Example(
      "datasets:\n  - title: A", "2:5 missing-key: a dataset needs 'source' / add 'source: …'"),
    Example(
      "datasets: [a/sst.nc, b/sst.nc]",
      "1:22 duplicate-id: the dataset 'sst' is there already / give it an id of its own, such as "
        + "'sst-2'"),
    Example(
      "datasets: [{source: a.nc, effort: fats, max-zoom: -1, format: jpg}]",
      "1:35 unknown-word: 'effort' cannot be 'fats' / write 'fast'",
      "1:51 wrong-type: 'max-zoom' cannot be '-1'",
      "1:63 unknown-word: 'format' cannot be 'jpg'"),
    Example(
      "datasets: [{source: a.nc, tile-matrix-sets: [WorldWebMercatorQuad]}]",
      "1:46 unknown-word: 'tile-matrix-sets' cannot be 'WorldWebMercatorQuad'"),
    Example(
      "datasets: [{source: a.nc, composites: [{title: A, red: {variable: a, range: [1, 1]}, "
        + "green: {variable: a, range: [1, 2]}, blue: {variable: a, range: [2, 1]}}]}]",
      "1:77 bad-range: the range of red holds no values"),
    Example(
      "datasets: [{source: a.nc, doi: abc}]",
      "1:32 bad-doi: 'abc' is not a digital object identifier"),
    Example(
      "datasets: [{source: a.nc, authors: [{name: A, orcid: 0000-0002-1825-0098}, B]}]",
      "1:54 bad-orcid: '0000-0002-1825-0098' is not an ORCID"),
    Example(
      "datasets: [{source: a.nc, changes: [{version: '1', date: 2026-02-29, text: New}]}]",
      "1:58 bad-date: '2026-02-29' is not a day"),
    Example(
      "datasets: [{source: a.nc, related: [sea, a]}, {id: sea-1, source: b.nc}]",
      "1:37 unknown-dataset: there is no dataset 'sea' / write 'sea-1'",
      "1:42 unknown-dataset: 'a' is related to itself / remove it"),
    Example(
      "datasets: [{source: a.nc, papers: [{doi: 10.1/x}], funding: [{award: '1'}]}]",
      "1:36 missing-key: a paper needs 'citation' / add 'citation: …'",
      "1:62 missing-key: a grant needs 'funder' / add 'funder: …'"),
    Example(
      "datasets: [{source: a.nc, times: {from: '2018', to: '2017'}}]",
      "1:34 bad-times: the times end at 2017, before they begin at 2018 / write 'from: 2017' and "
        + "'to: 2018'"),
    Example(
      "datasets: [{source: a.nc, title: [a]}]", "1:34 wrong-type: 'title' cannot be a list"),
    Example(
      "datasets: [{source: a.nc, keywords: []}]",
      "1:37 wrong-length: 'keywords' cannot have 0 elements"),
    Example(
      "datasets: [{source: a.nc, variables: [v, v]}]",
      "1:42 duplicate-variable: the variable 'v' is there already / give both styles in one place"),
    Example(
      style("colors: thermal"),
      "5:11 unknown-key: 'colors' is not a key of a style / write "
        + "'colours'"),
    Example(
      style("colours: viridris"),
      "5:20 unknown-colour-map: 'colours' cannot be 'viridris' / write 'viridis'"),
    Example(
      style("colours: ['#fff']"),
      "5:20 bad-colours: 'colours' does not make a colour map / give "
        + "two or more colours"),
    Example(
      style("range: [5, 1]"),
      "5:18 bad-range: the range from 5 to 1 holds no values / write "
        + "'[1, 5]'"),
    Example(style("range: [1]"), "5:18 wrong-length: 'range' cannot have 1 elements"),
    Example(style("range: [a, 1]"), "5:19 wrong-type: 'range' cannot be 'a'"),
    Example(
      style("{scale: log, range: [0, 1]}"),
      "5:31 bad-range: a logarithmic scale cannot begin at 0 / begin above 0, or write "
        + "'scale: {symmetric: 1}'"),
    Example(
      style("range: {percentiles: [98, 2]}"),
      "5:18 bad-range: there are no such percentiles / write 'percentiles: [2, 98]'"),
    Example(
      style("{centre: 0, range: [0, 1]}"),
      "5:20 conflict: 'centre' and a range with two ends say different things / remove one of them"),
    Example(
      style("missing: aabbcc"), "5:20 bad-colour: 'missing' cannot be 'aabbcc' / write '#aabbcc'"),
    Example(style("scale: {symmetric: 0}"), "5:30 wrong-type: 'symmetric' cannot be '0'"),
    Example(
      style("categories: [{value: 1, label: a}, {value: 1, label: b}]"),
      "5:46 duplicate-value: the value 1 is there already / remove one of them"),
    Example(
      "a: 1\na: 2", "1:1 duplicate-key: 'a' is given twice in one mapping / remove one of them"),
    Example(
      "datasets: &all [a.nc]\nsite: *all",
      "2:7 alias: '*all' refers to another place of the recipe / write out what '*all' stands for"),
  ])
  func isTold(_ example: Example) {
    #expect(problems(example.text).map(short) == example.problems)
  }

  private static func style(_ text: String) -> String {
    "datasets:\n  - source: a.nc\n    variables:\n      - {name: v, styles: [\n          \(text)]}"
  }

  private func short(_ problem: RecipeProblem) -> String {
    "\(problem.line):\(problem.column) \(problem.id): \(problem.summary)"
      + (problem.fix.map { " / \($0)" } ?? "")
  }

  private func problems(_ text: String) -> [RecipeProblem] {
    do {
      _ = try Recipe.parse(text, path: "r.yaml")
      return []
    } catch {
      return error.problems
    }
  }

  /// All that is wrong is told at once, each with its line.
  @Test func problemsAreToldTogether() {
    let text = """
      site:
        titel: Sea
      datasets:
        - source: sst.nc
          varables: [sst]
      """
    do {
      _ = try Recipe.parse(text, path: "sea.yaml")
      Issue.record("the recipe was taken")
    } catch {
      #expect(
        error.description == """
          sea.yaml:2:3: error: 'titel' is not a key of a site [unknown-key]
           2 |   titel: Sea
             |   ^
             Allowed: title, description, base-url, provider, language.
             fix: write 'title'

          sea.yaml:5:5: error: 'varables' is not a key of a dataset [unknown-key]
           5 |     varables: [sst]
             |     ^
             Allowed: id, source, title, description, licence, attribution, doi, keywords, links, \
          places, composites, join, crs, time-variable, time-from-name, s3, levels, variables, times, \
          extras, tiles, tile-matrix-sets, max-zoom, format, effort, cube, series, terrain, authors, funding, \
          version, changes, citation, papers, processing, limits, related, project.
             fix: write 'variables'

          sea.yaml: 2 problems; nothing was made

          """)
    }
  }

  /// Text that is made to exhaust a reader is refused at once.
  @Test func hostileTextIsRefused() {
    var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1..<30 {
      bomb +=
        "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", "))]\n"
    }
    #expect(problems(bomb).map(\.id) == ["alias"])
    #expect(problems("datasets: " + String(repeating: "[", count: 100_000)).map(\.id) == ["syntax"])
    let deep = String(repeating: "[", count: 900) + String(repeating: "]", count: 900)
    #expect(problems("datasets: " + deep).map(\.id) == ["wrong-type"])
    #expect(problems(String(repeating: "- ", count: 100_000)).map(\.id) == ["syntax"])
    #expect(problems(String(repeating: "#", count: 2_000_000)).map(\.id) == ["too-large"])
    #expect(problems("datasets: [\u{0}]").map(\.id) == ["syntax"])
    #expect(problems(#"datasets: ["a.nc\0b"]"#).map(\.id) == ["wrong-type"])
    // Many mistakes do not give an endless list.
    let many = (0..<5000).map { "k\($0): 1" }.joined(separator: "\n")
    #expect(problems(many).count == 50)
  }

  @Test func aFileThatIsNotThereIsToldByItsName() {
    do {
      _ = try Recipe.load(path: "/nowhere/at/all.yaml")
      Issue.record("a recipe was read")
    } catch {
      #expect(error.description.hasPrefix("/nowhere/at/all.yaml: error: the recipe cannot be read"))
    }
  }
}
