import Pages
import Recipes

/// What every page has: head, header and footer.
struct PageFrame {
  let site: SiteRecipe
  private let hasScenes: Bool
  private let assets: [String: PageValue]

  init(site: SiteRecipe, hasScenes: Bool, assets: SiteAssets) throws(PageError) {
    self.site = site
    self.hasScenes = hasScenes
    self.assets = [
      "styleSheet": .text(try assets.key("site.css")),
      "icon": .text(try assets.key("icon.svg")),
      "filterScript": .text(try assets.key("filter.js")),
      "previewScript": .text(try assets.key("preview.js")),
      "modules": .text(assets.modules),
      "mapScript": .text(try assets.key("maplibre-gl.js")),
      "mapStyle": .text(try assets.key("maplibre-gl.css")),
      "plotScript": .text(try assets.key("uplot.js")),
      "plotStyle": .text(try assets.key("uplot.css")),
    ]
  }

  /// The path of the site on its server, from slash to slash.
  var absoluteRoot: String {
    let rest = site.serviceBaseURL.split(separator: "://", maxSplits: 1).last ?? ""
    return rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? "/"
  }

  /// The values of the frame of a page; `root` leads from it to the root of the site.
  func context(title: String, summary: String, root: String) -> [String: PageValue] {
    var context = assets
    context["language"] = .text(site.language)
    context["siteTitle"] = .text(site.title)
    context["pageTitle"] = .text(title)
    context["pageSummary"] = .text(summary)
    context["root"] = .text(root)
    context["hasScenes"] = .flag(hasScenes)
    if let provider = site.provider {
      context["provider"] = [
        "providerName": .text(provider.name), "providerURL": .optional(provider.url),
        "providerEmail": .optional(provider.email),
      ]
    }
    return context
  }
}
