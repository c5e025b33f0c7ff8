import Catalogue
import Pages
import Pyramids
import Recipes
import Services

/// All documents of a site: what clients read to find tiles, and what people read.
struct SiteDocuments {
  let site: SiteRecipe
  let datasets: [BuiltDataset]
  /// By id of a dataset, who made it and how it changed.
  let publications: [String: PublicationRecipe]
  let share: SharedFiles

  /// The documents by key.
  func render() throws -> [String: [UInt8]] {
    let services = try Services.documents(site: site, datasets: datasets)
    let pages = try Catalogue.render(
      site: site, datasets: datasets, publications: publications,
      templates: try PageTemplates.load(folder: share.templates),
      assets: try SiteAssets.load(folder: share.site))
    return services.merging(pages) { service, _ in service }
  }
}
