import Pages
import Pyramids
import Recipes

/// What tells programs of the web which pages there are (`sitemap.xml`) and what is new (`feed.xml`,
/// Atom: one entry for each version of each dataset).
struct SiteFeeds {
  let site: SiteRecipe
  let entries: [Entry]

  /// The pages with their addresses; `lastmod` is known of those whose version has a date.
  var sitemap: [String: PageValue] {
    var pages: [PageValue] = [
      ["location": .text(site.serviceBaseURL + "index.html"), "lastModified": .optional(latest)],
      ["location": .text(site.serviceBaseURL + "viewer/index.html")],
    ]
    pages += entries.map {
      [
        "location": .text($0.pageURL),
        "lastModified": .optional($0.publication.changes.first?.date),
      ]
    }
    return ["pages": .list(pages)]
  }

  /// The feed; `nil` where no dataset has a dated version.
  var feed: [String: PageValue]? {
    guard let latest else { return nil }
    let news = entries.flatMap { entry in entry.publication.changes.map { (entry, $0) } }
      .sorted { $0.1.date > $1.1.date }
    return [
      "feedID": .text(site.serviceBaseURL), "feedTitle": .text(site.title),
      "feedURL": .text(site.serviceBaseURL + "feed.xml"),
      "feedUpdated": .text(latest + "T00:00:00Z"),
      "feedAuthor": .text(site.provider?.name ?? site.title),
      "feedEntries": .list(
        news.map { entry, version in
          [
            "newsID": .text("\(entry.pageURL)#version-\(version.version)"),
            "newsTitle": .text("\(entry.dataset.title), version \(version.version)"),
            "newsURL": .text(entry.pageURL), "newsUpdated": .text(version.date + "T00:00:00Z"),
            "newsText": .text(Prose.plain(version.text)),
          ]
        }),
    ]
  }

  private var latest: String? {
    entries.flatMap(\.publication.changes).map(\.date).max()
  }
}
