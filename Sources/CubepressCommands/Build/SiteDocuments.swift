import Catalogue
import Pages
import Pyramids
import Recipes
import Services
import Stories
import ViewerLayers

/// All documents of a site: what clients read to find tiles, and what people read.
struct SiteDocuments {
  let site: SiteRecipe
  let datasets: [BuiltDataset]
  /// By id of a dataset, who made it and how it changed.
  let publications: [String: PublicationRecipe]
  let scenes: [SceneRecipe]
  let stories: [StoryRecipe]
  let viewerLayers: [ViewerLayerBuilder]
  let share: SharedFiles
  /// Whether pages link to a history of builds.
  let hasHistory: Bool
  /// Whether the datasets are samples, with a few of their times.
  let isSample: Bool
  /// Whether the site has a file of some key.
  let exists: (String) -> Bool
  /// Where the site is written.
  let folder: String

  /// Libraries of others that only some stories load.
  private static let storyLibraries: Set<String> = ["katex", "plotly.js"]

  /// The documents by key; what authors of stories should know is added to the notes.
  func render(notes: inout [String]) throws -> [String: [UInt8]] {
    let services = try Services.documents(site: site, datasets: datasets)
    let templates = try PageTemplates.load(folder: share.templates)
    let assets = try SiteAssets.load(
      folder: share.site,
      libraries: Catalogue.libraries(datasets: datasets, scenes: scenes)
        + (stories.isEmpty ? [] : ["katex"]))
    let made = try Stories.render(
      stories,
      site: StorySite(
        datasets: datasets, hasCubePage: isSample || datasets.contains { !$0.cubes.isEmpty },
        isSample: isSample, exists: exists, series: PublishedSeries(folder: folder).find),
      frame: try Catalogue.frame(
        site: site, hasScenes: !scenes.isEmpty, hasHistory: hasHistory, assets: assets),
      templates: templates, assets: assets)
    notes += made.notes
    var pages = try Catalogue.render(
      site: site, datasets: datasets, publications: publications, scenes: scenes,
      hasHistory: hasHistory, stories: made.stories.map(Self.link), templates: templates,
      assets: assets)
    let kept = assets.without(Self.storyLibraries.subtracting(made.libraries))
    for key in assets.files.keys where kept[key] == nil { pages[key] = nil }
    let layers = ViewerDocuments(viewerLayers).objects()
    return services.merging(pages) { service, _ in service }
      .merging(made.files) { page, _ in page }.merging(layers) { first, _ in first }
  }

  private static func link(_ story: Stories.Story) -> StoryLink {
    StoryLink(
      title: story.title, page: story.key,
      summary: story.summary.map { Prose.summary($0, limit: 160) },
      picture: story.picture, datasets: story.datasets.sorted(), book: story.book,
      date: story.date, authors: story.authors)
  }

  /// The history of builds by key; the latest run comes first.
  func history(_ runs: [BuildRun]) throws -> [String: [UInt8]] {
    try Catalogue.history(
      site: site, runs: runs, datasets: Set(datasets.map(\.id)), hasScenes: !scenes.isEmpty,
      templates: try PageTemplates.load(folder: share.templates),
      assets: try SiteAssets.load(folder: share.site))
  }
}
