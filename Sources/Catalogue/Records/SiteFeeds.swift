import Pages
import Pyramids
import Recipes

/// What tells programs of the web which pages there are (`sitemap.xml`) and what is new (`feed.xml`,
/// Atom: one entry for each version of each dataset and for each story with a date).
struct SiteFeeds {
  let site: SiteRecipe
  let entries: [Entry]
  var scenes: [SceneRecipe] = []
  var stories: [StoryLink] = []

  /// Something new.
  private struct News {
    let id: String
    let title: String
    let url: String
    let day: String
    let text: String
    var authors: [String] = []
  }

  /// The pages with their addresses; `lastmod` is known of those whose version has a date.
  var sitemap: [String: PageValue] {
    var pages: [(key: String, day: String?)] = [
      ("index.html", latest), ("viewer/index.html", nil),
    ]
    if !scenes.isEmpty { pages.append(("globe/index.html", nil)) }
    if entries.contains(where: { !$0.dataset.cubes.isEmpty }) {
      pages.append(("cube/index.html", nil))
    }
    pages += entries.map { ($0.folder + "index.html", $0.publication.changes.first?.date) }
    if !stories.isEmpty { pages.append(("stories/index.html", stories.compactMap(\.date).max())) }
    pages += stories.map { ($0.page, $0.date) }
    return [
      "pages": .list(
        pages.map {
          [
            "location": .text(site.serviceBaseURL + $0.key),
            "lastModified": .optional($0.day),
          ]
        })
    ]
  }

  /// The feed; `nil` where no dataset has a dated version and no story a date.
  var feed: [String: PageValue]? {
    guard let latest else { return nil }
    return [
      "feedID": .text(site.serviceBaseURL), "feedTitle": .text(site.title),
      "feedURL": .text(site.serviceBaseURL + "feed.xml"),
      "feedUpdated": .text(latest + "T00:00:00Z"),
      "feedAuthor": .text(site.provider?.name ?? site.title),
      "feedEntries": .list(
        news.map { news in
          [
            "newsID": .text(news.id), "newsTitle": .text(news.title), "newsURL": .text(news.url),
            "newsUpdated": .text(news.day + "T00:00:00Z"), "newsText": .text(news.text),
            "newsAuthors": .list(news.authors.map { .text($0) }),
          ]
        }),
    ]
  }

  /// The latest first; of one day as the site has them.
  private var news: [News] {
    let versions = entries.flatMap { entry in
      entry.publication.changes.map { version in
        News(
          id: "\(entry.pageURL)#version-\(version.version)",
          title: "\(entry.dataset.title), version \(version.version)", url: entry.pageURL,
          day: version.date, text: Prose.plain(version.text))
      }
    }
    let written = stories.compactMap { story in
      story.date.map { day in
        let url = site.serviceBaseURL + story.page
        return News(
          id: url, title: story.title, url: url, day: day, text: story.summary ?? story.title,
          authors: story.authors)
      }
    }
    return (versions + written).enumerated()
      .sorted { ($1.element.day, $0.offset) < ($0.element.day, $1.offset) }.map(\.element)
  }

  private var latest: String? {
    (entries.flatMap(\.publication.changes).map(\.date) + stories.compactMap(\.date)).max()
  }
}
