import JSON
public import Pages
public import Pyramids
public import Recipes

/// The pages by which people find datasets and learn how to use them.
///
/// Nothing is read: pages follow from what a build made, the templates and the assets.
public enum Catalogue {
  /// The pages of a site and the files they need, by key.
  ///
  /// - `index.html`, `404.html`, `viewer/index.html`, `datasets/<id>/index.html`;
  /// - `api/datasets.json`, `api/datasets/<id>.json`, `api/colours.json`;
  /// - `assets/<name>.<hash>.<ending>` and, for modules, `assets/<hash>/<path>`;
  /// - where there are scenes, `globe/index.html`, `globe/scenes/<id>.json`, `api/scenes.json`.
  ///
  /// - Throws: `PageError` when a template or asset is missing, or a page would have a hole.
  public static func render(
    site: SiteRecipe, datasets: [BuiltDataset], scenes: [SceneRecipe] = [],
    templates: PageTemplates, assets: SiteAssets
  ) throws(PageError) -> [String: [UInt8]] {
    var files = assets.files
    let frame = try PageFrame(site: site, hasScenes: !scenes.isEmpty, assets: assets)
    let index = IndexPage(site: site, datasets: datasets)
    files["index.html"] = try page(
      "index", frame.context(title: site.title, summary: index.summary, root: ""),
      index.context, templates)
    // It is shown at any depth, so its links begin at the root of the server.
    files["404.html"] = try page(
      "404",
      frame.context(title: "Not found · \(site.title)", summary: "", root: frame.absoluteRoot), [:],
      templates)
    files["viewer/index.html"] = try page(
      "viewer",
      frame.context(title: "Viewer · \(site.title)", summary: index.summary, root: "../"),
      ["preloads": .list(try assets.imports(from: "viewer/viewer.js").map { .text($0) })],
      templates)
    if !scenes.isEmpty {
      files["globe/index.html"] = try page(
        "globe",
        frame.context(title: "Globe · \(site.title)", summary: index.summary, root: "../"),
        [
          "preloads": .list(try assets.imports(from: "globe/globe.js").map { .text($0) }),
          "globeLibrary": .text(try assets.library(globeLibrary)),
        ], templates)
      for scene in scenes {
        let document = SceneDocument(scene: scene, datasets: datasets)
        files[SceneDocument.path(of: scene)] = bytes(try document.document())
      }
      files["api/scenes.json"] = bytes(SceneList(scenes: scenes).document)
    }
    for dataset in datasets {
      files["api/datasets/\(dataset.id).json"] = bytes(DatasetDocument(dataset: dataset).document)
      let page = DatasetPage(
        site: site, dataset: dataset,
        scenes: scenes.filter { $0.datasets.contains(dataset.id) })
      files["datasets/\(dataset.id)/index.html"] = try Self.page(
        "dataset",
        frame.context(
          title: "\(dataset.title) · \(site.title)", summary: page.summary, root: "../../"),
        page.context, templates)
    }
    files["api/datasets.json"] = bytes(DatasetList(site: site, datasets: datasets).document)
    files["api/colours.json"] = bytes(ColourDocument.document)
    return files
  }

  /// The library of the globe in `Site/vendor`, needed where there are scenes.
  public static let globeLibrary = "cesium"

  private static func bytes(_ document: JSONValue) -> [UInt8] {
    Array(document.serialized(pretty: true).utf8)
  }

  private static func page(
    _ template: String, _ frame: [String: PageValue], _ content: [String: PageValue],
    _ templates: PageTemplates
  ) throws(PageError) -> [UInt8] {
    let context = frame.merging(content) { _, own in own }
    return Array(try templates.render(template, context).utf8)
  }
}
