import Catalogue
import Pages
import Pyramids
import Recipes
import Services
import Stories

/// All documents of a site: what clients read to find tiles, and what people read.
struct SiteDocuments {
  let site: SiteRecipe
  let datasets: [BuiltDataset]
  /// By id of a dataset, who made it and how it changed.
  let publications: [String: PublicationRecipe]
  let stories: [StoryRecipe]
  let share: SharedFiles
  /// Whether the site has a file of some key.
  let exists: (String) -> Bool

  /// Libraries of others that only some pages load.
  private static let libraries: Set<String> = ["katex", "plotly.js", "cesium"]

  /// The documents by key; what authors of stories should know is added to the notes.
  func render(notes: inout [String]) throws -> [String: [UInt8]] {
    let services = try Services.documents(site: site, datasets: datasets)
    let templates = try PageTemplates.load(folder: share.templates)
    let assets = try SiteAssets.load(folder: share.site)
    let made = try Stories.render(
      stories,
      site: StorySite(
        datasets: datasets, hasCubePage: assets.keys["cube/cube.js"] != nil, exists: exists),
      frame: try Catalogue.frame(site: site, assets: assets), templates: templates, assets: assets)
    notes += made.notes
    var pages = try Catalogue.render(
      site: site, datasets: datasets, publications: publications,
      stories: made.stories.map(Self.link), templates: templates, assets: assets)
    let needless = Self.libraries.subtracting(made.libraries)
    let kept = assets.without(needless)
    for key in assets.files.keys where kept[key] == nil { pages[key] = nil }
    return services.merging(pages) { service, _ in service }.merging(made.files) { page, _ in page }
  }

  private static func link(_ story: Stories.Story) -> StoryLink {
    StoryLink(
      title: story.title, page: story.key,
      summary: story.summary.map { Prose.summary($0, limit: 160) },
      picture: story.picture, datasets: story.datasets.sorted())
  }
}
