/// What to make: a site, and the datasets on it; the values of a recipe file, checked.
///
/// A recipe is a small YAML text; `Recipes/schema.json` lists every key. The shortest one names a
/// file:
///
/// ```yaml
/// datasets: [sst.nc]
/// ```
public struct Recipe: Sendable {
  /// What the whole site says about itself.
  public var site: SiteRecipe
  /// The datasets, in the order in which the site shows them.
  public var datasets: [DatasetRecipe]
  /// Folders whose recipes bring further datasets; ``load(path:)`` has taken them up.
  public var include: [String] = []
  /// Where the site goes, where the recipe says it.
  public var publish: PublishRecipe?
  /// What a bucket costs, where that is stated.
  public var prices: PriceRecipe?
  /// Scenes of the globe, in the order in which it lists them.
  public var scenes: [SceneRecipe]
  /// The books of stories, in the order in which the site shows them.
  public var stories: [StoryRecipe]

  /// Makes a recipe.
  public init(
    site: SiteRecipe = SiteRecipe(), datasets: [DatasetRecipe], publish: PublishRecipe? = nil,
    prices: PriceRecipe? = nil, scenes: [SceneRecipe] = [], stories: [StoryRecipe] = []
  ) {
    self.site = site
    self.datasets = datasets
    self.publish = publish
    self.prices = prices
    self.scenes = scenes
    self.stories = stories
  }
}

/// What a site says about itself.
public struct SiteRecipe: Sendable, Hashable {
  /// The address used in services when the recipe names none: that of a local preview.
  public static let previewBaseURL = "http://localhost:8000/"

  /// The name of the site.
  public var title: String
  /// What it is, in Markdown.
  public var description: String?
  /// The absolute address under which it will be published, ending in a slash.
  ///
  /// Services need it: a client of WMTS follows absolute addresses only.
  public var baseURL: String?
  /// Who publishes it.
  public var provider: ProviderRecipe?
  /// The language of its texts as a BCP 47 tag.
  public var language: String

  /// Makes the description of a site.
  public init(
    title: String = "Data cubes", description: String? = nil, baseURL: String? = nil,
    provider: ProviderRecipe? = nil, language: String = "en"
  ) {
    self.title = title
    self.description = description
    self.baseURL = baseURL
    self.provider = provider
    self.language = language
  }

  /// The absolute address that services are written with, ending in a slash.
  public var serviceBaseURL: String {
    let url = baseURL ?? Self.previewBaseURL
    return url.hasSuffix("/") ? url : url + "/"
  }
}

/// Who publishes a site.
public struct ProviderRecipe: Sendable, Hashable {
  /// The name of the person or organisation.
  public var name: String
  /// Its home page.
  public var url: String?
  /// Where to write to.
  public var email: String?

  /// Makes a provider.
  public init(name: String, url: String? = nil, email: String? = nil) {
    self.name = name
    self.url = url
    self.email = email
  }
}
