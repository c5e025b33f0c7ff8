public import Pages
public import Recipes

extension Catalogue {
  /// The values of the frame of a page that is made elsewhere: for its title, its summary and what
  /// leads from it to the root of the site.
  ///
  /// - Throws: `PageError` when an asset is missing.
  public static func frame(
    site: SiteRecipe, assets: SiteAssets
  ) throws(PageError) -> (_ title: String, _ summary: String, _ root: String) -> [String: PageValue]
  {
    let frame = try PageFrame(site: site, assets: assets, hasStories: true)
    return { title, summary, root in
      frame.context(title: "\(title) · \(site.title)", summary: summary, root: root)
    }
  }
}
