import Catalogue
import Pages
import Pyramids
import Recipes
import Services
import ViewerLayers

/// All documents of a site: what clients read to find tiles, and what people read.
struct SiteDocuments {
  let site: SiteRecipe
  let datasets: [BuiltDataset]
  let scenes: [SceneRecipe]
  let viewerLayers: [ViewerLayerBuilder]
  let share: SharedFiles
  /// Whether pages link to a history of builds.
  let hasHistory: Bool

  /// The documents by key.
  func render() throws -> [String: [UInt8]] {
    let services = try Services.documents(site: site, datasets: datasets)
    let pages = try Catalogue.render(
      site: site, datasets: datasets, scenes: scenes, hasHistory: hasHistory,
      templates: try PageTemplates.load(folder: share.templates),
      assets: try SiteAssets.load(
        folder: share.site, libraries: scenes.isEmpty ? [] : [Catalogue.globeLibrary]))
    let layers = ViewerDocuments(viewerLayers).objects()
    return services.merging(pages) { service, _ in service }.merging(layers) { first, _ in first }
  }

  /// The history of builds by key; the latest run comes first.
  func history(_ runs: [BuildRun]) throws -> [String: [UInt8]] {
    try Catalogue.history(
      site: site, runs: runs, datasets: Set(datasets.map(\.id)), hasScenes: !scenes.isEmpty,
      templates: try PageTemplates.load(folder: share.templates),
      assets: try SiteAssets.load(folder: share.site))
  }
}
