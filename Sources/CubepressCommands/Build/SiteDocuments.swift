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

  /// The documents by key.
  func render() throws -> [String: [UInt8]] {
    let services = try Services.documents(site: site, datasets: datasets)
    let pages = try Catalogue.render(
      site: site, datasets: datasets, scenes: scenes,
      templates: try PageTemplates.load(folder: share.templates),
      assets: try SiteAssets.load(
        folder: share.site, libraries: scenes.isEmpty ? [] : [Catalogue.globeLibrary]))
    let layers = ViewerDocuments(viewerLayers).objects()
    return services.merging(pages) { service, _ in service }.merging(layers) { first, _ in first }
  }
}
