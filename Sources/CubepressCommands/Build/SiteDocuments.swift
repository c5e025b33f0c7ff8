import Pyramids
import Recipes
import Services

/// All documents of a site: what clients read to find tiles, and what people read.
struct SiteDocuments {
  let site: SiteRecipe
  let datasets: [BuiltDataset]
  let share: SharedFiles

  /// The documents by key.
  func render() throws -> [String: [UInt8]] {
    try Services.documents(site: site, datasets: datasets)
  }
}
