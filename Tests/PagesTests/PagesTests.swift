import Testing

@testable import Pages

@Suite("Templates and assets")
struct PagesTests {
  @Test func textIsEscapedAndSectionsMayBeMissing() throws {
    let templates = try PageTemplates([
      "page": "<p title=\"{{name}}\">{{> part}}</p>{{#more}}{{.}}{{/more}}",
      "part": "{{#rows}}<b>{{cell}}</b>{{/rows}}",
    ])
    let page = try templates.render(
      "page", ["name": "\"<&>'", "rows": [["cell": "1"], ["cell": "<2>"]]])
    #expect(page == "<p title=\"&quot;&lt;&amp;&gt;&#39;\"><b>1</b><b>&lt;2&gt;</b></p>")
  }

  /// A mark with an accent joined to it is one character in Swift but a mark to a browser.
  @Test func marksAreEscapedWhateverIsJoinedToThem() throws {
    let templates = try PageTemplates(["page": "{{name}}"])
    for joined in ["\u{301}", "\u{200D}", "\u{FE0F}", "\u{E0061}"] {
      let page = try templates.render("page", ["name": .text("\"\(joined)<\(joined)script")])
      #expect(!page.unicodeScalars.contains("\""), "\(joined.unicodeScalars.map(\.value))")
      #expect(!page.unicodeScalars.contains("<"))
    }
  }

  @Test func aHoleInAPageIsAnError() throws {
    let templates = try PageTemplates(["page": "{{#rows}}{{cell}}{{/rows}}"])
    #expect(throws: PageError.self) {
      try templates.render("page", ["rows": [["other": "1"]]])
    }
    do {
      _ = try templates.render("page", ["rows": [["other": "1"]]])
    } catch {
      #expect(
        error.description
          == "Cannot make a page with the template 'page': it has no value for 'cell'; give it one, "
          + "or make it a section.")
    }
  }

  @Test(arguments: [
    ["page": "{{> nowhere}}"], ["page": "{{#open}}"], ["page": "{{both}}{{#both}}{{/both}}"],
  ])
  func templatesThatCannotWorkAreRefused(texts: [String: String]) {
    #expect(throws: PageError.self) { try PageTemplates(texts) }
  }

  @Test func assetsAreNamedByTheirContent() throws {
    let assets = SiteAssets(["site.css": Array("a".utf8)])
    let changed = SiteAssets(["site.css": Array("b".utf8)])
    let key = try assets.key("site.css")
    #expect(key.wholeMatch(of: /assets\/site\.[0-9a-f]{8}\.css/) != nil)
    #expect(try changed.key("site.css") != key)
    #expect(assets.files[key] == Array("a".utf8))
    #expect(throws: PageError.self) { try assets.key("other.css") }
  }

  @Test func modulesStayTogether() throws {
    let modules = ["viewer/viewer.js": Array("a".utf8), "lib/zarr/store.js": Array("b".utf8)]
    let assets = SiteAssets([:], modules: modules)
    let folder = try assets.key("viewer/viewer.js").dropLast("viewer/viewer.js".count)
    #expect(folder.wholeMatch(of: /assets\/[0-9a-f]{8}\//) != nil)
    #expect(try assets.key("lib/zarr/store.js") == folder + "lib/zarr/store.js")
    // A change anywhere renames all: one may depend on another.
    let changed = SiteAssets([:], modules: modules.merging(["lib/zarr/store.js": [0]]) { $1 })
    #expect(try changed.key("viewer/viewer.js") != assets.key("viewer/viewer.js"))
  }

  @Test func librariesOfManyFilesStayTogether() throws {
    let files = ["Cesium.js": Array("a".utf8), "Workers/one.js": Array("b".utf8)]
    let assets = SiteAssets([:], libraries: ["cesium": files])
    let folder = try assets.library("cesium")
    #expect(folder.wholeMatch(of: /assets\/cesium\.[0-9a-f]{8}/) != nil)
    #expect(assets.files[folder + "/Workers/one.js"] == Array("b".utf8))
    #expect(throws: PageError.self) { try assets.library("three") }
  }

  @Test func importsAreFollowed() throws {
    let modules = [
      "viewer/viewer.js":
        "// import \"./never.js\"\nimport { a,\n  b } from \"./a.js\";\nimport \"../lib/b.js\";",
      "viewer/a.js":
        "export { c } from \"../lib/c/d.js\";\nconst later = () => import(\"./later.js\");"
        + "\nexport const find = (a) => a.querySelector(\".calendar\");",
      "lib/b.js":
        "import { a } from \"../viewer/a.js\";\nimport x from \"https://elsewhere.org/x.js\";",
      "lib/c/d.js": "", "viewer/later.js": "",
    ]
    let assets = SiteAssets([:], modules: modules.mapValues { Array($0.utf8) })
    let names = ["viewer/viewer.js", "viewer/a.js", "lib/b.js", "lib/c/d.js"]
    #expect(try assets.imports(from: "viewer/viewer.js") == names.map { try assets.key($0) })
    let broken = SiteAssets([:], modules: ["a.js": Array("import \"./gone.js\";".utf8)])
    #expect(throws: PageError.self) { try broken.imports(from: "a.js") }
  }

  @Test(arguments: [
    ("one\ntwo\n\nthree", "p(one two)p(three)"),
    ("- a\n- b *c*\n\nd", "l(a|b em:c)p(d)"),
    ("**x** `y` [z](https://z.org)", "p(strong:x code:y link:z>https://z.org)"),
    ("[x](javascript:alert(1))", "p([x](javascript:alert(1)))"),
    (
      "see https://x.org/a, or 2*3*4 = 2 * 12",
      "p(see link:https://x.org/a>https://x.org/a, or "
        + "2em:34 = 2 * 12)"
    ),
    ("<b>&", "p(<b>&)"),
    ("**", "p(**)"),
  ])
  func proseIsReadAsWritten(text: String, shape: String) {
    #expect(Self.shape(of: Prose.blocks(text)) == shape)
  }

  @Test func summariesEndAtASentenceOrWord() {
    #expect(
      Prose.summary("First line.\nMore of it.\n\nNot this.", limit: 100)
        == "First line. More of it.")
    #expect(Prose.summary("A long sentence. And another one.", limit: 20) == "A long sentence.")
    #expect(Prose.summary("Word after word after word", limit: 12) == "Word after…")
  }

  private static func shape(of value: PageValue) -> String {
    guard case .list(let blocks) = value else { return "?" }
    return blocks.map { block in
      guard case .table(let table) = block else { return "?" }
      if let paragraph = table["paragraph"] { return "p(\(spans(paragraph)))" }
      guard case .table(let list) = table["list"], case .list(let items) = list["items"] else {
        return "?"
      }
      return "l(\(items.map(spans).joined(separator: "|")))"
    }.joined()
  }

  private static func spans(_ value: PageValue) -> String {
    guard case .table(let table) = value, case .list(let spans) = table["spans"] else { return "?" }
    return spans.map { span in
      guard case .table(let span) = span, case .text(let text) = span["text"] else { return "?" }
      if case .text(let href) = span["href"] { return "link:\(text)>\(href)" }
      let names = ["isStrong": "strong:", "isEmphasis": "em:", "isCode": "code:"]
      return (names.first { span[$0.key] != nil }?.value ?? "") + text
    }.joined()
  }
}
