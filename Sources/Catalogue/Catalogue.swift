import JSON
public import Pages
public import Pyramids
public import Recipes

/// The pages by which people find datasets and learn how to use them, and the records by which
/// programs do.
///
/// Nothing is read: pages follow from what a build made, the templates and the assets.
public enum Catalogue {
  /// The pages of a site and the files they need, by key.
  ///
  /// - `index.html`, `404.html`, `viewer/index.html`, `datasets/<id>/index.html`;
  /// - `catalog.json`, `datasets/<id>/collection.json` (STAC), `croissant.json`, `datacite.json`;
  /// - `search.json`, `sitemap.xml`, and `feed.xml` where a dataset has dated versions or a story a date;
  /// - `api/datasets.json`, `api/datasets/<id>.json`, `api/colours.json`, `api/openapi.json`;
  /// - `assets/<name>.<hash>.<ending>` and, for modules, `assets/<hash>/<path>`;
  /// - where there are scenes, `globe/index.html`, `globe/scenes/<id>.json`, `api/scenes.json`;
  /// - where there are cubes, `cube/index.html`.
  ///
  /// - Parameters:
  ///   - site: What the site says of itself.
  ///   - datasets: What was made, in the order in which it is shown.
  ///   - publications: By id of a dataset, who made it and how it changed.
  ///   - scenes: The scenes of its globe.
  ///   - hasHistory: Whether there is a history of builds (``history(site:runs:templates:assets:)``),
  ///     so that pages link to it.
  ///   - stories: The stories of the site.
  ///   - templates: The templates of all pages.
  ///   - assets: Style sheets and scripts.
  /// - Returns: The files by key.
  /// - Throws: `PageError` when a template or asset is missing, or a page would have a hole.
  public static func render(
    site: SiteRecipe, datasets: [BuiltDataset],
    publications: [String: PublicationRecipe] = [:], scenes: [SceneRecipe] = [],
    hasHistory: Bool = false, stories: [StoryLink] = [],
    templates: PageTemplates, assets: SiteAssets
  ) throws(PageError) -> [String: [UInt8]] {
    let entries = datasets.map { dataset in
      Entry(
        site: site, dataset: dataset,
        publication: publications[dataset.id] ?? PublicationRecipe())
    }
    let frame = try PageFrame(
      site: site, assets: assets, hasScenes: !scenes.isEmpty, hasHistory: hasHistory,
      hasStories: !stories.isEmpty,
      hasFeed: SiteFeeds(site: site, entries: entries, stories: stories).feed != nil)
    var files = assets.files
    files.merge(try pages(site, entries, stories, scenes, frame, templates, assets)) { $1 }
    files.merge(records(site, entries, stories, scenes)) { $1 }
    if !scenes.isEmpty {
      files.merge(try globe(site, entries, scenes, frame, templates, assets)) { $1 }
    }
    if datasets.contains(where: { !$0.cubes.isEmpty }) {
      files["cube/index.html"] = try cube(site, entries, frame, templates, assets)
    }
    let feeds = SiteFeeds(site: site, entries: entries, scenes: scenes, stories: stories)
    files["sitemap.xml"] = Array(try templates.render("sitemap", feeds.sitemap).utf8)
    if let feed = feeds.feed {
      files["feed.xml"] = Array(try templates.render("feed", feed).utf8)
    }
    return files
  }

  // MARK: For people

  private static func pages(
    _ site: SiteRecipe, _ entries: [Entry], _ stories: [StoryLink], _ scenes: [SceneRecipe],
    _ frame: PageFrame, _ templates: PageTemplates, _ assets: SiteAssets
  ) throws(PageError) -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    func add(_ key: String, _ template: String, _ content: [String: PageValue]) throws(PageError) {
      files[key] = Array(try templates.render(template, content).utf8)
    }
    let index = IndexPage(site: site, entries: entries, stories: stories)
    try add(
      "index.html", "index",
      frame.context(title: site.title, summary: index.summary, root: "").with(index.context))
    // It is shown at any depth, so its links begin at the root of the server.
    try add(
      "404.html", "404",
      frame.context(title: "Not found · \(site.title)", summary: "", root: frame.absoluteRoot))
    let preloads = try assets.imports(from: "viewer/viewer.js").map { PageValue.text($0) }
    try add(
      "viewer/index.html", "viewer",
      frame.context(title: "Viewer · \(site.title)", summary: index.summary, root: "../")
        .with([
          "preloads": .list(preloads), "mapScript": .text(try assets.key("maplibre-gl.js")),
          "mapStyle": .text(try assets.key("maplibre-gl.css")),
          "plotScript": .text(try assets.key("uplot.js")),
          "plotStyle": .text(try assets.key("uplot.css")),
        ]))
    for entry in entries {
      let page = DatasetPage(
        entry: entry, related: related(to: entry, among: entries),
        scenes: scenes.filter { $0.datasets.contains(entry.dataset.id) },
        stories: stories.filter { $0.datasets.contains(entry.dataset.id) })
      try add(
        entry.folder + "index.html", "dataset",
        frame.context(
          title: "\(entry.dataset.title) · \(site.title)", summary: page.summary, root: "../../",
          picture: entry.dataset.thumbnail
        ).with(page.context))
    }
    return files
  }

  /// The libraries of many files in `Site/vendor` that the pages of a site need.
  public static func libraries(datasets: [BuiltDataset], scenes: [SceneRecipe]) -> [String] {
    (scenes.isEmpty ? [] : [globeLibrary])
      + (datasets.allSatisfy(\.cubes.isEmpty) ? [] : [cubeLibrary])
  }

  private static let globeLibrary = "cesium"
  private static let cubeLibrary = "three"

  private static func cube(
    _ site: SiteRecipe, _ entries: [Entry], _ frame: PageFrame, _ templates: PageTemplates,
    _ assets: SiteAssets
  ) throws(PageError) -> [UInt8] {
    let index = IndexPage(site: site, entries: entries, stories: [])
    let library = try assets.library(cubeLibrary)
    let first = try assets.imports(from: "cube/cube.js")
    // What stands around the first picture, and what draws the later ones.
    let later = try assets.imports(from: "cube/page.js", "cube/gl.js").filter {
      !first.contains($0)
    }
    return try page(
      "cube", frame.context(title: "Cube · \(site.title)", summary: index.summary, root: "../"),
      [
        "preloads": .list(first.map { .text($0) }),
        "later": .list(
          (["three.module.min.js", "three.core.min.js"].map { "\(library)/\($0)" } + later)
            .map { .text($0) }),
        "cubeLibrary": .text(library),
      ], templates)
  }

  private static func globe(
    _ site: SiteRecipe, _ entries: [Entry], _ scenes: [SceneRecipe], _ frame: PageFrame,
    _ templates: PageTemplates, _ assets: SiteAssets
  ) throws(PageError) -> [String: [UInt8]] {
    let index = IndexPage(site: site, entries: entries, stories: [])
    var files = [
      "globe/index.html": try page(
        "globe",
        frame.context(title: "Globe · \(site.title)", summary: index.summary, root: "../"),
        [
          "preloads": .list(try assets.imports(from: "globe/globe.js").map { .text($0) }),
          "globeLibrary": .text(try assets.library(globeLibrary)),
        ], templates),
      "api/scenes.json": bytes(SceneList(scenes: scenes).document),
    ]
    for scene in scenes {
      let document = SceneDocument(scene: scene, datasets: entries.map(\.dataset))
      files[SceneDocument.path(of: scene)] = bytes(try document.document())
    }
    return files
  }

  static func bytes(_ document: JSONValue) -> [UInt8] {
    Array(document.serialized(pretty: true).utf8)
  }

  static func page(
    _ template: String, _ frame: [String: PageValue], _ content: [String: PageValue],
    _ templates: PageTemplates
  ) throws(PageError) -> [UInt8] {
    Array(try templates.render(template, frame.with(content)).utf8)
  }

  // MARK: For programs

  private static func records(
    _ site: SiteRecipe, _ entries: [Entry], _ stories: [StoryLink], _ scenes: [SceneRecipe]
  ) -> [String: [UInt8]] {
    var documents: [String: JSONValue] = [
      "catalog.json": STACCatalogue(
        site: site, entries: entries, scenes: scenes, stories: stories
      ).document,
      "api/datasets.json": DatasetList(site: site, datasets: entries.map(\.dataset)).document,
      "api/colours.json": ColourDocument.document,
      "api/openapi.json": OpenAPIDocument(site: site, entries: entries).document,
    ]
    for entry in entries {
      let related = related(to: entry, among: entries)
      documents[entry.folder + "collection.json"] =
        STACCollection(
          entry: entry, related: related,
          scenes: scenes.filter { $0.datasets.contains(entry.dataset.id) },
          stories: stories.filter { $0.datasets.contains(entry.dataset.id) }
        ).document
      documents[entry.folder + "croissant.json"] = CroissantRecord(entry: entry).document
      documents[entry.folder + "datacite.json"] = DataCiteRecord(entry: entry).document
      documents["api/datasets/\(entry.dataset.id).json"] = DatasetDocument(entry: entry).document
    }
    var files = documents.mapValues(bytes)
    // A thousand rows are fetched by people who search: without blanks.
    files["search.json"] = Array(
      SearchIndex(entries: entries, stories: stories).document.serialized().utf8)
    return files
  }

  /// The datasets that belong to one: those it names, then those that name it.
  private static func related(to entry: Entry, among entries: [Entry]) -> [Entry] {
    let named = entry.publication.related.compactMap { id in
      entries.first { $0.dataset.id == id && id != entry.dataset.id }
    }
    let naming = entries.filter { other in
      other.publication.related.contains(entry.dataset.id)
        && other.dataset.id != entry.dataset.id
        && !named.contains { $0.dataset.id == other.dataset.id }
    }
    return named + naming
  }
}

/// A story as the pages of the catalogue name it.
public struct StoryLink: Sendable, Hashable {
  /// What it is called.
  public let title: String
  /// The key of its page.
  public let page: String
  /// What it is about, in a sentence.
  public let summary: String?
  /// The key of a picture.
  public let picture: String?
  /// The ids of the datasets it uses.
  public let datasets: [String]
  /// The title of the book it is a page of.
  public let book: String?
  /// The day on which it was written, as `yyyy-mm-dd`, where it says so.
  public let date: String?
  /// Those who wrote it.
  public let authors: [String]

  /// Names a story.
  public init(
    title: String, page: String, summary: String? = nil, picture: String? = nil,
    datasets: [String] = [], book: String? = nil, date: String? = nil, authors: [String] = []
  ) {
    self.title = title
    self.page = page
    self.summary = summary
    self.picture = picture
    self.datasets = datasets
    self.book = book
    self.date = date.flatMap { Day($0)?.text }
    self.authors = authors
  }

  /// What pages show of it, from a page from which `root` leads to the root of the site.
  func context(root: String) -> PageValue {
    [
      "storyTitle": .text(title), "storyHref": .text(root + page), "storyKey": .text(page),
      "storySummary": .optional(summary), "storyPicture": .optional(picture.map { root + $0 }),
    ]
  }
}

extension [String: PageValue] {
  /// These values and others, which go before.
  func with(_ others: [String: PageValue]) -> [String: PageValue] { merging(others) { $1 } }
}
