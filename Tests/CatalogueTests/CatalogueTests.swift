import Catalogue
import Foundation
import JSON
import Pages
import Pyramids
import Recipes
import SampleSites
import Testing

@Suite("Pages of the catalogue")
struct CatalogueTests {
  let templates: PageTemplates
  let assets: SiteAssets
  let story = StoryLink(
    title: "A bloom in winter?", page: "stories/seas/bloom.html", summary: "What five passes tell.",
    datasets: ["chlorophyll"])

  init() throws {
    templates = try PageTemplates.load(folder: GoldenTree.repository.path + "/Templates")
    assets = try SiteAssets.load(
      folder: GoldenTree.repository.path + "/Site", libraries: ["three"])
  }

  /// The sample site is kept as a tree of files; `RECORD=1 swift test` accepts a change.
  @Test func theSampleSiteIsAsKept() throws {
    var files = try Catalogue.render(
      site: SampleSite.site, datasets: try SampleSite.datasets(),
      publications: ["chlorophyll": SampleSite.publication], stories: [story],
      templates: templates, assets: assets)
    // Styles and scripts are kept in Site; here only that pages name them right.
    let pages = ["datasets/sst/index.html", "viewer/index.html", "index.html"].map {
      String(decoding: files[$0] ?? [], as: UTF8.self)
    }
    // What only stories and the globe load.
    let own = assets.without(["story.css", "katex", "plotly.js", "cesium", "three"])
    for (key, bytes) in files where key.hasPrefix("assets/") {
      #expect(!bytes.isEmpty)
      // Modules are asked for by one another.
      if !key.hasPrefix(assets.modules), own[key] != nil {
        let isNamed =
          pages[0].contains("../../" + key) || pages[1].contains("../" + key)
          || pages[2].contains("\"\(key)\"")
        #expect(isNamed, "\(key)")
      }
      files[key] = nil
    }
    #expect(pages[1].contains("../\(try assets.key("viewer/viewer.js"))"))
    try GoldenTree(case: "pages").compare(files.mapValues(Self.withoutHashes))
  }

  private static func withoutHashes(_ bytes: [UInt8]) -> [UInt8] {
    let text = String(decoding: bytes, as: UTF8.self)
    return Array(
      text.replacing(/assets\/([\w-]+)\.[0-9a-f]{8}([.\/])/) {
        "assets/\($0.output.1).HASH\($0.output.2)"
      }
      .replacing(/assets\/[0-9a-f]{8}\//, with: "assets/HASH/").utf8)
  }

  @Test func scenesAreDescribedAndLinkedTo() throws {
    let datasets = try SampleSite.datasets()
    let dataset = datasets[0]
    let scene = try #require(
      try Recipe.parse(
        """
        datasets: [{id: \(dataset.id), source: a.nc}]
        scenes:
          - id: warm
            title: Warm water
            surface: {dataset: \(dataset.id), exaggeration: 3}
            layers: [{dataset: \(dataset.id), range: [1, 2], opacity: 0.5}]
        """, path: "r.yaml"
      ).scenes.first)
    let assets = try SiteAssets.load(
      folder: GoldenTree.repository.path + "/Site",
      libraries: Catalogue.libraries(datasets: datasets, scenes: [scene]))
    let files = try Catalogue.render(
      site: SampleSite.site, datasets: datasets, scenes: [scene], templates: templates,
      assets: assets)
    let document = try JSONValue(parsing: files["globe/scenes/warm.json"] ?? [])
    #expect(document["surface"]?["variable"]?.stringValue == dataset.variables[0].key)
    #expect(document["layers"]?[0]?["variable"]?.stringValue == dataset.variables[0].key)
    #expect(document["layers"]?[0]?["opacity"]?.doubleValue == 0.5)
    let globe = String(decoding: files["globe/index.html"] ?? [], as: UTF8.self)
    let library = try assets.library("cesium")
    #expect(globe.contains("../\(library)/Cesium.js"))
    let page = String(
      decoding: files["datasets/\(dataset.id)/index.html"] ?? [], as: UTF8.self)
    #expect(page.contains("../../globe/index.html#scene=warm"))
    #expect(page.contains("../../globe/index.html\">Globe</a>"))
    // A scene of something that was not made has no document.
    var (unknown, flat) = (scene, scene)
    unknown.layers[0].source.variable = "none"
    flat.surface = SceneRecipe.Surface(heights: .terrain(dataset: dataset.id))
    for broken in [unknown, flat] {
      #expect(throws: PageError.self) {
        try Catalogue.render(
          site: SampleSite.site, datasets: datasets, scenes: [broken], templates: templates,
          assets: assets)
      }
    }
  }

  @Test func textOfOthersIsShownAndNotObeyed() throws {
    let attack = "</title><script>alert(1)</script>\" onload='x' ]]> {{root}} &amp; \"\u{301}y=\"z"
    let dataset = try SampleSite.temperature()
    let variable = dataset.variables[0]
    let hostile = BuiltDataset(
      id: "hostile", title: attack, description: attack, bounds: dataset.bounds, crs: dataset.crs,
      columns: 1, rows: 1, resolution: attack, calendar: attack,
      attributes: ["institution": .string(attack)], licence: attack, attribution: attack,
      doi: attack, keywords: [attack], sources: [attack], notes: [],
      variables: [
        BuiltVariable(
          name: attack, key: "v", title: attack, units: attack, standardName: attack,
          description: attack, dimensions: variable.dimensions, styles: variable.styles)
      ])
    let files = try Catalogue.render(
      site: SiteRecipe(
        title: attack, description: attack, provider: ProviderRecipe(name: attack, email: attack)),
      datasets: [hostile], templates: templates, assets: assets)
    for (key, bytes) in files where key.hasSuffix(".html") {
      let page = String(decoding: bytes, as: UTF8.self)
      #expect(!page.contains("<script>alert"), "\(key)")
      #expect(!page.contains("onload='"), "\(key)")
      // A quotation mark may stand only where a tag of ours has one.
      #expect(!page.unicodeScalars.contains("\u{301}") || !page.utf8Contains("\"\u{301}"), "\(key)")
    }
  }

  @Test func aSiteWithoutDatasetsHasPages() throws {
    let files = try Catalogue.render(
      site: SiteRecipe(), datasets: [], templates: templates, assets: assets)
    #expect(files["index.html"] != nil)
    #expect(files["404.html"] != nil)
  }

  @Test func theListForProgramsNamesPagesThatExist() throws {
    let files = try Catalogue.render(
      site: SampleSite.site, datasets: try SampleSite.datasets(), templates: templates,
      assets: assets)
    let list = try JSONValue(parsing: try #require(files["api/datasets.json"]))
    for dataset in list["datasets"]?.arrayValue ?? [] {
      let page = try #require(dataset["page"]?.stringValue)
      #expect(page.hasPrefix("../") && files[String(page.dropFirst(3))] != nil)
    }
    #expect(list["datasets"]?.arrayValue?.count == 3)
  }
}

extension String {
  fileprivate func utf8Contains(_ part: String) -> Bool {
    Array(utf8).firstRange(of: Array(part.utf8)) != nil
  }
}
