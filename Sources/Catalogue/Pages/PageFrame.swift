import Pages
import Recipes

/// What every page has: head, header and footer.
struct PageFrame {
  let site: SiteRecipe
  private let shared: [String: PageValue]

  init(
    site: SiteRecipe, assets: SiteAssets, hasScenes: Bool = false, hasHistory: Bool = false,
    hasStories: Bool = false, hasFeed: Bool = false
  ) throws(PageError) {
    self.site = site
    shared = [
      "hasStories": .flag(hasStories), "hasFeed": .flag(hasFeed),
      "hasScenes": .flag(hasScenes), "builds": .optional(hasHistory ? BuildsPage.key : nil),
      "tokenSheet": .text(try assets.key("tokens.css")),
      "styleSheet": .text(try assets.key("site.css")),
      "icon": .text(try assets.key("icon.svg")),
      "copyScript": .text(try assets.key("copy.js")),
      "searchScript": .text(try assets.key("search.js")),
      "previewScript": .text(try assets.key("preview.js")),
      "modules": .text(assets.modules),
    ]
  }

  /// The path of the site on its server, from slash to slash.
  var absoluteRoot: String {
    let rest = site.serviceBaseURL.split(separator: "://", maxSplits: 1).last ?? ""
    return rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? "/"
  }

  /// The values of the frame of a page; `root` leads from it to the root of the site.
  ///
  /// - Parameters:
  ///   - title: The title of the page.
  ///   - summary: What it is about, for search engines.
  ///   - root: What leads from it to the root.
  ///   - picture: The key of a picture that stands for it where it is shared.
  /// - Returns: The values by name.
  func context(
    title: String, summary: String, root: String, picture: String? = nil
  ) -> [String: PageValue] {
    var context = shared
    context["pagePicture"] = .optional(picture.map { site.serviceBaseURL + $0 })
    context["language"] = .text(site.language)
    context["siteTitle"] = .text(site.title)
    context["pageTitle"] = .text(title)
    context["pageSummary"] = .text(summary)
    context["root"] = .text(root)
    if let provider = site.provider {
      context["provider"] = [
        "providerName": .text(provider.name), "providerURL": .optional(provider.url),
        "providerEmail": .optional(provider.email),
      ]
    }
    return context
  }
}
