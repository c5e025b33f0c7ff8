public import Pages
public import Recipes

extension Catalogue {
  /// The values of the frame of a page that is made elsewhere: for its title, its summary and what
  /// leads from it to the root of the site.
  ///
  /// - Parameters:
  ///   - site: what the site says about itself.
  ///   - hasScenes: whether pages link to the globe.
  ///   - hasHistory: whether pages link to a history of builds.
  ///   - assets: what pages need.
  /// - Returns: a function of the three.
  /// - Throws: `PageError` when an asset is missing.
  public static func frame(
    site: SiteRecipe, hasScenes: Bool = false, hasHistory: Bool = false, assets: SiteAssets
  ) throws(PageError) -> (_ title: String, _ summary: String, _ root: String) -> [String: PageValue]
  {
    let frame = try PageFrame(
      site: site, assets: assets, hasScenes: hasScenes, hasHistory: hasHistory, hasStories: true)
    return { title, summary, root in
      frame.context(title: "\(title) · \(site.title)", summary: summary, root: root)
    }
  }
}
